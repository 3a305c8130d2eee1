"""Guessing which column of a table fills which field, from the names of the columns and from what stands in them."""

import re

from portal import fields
from portal.exchange import importing_links as links
from portal.exchange.importing_kinds import KINDS
from portal.folding import fold

SAMPLE = 200
# What columns are called over there, in English, Filipino, Thai and as other systems export them.
NAMES = {
    "name": ("name", "full name", "display name", "pangalan", "buong pangalan", "ชื่อ", "ชื่อ-นามสกุล"),
    "first": ("first name", "given name", "firstname", "forename", "unang pangalan", "ชื่อจริง"),
    "last": ("last name", "surname", "family name", "lastname", "apelyido", "นามสกุล", "สกุล"),
    "account": ("company", "company name", "account", "account name", "organization", "associated company",
                "parent account", "customer", "customer name", "kumpanya", "kliyente", "บริษัท", "ชื่อบริษัท", "ลูกค้า",
                "account id", "company id", "account number", "customer id", "customer number", "customer no",
                "รหัสลูกค้า"),
    "kind": ("kind", "type", "activity type", "customer type", "account type", "uri", "ประเภท"),
    "tax_number": ("tax number", "tax id", "vat number", "vat", "tin", "tax no", "เลขประจำตัวผู้เสียภาษี",
             "เลขผู้เสียภาษี"),
    "phone": ("phone", "mobile", "phone number", "telephone", "tel", "mobile phone", "mobile number", "cell",
             "contact number", "business phone", "telepono", "selpon", "numero ng telepono", "โทรศัพท์",
             "เบอร์โทร", "เบอร์โทรศัพท์", "มือถือ", "โทร"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "email 1", "อีเมล", "อีเมล์"),
    "website": ("website", "web site", "url", "homepage", "domain", "company domain name", "เว็บไซต์"),
    "language": ("language", "preferred language", "wika", "ภาษา"),
    "country": ("country", "country/region", "country code", "bansa", "ประเทศ"),
    "currency": ("currency", "currency code", "สกุลเงิน"),
    "owner": ("owner", "assigned to", "assignee", "account owner", "company owner", "sales rep", "salesperson", "rep",
              "ผู้ดูแล", "พนักงานขาย"),
    "team": ("team", "sales team", "branch", "koponan", "ทีม"),
    "since_on": ("since", "customer since", "create date", "created", "created at", "date created", "mula",
             "ลูกค้าตั้งแต่"),
    "note": ("note", "notes", "description", "comment", "comments", "remarks", "tala", "หมายเหตุ", "บันทึก"),
    "is_active": ("active", "is active", "enabled", "status", "aktibo", "ใช้งาน"),
    "role": ("role", "buying role", "contact role", "papel", "tungkulin", "บทบาท"),
    "title": ("title", "salutation", "prefix", "คำนำหน้า"),
    "job_title": ("job title", "position", "job position", "designation", "posisyon", "ตำแหน่ง"),
    "gender": ("gender", "sex", "kasarian", "เพศ"),
    "born_on": ("birthday", "date of birth", "birth date", "birthdate", "born", "dob", "kaarawan",
             "kapanganakan", "วันเกิด"),
    "preferences": ("preferences", "likes", "interests", "gusto", "ความชอบ"),
    "spending": ("spending", "spending power", "budget", "annual income", "yearly income", "งบประมาณ"),
    "at": ("date", "when", "activity date", "logged at", "date and time", "time", "petsa", "วันที่"),
    "subject": ("subject", "topic", "paksa", "หัวข้อ", "เรื่อง"),
    "text": ("text", "notes", "description", "details", "body", "comments", "tala", "รายละเอียด", "บันทึก"),
    "minutes": ("minutes", "duration", "duration minutes", "minuto", "นาที"),
    "place": ("place", "location", "venue", "lugar", "สถานที่"),
    "outcome": ("outcome", "result", "resulta", "ผลลัพธ์"),
    "due_on": ("due date", "due", "deadline", "due on", "takdang araw", "กำหนดส่ง"),
    "from_on": ("from", "start date", "since", "mula", "ตั้งแต่"),
    "until_on": ("until", "end date", "to", "hanggang", "ถึง"),
    "label": ("label", "address name", "address type", "ชื่อที่อยู่"),
    "recipient": ("recipient", "attention", "attn", "ship to name", "tatanggap", "ผู้รับ"),
    "line1": ("address", "street", "street address", "address line 1", "address 1", "line 1", "addressline1",
             "tirahan", "kalye", "ที่อยู่", "ที่อยู่ 1"),
    "line2": ("address line 2", "address 2", "street 2", "line 2", "addressline2", "ที่อยู่ 2"),
    "district": ("district", "barangay", "brgy", "subdistrict", "tambon", "khwaeng", "ตำบล", "แขวง", "ตำบล/แขวง"),
    "city": ("city", "town", "municipality", "lungsod", "bayan", "amphoe", "khet", "อำเภอ", "เขต", "อำเภอ/เขต",
             "เมือง"),
    "region": ("region", "state", "province", "state/region", "state/province", "lalawigan", "changwat",
             "จังหวัด"),
    "postal_code": ("postal code", "zip", "zip code", "postcode", "post code", "zip/postal code", "รหัสไปรษณีย์"),
    "code": ("code", "sku", "product code", "item code", "internal reference", "product number", "part number",
             "kodigo", "รหัสสินค้า", "รหัส"),
    "category": ("category", "product category", "product group", "group", "kategorya", "หมวดหมู่",
             "ประเภทสินค้า"),
    "description": ("description", "details", "paglalarawan", "รายละเอียด"),
    "unit": ("unit", "uom", "unit of measure", "yunit", "หน่วย"),
    "list": ("list price", "price", "sales price", "unit price", "selling price", "presyo", "ราคา", "ราคาขาย"),
    "cost": ("cost", "cost price", "standard price", "standard cost", "puhunan", "ต้นทุน", "ราคาทุน"),
    "tax_class": ("tax class", "tax type"),
    "weight_g": ("weight g", "weight", "weight (g)", "timbang", "น้ำหนัก"),
    "stock": ("stock", "quantity on hand", "on hand", "qty", "stock level", "imbak", "คงเหลือ", "สต็อก"),
    "warranty_months": ("warranty months", "warranty", "garantiya", "ประกัน"),
    "department": ("department", "dept", "departamento", "แผนก"),
    "manager": ("manager", "manager id", "reports to", "supervisor", "หัวหน้า"),
    "hired_on": ("hired", "hire date", "start date", "date hired", "วันที่เริ่มงาน"),
    "order": ("order", "order id", "order number", "order no", "sales order", "salesorderid", "เลขที่คำสั่งซื้อ"),
    "product": ("product", "product id", "product code", "sku", "item", "item code", "productid", "สินค้า",
             "รหัสสินค้า"),
    "position": ("position", "line", "line no", "line number"),
    "quantity": ("quantity", "qty", "order qty", "dami", "จำนวน"),
    "price": ("price", "unit price", "presyo", "ราคาต่อหน่วย", "ราคา"),
    "discount": ("discount", "unit price discount", "diskwento", "ส่วนลด"),
    "net": ("net", "line total", "amount", "subtotal", "ยอดรวม"),
    "contact": ("contact", "contact id", "buyer", "ผู้ติดต่อ"),
    "state": ("state", "status", "order status", "katayuan", "สถานะ"),
    "external_number": ("order number", "reference", "document number", "เลขที่เอกสาร"),
    "po_number": ("po number", "purchase order", "po", "customer po", "เลขที่ใบสั่งซื้อ"),
    "placed_at": ("order date", "placed", "date", "ordered at", "petsa", "วันที่", "วันที่สั่งซื้อ"),
    "shipped_at": ("ship date", "shipped", "shipped at", "วันที่จัดส่ง"),
    "tax": ("tax", "vat amount", "tax amount", "buwis", "ภาษี"),
    "freight": ("freight", "shipping", "delivery fee", "ค่าจัดส่ง"),
    "total": ("total", "total due", "grand total", "kabuuan", "ยอดรวมทั้งสิ้น"),
}  # fmt: skip
OWN_NAMES = {  # what a name is called besides, kind by kind
    "accounts": ("company", "company name", "account name", "customer name", "customer", "organization",
                 "organisation", "business name", "kumpanya", "บริษัท", "ชื่อบริษัท", "ชื่อลูกค้า", "ลูกค้า"),
    "contacts": ("contact name", "contact", "person", "ชื่อผู้ติดต่อ"),
    "employees": ("employee name", "employee", "empleyado", "ชื่อพนักงาน"),
    "products": ("product name", "item name", "item", "product", "article", "produkto", "ชื่อสินค้า", "สินค้า"),
}  # fmt: skip
KEYS = ("id", "record id", "external id", "number", "no", "no.", "customer id", "customer no",
        "customer number", "contact id", "account id",
        "code", "sku", "ref", "reference", "key", "รหัส", "เลขที่", "numero")  # fmt: skip
