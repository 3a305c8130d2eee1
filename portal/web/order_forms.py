"""The order form of both faces: lines by product code, where it goes, and what was shown; nothing of it is stored."""

from babel.numbers import is_currency
from flask import request
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from portal.customers import moves
from portal.customers.addresses import ADDRESS_FIELDS
from portal.errors import Invalid
from portal.sales import pasting, placing, quotes
from portal.sales.quotes import Wanted
from portal.values import Money, basis_points
from portal.web import address_forms, forms, noun_forms, speech
from portal.web.noun_forms import DateText

NEW = "new"  # the choice "another address"
QUANTITY, DISCOUNT = "quantity:", "discount:"  # names of a line's fields, followed by the code of its product
INSTEAD = "instead:"  # the name of a button that puts another product, its value, in the place of a line's
NOTHING = ("", "0")
UNKNOWN = "list-unknown"


class OrderForm(forms.Form):
    """What is wanted, where, and the total that was shown. `lines` are Wanted, `places` the Destinations."""

    delivery = RadioField(choices=[], validate_choice=False)
    address = RadioField(choices=[], validate_choice=False)
    branch = RadioField(choices=[], validate_choice=False)
    po_number = StringField(render_kw={"maxlength": 60})
    note = TextAreaField(render_kw={"maxlength": 2000, "rows": 3})
    requested_on = DateText()
    paste = TextAreaField(lazy_gettext("Paste or type a list"), render_kw={"rows": 4, "maxlength": 500_000})
    q = StringField(lazy_gettext("Find a product"), render_kw={"maxlength": 200})
    category = StringField()
    reason = StringField(lazy_gettext("Why? The manager reads this."), render_kw={"maxlength": 500})
    found = HiddenField()  # what the last search was for
    stays = HiddenField()  # the address that was asked for although the account has moved by then
    draft = HiddenField()
    shown_total_minor = HiddenField()
    shown_currency = HiddenField()

    lines = ()
    places = None
    bad_lines = ()
    unread = ()  # [(line, sentence)] of a pasted list

    def offer(self, places):
        """Offer these Destinations; needed before the form is shown, not before it is carried out."""
        self.places = places
        addresses = [a for a in places.addresses if a.for_shipping]
        self.address.choices = [(str(a.id), _said(a.label, a.recipient, a.one_line)) for a in addresses]
        self.address.choices += [(NEW, gettext("Another address"))]
        self.branch.choices = [(str(b.id), _said(b.name, b.line1, b.city)) for b in places.branches]
        ways = ("ship", "pickup") if places.branches else ("ship",)
        self.delivery.choices = [(way, speech.term("order", "delivery", way)) for way in ways]
        return self

    def adopt(self, quote):
        """Go on with the lines as the quote understood them: equal ones are one."""
        self.lines = []
        for line in quote.lines:
            quantity = line.wanted.quantity if line.quantity is None else line.quantity
            self.lines.append(Wanted(line.code, quantity, line.wanted.discount_bp))

    def read_list(self, by):
        """Turn the pasted list into lines; what could not be read stays in its field with a sentence for each.

        Returns [(words, pieces)] of what names nothing of ours.
        """
        found = pasting.read(self.paste.data, by)
        self.lines += found.wanted
        self.paste.data = "\n".join([*(line for line, *_ in found.unread), *found.rest])
        self.unread = [(line, speech.message(name, **params)) for line, name, params in found.unread]
        if self.unread:
            count = len(self.unread) + len(found.rest)
            said = ngettext("%(num)s line could not be read.", "%(num)s lines could not be read.", count)
            self.paste.errors = [*self.paste.errors, said]
        lost = [said for _, name, said in found.unread if name == UNKNOWN]
        return [(said["what"], _number(said["pieces"].replace(",", ""))) for said in lost]

    def show(self, quote):
        """Remember the total that this page is about to show."""
        self.shown_total_minor.data, self.shown_currency.data = str(quote.total_minor), quote.currency

    def follow_move(self, account):
        """Turn to the new address when the order is wanted after the account has moved; returns the move, else None.

        Whoever asks for the old address after that is not asked again (`stays`).
        """
        if self.stays.data:
            self.address.data = self.stays.data
        if self.is_pickup or self.stays.data or not self.requested_on.data:
            return None
        move = moves.leaving(account).get(_number(self.address.data))
        if move is None or self.requested_on.data < move.from_on.isoformat():
            return None
        self.address.data = str(move.new_id)
        return move

    @property
    def shown_now(self):
        """All that its fields show, to know a piece of the page by; None when it was sent or says what is wrong."""
        if request.method != "GET" or self.errors:
            return None
        places = [(name, tuple(self[name].choices)) for name in ("delivery", "address", "branch")]
        return (*places, *((field.name, field.data) for field in self if field.name not in forms.OWN_FIELDS))

    @property
    def asks_to_find(self):
        """Whether somebody pressed Enter in the search field, which without scripts presses the first button."""
        return bool(self.q.data) and self.q.data != self.found.data

    def shown(self):
        """The total that the last page showed, as Money; None when it showed none."""
        total, currency = _number(self.shown_total_minor.data), self.shown_currency.data
        return Money(total, currency) if total and is_currency(currency) else None

    @property
    def is_pickup(self):
        return self.delivery.data == "pickup"

    def terms(self):
        """Where and how, as `placing.prepare` takes it."""
        asks_new = not self.is_pickup and self.address.data == NEW
        return {
            "delivery": self.delivery.data or "ship",
            "address": _number(self.address.data) if not self.is_pickup and not asks_new else None,
            "new_address": {name: self[name].data for name in address_forms.PLACE} if asks_new else None,
            "branch": _number(self.branch.data) if self.is_pickup else None,
            "po_number": self.po_number.data,
            "note": self.note.data,
            "requested_on": self.requested_on.data,
        }

    def values(self):
        """What `placing.place` and `placing.save_draft` take."""
        total, currency = _number(self.shown_total_minor.data), self.shown_currency.data
        return self.terms() | {"lines": self.lines, "shown_total_minor": total, "shown_currency": currency}

    @property
    def carried(self):
        """[(name, value)] of everything that the next page must send again."""
        kept = [(QUANTITY + line.code, line.quantity) for line in self.lines]
        kept += [(DISCOUNT + line.code, percent_text(line.discount_bp)) for line in self.lines if line.discount_bp]
        names = ("delivery", "address", "branch", "po_number", "note", "requested_on", *address_forms.PLACE)
        return kept + [(name, self[name].data) for name in names if self[name].data]


