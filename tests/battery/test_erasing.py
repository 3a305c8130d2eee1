"""I9: of a person who was erased nothing is left, and nothing of anybody else is gone."""

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
    return {name: getattr(make, name)() for name in ("employee", "product", "announcement", "order_form")} | {
        "article": make.row(Article, title="Sacks", audience="everybody", state="published"),
        "bank_statement": make.row(BankStatement, file=_file(), name="June", state="read", created_at=values.now()),
        "bank_account": make.row(BankAccount, name="Giro", currency="PHP"),
        "tag": make.row(Tag, name="Regular", folded="regular"),
    }


def asked(record):
    person = erasing_person.whole(record)
    return make.row(
        Erasure, kind=record.ref.kind, record=record.id, refs=person.refs, whose="person", asked_by="login:1",
        asked_name="Ada", asked_at=values.now(),
    )  # fmt: skip


def test_of_a_household_nothing_is_left_but_what_the_law_asks(data, shared, figures):
    erased, neighbour = Life("Juana").fill(shared), Life("Pedro").fill(shared)
    erased.before_there_were_marks()
    audit.seal()
    before = standing({*erased.canaries.values(), *neighbour.canaries.values()})
    asked(erased.rows["account"])
    erasing.run(data)
    after = standing(before)
    left = sorted(name for name, word in erased.canaries.items() if word in after and name not in KEPT.split())
    figures(canaries=len(erased.canaries), kept=len(KEPT.split()), left=len(left))
    assert left == []
    assert [name for name, word in neighbour.canaries.items() if word not in after] == []
    assert sorted(name for name, word in erased.canaries.items() if word not in before and "file" not in name) == []
