"""Documents: what stands on each paper of the shop, in one reader's language, ready for the press."""

from flask import make_response, render_template, request

from portal import files, values
from portal.customers import postal
from portal.errors import NotFound
from portal.files import File
from portal.people import company
from portal.values import Money
from portal.web import press, qr_codes, speech, terms
from portal.web.terms.marks import N_
from portal.web.wording import CODES, LANGUAGES, NBSP, Wording

ORDER_TITLES = {
    "draft": N_("Draft of an order"),
    "placed": N_("Order received"),
    "cancelled": N_("Cancelled order"),
}
PAID_TO = ("promptpay_id", "biller_id", "bank", "account_name", "account_number", "swift")
PAGE = N_("Page {n} of {all}")
SANDBOX = "default-src 'none'; sandbox"


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
        return terms.word(self.wording.gettext, *key)

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


# The papers


def order_data(order, lines, language):
    """The order as the customer keeps it: what was agreed, for how much, where it goes."""
    paper = Paper(language)
    say, money = paper.say, lambda minor: paper.money(minor, order.currency)
    paper.party(paper.term("order", "bill_to"), paper.place(order.bill_to) or [order.account_name])
    goes_to = say(N_("To be picked up at")) if order.delivery == "pickup" else say(N_("Goes to"))
    paper.party(goes_to, [order.branch_name] if order.delivery == "pickup" else paper.place(order.ship_to))
    paper.fact(paper.term("order", "placed_at"), paper.date(order.placed_at or order.created_at))
    paper.fact(paper.term("order", "state"), paper.term("order", "state", order.state))
    paper.fact(paper.term("order", "requested_on"), paper.date(order.requested_on))
    for name in ("po_number", "placed_by"):
        paper.fact(paper.term("order", name), getattr(order, name))
    paper.table(*priced_lines(paper, lines, order.currency))
    paper.parts["sums"], paper.parts["total"] = sums_of(paper, order)
    if order.tax_included_minor:
        paper.parts["notes"].append(say(N_("Holds %(money)s of tax."), money=money(order.tax_included_minor)))
    if order.note:
        paper.parts["notes"].append(f"{paper.term('order', 'note')}: {order.note}")
    if order.cancel_reason:
        paper.parts["notes"].append(say(N_("Cancelled: %(reason)s"), reason=order.cancel_reason))
    return paper.data(say(ORDER_TITLES.get(order.state, N_("Order confirmation"))), order.number)


def priced_lines(paper, lines, currency):
    """(columns, rows) of lines with prices; a discount has a column when there is one, tax when rates differ."""
    say, wording = paper.say, paper.wording
    shown = [
        (N_("Description"), "wide", lambda line: (line.name, line.code) if line.code else line.name),
        (N_("Quantity"), "number", lambda line: wording.quantity(line.quantity, line.unit)),
        (N_("Price"), "number", lambda line: paper.money(line.price_minor, currency)),
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


def sums_of(paper, document):
    """([(label, amount)], (label, total)) of an order or invoice, from what is written in it."""
    say, currency = paper.say, document.currency
    parts = [(N_("Goods"), document.subtotal_minor, True)]
    parts += [(N_("Discount, taken off already"), document.discount_minor, False)]
    parts += [(N_("Tax"), document.tax_minor, False), (N_("Delivery"), document.freight_minor, True)]
    parts += [(N_("Rounding"), document.rounding_minor, False)]
    shown = [(say(label), paper.money(minor, currency)) for label, minor, always in parts if minor or always]
    return shown, (say(N_("Total")), paper.money(document.total_minor, currency))


def payment(paper, instructions, reference_label):
    """How to pay: each method with its code, its numbers and the reference to write."""
    say = paper.say
    methods = []
    for paid in instructions:
        method, drawn = paid.method, qr_codes.drawn(paid.payload)
        known = [(name, getattr(method, name)) for name in PAID_TO]
        facts = [[paper.term("payment_method", name), value] for name, value in known if value]
        methods.append(
            {
                "title": method.title,
                "facts": [
                    [say(N_("Amount")), paper.wording.money_text(paid.money)],
                    *facts,
                    [reference_label, paid.reference],
                ],
                "words": method.words,
                "svg": drawn.svg if drawn else None,
                "alt": say(N_("QR code for paying %(money)s"), money=paper.wording.money_text(paid.money)),
            }
        )
    words = say(N_("Scan a code with your bank’s app, or transfer the amount and name the reference."))
    none = say(N_("Ask us how to pay: no account is named here yet."))
    return {"head": say(N_("How to pay")), "words": words if methods else none, "methods": methods}


# The answer


def language_for(account, actor):
    """In which language a paper is read: asked for by `?language=`, else the customer's."""
    asked = request.args.get("language")
    if asked in CODES:
        return asked
    return account.language if actor.is_staff else speech.language()


def answer(paper, at, name):
    """The paper as a download, or a page that says it could not be made."""
    try:
        printed = press.pdf(paper, at or values.now())
    except press.Jammed:
        response = make_response(render_template("errors/paper.html", request_id="", kept=[]), 503)
        response.headers["Retry-After"] = str(press.WAIT_SECONDS)
        return response
    response = make_response(printed)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = files.disposition(name, "application/pdf")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def order_answer(order, actor):
    """The PDF of an order."""
    paper = order_data(order, order.lines, language_for(order.account, actor))
    return answer(paper, order.at, order.number)


def link_of(url, language):
    """What a page shows of a paper: its address, its language, and the others it can be read in."""
    names = dict(LANGUAGES)
    others = [(code, name) for code, name in LANGUAGES if code != language]
    return {"url": url, "language": names.get(language, names["en"]), "others": others}