def sent(account, actor):
    """The order form as it was sent; asks the database nothing."""
    form = _form(account, actor)
    form.lines = sent_lines()
    return form


def opened(account, actor, *, lines=(), order=None):
    """A fresh order form, with the terms of an earlier order or a draft while they still hold; two queries."""
    places = placing.destinations(account)
    form = _form(account, actor, **_start(order, places))
    form.lines = list(lines)
    if order is not None and order.state == "draft":
        form.draft.data = order.number
    return form.offer(places)


def _form(account, actor, **start):
    start = {"country": account.country} | start
    names = address_forms.PLACE
    form = noun_forms.form_over(ADDRESS_FIELDS, names, actor, base=OrderForm, **start)
    form = address_forms.named(form, account.country)
    for name in ("delivery", "address", "branch", "po_number", "note", "requested_on"):
        form[name].label.text = speech.term("order", {"address": "ship_to"}.get(name, name))
    return form


def _start(order, places):
    """The choices a fresh form opens with: those of an earlier order while they exist, else the defaults."""
    address, branch = places.default("shipping"), None
    if order is not None:
        address = places.address(order.ship_to.get("address")) or address
        branch = places.branch(order.branch_id)
    start = {
        "delivery": "pickup" if branch and order.delivery == "pickup" else "ship",
        "address": str(address.id) if address else NEW,
        "branch": str(branch.id) if branch else "",
    }
    if order is not None and order.state == "draft":
        start |= {"po_number": order.po_number, "note": order.note, "requested_on": order.requested_on}
    return start


def _said(*parts):
    return ", ".join(part for part in parts if part)


def sent_lines():
    """The Wanted of the fields `quantity:CODE` and `discount:CODE` in the order of the page, blanks left out."""
    found = []
    for name, text in request.form.items(multi=True):
        code, text = name.removeprefix(QUANTITY), text.strip()
        if name != code and text not in NOTHING and len(found) <= quotes.MOST_LINES:
            discount = read_percent(request.form.get(DISCOUNT + code, ""))
            found.append(Wanted(request.form.get(INSTEAD + code, code), text, discount))
    return found


def read_percent(text):
    """Basis points of a discount as typed; the text itself when it is none, for the line to refuse."""
    try:
        return basis_points(text) if text.strip() else 0
    except Invalid:
        return text


def percent_text(basis_points):
    """A discount as it is typed: 750 → "7.5"."""
    return f"{basis_points / 100:g}" if isinstance(basis_points, int) else basis_points


def _number(text):
    """A hidden or chosen whole number, None when blank; nonsense becomes 0, which is no record's id."""
    text = str(text or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
