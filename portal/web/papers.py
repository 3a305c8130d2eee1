"""Papers: how one is written in a reader's language: letterhead, lines, sums, how to pay."""

from portal import files
from portal.customers import postal
from portal.errors import NotFound
from portal.files import File
from portal.people import company
from portal.values import Money
from portal.web import press, qr_codes, speech, terms
from portal.web.terms.marks import N_
from portal.web.wording import NBSP, Wording

PAID_TO = ("promptpay_id", "biller_id", "bank", "account_name", "account_number", "swift")
PAID_TO_BY_CODE = ("promptpay_id", "biller_id", "account_name", "account_number")  # the code holds the rest
PAGE = N_("Page {n} of {all}")


class Paper:
    """One paper being written: the reader's wording, the shop, and the parts that `paper.typ` sets."""

    def __init__(self, language, ours=None):
        settings = speech.settings()
        self.wording = Wording(language, settings.shop_timezone, settings.shop_currency, settings.shop_country)
        self.ours = ours or company.ours(settings.shop_name, settings.shop_country)
        self.parts = {
            "lang": language, "parties": [], "facts": [], "tables": [], "sums": [], "total": None, "after": [],
            "notes": [], "summaries": [], "pay": None, "signatures": [], "foot": [],
        }  # fmt: skip

    def say(self, message, **parameters):
        return self.wording.gettext(message, **parameters)

    def term(self, *key):
        return terms.word(self.wording.gettext, *key, language=self.wording.language)

    def money(self, minor, currency):
        return self.wording.money_text(Money(minor, currency))

    def rate(self, basis_points):
        return self.wording.percent(basis_points / 10_000, 2)

    def date(self, value):
        """17 Nov 2026 · 17 พ.ย. 2569: on paper the year always stands."""
        if value is None:
            return "–"
        day = self.wording.date(value)
        return NBSP.join((str(day.day), self.wording.month(day), self.wording.year(day)))

    def place(self, snapshot, *more):
        """The lines of a copied address, its recipient first."""
        if not snapshot:
            return list(more)
        lines = postal.lines(snapshot, self.ours.country, self.wording.language)
        phone = self.wording.phone(snapshot["phone"]) if snapshot.get("phone") else ""
        return [text for text in (snapshot.get("recipient"), *lines, phone, *more) if text]

    def party(self, head, lines):
        if lines:
            self.parts["parties"].append({"head": head, "lines": lines})

    def fact(self, label, value):
        if value not in (None, "", "–"):
            self.parts["facts"].append([label, value])

    def table(self, columns, rows, head="", empty=""):
        """`columns` are (head, kind) with kind "wide", "text" or "number"; rows hold texts or (text, small text)."""
        self.parts["tables"].append(_table(columns, rows, head) | {"none": empty})

    def summary(self, head, columns, rows):
        if rows:
            self.parts["summaries"].append(_table(columns, rows, head))

    def data(self, heading, number):
        """The whole paper as plain data: texts, lists and dicts, nothing else."""
        return self.parts | {
            "heading": heading,
            "number": number,
            "title": f"{heading} {number}".strip(),
            "shop": {"name": self.ours.name, "lines": self._letterhead(), "logo": _logo(self.ours)},
            "mark": " · ".join(text for text in (self.ours.name, number) if text),
            "page": self.say(PAGE),
        }

    def _letterhead(self):
        """Who the shop is; what an invoice needs and nobody has said yet is named as missing."""
        ours, lacks = self.ours, self.ours.lacks
        place = postal.lines(vars(ours)["__data__"] | {"line2": ""}, None, self.wording.language)
        number = self.say(N_("Tax number %(number)s"), number=ours.tax_number) if ours.tax_number else ""
        phone = Wording(country=ours.country).phone(ours.phone) if ours.phone else ""
        website = ours.website.removeprefix("https://")
        return [
            text
            for text in (
                ours.legal_name if ours.legal_name != ours.name else "",
                ", ".join(place) if "line1" not in lacks else self.say(N_("The address of the shop is missing.")),
                ", ".join(text for text in (number, ours.tax_words) if text),
                self.say(N_("The tax number of the shop is missing.")) if "tax_number" in lacks else "",
                " · ".join(text for text in (phone, ours.email, website) if text),
            )
            if text
        ]


def _table(columns, rows, head):
    cells = [[{"text": c[0], "sub": c[1]} if isinstance(c, tuple) else c for c in row] for row in rows]
    return {"head": head, "columns": [{"head": name, "kind": kind} for name, kind in columns], "rows": cells}


def _logo(ours):
    """The bytes of the logo as numbers, small enough for print; None without one or when its bytes are lost."""
    file = File.get_or_none(File.sha256 == ours.picture) if ours.picture else None
    if file is None:
        return None
    try:
        with files.open_bytes(file, thumbnail=True) as stored:
            return list(stored.read())
    except NotFound:
        return None


