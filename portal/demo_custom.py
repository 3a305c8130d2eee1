"""Own fields of the demo shop: what its people want to know of shops, people and goods beyond what every shop asks."""

from datetime import date

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.sales.catalogue import Product
from portal.whole import custom_fields

US = ("rep", "manager")
THEY_READ = (*US, "viewer", "buyer", "customer_admin")
THEY_WRITE = (*US, "buyer", "customer_admin")
# noun, kind, words in three languages, and the rest
FIELDS = (
    ("account", "text", ("Gate code", "Code ng gate", "รหัสประตูรั้ว"), {
        "section": "Delivery", "readers": THEY_READ, "writers": THEY_WRITE, "most": "20",
        "helps": ("What the driver types at your gate.", "Ang ita-type ng driver sa gate ninyo.", "รหัสที่คนขับรถกดหน้าประตู"),
    }),
    ("account", "choice", ("Unloading", "Pagbababa", "การขนลง"), {
        "section": "Delivery", "is_searched": True,
        "options": (("By hand", "Mano-mano", "ใช้แรงคน"), ("Hand truck", "May kariton", "รถเข็น"),
                    ("Forklift", "May forklift", "รถยก")),
    }),
    ("account", "yes", ("Pays on delivery", "Bayad sa deliver", "จ่ายเมื่อรับของ"), {"section": "Delivery"}),
    ("account", "money", ("Most in cash", "Pinakamalaking cash", "เงินสดสูงสุด"), {
        "section": "Delivery", "least": "0", "shown_if": "pays_on_delivery", "shown_for": ("yes",),
        "helps": ("What the driver may take along.", "Ang puwedeng dalhin ng driver.", "จำนวนที่คนขับรับได้"),
    }),
    ("account", "date", ("Fiesta", "Fiesta", "งานประจำปี"), {
        "section": "Good to know",
        "helps": ("Orders double the week before.", "Doble ang order sa linggo bago nito.", "ยอดสั่งเพิ่มเท่าตัวหนึ่งสัปดาห์ก่อน"),
    }),
    ("contact", "text", ("Nickname", "Palayaw", "ชื่อเล่น"), {"is_searched": True, "section": "Good to know"}),
    ("contact", "choices", ("Talks about", "Napag-uusapan", "คุยเรื่อง"), {
        "section": "Good to know",
        "options": (("Basketball", "Basketbol", "บาสเกตบอล"), ("Children", "Mga anak", "ลูก"),
                    ("Church", "Simbahan", "วัด"), ("Cooking", "Pagluluto", "ทำอาหาร")),
    }),
    ("product", "decimal", ("Boxes on a pallet", "Kahon sa paleta", "กล่องต่อพาเลท"), {
        "places": 0, "least": "1", "section": "Warehouse", "writers": ("manager",),
    }),
    ("product", "choice", ("Keep", "Itago", "การเก็บ"), {
        "section": "Warehouse", "readers": THEY_READ, "writers": ("manager",),
        "options": (("Dry", "Tuyo", "ที่แห้ง"), ("Cool", "Malamig", "ที่เย็น"), ("Frozen", "Nagyeyelo", "แช่แข็ง")),
    }),
)  # fmt: skip
# account by its name: what stands in its fields
OF_ACCOUNTS = {
    "Panaderya Dolor": {"gate_code": "2280#", "unloading": "hand_truck", "fiesta": date(2027, 1, 9)},
    "Kusina ni Aling Baby": {"unloading": "by_hand", "pays_on_delivery": True, "most_in_cash": 500_000},
    "JBT Hardware": {"gate_code": "JBT 14", "unloading": "forklift"},
    "Kantina ng San Roque": {"unloading": "by_hand", "fiesta": date(2027, 8, 16)},
    "Carinderia Aurora": {"unloading": "by_hand", "pays_on_delivery": True, "most_in_cash": 300_000},
}
OF_CONTACTS = {
    "Dolor Bautista": {"nickname": "Dolly", "talks_about": ["children", "church"]},
    "Jaime Tolentino": {"nickname": "Boss Jimmy", "talks_about": ["basketball"]},
    "Aurora Pineda": {"nickname": "Awring", "talks_about": ["cooking"]},
}
OF_PRODUCTS = {
    "BIG-SIN25": {"boxes_on_a_pallet": 40, "keep": "dry"},
    "MAR-225": {"boxes_on_a_pallet": 72, "keep": "cool"},
    "ITL-DOZ": {"boxes_on_a_pallet": 60, "keep": "cool"},
}


def describe(by, now):
    """The fields, and what is known of some shops, people and goods."""
    for noun, kind, words, given in FIELDS:
        given = dict(given)
        if "options" in given:
            given["options"] = [("", _worded(option)) for option in given["options"]]
        if "helps" in given:
            given["helps"] = _worded(given["helps"])
        custom_fields.make(noun, by=by, kind=kind, labels=_worded(words), now=now, **given)
    for column, known, verb in (
        (Account.name, OF_ACCOUNTS, Account.amend),
        (Contact.name, OF_CONTACTS, Contact.amend),
        (Product.code, OF_PRODUCTS, Product.edit),
    ):
        for row in column.model.select().where(column.in_(list(known))):
            verb(row, by=by, version=row.version, now=now, **known[row.__data__[column.name]])


def _worded(words):
    return dict(zip(("en", "fil", "th"), words, strict=True))
