"""Opening an account alone: one page, one letter, one button."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, RadioField, SelectField, StringField

from portal.customers import sign_up
from portal.web import forms, noun_forms, speech
from portal.web.door import agent, asking, client
from selfservice.face import site
from selfservice.sign_in import door


class SignUpForm(forms.Form):
    kind = RadioField(lazy_gettext("For whom"), default="household")
    account_name = StringField(lazy_gettext("Name of the company"))
    name = StringField(lazy_gettext("Your name"))
    email = StringField(lazy_gettext("E-mail"))
    phone = StringField(lazy_gettext("Phone"))
    country = SelectField(lazy_gettext("Country"), default="PH")


class ConfirmForm(forms.Form):
    password = PasswordField(lazy_gettext("Password"))


def sign_up_form():
    form = SignUpForm()
    form.kind.choices = forms.options({"household": gettext("My household"), "company": gettext("A company")})
    form.country.choices = forms.options(noun_forms.countries(speech.language()))
    return form


@site.get("/sign-up", may="sign_up.ask")
def sign_up_new(actor):
    return door.show("sign_up", gettext("Open an account"), form=sign_up_form())


@site.post("/sign-up", may="sign_up.ask")
def sign_up_ask(actor):
    """The answer is the same whether the address is new or signs in already."""
    form = sign_up_form()
    done = form.run(sign_up.ask, by=asking(actor), client=client())
    title = gettext("Open an account")
    return form.answer(done, door.page, to=door.url("sign_up_sent"), step="sign_up", title=title, door=door)


@site.get("/sign-up/sent", may="sign_up.ask")
def sign_up_sent(actor):
    return door.show("sign_up_sent", gettext("Look into your mailbox"))


@site.get("/sign-up/<token>", may="sign_up.ask")
def sign_up_show(actor, token):
    link = sign_up.find(token)
    return door.show("confirm", gettext("One step is left"), form=ConfirmForm(), link=link)


@site.post("/sign-up/<token>", may="sign_up.ask")
def sign_up_confirm(actor, token):
    link, form = sign_up.find(token), ConfirmForm()
    done = form.run(sign_up.confirm, by=asking(actor), link=link, agent=agent())
    title = gettext("One step is left")
    said = gettext("Welcome. Your account is open.")
    to = url_for("portal.first_steps_resume")
    answer = form.answer(done, door.page, to=to, said=said, step="confirm", title=title, link=link, door=door)
    return door.let_in(done, answer)