PEOPLE = ("contacts", "employees")
PART = re.compile(r"\{([^{}]*)\}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?[\d\s().-]{7,20}")


def plain(text):
    """The name of a column without what writing styles add: "Customer_ID" and "CustomerID" are "customer id"."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(fold(re.sub(r"[_\-./:()\[\]#*]+", " ", text)).split())


_FOLDED = {name: tuple(plain(word) for word in words) for name, words in NAMES.items()}
_OWN = {kind: tuple(map(plain, words)) for kind, words in OWN_NAMES.items()}
_KEYS = tuple(map(plain, KEYS))


def columns_for(kind, header, rows):
    """{field: column or template} of what can be told, each column once but for those that make a name."""
    names = {column: plain(column) for column in header}
    scored = []
    for place, field in enumerate(kind.fields):
        words = (*_FOLDED.get(field.name, ()), plain(field.name), *map(plain, field.called))
        words = (*_OWN.get(kind.name, ()), *words) if field.name == "name" else words
        for column, name in names.items():
            score = _score(name, words)
            if score:
                scored.append((-score, place, field.name, column))
    found, taken = {}, set()
    for _, _, field, column in sorted(scored):
        if field not in found and column not in taken and header.count(column) == 1:
            found[field], taken = column, taken | {column}
    return _by_content(kind, header, rows, _whole_name(kind, names, found), taken)


def _score(name, words):
    if name in words:
        return 100 - words.index(name)
    held = [word for word in words if len(word) > 3 and f" {word} " in f" {name} "]
    return 20 if held else 0


def _whole_name(kind, names, found):
    """A name in two columns becomes one: of people always, of accounts where no company is named."""
    parts = [next((c for c, name in names.items() if name in _FOLDED[part]), None) for part in ("first", "last")]
    is_person = kind.name in PEOPLE or (
        kind.name == "accounts" and plain(found.get("name", "")) not in _OWN["accounts"]
    )
    if is_person and all(parts):
        found["name"] = " ".join(f"{{{part}}}" for part in parts)
    return found


def _by_content(kind, header, rows, found, taken):
    """Addresses and phone numbers are known by how they look."""
    for field, pattern in (("email", _EMAIL), ("phone", _PHONE)):
        if field in found or field not in {f.name for f in kind.fields}:
            continue
        for place, column in enumerate(header):
            texts = [row[place].strip() for row in rows[:SAMPLE] if place < len(row) and row[place].strip()]
            if (
                column not in taken
                and len(texts) > 2
                and sum(bool(pattern.fullmatch(t)) for t in texts) > len(texts) * 0.8
            ):
                found[field], taken = column, taken | {column}
                break
    return found


def key_of(kind, header, rows, columns):
    """The column that names a row over there: called like one, filled and different in each row; "*" when none is."""
    used = {columns.get(field.name) for field in kind.fields if field.link}
    for word in (*(plain(f"{kind.noun} {end}") for end in ("id", "number", "no", "code")), *_KEYS):
        for place, column in enumerate(header):
            if plain(column) == word and column not in used and _tells_apart(rows, place):
                return column
    return next((column for place, column in enumerate(header)
                 if columns.get("email") == column and _tells_apart(rows, place)), "*")  # fmt: skip


def source_of(kind, header):
    """Ours where the columns are called as a list that was fetched here, "" where they are not."""
    table = fields.TABLES.get(kind.noun)
    own = {"number", *(field.name.removesuffix("_minor") for field in table or ())}
    return (
        links.OURS if "number" in header and len(set(header) & own) * 4 >= len(header) * 3 and len(header) > 2 else ""
    )


def _tells_apart(rows, place):
    texts = [row[place].strip() for row in rows if place < len(row)]
    return bool(texts) and all(texts) and len(set(texts)) == len(texts)


def kind_of(header, rows):
    """The name of the kind whose fields these columns fill best."""

    def fitting(kind):
        found = columns_for(kind, header, rows)
        lacking = [f.name for f in kind.fields if f.required and f.name not in found]
        return len(found) - 3 * len(lacking)

    # Of equals colleagues come last: most files are of customers.
    return max(KINDS.values(), key=lambda kind: (fitting(kind), kind.name != "employees")).name


def links_for(kind, columns, header, rows, source):
    """{field: how its text names a record} of links whose texts are no numbers of `source`, as most of them say.

    Our own numbers are never guessed: those of another system look the same.
    """
    found = {}
    for field in kind.fields:
        column = columns.get(field.name)
        if not field.link or column not in header:
            continue
        texts = set(texts_of(column, header, rows[:SAMPLE]))
        known = {None: len(links.linked(source, field.link, texts))}
        for way in ("code", "email", "name"):
            if way in field.link._meta.fields:
                known[way] = len(links.named_by(field.link, way, texts))
        best = max(known, key=known.get)
        if best:
            found[field.name] = {"by": best}
    return found


def texts_of(column, header, rows):
    """The different texts of a column, on top of the file."""
    place = header.index(column) if column in header else None
    if place is None:
        return []
    return list(dict.fromkeys(row[place].strip() for row in rows if place < len(row) and row[place].strip()))