def priced_lines(paper, lines, currency):
    """(columns, rows) of lines with prices; a discount has a column when there is one, tax when rates differ."""
    say, wording = paper.say, paper.wording
    shown = [
        (N_("Description"), "wide", lambda line: _named(paper, line)),
        (N_("Quantity"), "number", lambda line: wording.quantity(line.quantity, line.unit) if _counts(line) else ""),
        (N_("Price"), "number", lambda line: paper.money(line.price_minor, currency) if _counts(line) else ""),
    ]
    if any(line.discount_bp for line in lines):
        shown.append(
            (N_("Discount"), "number", lambda line: paper.rate(line.discount_bp) if line.discount_bp else "")
        )
    if len({line.tax_bp for line in lines}) > 1:
        shown.append((N_("Tax"), "number", lambda line: paper.rate(line.tax_bp)))
    shown.append((N_("Amount"), "number", lambda line: paper.money(line.net_minor, currency)))
    columns = [(say(head), kind) for head, kind, _ in shown]
    return columns, [[of(line) for _, _, of in shown] for line in lines]


def _counts(line):
    """Whether a line is of pieces; credit notes have lines of words alone."""
    return getattr(line, "kind", "goods") == "goods"


def _named(paper, line):
    if getattr(line, "kind", "") == "earlier":
        return paper.say(N_("Credited earlier by %(number)s"), number=line.name)
    below = [line.code] if line.code else []
    if getattr(line, "cancelled", 0):
        count = paper.wording.number(line.cancelled)
        below.append(paper.say(N_("%(count)s of them cancelled"), count=count))
    elif getattr(line, "promised_on", None) and line.waiting:
        below.append(paper.say(N_("expected %(day)s"), day=paper.date(line.promised_on)))
    return (line.name, " · ".join(below)) if below else line.name


def sums_of(paper, document, lines):
    """([(label, amount)], (label, total)) of an order or invoice, from what is written in it.

    Raises press.Jammed when its lines and parts do not add up to the cent: no paper is better than a wrong one.
    """
    d, goods = document, sum(line.net_minor for line in lines if getattr(line, "kind", "goods") != "freight")
    if goods != d.subtotal_minor or goods + d.tax_minor + d.freight_minor + d.rounding_minor != d.total_minor:
        raise press.Jammed(f"{document.number} does not add up")
    say, currency = paper.say, document.currency
    is_order = document.ref.kind == "order"  # an invoice of a part has no delivery fee when an earlier one had it
    parts = [(N_("Goods"), document.subtotal_minor, True)]
    parts += [(N_("Discount, taken off already"), document.discount_minor, False)]
    parts += [(N_("Tax"), document.tax_minor, False), (N_("Delivery"), document.freight_minor, is_order)]
    parts += [(N_("Rounding"), document.rounding_minor, False)]
    shown = [(say(label), paper.money(minor, currency)) for label, minor, always in parts if minor or always]
    return shown, (say(N_("Total")), paper.money(document.total_minor, currency))


def tax_summary(paper, document):
    """The taxes by rate, as tax offices ask for them."""
    say, currency = paper.say, document.currency
    heads = ((N_("Tax"), "wide"), (N_("Rate"), "number"), (N_("Net"), "number"), (N_("Tax amount"), "number"))
    rows = [
        [
            tax["name"] or say(N_("Without tax")),
            paper.rate(tax["basis_points"]) if tax["name"] else "",
            paper.money(tax["net_minor"], currency),
            paper.money(tax["tax_minor"], currency),
        ]
        for tax in document.taxes
    ]
    if document.tax_minor or document.tax_included_minor:
        paper.summary(say(N_("Taxes")), [(say(head), kind) for head, kind in heads], rows)


def payment(paper, instructions):
    """How to pay: each method with its code, its numbers and the reference to write."""
    say = paper.say
    methods = []
    for paid in instructions:
        method, drawn = paid.method, qr_codes.drawn(paid.payload)
        known = [(name, getattr(method, name)) for name in (PAID_TO_BY_CODE if drawn else PAID_TO)]
        facts = [[paper.term("payment_method", name), value] for name, value in known if value]
        methods.append(
            {
                "title": method.title,
                "facts": [
                    [say(N_("Amount")), paper.wording.money_text(paid.money)],
                    *facts,
                    [say(N_("Reference")), paid.reference],
                ],
                "words": method.words,
                "svg": drawn.svg if drawn else None,
                "alt": say(N_("QR code for paying %(money)s"), money=paper.wording.money_text(paid.money)),
            }
        )
    words = say(N_("Scan a code with your bank’s app, or transfer the amount and name the reference."))
    none = say(N_("Ask us how to pay: no account is named here yet."))
    return {"head": say(N_("How to pay")), "words": words if methods else none, "methods": methods}
