"""Public order forms: what staff ask strangers on a page of its own, whom it reaches, and where it may stand."""

import re
import secrets

import peewee

from portal import audit, store, values
from portal.customers.accounts import LANGUAGES
from portal.errors import Invalid, NotFound
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales import form_parts
from portal.sales.catalogue import Category, Product, code_key

STATES = ("draft", "open", "closed")
KIND_OF = {"draft": "wait", "open": "run", "closed": "closed"}
RANGES = ("none", "all", "category", "chosen")  # which products can be chosen on it
LISTS = ("languages", "codes", "questions", "consents", "origins")
MOST_PRODUCTS = 200
MOST_PER_DAY = 10_000
RESERVED = {"new", "confirm"}
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?", re.ASCII)

policy.allow("order_forms.see", policy.STAFF)
policy.allow("order_forms.compose", policy.MANAGERS)  # it speaks for the shop to everybody
policy.allow("order_forms.fill", policy.EVERYONE)

FIELDS = Table(
    "order_form",
    Field("title", "text", STAFF, MANAGERS, longest=120, is_required=True),
    Field("slug", "text", STAFF, MANAGERS, filter=True, longest=60),
    Field("state", "choice", STAFF, filter=True, choices=STATES),
    Field("intro", "words", STAFF, MANAGERS, listed=False, longest=2000),
    Field("thanks", "words", STAFF, MANAGERS, listed=False, longest=2000),
    Field("range", "choice", STAFF, MANAGERS, filter=True, choices=RANGES, is_required=True),
    Field("category", "link", STAFF, MANAGERS),
    Field("shows_prices", "yes", STAFF, MANAGERS),
    Field("takes_words", "yes", STAFF, MANAGERS),
    Field("currency", "currency", STAFF, MANAGERS, is_required=True),
    Field("country", "country", STAFF, MANAGERS, is_required=True),
    Field("owner", "link", STAFF, MANAGERS, filter=True),
    Field("team", "link", STAFF, MANAGERS, filter=True),
    *(Field(name, read=STAFF, write=MANAGERS, listed=False) for name in LISTS),
    Field("open_from", "date", STAFF, MANAGERS),
    Field("open_until", "date", STAFF, MANAGERS),
    Field("most_per_day", "number", STAFF, MANAGERS, is_required=True),
    Field("created_at", "moment", STAFF),
)
PLAIN = ("title", "intro", "thanks", "range", "shows_prices", "takes_words", "currency", "country", "open_from",
         "open_until", "most_per_day")  # fmt: skip


