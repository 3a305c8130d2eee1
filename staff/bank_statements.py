"""Bank statements for staff: bring a file, confirm how it is read, take its lines in."""

import io
import json
from dataclasses import replace

from flask import request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FileField, SelectField, StringField

from portal import store
from portal.exchange import bank_layouts, bank_lines, bank_taking
from portal.exchange.bank_cells import ERAS, ORDERS
from portal.exchange.bank_layouts import DELIMITERS, ENCODINGS, MARKS, ROLES, Layout
from portal.exchange.bank_lines import BankLine
from portal.exchange.bank_statements import FIELDS, BankAccount, BankStatement
from portal.values import Money
from portal.web import file_pages, forms, lists, noun_forms, pages, places, speech
from staff.face import crm

INDEX = pages.Page("staff/bank_statements/index.html")
READ = pages.Page("staff/bank_statements/read.html")
SHOW = pages.Page("staff/bank_statements/show.html")
WORDS = {"money_of": Money, "message": speech.message}  # what its templates need besides
DRAWN = {"state": {"draft": "needs", "reading": "needs", "read": "done", "discarded": "closed"}}

places.show_at("staff", "bank_statement", places.numbered("staff.bank_statement_show", BankStatement))
places.show_at("staff", "bank_account", lambda record: url_for("staff.bank_statement_list"))

LIST = lists.List(
    "bank_statement",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "name")),
        lists.Column("bank_account", lambda row: row.bank_account.name if row.bank_account_id else None),
        *map(lists.Column, ("state", "first_on", "last_on", "lines", "known", "left_out", "by_name", "created_at")),
    ],
    sorts={"number": lists.Sort(BankStatement.id), "created_at": lists.Sort(BankStatement.created_at)},
    default_sort="-number",
    drawn=DRAWN,
    link="number",
    at="staff.bank_statement_show",
    said=("state",),
    shown=("number", "name", "bank_account", "state", "first_on", "last_on", "lines", "known"),
)


class FileForm(forms.Form):
    """A file of a bank."""

    file = FileField(lazy_gettext("Statement of the bank, as CSV"))


class ReadForm(forms.Form):
    """How a file is read. The columns come as col_0, col_1 …: what each holds."""

    bank_account = StringField(lazy_gettext("Bank account"), render_kw={"maxlength": 80})
    currency = SelectField(lazy_gettext("Currency"), validate_choice=False)
    encoding = SelectField(lazy_gettext("Letters"))
    delimiter = SelectField(lazy_gettext("Between the columns"))
    header = StringField(lazy_gettext("Row with the names of the columns"), render_kw={"inputmode": "numeric"})
    order = SelectField(lazy_gettext("Days are written"))
    era = SelectField(lazy_gettext("Years of two figures"))
    mark = SelectField(lazy_gettext("Before the decimals"))
    is_flipped = BooleanField(lazy_gettext("What came in stands with a minus"))


@crm.get("/bank/statements", may="bank.see", feeds=("csv", "json"))
def bank_statement_list(actor):
    return LIST.answer(_rows(actor), actor, INDEX, form=FileForm())


@crm.post("/bank/statements", may="bank.bring", uploads=True)
def bank_statement_bring(actor):
    form = FileForm()
    done = form.run(_bring, by=actor)
    said = gettext("The file is here. Nothing is booked yet: look whether it is read rightly.")
    return form.answer(done, INDEX, to=_page_of, said=said, again=lambda: {"found": LIST.find(_rows(actor), actor)})


@crm.get("/bank/statements/<number>", may="bank.see", on=BankStatement)
def bank_statement_show(statement, actor):
    if statement.state in ("draft", "reading"):
        return _reading(statement, _form(statement, statement.as_read, fresh=True), statement.as_read)
    sums = bank_lines.sums(BankLine.select().where(BankLine.statement == statement))
    return SHOW.render(statement=statement, sums=sums, form=forms.OneClick(formdata=None), **WORDS)


@crm.post("/bank/statements/<number>/look", may="bank.bring", on=BankStatement)
def bank_statement_look(statement, actor):
    """How it would be read with what is chosen now; nothing is written."""
    form = _form(statement, _sent(statement))
    form.validate()
    before, layout = _before(statement), _layout(form)
    if (layout.encoding, layout.delimiter, layout.header) != before:
        rows = bank_layouts.head_rows(statement.start(), layout)
        layout = bank_layouts.by_names(layout, rows)
        form = _form(statement, layout, kept=form)
    return _reading(statement, form, layout)


@crm.post("/bank/statements/<number>/take", may="bank.bring", on=BankStatement)
def bank_statement_take(statement, actor):
    form = _form(statement, _sent(statement))
    layout = _layout(form)
    done = form.run(_take, by=actor, statement=statement, layout=layout)
    if not done.ok:
        return _reading(statement, form, layout, done.status)
    said = gettext("The lines are taken in. What is sure can be accepted at once; the rest waits for you.")
    if done.result and done.result.state == "reading":
        said = gettext("A part of this large file is in. Take the lines in once more to go on.")
    return form.answer(done, READ, to=_page_of, said=said)


