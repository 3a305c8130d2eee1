"""The demo shop on paper: who it is, and where its customers pay; numbers that belong to nobody."""

from portal.people import company
from portal.sales.payment_methods import PaymentMethod

COMPANY = {
    "name": "Tindahan ni Aling Nena", "legal_name": "Aling Nena Trading Corporation", "tax_number": "000-123-456-000",
    "tax_words": "VAT registered", "line1": "112 Aurora Blvd.", "district": "Cubao", "city": "Quezon City",
    "region": "Metro Manila", "postal_code": "1109", "country": "PH", "phone": "02 8555 0110",
    "email": "kumusta@aling-nena.example", "website": "aling-nena.example",
    "foot": "Salamat po. Goods can be returned within 7 days, unopened.\nขอบคุณค่ะ",
}  # fmt: skip
METHODS = (
    {
        "title": "QR Ph", "kind": "qrph", "currency": "PHP", "account_name": "Aling Nena Trading",
        "account_number": "000000000000", "bank": "Bangko Halimbawa", "swift": "SUKIPHMM", "city": "Quezon City",
    },
    {
        "title": "Bangko Halimbawa", "kind": "bank", "currency": "PHP", "bank": "Bangko Halimbawa",
        "account_name": "Aling Nena Trading Corporation", "account_number": "0000-0000-00", "swift": "SUKIPHMM",
        "position": 2,
    },
    {"title": "พร้อมเพย์ PromptPay", "kind": "promptpay", "currency": "THB", "promptpay_id": "000-000-0000"},
    {
        "title": "ธนาคารตัวอย่าง", "kind": "bank", "currency": "THB", "bank": "ธนาคารตัวอย่าง (Example Bank)",
        "account_name": "บริษัท อาลิงเนนา จำกัด", "account_number": "000-0-00000-0", "position": 2,
    },
)  # fmt: skip


def describe(by, began):
    """Fill in the company and its payment methods, as of the day the demo begins."""
    company.ours().describe(by=by, now=began, **COMPANY)
    for method in METHODS:
        PaymentMethod.add(by=by, now=began, is_active=True, **{"position": 1} | method)
