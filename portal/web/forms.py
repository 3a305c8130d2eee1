"""Forms: validate, call one domain verb, and answer with page, piece or redirect; nothing typed is lost."""

import hashlib
import html
import logging
import re
import secrets
from functools import lru_cache
from typing import NamedTuple

from babel.support import Translations
from flask import flash, make_response, redirect, render_template, request
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, i18n
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Input, Select, core

from portal import audit, deeds, store
from portal.errors import Invalid, NotFound, Repeated, Stale, TooMany
from portal.web import places, speech
from portal.web.pages import wants_piece
from portal.web.wording import attributes

security = logging.getLogger("suki.security")
OWN_FIELDS = ("csrf_token", "form_key", "version")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Done(NamedTuple):
    """What came of a form: `ok` with the verb's `result` and the names of who was `told`, else a `status`."""

    ok: bool
    result: object = None
    told: tuple = ()
    status: int = 422
    to: str | None = None
    deed: int | None = None  # its number, where what was done can be taken back


class Choices(Select):
    """A select whose options are written plainly: WTForms put together the attributes of each, 245 for countries."""

    @classmethod
    def render_option(cls, choice, **attributes):  # name given by WTForms
        if choice.render_kw or attributes:
            return super().render_option(choice, **attributes)
        value, label = html.escape(str(choice.value)), html.escape(str(choice.label or choice.value))
        return f'<option{" selected" if choice.selected else ""} value="{value}">{label}</option>'


SelectField.widget = Choices()


def _attributes(**named):
    return attributes(named)


# WTForms fills a piece of markup for each attribute: a fifth of a page with a form.
core.html_params = _attributes
Input.html_params = staticmethod(_attributes)


@lru_cache
def _own_words(language):
    """What WTForms itself says, in a language; kept, for it is read from a file."""
    return Translations.load(i18n.messages_path(), [language], domain="wtforms")


