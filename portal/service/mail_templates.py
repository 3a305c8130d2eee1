"""Mail templates: what we write again and again, with a closed list of places that a record fills."""

import re

import peewee

from portal import audit, store
from portal.customers.accounts import LANGUAGES
from portal.errors import Invalid
from portal.fields import STAFF, Field, Table
from portal.people import policy

NOUNS = ("account", "order", "invoice", "case", "lead")
COMMON = ("me.name", "shop.name", "today")
OF_NOUN = {
    "contact": ("contact.name", "contact.title"),
    "account": ("account.name", "account.number"),
    "order": ("order.number", "order.total", "order.placed_on", "order.state"),
    "invoice": ("invoice.number", "invoice.total", "invoice.open", "invoice.due_on"),
    "case": ("case.number", "case.subject"),
    "lead": ("lead.name", "lead.company", "lead.number"),
}
PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
LONGEST_TEXT = 20_000

policy.allow("mail_templates.see", policy.STAFF)
policy.allow("mail_templates.edit", policy.STAFF)

FIELDS = Table(
    "mail_template",
    Field("number", sort=True),
    Field("name", "text", STAFF, STAFF, sort=True, longest=80, is_required=True),
    Field("noun", "choice", STAFF, STAFF, filter=True, choices=NOUNS, is_required=True),
    Field("language", "choice", STAFF, STAFF, filter=True, choices=LANGUAGES, is_required=True),
    Field("subject", "text", STAFF, STAFF, longest=200, is_required=True),
    Field("text", "words", STAFF, STAFF, listed=False, longest=LONGEST_TEXT, is_required=True),
    Field("is_active", "yes", STAFF, filter=True),
)


class MailTemplate(store.Versioned):
    """A mail for the records of one noun in one language; the same name in other languages says the same."""

    name = peewee.CharField(max_length=80)
    noun = peewee.CharField(max_length=10)  # one of NOUNS
    language = peewee.CharField(max_length=8)
    subject = peewee.CharField(max_length=200)
    text = peewee.TextField()
    is_active = peewee.BooleanField(default=True)

    class Meta:
        indexes = ((("name", "language", "noun"), True),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the templates that staff write with."""
        return cls.select().where(cls.id.is_null(False) if actor.is_staff or actor.is_system else peewee.SQL("1 = 0"))

    @classmethod
    def for_noun(cls, noun, actor):
        """Those in use for the records of a noun, by name."""
        mine = cls.visible_to(actor).where((cls.noun == noun) & cls.is_active)
        return mine.order_by(cls.name, cls.language)

    @classmethod
    def add(cls, *, by, now=None, **details):
        """Another template. Raises Invalid by field: placeholder-unknown, placeholder-open, template-known."""
        FIELDS.check(by, details)
        kept = cls._checked(FIELDS.clean(dict.fromkeys(("name", "noun", "language", "subject", "text")) | details))
        with (
            store.taken(name="template-known"),
            audit.change(by, "mail_template.added", now=now) as change,
        ):
            return change.create(cls, **kept)

    def edit(self, *, by, version=None, now=None, **changes):
        """Change it. Mails that were sent stay as they were. Raises Invalid as `add`, Stale."""
        FIELDS.check(by, changes)
        kept = self._checked({"noun": self.noun} | FIELDS.clean(changes))
        with (
            store.taken(name="template-known"),
            audit.change(by, "mail_template.edited", self, now=now) as change,
        ):
            change.update(self, version=version, **kept)
        return self

    def retire(self, *, by, now=None):
        """Nobody writes with it any more, or again, when it was retired."""
        event = "mail_template.retired" if self.is_active else "mail_template.brought_back"
        with audit.change(by, event, self, now=now) as change:
            change.update(self, is_active=not self.is_active)
        return self

    @staticmethod
    def _checked(details):
        for field in ("subject", "text"):
            if field in details:
                check(details[field], details["noun"], field)
        return details


def known_for(noun):
    """The places that a template for the records of this noun may hold."""
    if noun == "lead":
        return (*OF_NOUN["lead"], *COMMON)
    own = () if noun == "account" else OF_NOUN[noun]
    return (*own, *OF_NOUN["contact"], *OF_NOUN["account"], *COMMON)


def check(text, noun, field="text"):
    """Raise Invalid on `field` for a place that nothing fills: placeholder-unknown, placeholder-open."""
    known = known_for(noun)
    for name in map(str.strip, PLACEHOLDER.findall(text)):
        if name not in known:
            listed = ", ".join(f"{{{{{name}}}}}" for name in known)
            raise Invalid(**{field: ("placeholder-unknown", {"name": name[:60], "known": listed})})
    rest = PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Invalid(**{field: "placeholder-open"})


def fill(text, noun, worth, field="text"):
    """The text with every place filled, once: what comes from a record is never looked through for places.

    `worth` is {name: text}. Raises Invalid on `field` as `check`, and placeholder-empty where there is nothing.
    """
    check(text, noun, field)
    names = [name.strip() for name in PLACEHOLDER.findall(text)]
    empty = [name for name in names if not worth.get(name)]
    if empty:
        raise Invalid(**{field: ("placeholder-empty", {"name": empty[0]})})
    return PLACEHOLDER.sub(lambda place: worth[place[1].strip()], text)