class OrderForm(store.Versioned):
    """A form that anybody can fill in at `/order-form/<slug>`, while it is open."""

    slug = peewee.CharField(max_length=60, unique=True)
    state = peewee.CharField(max_length=10, default="draft", index=True)
    title = peewee.CharField(max_length=120)
    intro = peewee.TextField(default="")
    thanks = peewee.TextField(default="")
    languages = store.JSONText(default=list)  # of its buttons and letters; the first is its own
    range = peewee.CharField(max_length=10, default="all")
    category = peewee.ForeignKeyField(Category, null=True, index=False)
    codes = store.JSONText(default=list)  # of the chosen products, in the order they stand on the page
    shows_prices = peewee.BooleanField(default=True)
    takes_words = peewee.BooleanField(default=True)  # "what else do you need?"
    currency = peewee.CharField(max_length=3, default="PHP")
    country = peewee.CharField(max_length=2, default="PH")  # how phone numbers are meant, and of new accounts
    questions = store.JSONText(default=list)
    consents = store.JSONText(default=list)
    origins = store.JSONText(default=list)  # sites that may show it in a frame
    owner = peewee.ForeignKeyField(Employee, null=True)  # who gets the leads
    team = peewee.ForeignKeyField(Team, null=True)
    open_from = peewee.DateField(null=True)
    open_until = peewee.DateField(null=True)  # the last day
    most_per_day = peewee.IntegerField(default=100)
    counted_on = peewee.DateField(null=True)  # the day of `counted`
    counted = peewee.IntegerField(default=0)  # how many were sent on it
    created_at = store.MomentField(default=values.now)

    @property
    def number(self):
        return self.slug

    @classmethod
    def by_number(cls, text):
        """Where-expression for the short name in an address."""
        if not _SLUG.fullmatch(text):
            raise NotFound()
        return cls.slug == text

    @classmethod
    def visible_to(cls, actor):
        """Query of the forms a person may see: staff all of them, everybody else what was ever opened."""
        return cls.select() if actor.is_staff or actor.is_system else cls.select().where(cls.state != "draft")

    @classmethod
    def listed_for(cls, actor):
        """`visible_to` with owner and team of each form, so that a list names them without asking again."""
        rows = cls.visible_to(actor).select_extend(Employee).join(Employee, peewee.JOIN.LEFT_OUTER, on=cls.owner)
        return rows.select_extend(Team).join_from(cls, Team, peewee.JOIN.LEFT_OUTER, on=cls.team)

    @classmethod
    def slug_of(cls, id):
        """The short name of a form, for addresses made from a Ref."""
        return cls.select(cls.slug).where(cls.id == id).scalar()

    @property
    def kind(self):
        """How the state is drawn: wait, run, closed."""
        return KIND_OF[self.state]

    def is_open(self, now=None):
        """Whether it can be sent today, as far as state and days go."""
        today = values.shop_day(now)
        begun = self.open_from is None or self.open_from <= today
        return self.state == "open" and begun and (self.open_until is None or self.open_until >= today)

    def sent_on(self, now=None):
        """How many were sent by it today."""
        return self.counted if self.counted_on == values.shop_day(now) else 0

    def opens_on(self, now=None):
        """The day from which it can be sent, while that is ahead."""
        is_ahead = self.open_from is not None and self.open_from > values.shop_day(now)
        return self.open_from if self.state == "open" and is_ahead else None

    @property
    def language(self):
        return self.languages[0] if self.languages else "en"

    def products(self, now=None):
        """What can be chosen on it today: products on sale in its currency, one query, none for words alone."""
        if self.range == "none":
            return []
        query = Product.on_sale(values.shop_day(now)).where(Product.currency == self.currency)
        if self.range == "category":
            query = query.where(Product.category == self.category_id)
        if self.range == "chosen":
            place = {code: n for n, code in enumerate(self.codes)}
            return sorted(query.where(Product.code_key.in_(self.codes)), key=lambda p: place[p.code_key])
        return list(query.order_by(Product.folded, Product.id).limit(MOST_PRODUCTS))

    @classmethod
    def compose(cls, *, by, now=None, **given):
        """A new form, which nobody can fill in before it is opened. Raises Invalid by field, see `edit`."""
        kept = _cleaned({"range": "all", "currency": "PHP", "country": "PH", "most_per_day": 100} | given)
        with audit.change(by, "order_form.composed", now=now) as change, store.taken(slug="slug-taken"):
            return change.create(cls, **kept, created_at=change.now)

    def edit(self, *, by, version=None, now=None, **given):
        """Change what it asks and says; what was sent stays as it was asked.

        Raises Stale, and Invalid by field: those of FIELDS, slug-malformed, slug-taken, languages-needed,
        category-needed, codes-unknown, codes-needed, nothing-to-order, employee-unknown, team-unknown,
        dates-reversed, number-not-between, and what form_parts finds.
        """
        FIELDS.check(by, given.keys() & FIELDS.fields.keys())
        kept = _cleaned(given)
        with audit.change(by, "order_form.edited", self, now=now) as change, store.taken(slug="slug-taken"):
            change.update(self, version=version, **kept)
        return self

    def open(self, *, by, now=None):
        """Let people fill it in. Raises Invalid on "state" when somebody was faster."""
        return self._move(by, "order_form.opened", "open", ("draft", "closed"), now)

    def close(self, *, by, now=None):
        """Take nothing more; who comes reads that it is closed."""
        return self._move(by, "order_form.closed", "closed", ("open",), now)

    def _move(self, by, event, state, starts, now):
        with audit.change(by, event, self, now=now) as change:
            still = (OrderForm.id == self.id) & OrderForm.state.in_(starts)
            moved = OrderForm.update(state=state, version=OrderForm.version + 1).where(still)
            change.guard(moved, Invalid(state="changed-meanwhile"))
            change.record("state", self.state, state)
            self.state = state
        return self

    def copy(self, *, by, now=None):
        """The same form once more, closed to the world until it is opened: for another season or language."""
        same = {name: value for name, value in self.__data__.items() if name not in NOT_COPIED}
        with audit.change(by, "order_form.composed", now=now) as change:
            slug = f"{self.slug[:50].rstrip('-')}-{secrets.token_hex(3)}"
            return change.create(OrderForm, **same, slug=slug, created_at=change.now)

    def count_one(self, change):
        """Count one more of today, if it is still open and the day is not full; asked inside the UPDATE.

        Raises Invalid on "form": order-form-closed, order-form-full.
        """
        today = values.shop_day(change.now)
        same_day = OrderForm.counted_on == today
        room = (OrderForm.state == "open") & (
            OrderForm.counted_on.is_null() | ~same_day | (OrderForm.counted < OrderForm.most_per_day)
        )
        counted = OrderForm.update(
            counted=peewee.Case(None, [(same_day, OrderForm.counted + 1)], 1), counted_on=today
        ).where((OrderForm.id == self.id) & room)
        state = OrderForm.select(OrderForm.state).where(OrderForm.id == self.id).scalar()
        change.guard(counted, Invalid(form="order-form-full" if state == "open" else "order-form-closed"))


