"""Sign-in and safety: the page on which a person of either face sees and changes how he signs in."""

from flask import redirect, session, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, SelectField, StringField

from portal.people import security
from portal.people import sessions as signed_in
from portal.web import forms, pages, sessions, speech
from portal.web.wording import LANGUAGES

# What a browser calls itself, the more telling name first.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


class PasswordForm(forms.Form):
    password = PasswordField(lazy_gettext("Present password"))
    new_password = PasswordField(lazy_gettext("New password"))


class EmailForm(forms.Form):
    email = StringField(lazy_gettext("New e-mail"))
    password = PasswordField(lazy_gettext("Present password"), id="email-password")


class PlacesForm(forms.Form):
    """Where to sign out: everywhere else, one of the other browsers by the id of its session, or everywhere."""

    scope = SelectField(lazy_gettext("Sign out"), default="others")
    password = PasswordField(lazy_gettext("Your password"), id="places-password")


class LanguageForm(forms.Form):
    language = SelectField(lazy_gettext("Language"), choices=forms.options(LANGUAGES))


class Safety:
    """The page of one face and what can be done on it."""

    def __init__(self, name, template):
        self.name, self.page = name, pages.Page(template)

    def url(self, view):
        return url_for(f"{self.name}.{view}")

    def show(self, actor):
        return self.page.render(**self._context())

    def change_password(self, actor):
        form = PasswordForm()
        done = form.run(security.change_password, by=actor, login=sessions.login(), session=sessions.session())
        said = gettext("Your new password holds. Everywhere else you are signed out.")
        return self._renewed(done, self._answer(form, done, said, password_form=form))

    def change_email(self, actor):
        form = EmailForm()
        done = form.run(security.ask_email_change, by=actor, login=sessions.login())
        said = gettext("A letter is on its way to the new address. Until it is confirmed, the old one holds.")
        return self._answer(form, done, said, email_form=form)

    def change_language(self, actor):
        form = LanguageForm()
        done = form.run(security.change_language, by=actor, login=sessions.login())
        if done.ok:
            session["lang"] = form.language.data
        return self._answer(form, done, gettext("Saved."), language_form=form)

    def sign_out_everywhere(self, actor):
        """Everywhere else, in one other browser, or here too, as was chosen."""
        form = _offered(PlacesForm(), self._places())
        done = form.run(security.sign_out_of, by=actor, session=sessions.session())
        if done.ok and form.scope.data == "all":
            sessions.leave()
            forms.say(gettext("You are signed out everywhere."))
            return redirect(self.url("sign_in"), code=303)
        one = gettext("That browser is signed out.")
        said = gettext("Everywhere else you are signed out.") if form.scope.data == "others" else one
        return self._renewed(done, self._answer(form, done, said, places_form=form))

    def _answer(self, form, done, said, **changed):
        return form.answer(
            done, self.page, to=self.url("security"), said=said, again=lambda: self._context(**changed)
        )

    def _renewed(self, done, answer):
        if done.ok and done.result:
            sessions.enter(*done.result, done.result.login)
        return answer

    def _places(self):
        """The browsers in which this login is signed in, as the page tells them."""
        current = sessions.session()
        return [
            {
                "id": row.id, "device": device(row.agent) or gettext("A browser we do not know"),
                "seen": row.seen_at, "current": row == current,
            }
            for row in signed_in.live(sessions.login())
        ]  # fmt: skip

    def _context(self, **changed):
        login, places = sessions.login(), self._places()
        has_password, is_new = security.has_password(login), security.has_just_come(sessions.session())
        made = {
            "password_form": changed.get("password_form") or PasswordForm(formdata=None),
            "email_form": changed.get("email_form") or EmailForm(formdata=None),
            "language_form": changed.get("language_form") or LanguageForm(formdata=None, language=login.language),
            "places_form": changed.get("places_form") or _offered(PlacesForm(formdata=None), places),
            "proof": "password" if has_password else "session" if is_new else "link",
        }
        return made | {"login": login, "places": places, "safety": self, "has_password": has_password}


def _offered(form, places):
    others = [(str(place["id"]), _told(place)) for place in places if not place["current"]]
    all_of_them = [("others", gettext("Everywhere else")), *others, ("all", gettext("Everywhere, here too"))]
    form.scope.choices = forms.options(all_of_them)
    return form


def _told(place):
    """A browser among others of its name: "Firefox, Android · last used yesterday"."""
    return f"{place['device']} · {gettext('last used %(when)s', when=speech.wording().moment(place['seen']))}"


def device(agent):
    """ "Firefox, Android" from what the browser said of itself; "" when it said nothing we know."""
    names = (next((name for mark, name in known if mark in agent), None) for known in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in names if name)
