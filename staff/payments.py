"""Payments for staff: the list, recording them, using what is open, cancelling, paying back."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from portal import audit, values
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.sales import payments, refunds
from portal.sales.invoices import Invoice
from portal.sales.payments import METHODS, Payment
from portal.values import Money
from portal.web import forms, invoice_lists, noun_forms, pages, places, row_fields
from staff.face import crm

INDEX = pages.Page("staff/payments/index.html")
SHOW = pages.Page("staff/payments/show.html")
NEW = pages.Page("staff/payments/new.html")
USE = pages.Page("staff/payments/use.html")
REFUND = pages.Page("staff/payments/refund.html")
LIST = invoice_lists.payment_list(at="staff.payment_show")
WAYS = [
    ("oldest", lazy_gettext("What is due first")),
    ("chosen", lazy_gettext("The amounts I write below")),
    ("none", lazy_gettext("Nothing yet: keep it as credit")),
]

places.show_at("staff", "payment", places.numbered("staff.payment_show", Payment))


@crm.get("/payments", may="payments.see", feeds=("csv", "json"))
def payment_list(actor):
    return LIST.answer(Payment.visible_to(actor), actor, INDEX)


# Recording


class PaymentForm(forms.Form):
    """A payment as it came in; an amount for each open invoice is added by `row_fields`."""

    amount = StringField(lazy_gettext("Amount"))
    currency = SelectField(lazy_gettext("Currency"), validate_choice=False)
    paid_on = noun_forms.DateText(lazy_gettext("Paid on"))
    method = SelectField(lazy_gettext("How"), validate_choice=False)
    reference = StringField(lazy_gettext("Reference"), render_kw={"maxlength": 140})
    note = StringField(lazy_gettext("Note"), render_kw={"maxlength": 500})
    use = RadioField(lazy_gettext("What it settles"), choices=forms.options(WAYS), validate_choice=False)
    is_another = BooleanField(lazy_gettext("It is another payment"))


@crm.get("/accounts/<number>/payments/new", may="payments.record", on=Account)
def payment_new(account, actor):
    owed = _owed(account)
    asked = next((one for one in owed if one.number == request.args.get("invoice")), None)
    start = {"use": "chosen" if asked else "oldest", "paid_on": values.shop_day()}
    if asked:
        start |= {"amount": str(asked.open.decimal), f"for_{asked.id}": str(asked.open.decimal)}
    return NEW.render(account=account, owed=owed, form=_recording(account, owed, asked, **start))


@crm.post("/accounts/<number>/payments/new", may="payments.record", on=Account)
def payment_record(account, actor):
    owed = _owed(account)
    form = _recording(account, owed)
    done = form.run(lambda **typed: _record(account, owed, **typed), by=actor)
    return form.answer(done, NEW, to=_page_of, said=gettext("The payment is recorded."), account=account, owed=owed)


def _owed(record, currency=None):
    """The open invoices of an account, those due first first."""
    rows = Invoice.select().where((Invoice.account == record) & Invoice.unpaid())
    rows = rows.where(Invoice.currency == currency) if currency else rows
    return list(rows.order_by(Invoice.due_on, Invoice.id).limit(200))


def _recording(account, owed, asked=None, **start):
    start |= {"currency": asked.currency if asked else account.currency}
    form = row_fields.form_for(PaymentForm, owed, "for_", lambda invoice: invoice.number, **start)
    currencies = dict.fromkeys([account.currency, *(one.currency for one in owed), *noun_forms.CURRENCIES])
    form.currency.choices = forms.options([(code, code) for code in currencies])
    form.method.choices = _methods()
    return form


def _methods():
    return forms.options([(method, noun_forms.word("payment", "method", method)) for method in METHODS])


def _record(account, owed, *, by, amount, currency, use, **typed):
    minor = Money.of(amount, currency, field="amount").minor
    if use == "chosen":
        chosen = row_fields.taken(typed, "for_", row_fields.amount_in(currency))
        filled = {one.id: one.open_minor for one in owed}
        if len(chosen) == 1 and chosen.items() <= filled.items():
            # The page filled in all that is open; whoever pays a part of it changes only what came in.
            chosen = {invoice: min(wanted, minor) for invoice, wanted in chosen.items()}
    else:
        chosen, typed = None, {name: text for name, text in typed.items() if not name.startswith("for_")}
    allocate = "oldest" if use == "oldest" else chosen
    about = {"amount_minor": minor, "currency": currency, "allocate": allocate}
    return _at_fields(lambda: payments.record(account, by=by, **about, **typed))


def _at_fields(call):
    """The verb's refusals at the fields of our forms."""
    try:
        return call()
    except Invalid as refused:
        named = {("amount" if name == "amount_minor" else name): fault for name, fault in refused.problems.items()}
        raise row_fields.at_row(Invalid(**named), "invoices", "for_")


def _page_of(payment):
    return url_for("staff.payment_show", number=payment.number)


# The page of one


class CancelForm(forms.Form):
    """Cancelling a payment with a reason that the customer reads."""

    reason = TextAreaField(lazy_gettext("Why?"), render_kw={"maxlength": 500, "rows": 2})


class RefundForm(forms.Form):
    """Money paid back."""

    amount = StringField(lazy_gettext("Amount"))
    paid_on = noun_forms.DateText(lazy_gettext("Paid on"))
    method = SelectField(lazy_gettext("How"), validate_choice=False)
    reference = StringField(lazy_gettext("Reference"), render_kw={"maxlength": 140})