NOT_COPIED = {"id", "version", "slug", "state", "counted", "counted_on", "created_at"}


def _cleaned(given):
    """The columns that were given, as they are kept; every fault at once in one Invalid."""
    kept, problems = {}, {}
    steps = (_plain, _address, _languages, _products, _people, _days)
    for step in steps:
        _collect(problems, kept, step, given)
    for name in ("questions", "consents", "origins"):
        if name in given:
            _collect(problems, kept, lambda typed, name=name: {name: getattr(form_parts, name)(typed[name])}, given)
    if problems:
        raise Invalid(**problems)
    return kept


def _collect(problems, kept, step, given):
    try:
        kept |= step(given)
    except Invalid as fault:
        problems |= fault.problems


def _plain(given):
    return FIELDS.clean({name: given[name] for name in PLAIN if name in given}, currency=given.get("currency"))


def _address(given):
    """The short name of its address: as typed, else from its title, else chance."""
    if "title" not in given:
        return {}
    slug = (given.get("slug") or "").strip().lower() or form_parts.slug(given["title"])
    slug = slug or f"form-{secrets.token_hex(3)}"
    if not _SLUG.fullmatch(slug) or slug in RESERVED:
        raise Invalid(slug="slug-malformed")
    return {"slug": slug}


def _languages(given):
    if "languages" not in given:
        return {}
    chosen = [code for code in LANGUAGES if code in (given["languages"] or ())]
    if not chosen:
        raise Invalid(languages="languages-needed")
    return {"languages": chosen}


def _products(given):
    """Which products: the category, or codes of ours, one in a line; words alone are enough where they are taken."""
    if "range" not in given:
        return {}
    kept = {"category": None, "codes": []}
    if given["range"] == "none" and not given.get("takes_words", True):
        raise Invalid(takes_words="nothing-to-order")
    if given["range"] == "category":
        kept["category"] = Category.get_or_none(Category.id == (given.get("category") or 0))
        if kept["category"] is None:
            raise Invalid(category="category-needed")
    if given["range"] == "chosen":
        kept["codes"] = _codes(given.get("codes"))
    return kept


def _codes(typed):
    lines = (typed or "").splitlines() if isinstance(typed, str) else typed or ()
    keys = list(dict.fromkeys(code_key(line) for line in lines if line.strip()))[: MOST_PRODUCTS + 1]
    known = {key for (key,) in Product.select(Product.code_key).where(Product.code_key.in_(keys)).tuples()}
    strange = [key for key in keys if key not in known]
    if strange:
        raise Invalid(codes=("codes-unknown", {"codes": ", ".join(strange[:5])}))
    if not keys or len(keys) > MOST_PRODUCTS:
        raise Invalid(codes=("codes-needed", {"most": MOST_PRODUCTS}))
    return keys


def _people(given):
    """Who gets the leads: an employee, a team, or both; without a team that of the employee."""
    if "owner" not in given and "team" not in given:
        return {}
    owner = team = None
    if given.get("owner") is not None:
        owner = Employee.get_or_none((Employee.id == given["owner"]) & Employee.is_active)
        if owner is None:
            raise Invalid(owner="employee-unknown")
    if given.get("team") is not None:
        team = Team.get_or_none(Team.id == given["team"])
        if team is None:
            raise Invalid(team="team-unknown")
    return {"owner": owner, "team": team or (owner.team if owner else None)}


def _days(given):
    start, end = (FIELDS[name].clean(given.get(name)) for name in ("open_from", "open_until"))
    if start and end and end < start:
        raise Invalid(open_until="dates-reversed")
    most = FIELDS["most_per_day"].clean(given.get("most_per_day", 1))
    if not 1 <= most <= MOST_PER_DAY:
        raise Invalid(most_per_day=("number-not-between", {"least": 1, "most": MOST_PER_DAY}))
    return {}
