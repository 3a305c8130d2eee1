"""Words of the shop's papers: who the shop is, how to pay it, what stands on a document."""

from portal.web.terms.marks import N_

MESSAGES = {
    "company-unknown": N_("Say who the shop is first, then give it a logo."),
    "tax-number-thai": N_("This is no Thai tax number: 13 figures, of which the last one checks the others."),
    "tax-number-philippine": N_("A TIN has 9, 12 or 14 figures, like 123-456-789-000."),
    "payment-code-broken": N_(
        "This is no payment code, or a sign of it was lost. Copy the whole text of it."
    ),
    "payment-code-other": N_("This code belongs to another scheme. QR Ph codes hold com.p2pqrpay or ph.ppmi."),
    "payment-code-too-long": N_("This does not fit into a payment code."),
    "payment-code-amount": N_("This amount does not fit into a payment code."),
    "payment-code-currency": N_("The payment code is for another currency."),
    "payment-code-name": N_("Write it in Latin letters: banks’ apps read no others here."),
    "payment-reference-malformed": N_("Bill payments take figures and capital letters only, 20 at most."),
    "promptpay-id-malformed": N_(
        "A PromptPay ID is a Thai mobile number, an ID of 13 figures or an e-wallet of 15."
    ),
    "thai-id-wrong": N_("A figure is wrong: the last one does not fit the others."),
    "biller-id-malformed": N_("A biller ID has 15 figures: the tax number and two more."),
    "currency-of-scheme": N_("This scheme moves %(currency)s only."),
    "swift-malformed": N_("A SWIFT code has 8 or 11 letters and figures, like BNORPHMM."),
    "iban-wrong": N_("A figure of this IBAN is wrong: its check digits do not fit."),
}
LABELS = {
    ("kind", "company"): N_("Company"),
    ("kind", "payment_method"): N_("Payment method"),
    ("company", "name"): N_("Name"),
    ("company", "legal_name"): N_("Registered name"),
    ("company", "tax_number"): N_("Tax number"),
    ("company", "tax_words"): N_("Words beside the tax number"),
    ("company", "line1"): N_("House, street"),
    ("company", "district"): N_("Barangay or tambon"),
    ("company", "city"): N_("City"),
    ("company", "region"): N_("Province"),
    ("company", "postal_code"): N_("Postal code"),
    ("company", "country"): N_("Country"),
    ("company", "phone"): N_("Phone"),
    ("company", "email"): N_("E-mail"),
    ("company", "website"): N_("Website"),
    ("company", "foot"): N_("Words at the foot of invoices"),
    ("company", "picture"): N_("Logo"),
    ("payment_method", "title"): N_("Name"),
    ("payment_method", "kind"): N_("How"),
    ("payment_method", "currency"): N_("Currency"),
    ("payment_method", "promptpay_id"): N_("PromptPay ID"),
    ("payment_method", "biller_id"): N_("Biller ID"),
    ("payment_method", "code"): N_("Text of your own QR code"),
    ("payment_method", "bank"): N_("Bank"),
    ("payment_method", "account_name"): N_("Account name"),
    ("payment_method", "account_number"): N_("Account number"),
    ("payment_method", "swift"): N_("SWIFT code"),
    ("payment_method", "city"): N_("City of the account"),
    ("payment_method", "words"): N_("A note for who pays"),
    ("payment_method", "position"): N_("Place in the list"),
    ("payment_method", "is_active"): N_("Offer it on papers"),
}
WORDS = {
    ("payment_method", "kind", "promptpay"): N_("PromptPay"),
    ("payment_method", "kind", "qrph"): N_("QR Ph"),
    ("payment_method", "kind", "bank"): N_("Bank transfer"),
}
EVENTS = {
    "company.described": N_("Company details changed"),
    "company.pictured": N_("Logo changed"),
    "payment_method.added": N_("Payment method added"),
    "payment_method.changed": N_("Payment method changed"),
}
