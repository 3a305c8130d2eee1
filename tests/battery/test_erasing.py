"""I9: of a person who was erased nothing is left, and nothing of anybody else is gone."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from portal import audit, files, store, values
from portal.customers.tags import Tag
from portal.exchange.bank_statements import BankAccount, BankStatement
from portal.service.articles import Article
from portal.whole import erasing, erasing_person
from portal.whole.erasing import Erasure
from tests import make
from tests.battery.canaries import Life, standing

pytestmark = pytest.mark.row("I9")


# Papers as they were issued, what banks said, and what the shop itself wrote down of goods and money.
KEPT = """
    invoice.number invoice.account_name invoice.tax_number invoice.order_number invoice.po_number invoice.bill_to
    invoice.ship_to invoice.issued_by bank_line.text bank_line.reference bank_line.payer bank_line.payer_account
    bank_line.payer_key bank_line.decided_by payment.reference payment.by_name refund.reference refund.by_name
    reminder_letter.lines reminder_letter.sums reminder_letter.by_name order.external_number order.branch_name
    shipment.carrier shipment.by_name stock_movement.reason claim.decided_by return.decided_by warranty.decided_by
    data_request.answered_name import_run.source import_run.by_name import_run.takes fetched_mail.mailbox
"""


# Of a company, what is not its people's; and of these what the shop itself chose from a list.
COMPANYS = """
    account_point address address_check address_move approval bank_line claim data_request habit_sheet import_run
    invoice missed_search order order_stop payment price_list refund reminder_hold reminder_letter requisition return
    search_entry shipment stock_movement suggestion task task_step warranty case case_message interaction
"""


@pytest.fixture
def data(tmp_path):
    files.open(tmp_path / "files")
    (tmp_path / "mail").mkdir()
    return tmp_path


def _file():
    with store.writing():
        return files.keep(files.receive(b"day,amount"))


@pytest.fixture
def shared(database, data):
    if store.is_sqlite():  # some builds overwrite what is deleted; most do not
        store.db.execute_sql("PRAGMA secure_delete = OFF")
    return {name: getattr(make, name)() for name in ("employee", "product", "announcement", "order_form")} | {
        "article": make.row(Article, title="Sacks", audience="everybody", state="published"),
        "bank_statement": make.row(BankStatement, file=_file(), name="June", state="read", created_at=values.now()),
        "bank_account": make.row(BankAccount, name="Giro", currency="PHP"),
        "tag": make.row(Tag, name="Regular", folded="regular"),
    }


def asked(record):
    """What `erasing.ask` leaves, once the letter has gone."""
    return make.row(
        Erasure, kind=record.ref.kind, record=record.id, refs=erasing_person.whole(record).refs, whose="person",
        asked_by="login:1", asked_name="Ada", asked_at=values.now(), made_at=record.created_at,
    )  # fmt: skip


def files_of(data):
    """Every byte beside the database."""
    return b"\0".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


def pages(data):
    """Every byte that the database holds, and what the next backup holds; of PostgreSQL what it tells in rows."""
    if not store.is_sqlite():
        return b""
    with contextlib.closing(sqlite3.connect(data / "next.db")) as copy, store.connection():
        store.db.connection().backup(copy)
    path = Path(store.db.database)
    found = [path, path.with_name(f"{path.name}-wal"), data / "next.db"]
    return b"\0".join(one.read_bytes() for one in found if one.exists())


def found_in_search(words):
    if not store.is_sqlite():
        return []
    ask = "SELECT rowid FROM search_text WHERE search_text MATCH ?"
    return [word for word in words if store.db.execute_sql(ask, (f'"{word}"',)).fetchone()]


def test_of_a_household_nothing_is_left_but_what_the_law_asks(data, shared, figures, caplog):
    erased, neighbour = Life("Juana").fill(shared), Life("Pedro").fill(shared)
    erased.before_there_were_marks()
    audit.seal()
    erased.put_files(data)
    neighbour.put_files(data)
    own, others = erased.canaries, neighbour.canaries
    before, beside = standing({*own.values(), *others.values()}), files_of(data)
    assert [name for name, word in (own | others).items() if word not in before and word.encode() not in beside] == []
    asked(erased.rows["account"])
    erasing.run(data)
    after, beside, bytes_left = standing(before), files_of(data), pages(data)
    gone = {name: word for name, word in own.items() if name not in KEPT.split()}
    left = [name for name, word in gone.items() if word in after or word.encode() in beside + bytes_left]
    lost = [name for name, word in others.items() if word not in after and word.encode() not in beside]
    figures(canaries=len(own), kept=len(own) - len(gone), left=len(left), neighbours=len(others), lost=len(lost))
    assert left == [] and found_in_search(gone.values()) == []
    assert lost == []
    assert [word for word in gone.values() if word in caplog.text] == []
    audit.seal()
    assert list(audit.broken_links()) == []
    assert Erasure.get().state == "done"


def test_of_one_person_of_a_company_the_company_keeps_its_own(data, shared, figures):
    company = make.account("Trading", kind="company")
    erased, colleague = Life("Juana", company).fill(shared), Life("Pedro", company).fill(shared)
    audit.seal()
    words = {*erased.canaries.values(), *colleague.canaries.values()}
    asked(erased.rows["contact"])
    erasing.run(data)
    after, beside, bytes_left = standing(words), files_of(data), pages(data)
    left = {name for name, word in erased.canaries.items() if word in after or word.encode() in beside + bytes_left}
    lost = [name for name, word in colleague.canaries.items() if word not in after and word.encode() not in beside]
    figures(canaries=len(erased.canaries), companys=len(left), colleagues=len(colleague.canaries), lost=len(lost))
    assert sorted({name.partition(".")[0] for name in left} - {*COMPANYS.split()}) == []
    assert "login.name" not in left and lost == []
    assert found_in_search([word for name, word in erased.canaries.items() if name not in left]) == []
    audit.seal()
    assert list(audit.broken_links()) == []


@pytest.mark.one_database
def test_who_was_erased_is_erased_again_once_a_copy_of_before_is_restored(data, shared, figures, tmp_path):
    erased = Life("Juana").fill(shared)
    with contextlib.closing(sqlite3.connect(data / "before.db")) as copy, store.connection():
        store.db.connection().backup(copy)
    asked(erased.rows["account"])
    erasing.run(data)
    store.open(f"sqlite:///{data / 'before.db'}")
    gone = [word for name, word in erased.canaries.items() if name not in KEPT.split() and "/" not in name]
    assert len(standing(gone)) > 100
    erasing.run(data)
    figures(again=Erasure.select().count(), left=len(standing(gone)))
    assert standing(gone) == {}


@pytest.mark.one_database
def test_in_another_shop_with_the_same_numbers_nobody_is_erased(data, shared, tmp_path):
    erased = Life("Juana").fill(shared)
    asked(erased.rows["account"])
    erasing.run(data)
    store.open(f"sqlite:///{data / 'other.db'}")
    store.create_all()
    other = make.account("Somebody else", kind="household")
    assert other.id == erased.rows["account"].id
    erasing.run(data)
    assert Erasure.select().count() == 0 and type(other).get().name == "Somebody else"