@crm.get("/payments/<number>", may="payments.see", on=Payment)
def payment_show(payment, actor):
    return SHOW.render(**_about(payment))


def _about(payment, **shown):
    return {
        "payment": payment,
        "uses": payments.uses_of(payment),
        "refunds": refunds.of(payment) if payment.refunded_minor else [],
        "kind": payments.KIND_OF[payment.state],
        "account_url": places.address_of(payment.account.ref),
        "story": audit.story(payment),
        "cancelling": CancelForm(formdata=None),
        "one_click": forms.OneClick(formdata=None),
        "refunding": _refunding(payment, formdata=None),
    } | shown


def _refunding(source, **formdata):
    form = RefundForm(amount=str(source.open.decimal), paid_on=values.shop_day(), method="bank", **formdata)
    form.method.choices = _methods()
    return form


@crm.post("/payments/<number>/cancel", may="payments.cancel", on=Payment)
def payment_cancel(payment, actor):
    form = CancelForm()
    done = form.run(lambda **typed: payments.cancel(payment, **typed), by=actor)
    said = gettext("The payment is cancelled. What it settled is open again.")
    return _answer(form, done, payment, actor, "cancelling", said)


@crm.post("/payments/<number>/refund", may="payments.refund", on=Payment)
def payment_refund(payment, actor):
    form = _refunding(payment)
    done = form.run(lambda **typed: _refund(payment, **typed), by=actor)
    return _answer(form, done, payment, actor, "refunding", gettext("The refund is recorded."))


def _answer(form, done, payment, actor, field, said):
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(payment), said=said)
    now = Payment.visible_to(actor).where(Payment.id == payment.id).get()
    return SHOW.render(done.status, **_about(now, **{field: form}))


def _refund(source, *, by, amount, **typed):
    minor = Money.of(amount, source.currency, field="amount").minor
    return _at_fields(lambda: refunds.pay(source, by=by, amount_minor=minor, **typed))


# Using what is open of a payment or a credit note


class UseForm(forms.Form):
    """What an open amount settles; an amount for each open invoice is added by `row_fields`."""

    use = RadioField(lazy_gettext("What it settles"), choices=forms.options(WAYS[:2]), validate_choice=False)


@crm.get("/payments/<number>/use", may="payments.allocate", on=Payment)
def payment_use_form(payment, actor):
    return _use_page(payment)


@crm.post("/payments/<number>/use", may="payments.allocate", on=Payment)
def payment_use(payment, actor):
    return _used(payment, actor)


@crm.get("/invoices/<number>/use", may="payments.allocate", on=Invoice)
def credit_use_form(invoice, actor):
    return _use_page(_credit_note(invoice))


@crm.post("/invoices/<number>/use", may="payments.allocate", on=Invoice)
def credit_use(invoice, actor):
    return _used(_credit_note(invoice), actor)


@crm.get("/invoices/<number>/refund", may="payments.refund", on=Invoice)
def credit_refund_form(invoice, actor):
    return REFUND.render(source=_credit_note(invoice), form=_refunding(invoice, formdata=None))


@crm.post("/invoices/<number>/refund", may="payments.refund", on=Invoice)
def credit_refund(invoice, actor):
    form = _refunding(_credit_note(invoice))
    done = form.run(lambda **typed: _refund(invoice, **typed), by=actor)
    to = places.address_of(invoice.ref)
    return form.answer(done, REFUND, to=to, said=gettext("The refund is recorded."), source=invoice)


@crm.post("/payments/<number>/release", may="payments.allocate", on=Payment)
def payment_release(payment, actor):
    return _release(payment, actor)


@crm.post("/invoices/<number>/release", may="payments.allocate", on=Invoice)
def credit_release(invoice, actor):
    return _release(_credit_note(invoice), actor)


class ReleaseForm(forms.OneClick):
    """Which invoice is to be open again by what this settled of it."""

    invoice = StringField()


def _release(source, actor):
    """One button: what it settled of an invoice is open again on both sides."""
    form = ReleaseForm()
    done = form.run(lambda **typed: _freed(source, **typed), by=actor)
    said = gettext("It is free again and can be used for another invoice.")
    return form.answer(done, SHOW, to=places.address_of(source.ref), said=said)


def _freed(source, *, by, invoice):
    visible = Invoice.visible_to(by).where(Invoice.number == (invoice or "")).first()
    if visible is None:
        raise Invalid(invoices="invoice-foreign")
    return payments.release(source, by=by, invoice=visible)


def _credit_note(invoice):
    """Only what is owed back can be used or paid back."""
    if not invoice.is_credit_note:
        raise NotFound()
    return invoice


def _use_page(source):
    owed = _owed(source.account, source.currency)
    form = row_fields.form_for(UseForm, owed, "for_", lambda invoice: invoice.number, use="oldest")
    return USE.render(source=source, owed=owed, form=form, here=places.address_of(source.ref))


def _used(source, actor):
    owed, here = _owed(source.account, source.currency), places.address_of(source.ref)
    form = row_fields.form_for(UseForm, owed, "for_", lambda invoice: invoice.number)
    done = form.run(lambda **typed: _use(source, **typed), by=actor)
    said = gettext("The invoices are settled by that much.")
    return form.answer(done, USE, to=here, said=said, source=source, owed=owed, here=here)


def _use(source, *, by, use, **typed):
    invoices = "oldest"
    if use == "chosen":
        invoices = row_fields.taken(typed, "for_", row_fields.amount_in(source.currency))
    return _at_fields(lambda: payments.allocate(source, by=by, invoices=invoices))
