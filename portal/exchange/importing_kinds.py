"""The kinds of rows that can be imported: their fields, what each is read as, and what the rows become."""

from portal.activity import task_fields
from portal.activity.tasks import Task
from portal.customers import accounts, contacts
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.exchange import importing_people, importing_talks
from portal.exchange import importing_values as read
from portal.exchange.importing_links import PLACE, account_of
from portal.exchange.importing_shapes import Field, Kind, text
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales import catalogue, orders, stock
from portal.sales.catalogue import Category, Product
from portal.sales.orders import Order, OrderLine
from portal.search import fold
from portal.values import STAFF_ROLES, shop_day, shop_midnight


def _plain(cells, formats):
    return dict(cells)


def _folded(cells, formats):
    return cells | {"folded": fold(cells["name"])}


def _account(cells, formats):
    return {"country": formats.country, "currency": formats.currency} | importing_people.labelled(
        _folded(cells, formats)
    )


def _contact(cells, formats):
    row = importing_people.labelled(contacts.derived(dict(cells)))
    spending = row.pop("spending", None)
    if spending is not None:
        row["spending_minor"] = _minor("spending", spending, formats, cells["account"].currency)
    return row


def _address(cells, formats):
    return {"country": cells["account"].country} | cells


def _task(cells, formats):
    """What was closed over there is closed here from the day it was due."""
    is_open = cells.get("state", "open") == "open"
    return cells | {"closed_at": None if is_open else shop_midnight(cells.get("due_on") or shop_day())}


def _code(text, formats):
    """A code that can stand in an address, as the catalogue asks."""
    text = read.line(60)(text, formats)
    if catalogue.CODE_REFUSED.search(text) or text.lower() in catalogue.RESERVED_CODES:
        raise read.wrong("code-malformed")
    return text


def _product(cells, formats):
    row = {"currency": formats.currency, "code_key": catalogue.code_key(cells["code"])} | _folded(cells, formats)
    start, end = row.get("on_sale_from"), row.get("on_sale_to")
    if start and end and end < start:
        raise Invalid(on_sale_to="dates-reversed")
    for name in ("list", "cost"):
        if name in row:
            row[f"{name}_minor"] = _minor(name, row.pop(name), formats, row["currency"])
    return row


def _minor(field, amount, formats, currency):
    try:
        return read.minor(amount, formats, currency)
    except Invalid as refusal:
        raise Invalid(**{field: refusal.problems["cell"]})


def _order(cells, formats):
    row = {"currency": formats.currency, "source": "import"} | cells
    contact = row.get("contact")
    account = account_of(row.get("account"), contact)
    row |= {"account": account, "account_name": account.name}
    if contact is not None and not row.get("placed_by"):
        row["placed_by"] = contact.name
    for name in ("tax", "freight", "total"):
        if name in row:
            row[f"{name}_minor"] = _minor(name, row.pop(name), formats, row["currency"])
    row["ship_to"] = _ship_to(row)
    return row


def _ship_to(row):
    """The delivery address as `Address.snapshot` copies it: from the order's own columns, else the one it names."""
    typed = {name: row.pop(f"ship_{name}", "") for name in PLACE}
    address = row.pop("ship_to", None)
    if any(typed.values()):
        return {"label": "", "address": None} | typed | {"recipient": typed["recipient"] or row["account_name"]}
    if address is None:
        return {}
    kept = {name: getattr(address, name) for name in ("label", *PLACE)}
    return kept | {"recipient": address.recipient or row["account_name"], "address": address.id}


def _line(cells, formats):
    order, product, quantity = cells["order"], cells["product"], cells["quantity"]
    points, fraction = cells.get("discount") or (0, 0)
    net = cells.get("net")
    price = _price(cells, net, quantity, fraction)
    net = price * quantity * (1 - fraction) if net is None else net
    row = {
        "order": order,
        "product": product,
        "code": product.code,
        "name": cells.get("name") or product.name,
        "unit": product.unit,
        "quantity": quantity,
        "price_minor": _minor("price", price, formats, order.currency),
        "discount_bp": points,
        "net_minor": _minor("net", net, formats, order.currency),
        "is_tax_included": False,
        "cost_minor": product.cost_minor,
    }
    if cells.get("cost") is not None:
        row["cost_minor"] = _minor("cost", cells["cost"], formats, order.currency)
    return row | ({"position": cells["position"]} if "position" in cells else {})


def _price(cells, net, quantity, fraction):
    price = cells.get("price")
    if price is None and net is not None and fraction < 1:
        price = net / quantity / (1 - fraction)
    if price is None:
        raise Invalid(price="import-blank")
    return price


