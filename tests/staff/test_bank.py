"""The bank on the staff face: from a file to a paid invoice, and every refusal keeps what was typed."""

import io

import pytest

from portal import values
from portal.exchange.bank_lines import BankBooking, BankLine
from portal.exchange.bank_statements import BankStatement
from portal.sales.payments import Payment
from tests import bank
from tests.apps import Forms
from tests.portal.test_payments import again, invoice_of, pay

TODAY = values.shop_day()
PAGE = "/staff/bank/statements"


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def upload(client, text, name="bank.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.send(PAGE, PAGE, file=(io.BytesIO(data), name))


def test_a_statement_goes_from_file_to_paid_invoice(mona, world):
    invoice = invoice_of(world, 500)
    brought = upload(mona, bank.csv_of((f"IPAY {invoice.number}", "500.00"), ("salamat", "20.00")))
    assert brought.status_code == 303
    page = mona.get(brought.location).text
    assert "Is it read rightly?" in page and "2 lines" in page and BankLine.select().count() == 0
    taken = mona.send(brought.location, f"{brought.location}/take", bank_account="BPI current")
    assert taken.status_code == 303 and "Accept all that is sure" in mona.get(taken.location).text
    queue = mona.get("/staff/bank").text
    assert invoice.number in queue and "1 line is sure" in queue and "and the amount fits" in queue
    done = mona.send("/staff/bank", "/staff/bank/accept")
    assert done.status_code == 303 and "1 line is booked." in mona.get(done.location).text
    assert again(invoice).open_minor == 0 and Payment.get().source == "bank"
    assert "salamat" in mona.get("/staff/bank").text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no statement we can read"),
        (b"%PDF-1.7 and so on", "This is a PDF"),
        (b"PK\x03\x04" + bytes(300), "This is a workbook"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_in_words(mona, data, said):
    answer = upload(mona, data)
    assert answer.status_code == 422 and said in answer.text and BankStatement.select().count() == 0


def test_a_list_of_orders_says_that_no_amount_was_found_and_can_be_thrown_away(mona):
    brought = upload(mona, "Order date,Customer,SKU\n2026-11-03,Dolor,RICE\n")
    page = mona.get(brought.location).text
    assert "Say which column holds the amounts" in page and "throw it away" in page
    refused = mona.send(brought.location, f"{brought.location}/take", bank_account="BPI typed")
    assert refused.status_code == 422 and 'value="BPI typed"' in refused.text
    gone = mona.send(brought.location, f"{brought.location}/discard")
    assert gone.status_code == 303 and BankStatement.get().state == "discarded"


def test_columns_are_set_right_and_looked_at_again_before_anything_is_written(mona):
    text = "Kelan,Ano,Magkano\n03/11/2026,suki,1.234,00\n".replace("1.234,00", '"1.234,00"')
    here = upload(mona, text).location
    typed = {"col_0": "day", "col_1": "text", "col_2": "amount", "mark": ",", "bank_account": "BDO"}
    looked = mona.post(f"{here}/look", data=mona.form(here, f"{here}/take").fields | typed)
    assert looked.status_code == 200 and "₱1,234" in looked.text and BankLine.select().count() == 0
    assert 'value="BDO"' in looked.text


def test_another_delimiter_shows_other_columns_which_can_be_taken_in(mona):
    text = "Kelan|Ano|Magkano\n2026-11-03|a, b|5.00\n2026-11-04|c, d|6.00\n"
    here = upload(mona, text.replace("|", ";").replace(", ", ",")).location
    fields = mona.form(here, f"{here}/take").fields
    looked = mona.post(f"{here}/look", data=fields | {"delimiter": ","})
    assert looked.text.count('name="col_') == 2
    back = Forms(mona.post(f"{here}/look", data=fields | {"delimiter": ";", "header": "1"}).text)
    form = next(form for form in back.found if form.action == f"{here}/take")
    typed = {"col_0": "day", "col_1": "text", "col_2": "amount", "bank_account": "BDO"}
    assert mona.post(form.action, data=form.fields | typed).status_code == 303
    assert [line.amount_minor for line in BankLine.select().order_by(BankLine.id)] == [500, 600]


def test_blank_name_of_the_bank_account_is_said_at_its_field(mona):
    here = upload(mona, bank.csv_of(("x", "5.00"))).location
    answer = mona.send(here, f"{here}/take", bank_account=" ")
    assert answer.status_code == 422 and "bank_account-error" in answer.text


def test_a_line_is_booked_otherwise_linked_let_be_and_taken_back(mona, world):
    invoice = invoice_of(world, 170)
    first, second, third = (bank.line(world.mona) for _ in range(3))
    page = f"/staff/bank/lines/{first.number}"
    assert f"Use {invoice.number}" in mona.get(page).text
    assert invoice.number in mona.get(f"{page}?use={invoice.number}").text
    assert "Carol’s Kitchen" in mona.get(f"{page}?q=carol").text
    refused = mona.send(page, f"{page}/book", target_0="INV-1", amount_0="170")
    assert refused.status_code == 422 and "We know no invoice, order or account INV-1" in refused.text
    assert mona.send(page, f"{page}/book", target_0=invoice.number, amount_0="").status_code == 303
    assert again(invoice).open_minor == 0
    paid = pay(world, 170, by=world.mona, reference="by hand")
    other = f"/staff/bank/lines/{second.number}"
    assert mona.send(other, f"{other}/link", payment="PAY-9").status_code == 422
    assert mona.send(other, f"{other}/link", payment=paid.number).status_code == 303
    ours = f"/staff/bank/lines/{third.number}"
    assert mona.send(ours, f"{ours}/ignore", note="own transfer").status_code == 303
    assert "own transfer" in mona.get(ours).text
    assert mona.send(page, f"{page}/reopen", reason="").status_code == 422
    assert mona.send(page, f"{page}/reopen", reason="wrong one").status_code == 303
    assert [again(line).state for line in (first, second, third)] == ["suggested", "booked", "ignored"]
    assert BankBooking.select().count() == 1


def test_what_moved_meanwhile_is_shown_before_it_is_booked(mona, world):
    invoice = invoice_of(world, 500)
    line = bank.line(world.mona, f"IPAY {invoice.number}", "500.00")
    page = f"/staff/bank/lines/{line.number}"
    form = mona.form(page, f"{page}/accept")
    pay(world, 500, allocate={invoice: 50_000}, method="cash")
    answer = mona.post(form.action, data=form.fields)
    assert answer.status_code == 422 and "only" in answer.text and again(line).state == "suggested"
    assert mona.send(page, f"{page}/accept").status_code == 303


def test_the_list_gives_its_lines_as_files_and_finds_them(mona, world):
    bank.take(world.mona, bank.csv_of(("maria clara", "5.00"), ("crisostomo", "-7.00")))
    assert "maria clara" in mona.get("/staff/bank/lines.csv").text
    assert [row["amount"] for row in mona.get("/staff/bank/lines.json?q=maria").json["rows"]] == ["5.00"]
    assert "crisostomo" not in mona.get("/staff/bank/lines?state=waiting").text
    assert mona.get(f"{PAGE}.json").json["rows"][0]["lines"] == 2


def test_reps_see_nothing_of_the_bank(client, world):
    client.sign_in(world.rhea)
    assert client.get("/staff/bank").status_code == 403
    assert client.get(PAGE).status_code == 403


def test_the_queue_costs_few_queries_however_many_lines(mona, world, count_queries):
    invoices = [invoice_of(world, 100 + n) for n in range(8)]
    bank.take(world.mona, bank.csv_of(*((f"IPAY {one.number}", f"{100 + n}.00") for n, one in enumerate(invoices))))
    assert count_queries(lambda: mona.get("/staff/bank")) <= 8
    assert count_queries(lambda: mona.get("/staff/bank/lines")) <= 8
    assert count_queries(lambda: mona.get(f"/staff/bank/lines/{BankLine.get().number}")) <= 8


def test_a_search_finds_a_line_for_managers_only(mona, client, world):
    line = bank.line(world.mona, "zanzibar")
    assert mona.get("/staff/search?q=zanzibar").location.endswith(line.number)
    assert "Nothing found" in client.sign_in(world.rhea).get("/staff/search?q=zanzibar").text