@crm.post("/bank/statements/<number>/discard", may="bank.bring", on=BankStatement)
def bank_statement_discard(statement, actor):
    form = forms.OneClick()
    done = form.run(statement.discard, by=actor)
    return form.answer(done, INDEX, to=url_for("staff.bank_statement_list"), said=gettext("The file is thrown away."))


@crm.get("/bank/statements/<number>/file", may="bank.see", on=BankStatement)
def bank_statement_file(statement, actor):
    answer = send_file(statement.open(), "text/csv", as_attachment=True, download_name=statement.name)
    answer.headers["Content-Security-Policy"] = file_pages.SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _rows(actor):
    return BankStatement.visible_to(actor).where(BankStatement.state != "discarded")


def _bring(*, by, file):
    if not file:
        return BankStatement.bring(by=by, stream=io.BytesIO())
    return BankStatement.bring(by=by, stream=file.stream, name=file.filename)


def _take(*, by, statement, layout, bank_account, currency, **typed):
    return bank_taking.take(statement, by=by, layout=layout, bank_account=bank_account, currency=currency)


def _page_of(statement):
    return url_for("staff.bank_statement_show", number=statement.number)


def _words(name, values):
    return forms.options([(value, speech.term("bank_statement", name, value)) for value in values])


def _form(statement, layout, *, fresh=False, kept=None):
    """The form of the preview: as sent, or (`fresh`) as `layout` says; `kept` is what was typed beside it."""
    width = max((len(row) for row in bank_layouts.head_rows(statement.start(), layout)), default=0)
    roles = [("", speech.term("bank_statement", "role", ""))]
    roles += [(role, speech.term("bank_statement", "role", role)) for role in ROLES]
    columns = {f"col_{n}": SelectField(str(n + 1), choices=forms.options(roles)) for n in range(width)}
    account = statement.bank_account if statement.bank_account_id else None
    start = {name: getattr(layout, name) for name in ("encoding", "delimiter", "order", "era", "mark", "is_flipped")}
    start |= {"header": str(layout.header), "bank_account": account.name if account else ""}
    start |= {"currency": account.currency if account else speech.settings().shop_currency}
    start |= dict(zip(columns, layout.roles, strict=False))
    if kept is not None:
        start |= {name: kept[name].data for name in ("bank_account", "currency")}
    form = type("ColumnsForm", (ReadForm,), columns)(
        **({} if not (fresh or kept) else {"formdata": None}), data=start
    )
    form.currency.choices = forms.options([(code, code) for code in noun_forms.CURRENCIES])
    form.encoding.choices = forms.options([(name, name) for name in dict.fromkeys((layout.encoding, *ENCODINGS))])
    for name, values in (("delimiter", DELIMITERS), ("order", ORDERS), ("era", ERAS), ("mark", MARKS)):
        form[name].choices = _words(name, values)
    return form


def _layout(form):
    """The Layout that the form says; a header row that is no number is none."""
    roles = [form[name].data or "" for name in sorted((n for n in form.data if n.startswith("col_")), key=_place)]
    header = (form.header.data or "").strip()
    header = int(header) if header.isascii() and header.isdigit() and len(header) < 4 else 0
    typed = {name: form[name].data for name in ("encoding", "delimiter", "order", "era", "mark")}
    sound = {"encoding": ENCODINGS, "delimiter": tuple(DELIMITERS), "order": ORDERS, "era": ERAS, "mark": MARKS}
    typed = {name: value if value in sound[name] else sound[name][0] for name, value in typed.items()}
    return Layout(header=header, roles=tuple(roles), is_flipped=bool(form.is_flipped.data), **typed)


def _place(name):
    return int(name.removeprefix("col_"))


def _sent(statement):
    """The layout as far as it decides how many columns there are: letters and delimiter as they were sent."""
    encoding, delimiter = request.form.get("encoding", ""), request.form.get("delimiter", "")
    layout = statement.as_read
    layout = replace(layout, encoding=encoding) if encoding in ENCODINGS else layout
    return replace(layout, delimiter=delimiter) if delimiter and delimiter in DELIMITERS else layout


def _before(statement):
    """What the page that was sent had been read with: (encoding, delimiter, header row)."""
    try:
        encoding, delimiter, header = json.loads(request.form.get("was", ""))
        return encoding, delimiter, int(header)
    except (ValueError, TypeError, RecursionError):
        layout = statement.as_read
        return layout.encoding, layout.delimiter, layout.header


def _reading(statement, form, layout, status=200):
    """The page that shows how a file would be read."""
    currency = form.currency.data or speech.settings().shop_currency
    rows, found = statement.look(layout, currency)
    shown = rows[max(0, layout.header - 1) :][:9]
    return READ.render(
        status, statement=statement, form=form, layout=layout, rows=shown, found=found, currency=currency,
        columns=[form[name] for name in sorted((n for n in form.data if n.startswith("col_")), key=_place)],
        was=store.canonical([layout.encoding, layout.delimiter, layout.header]),
        missing=[speech.message(*_pair(problem)) for problem in layout.problems().values()],
        known=list(BankAccount.alphabetical()), **WORDS,
    )  # fmt: skip


def _pair(problem):
    return (problem[0],) if isinstance(problem, tuple) else (problem,)