_TAGS = Field("tags", importing_people.tags, columns=("labels",), called=("tag", "labels"))
_EMPLOYEES = Kind(
    "employees",
    Employee,
    (
        text("name", required=True),
        Field("email", read.email, soft=True),
        Field("phone", read.phone, soft=True),
        text("job_title", 120),
        text("department", 120),
        Field("role", read.choice(*STAFF_ROLES)),
        Field("team", read.line(120), named=Team),
        Field("manager", link=Employee, soft=True),
        Field("hired_on", read.day, soft=True),
        Field("is_active", read.yes),
    ),
    _plain,
    may="employees.manage",
)
_ACCOUNTS = Kind(
    "accounts",
    Account,
    (
        Field("kind", read.choice(*accounts.KINDS)),
        text("name", required=True, columns=("name", "folded")),
        text("tax_number", 40),
        Field("phone", read.phone, soft=True),
        Field("email", read.email, soft=True),
        text("website"),
        Field("language", read.language),
        Field("country", read.country),
        Field("currency", read.currency),
        Field("owner", link=Employee, soft=True),
        Field("team", read.line(120), named=Team),
        Field("since_on", read.day, soft=True),
        Field("parent", link=Account, soft=True),
        _TAGS,
        Field("note", read.paragraphs),
        Field("is_active", read.yes),
    ),
    _account,
    may="accounts.open",
)
_CONTACTS = Kind(
    "contacts",
    Contact,
    (
        Field("account", link=Account, required=True),
        text("name", required=True, columns=("name", "folded")),
        Field("role", read.choice(*contacts.ROLES)),
        text("title", 40),
        text("job_title", 120),
        Field("email", read.email, soft=True),
        Field("phone", read.phone, soft=True),
        Field("gender", read.choice(*contacts.GENDERS)),
        Field("born_on", read.day, columns=("born_on", "birthday"), soft=True),
        text("occupation", 120),
        Field("income_band", read.choice(*contacts.INCOME_BANDS)),
        Field("household_size", read.whole(biggest=99)),
        Field("language", read.language),
        Field("preferences", read.paragraphs),
        Field("spending", read.exact, columns=("spending_minor",), soft=True),
        Field("since_on", read.day, soft=True),
        _TAGS,
        Field("is_active", read.yes),
    ),
    _contact,
    may="contacts.add",
)
_AFFILIATIONS = Kind(
    "affiliations",
    Affiliation,
    (
        Field("contact", link=Contact, required=True),
        Field("account", link=Account, required=True),
        Field("role", read.choice(*contacts.ROLES)),
        text("job_title", 120),
        Field("from_on", read.day, soft=True),
        Field("until_on", read.day, soft=True),
        text("note", 400),
    ),
    importing_people.affiliation,
    may="affiliations.arrange",
)
_ADDRESSES = Kind(
    "addresses",
    Address,
    (
        Field("account", link=Account, required=True),
        text("label", 60),
        text("recipient"),
        text("line1", required=True),
        text("line2"),
        text("district", 120),
        text("city", 120),
        text("region", 120),
        text("postal_code", 20),
        Field("country", read.country),
        Field("phone", read.phone, soft=True),
        Field("for_shipping", read.yes),
        Field("for_billing", read.yes),
    ),
    _address,
    may="addresses.add",
)
_PRODUCTS = Kind(
    "products",
    Product,
    (
        Field("kind", read.choice("goods", "service")),
        Field("code", _code, required=True, columns=("code", "code_key")),
        text("name", required=True, columns=("name", "folded")),
        Field("category", read.line(120), named=Category),
        Field("description", read.paragraphs),
        text("unit", 40),
        Field("currency", read.currency),
        Field("list", read.exact, columns=("list_minor",)),
        Field("cost", read.exact, columns=("cost_minor",)),
        Field("tax_class", read.choice(*catalogue.TAX_CLASSES)),
        Field("weight_g", read.grams),
        Field("stock", read.whole(biggest=stock.FULLEST)),
        Field("warranty_months", read.whole(biggest=1200)),
        Field("on_sale_from", read.day),
        Field("on_sale_to", read.day),
        Field("successor", link=Product, soft=True),
    ),
    _product,
    unique=("code_key",),
    may="catalogue.edit",
)
_ORDERS = Kind(
    "orders",
    Order,
    (
        Field("account", link=Account, quiet=True, columns=("account", "account_name")),
        Field("contact", link=Contact, quiet=True),
        Field("state", read.choice(*(state for state in orders.STATES if state != "to_approve")), required=True),
        Field("rep", link=Employee, soft=True),
        text("placed_by"),
        text("external_number", 60),
        Field("currency", read.currency),
        text("po_number", 60),
        Field("note", read.paragraphs),
        Field("ship_to", link=Address, soft=True),
        *(text(f"ship_{name}", columns=("ship_to",)) for name in PLACE if name != "country"),
        Field("ship_country", read.country, columns=("ship_to",)),
        *(Field(name, read.exact, columns=(f"{name}_minor",)) for name in ("tax", "freight", "total")),
        Field("requested_on", read.day),
        Field("placed_at", read.moment, required=True),
        Field("confirmed_at", read.moment),
        Field("shipped_at", read.moment),
        Field("delivered_at", read.moment),
        Field("cancelled_at", read.moment),
        text("cancel_reason", 500),
    ),
    _order,
)
_LINES = Kind(
    "order-lines",
    OrderLine,
    (
        Field("order", link=Order, required=True),
        Field("product", link=Product, required=True),
        Field("position", read.whole(least=1)),
        text("name"),
        Field("quantity", read.whole(least=1), required=True),
        Field("price", read.exact),
        Field("discount", read.basis_points),
        Field("net", read.exact),
        Field("cost", read.exact),
    ),
    _line,
    unmarked=True,
)
_TASK_FIELDS = (
    text("title", required=True), Field("owner", link=Employee, required=True),
    Field("account", link=Account, soft=True), Field("due_on", read.day, soft=True),
    Field("priority", read.choice(*task_fields.PRIORITIES)), Field("text", read.paragraphs),
    Field("state", read.choice(*task_fields.STATES), columns=("state", "closed_at")),
    Field("created_at", read.moment, soft=True),
)  # fmt: skip
_TASKS = Kind("tasks", Task, _TASK_FIELDS, _task, may="tasks.work")
_ALL = (_EMPLOYEES, _ACCOUNTS, _CONTACTS, _AFFILIATIONS, _ADDRESSES, _PRODUCTS, _ORDERS, _LINES)
KINDS = {kind.name: kind for kind in (*_ALL, _TASKS, importing_talks.KIND)}