class Form(FlaskForm):
    """A form with a server-made key: sent twice with the same content it does one thing."""

    form_key = HiddenField()
    own, needed = (), ()  # names of the fields that the shop added, and of those that have to be filled in

    class Meta(FlaskForm.Meta):
        """How WTForms speaks in it."""

        def get_translations(self, form):  # name given by WTForms
            return _own_words(speech.language())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.top = []  # messages for the top of the form
        self.repeated = None  # address of what this key already did, when the content differs
        self.is_stale = False  # somebody saved first; then what differs is in `conflicts`
        self.conflicts = []  # (label, how it stands now, what was typed)
        if not _KEY.fullmatch(self.form_key.data or ""):
            self.form_key.data = secrets.token_urlsafe(18)

    def validate(self, extra_validators=None):
        """As WTForms, and no field may hold NUL, which no database keeps."""
        sound = super().validate(extra_validators)
        for field in self:
            if field.name not in OWN_FIELDS and any(
                "\0" in text for text in field.raw_data or () if isinstance(text, str)
            ):
                field.errors = [*field.errors, speech_of("character-not-storable")]
                sound = False
        return sound

    def values(self):
        """What was typed, by field name, without the form's own fields."""
        return {f.name: f.data for f in self if f.name not in OWN_FIELDS}

    def run(self, verb, *, by, **fixed):
        """Validate and, when valid, call `verb(by=…, **fixed, **values)`; refusals land on their fields."""
        if not self.validate():
            return Done(False)
        deeds.last()  # of an earlier request
        try:
            result = self._call(verb, by.with_form(self.form_key.data, body_hash()), fixed)
        except Invalid as refusal:
            self.accuse(refusal)
            return Done(False)
        except Stale as refusal:
            self.show_conflict(refusal.current)
            return Done(False, status=409)
        except Repeated as earlier:
            return self._already_done(earlier)
        except TooMany as refusal:
            security.warning("too many attempts at %s", request.path)
            wait = -(-refusal.wait_seconds // 60)
            self.top.append(ngettext("Wait one minute and try again.", "Wait %(num)s minutes and try again.", wait))
            return Done(False, status=429)
        told = tuple(name for name in audit.last_told() if name != by.name)
        return Done(True, result, told, deed=deeds.last() if by.is_staff else None)

    def _call(self, verb, by, fixed):
        """verb(…); what it refuses because this form was carried out already is no refusal but Repeated."""
        try:
            return verb(by=by, **fixed, **self.values())
        except (Invalid, NotFound, Stale):
            audit.refuse_repeated(by)
            raise

    def accuse(self, refusal):
        """Put each problem of an Invalid on its field, or at the top when the form has no such field."""
        for name, (message, parameters) in refusal.problems.items():
            text = speech_of(message, **parameters)
            field = self._fields.get(name)
            if field is None or name in OWN_FIELDS:
                self.top.append(text)
            else:
                field.errors = [*field.errors, text]

    def show_conflict(self, current):
        """The record changed meanwhile: keep what was typed, show both, and make the next send count."""
        self.is_stale, noun = True, current.ref.kind
        for name, typed in self.values().items():
            now = getattr(current, name, typed)
            now = _as_typed(now) if name in self.own else now
            if now != typed and name not in OWN_FIELDS:
                self.conflicts.append((speech.term(noun, name), now, typed))
        if "version" in self._fields:
            self.version.data = current.version
        self.form_key.data = secrets.token_urlsafe(18)

    def _already_done(self, earlier):
        address = places.address_of(earlier.result)
        if earlier.same:
            return Done(True, None, (), to=address)
        self.repeated = address or request.path
        self.form_key.data = secrets.token_urlsafe(18)
        return Done(False)

    def answer(self, done, page, *, to, said=None, again=None, **context):
        """303 to `to` (or the piece for htmx) when done; else the page again with 422 or 409 and what was typed.

        `to` may be a function of the verb's result. `said` is the sentence for the top of the next page. `again`
        returns what else the page needs, asked only when it is shown again.
        """
        if again and not done.ok:
            context |= again()
        if not done.ok:
            return page.render(status=done.status, form=self, **context)
        if said and not done.to:
            say(said, told=done.told, deed=done.deed)
        if page.piece and wants_piece() and not done.to:
            return page.render(form=self, **context)
        return redirect(done.to or (to(done.result) if callable(to) else to), code=303)


def _as_typed(value):
    """What stands in a field that the shop added, as its input sends it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value if isinstance(value, str | list | int) else str(value)


def speech_of(message, **parameters):
    """The sentence of a message id in the language of this request."""
    return speech.message(message, **parameters)


class EditForm(Form):
    """A form over an existing record: carries the version it was opened with."""

    version = HiddenField()

    def values(self):
        typed = super().values()
        version = (self.version.data or "") if not isinstance(self.version.data, int) else str(self.version.data)
        typed["version"] = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        return typed


class OneClick(Form):
    """A form that is one button: nothing is typed that could be lost, so a refusal is a page of its own."""

    def answer(self, done, page, *, to, said=None, again=None, **context):
        if done.ok:
            return super().answer(done, page, to=to, said=said, **context)
        texts = [*self.top, *(text for field in self for text in field.errors)] or [speech_of("changed-meanwhile")]
        return make_response(render_template("errors/refused.html", texts=texts, request_id="", kept=[]), done.status)


def options(pairs):
    """The choices of a SelectField from {value: label} or [(value, label)]."""
    return [SelectChoice(value, label) for value, label in (pairs.items() if isinstance(pairs, dict) else pairs)]


def say(title, told=(), kind="good", deed=None):
    """Tell the person on the next page what happened and who knows, and where it can be taken back."""
    names = speech.wording().list_words(dict.fromkeys(told))
    text = ngettext("%(names)s was told.", "%(names)s were told.", len(set(told)), names=names) if names else ""
    flash({"kind": kind, "title": str(title), "text": text, "deed": deed})


def body_hash():
    """Hash of what was sent, without the form's own fields: tells a resend from another order.

    It is kept, so passwords stay out of it: a fast hash of one would be worth stealing.
    """
    typed = sorted((k, v) for k, v in request.form.items(multi=True) if k not in OWN_FIELDS and "password" not in k)
    files = sorted((k, f.filename, _content_hash(f.stream)) for k, f in request.files.items(multi=True))
    return hashlib.sha256(store.canonical([request.path, typed, files]).encode()).hexdigest()


def _content_hash(stream):
    """Phones call every photo image.jpg: what tells two of them apart is what they show."""
    stream.seek(0)
    found = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return found
