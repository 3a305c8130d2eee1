"""The door of both faces: coming in by password or by a link, going out, and asking for a link."""

import ipaddress
import re
from dataclasses import replace

from flask import current_app, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, StringField

from portal.errors import Expired, NotFound
from portal.people import link_requests, links, security, sign_in
from portal.web import forms, pages, sessions, speech

OWN_PATH = re.compile(r"/(?![/\\])[!-~]*", re.ASCII)
KNOWN_FOR = 365 * 24 * 60 * 60  # a browser that signed in once keeps a try counter of its own for a year


class SignInForm(forms.Form):
    email = StringField(lazy_gettext("E-mail"))
    password = PasswordField(lazy_gettext("Password"))


class EmailForm(forms.Form):
    email = StringField(lazy_gettext("E-mail"))


class NewPasswordForm(forms.Form):
    password = PasswordField(lazy_gettext("New password"))


class ButtonForm(forms.Form):
    """A form that is one button."""


class RenewForm(forms.Form):
    token = HiddenField()


class Door:
    """What one face shows in front of its door; `kind` is that of the logins it lets in."""

    def __init__(self, name, kind, template):
        self.name, self.kind = name, kind
        self.page = pages.Page(template)

    @property
    def here(self):
        """The address of this page, for a form that comes back to it."""
        return request.full_path.rstrip("?")

    @property
    def next(self):
        """Where the person wanted to go before the door was in the way; checked when it is used."""
        return request.args.get("next")

    @property
    def stranded(self):
        """The address of somebody who is signed in and may go nowhere: his place was taken, or all are closed."""
        session = sessions.current()
        return session.login.email if session and sessions.actor().is_anonymous else None

    def url(self, view, **arguments):
        return url_for(f"{self.name}.{view}", **arguments)

    def show(self, step, title, **context):
        """One step of coming in: the piece `people/_<step>.html` in the frame of this face."""
        return self.page.render(step=step, title=title, door=self, **context)

    # By password

    def sign_in(self, actor):
        """The page; whoever is in already goes on."""
        if not actor.is_anonymous:
            return redirect(self.onward(), code=303)
        return self.show("sign_in", gettext("Sign in"), form=SignInForm())

    def enter(self, actor):
        form = SignInForm()
        mark = request.cookies.get(self._mark_name(), "")
        done = form.run(
            sign_in.by_password, by=asking(actor), kind=self.kind, client=client(), agent=agent(), device=mark
        )
        context = {"step": "sign_in", "title": gettext("Sign in"), "door": self}
        return self.let_in(done, form.answer(done, self.page, to=self.onward(), **context))

    def leave(self, actor):
        sign_in.leave(by=actor, kind=self.kind, token=sessions.token())
        sessions.leave()
        forms.say(gettext("You are signed out."))
        return redirect(self.url("sign_in"), code=303)

    # By a link

    def ask(self, actor, purpose):
        """Note that somebody wants a link to sign in or to recover; the answer never tells for whom there is one."""
        form = EmailForm()
        done = form.run(sign_in.ask_link, by=asking(actor), kind=self.kind, purpose=purpose, client=client())
        step = {"sign_in": "sign_in", "recover": "recover"}[purpose]
        if not done.ok and purpose == "sign_in":
            form = _accused(SignInForm(), form)
        title = gettext("Sign in") if purpose == "sign_in" else gettext("Set a new password")
        return form.answer(done, self.page, to=self.url("link_sent"), step=step, title=title, door=self)

    def sent(self):
        return self.show("sent", gettext("Look into your mailbox"))

    def link_show(self, token):
        """A button, so that whatever opens links in mails signs nobody in."""
        link = self.found(token, "sign_in")
        return self.show("enter", gettext("Welcome back, %(name)s", name=link.login.name), form=ButtonForm())

    def link_enter(self, actor, token):
        link = self.found(token, "sign_in")
        form = ButtonForm()
        done = form.run(sign_in.by_link, by=asking(actor), link=link, agent=agent())
        context = {"step": "enter", "title": gettext("Sign in"), "door": self}
        return self.let_in(done, form.answer(done, self.page, to=self.onward(), **context))

    def recover(self):
        return self.show("recover", gettext("Set a new password"), form=EmailForm())

    def recover_show(self, token):
        link = self.found(token, "recover")
        return self.show("new_password", gettext("Set a new password"), form=NewPasswordForm(), email=link.email)

    def recover_set(self, actor, token):
        link = self.found(token, "recover")
        form = NewPasswordForm()
        done = form.run(security.recover, by=asking(actor), link=link, agent=agent())
        context = {"step": "new_password", "title": gettext("Set a new password"), "email": link.email, "door": self}
        said = gettext("Your new password holds from now on.")
        return self.let_in(done, form.answer(done, self.page, to=self.onward(), said=said, **context))

    def renew(self, actor):
        """A link that is over is sent again, to the address on its row, which nobody is shown."""
        try:
            link = links.find(RenewForm().token.data, *links.LIFE, kind=self.kind)
        except Expired as over:
            if not link_requests.can_renew(over.link):
                raise NotFound()
            link_requests.renew(over.link, by=asking(actor), client=client())
            return redirect(self.url("link_sent"), code=303)
        return redirect(link.path, code=303)

    def found(self, token, *purposes):
        """The live link behind a token; the pages for Expired and NotFound say the rest."""
        return links.find(token, *purposes, kind=self.kind)

    # A new address, from its letter

    def email_show(self, token):
        link = self.found(token, "change_email")
        return self.show("new_email", gettext("Confirm your new address"), form=ButtonForm(), link=link)

    def email_confirm(self, token, actor):
        link = self.found(token, "change_email")
        form = ButtonForm()
        done = form.run(security.confirm_email_change, by=asking(actor), link=link, session=sessions.current())
        title = gettext("Confirm your new address")
        said = gettext("From now on you sign in with %(address)s.", address=link.email)
        to = self.url("security" if done.ok and done.result else "sign_in")
        answer = form.answer(done, self.page, to=to, said=said, step="new_email", title=title, link=link, door=self)
        return self.let_in(done, answer) if done.ok and done.result else answer

    # What all ways share

    def onward(self):
        """Where to go once inside: `next` when it is a path of this face, else its first page."""
        wanted = self.next or ""
        is_staff = wanted == "/staff" or wanted.startswith("/staff/")
        if OWN_PATH.fullmatch(wanted) and is_staff == (self.kind == "staff"):
            return wanted
        return "/staff/" if self.kind == "staff" else "/"

    def let_in(self, done, answer):
        """Put the opened session into the cookie of this face, and mark the browser as one that knows the address."""
        if done.ok:
            opened = done.result
            sessions.enter(opened.token, opened.session, opened.login)
            secure = current_app.config["SESSION_COOKIE_SECURE"]
            mark = sign_in.device_mark(opened.login)
            answer.set_cookie(
                self._mark_name(), mark, max_age=KNOWN_FOR, secure=secure, httponly=True, samesite="Lax"
            )
        return answer

    def _mark_name(self):
        name = "suki-staff-known" if self.kind == "staff" else "suki-known"
        return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def asking(actor):
    """Who asks, in the language of the page."""
    return replace(actor, language=speech.language())


def client():
    """The client as the limits count it: its address, of IPv6 the network that one household has."""
    address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def agent():
    return request.user_agent.string


def _accused(form, refused):
    """The same address and complaints in the form of another page."""
    form.email.errors, form.top = refused.email.errors, refused.top
    return form
