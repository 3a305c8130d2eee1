"""Patterns: every part of the pages in every state, so that the next page is made of the same parts."""

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)  # fmt: skip

from portal import files, values
from portal.activity.attachments import Sent
from portal.sales.payment_methods import PaymentMethod
from portal.values import Money
from portal.web import forms, pages, qr_codes
from portal.web.file_fields import FilesField, Held
from staff.face import crm

SHOW = pages.Page("staff/patterns/show.html")
CHOICES = [("call", "Call"), ("visit", "Visit"), ("mail", "Mail")]
WAY = PaymentMethod(title="PromptPay", kind="promptpay", currency="THB", promptpay_id="000-000-0000", words="")
REFUSALS = {"name": "Write a name.", "quantity": "Write a whole number, like 40.", "kind": "Choose one of these."}


class PatternForm(forms.Form):
    """One field of each kind."""

    name = StringField("Name")
    note = TextAreaField("Note")
    kind = SelectField("Kind", choices=forms.options(CHOICES))
    size = RadioField("Size", choices=forms.options([("small", "Small"), ("large", "Large")]))
    how = RadioField("How", choices=forms.options(CHOICES))
    agree = BooleanField("Tell me about changes")
    day = DateField("Day")
    picture = FileField("Picture")
    quantity = IntegerField("Quantity")
    files = FilesField("Photos or papers")


@crm.get("/patterns", may="patterns.see")
def pattern_list(actor):
    broken = PatternForm(prefix="broken", data={"name": "", "note": "What was typed stays", "quantity": None})
    for name, text in REFUSALS.items():
        broken[name].errors = [text]
    broken.files.errors = ["film.mov: We take pictures, PDF, plain text and CSV."]
    broken.files.held = [Held("mark", Sent("Torn bags.jpg", files.Received("0" * 64, 240_000, "image/jpeg")))]
    broken.top.append("Two fields need a change before this can be saved.")
    paid = WAY.instruct(Money(422, "THB"), "INV-2026-000001")
    ways = {"ways": [(paid, qr_codes.drawn(paid.payload), "")]}
    about = {"now": values.now(), "price": Money(1_864_000, "PHP"), "panel": ways}
    return SHOW.render(form=PatternForm(), broken=broken, **about)
