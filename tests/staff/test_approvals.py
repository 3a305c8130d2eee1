"""Discounts above one's own limit over the wire: asked from the pad, decided, placed; the list, Today, refusals."""

import json

import pytest

from portal import store
from portal.sales.approvals import Approval
from portal.sales.orders import Order
from tests import make
from tests.selfservice.test_order_pad import form_in, press, text_of


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, list_minor=10_000, cost_minor=7_000, name="Sinandomeng rice")
    make.address(world.account)
    return world


def signed_in(client, who):
    return client.sign_in(who)


def pad(rhea, shop, query=None):
    page = rhea.get(f"/staff/orders/new?{query or f'account={shop.account.number}'}")
    return form_in(page, "/staff/orders/new/review").fields


def asked(rhea, shop, **typed):
    typed = {"quantity:RICE": "5", "discount:RICE": "20", "reason": "They move to us"} | typed
    answer = press(rhea, "/staff/orders/new/ask", pad(rhea, shop), **typed)
    return answer, Approval.select().first()


def answering(mona, question):
    page = f"/staff/approvals/{question.number}"
    return form_in(mona.get(page), f"{page}/approve").fields


def test_a_discount_above_the_limit_says_so_at_its_line_and_offers_to_ask(client, shop):
    rhea = signed_in(client, shop.rhea)
    typed = {"quantity:RICE": "5", "discount:RICE": "20"}
    answer = press(rhea, "/staff/orders/new/review", pad(rhea, shop), **typed)
    page = text_of(answer)
    assert answer.status_code == 422 and "You may give up to 10 per cent. Give less, or ask a manager." in page
    assert "Ask a manager" in page and 'formaction="/staff/orders/new/ask"' in answer.text
    assert "Ask a manager" not in text_of(rhea.get(f"/staff/orders/new?account={shop.account.number}"))


def test_asked_approved_and_placed_with_scripts_off(client, shop):
    rhea = signed_in(client, shop.rhea)
    answer, question = asked(rhea, shop)
    draft = question.order
    assert (answer.status_code, answer.location) == (303, f"/staff/orders/{draft.number}")
    assert "Discount The question Waits" in text_of(rhea.get(answer.location))
    mona = signed_in(client, shop.mona)
    today = text_of(mona.get("/staff/"))
    assert "1 discount to decide" in today
    page = mona.get(f"/staff/approvals/{question.number}")
    text = text_of(page)
    assert "They move to us" in text and "Left after cost" in text and "₱50" in text
    fields = form_in(page, f"/staff/approvals/{question.number}/approve").fields
    done = press(mona, f"/staff/approvals/{question.number}/approve", fields, words="Fine")
    assert done.status_code == 303 and "Rhea Cruz was told" in text_of(mona.get(done.location))
    rhea = signed_in(client, shop.rhea)
    assert "Mona Santos approved these lines" in text_of(rhea.get(f"/staff/orders/{draft.number}"))
    review = press(rhea, "/staff/orders/new/review", pad(rhea, shop, f"draft={draft.number}"))
    assert review.status_code == 200
    form = form_in(review, "/staff/orders/new/place")
    placed = press(rhea, "/staff/orders/new/place", form.fields)
    order = Order.get_by_id(draft.id)
    assert (placed.status_code, order.state, order.subtotal_minor) == (303, "placed", 40_000)
    assert "Discount approved" in text_of(rhea.get(placed.location))
    page = text_of(client.sign_in(shop.carol).get(f"/orders/{order.number}"))
    assert "list ₱100 − 20% discount" in page and "Discount approved" not in page and "asked for" not in page


def test_other_lines_than_the_approved_ones_are_refused_again(client, shop):
    rhea = signed_in(client, shop.rhea)
    _, question = asked(rhea, shop)
    Approval.visible_to(shop.mona).get().approve(by=shop.mona)
    typed = {"quantity:RICE": "6"}
    answer = press(rhea, "/staff/orders/new/review", pad(rhea, shop, f"draft={question.order.number}"), **typed)
    assert answer.status_code == 422 and "ask a manager" in text_of(answer)


def test_declining_without_a_word_keeps_the_page_and_says_what_is_missing(client, shop):
    question = make.approval(shop.account, shop.employees["rhea"])
    mona = signed_in(client, shop.mona)
    fields = answering(mona, question)
    answer = press(mona, f"/staff/approvals/{question.number}/decline", fields)
    assert answer.status_code == 422 and "Please say why" in text_of(answer)


def test_the_second_manager_reads_who_was_first(client, shop):
    question = make.approval(shop.account, shop.employees["rhea"])
    mona = signed_in(client, shop.mona)
    fields = answering(mona, question)
    Approval.visible_to(shop.ada).get().decline(by=shop.ada, words="Too much")
    answer = press(mona, f"/staff/approvals/{question.number}/approve", fields)
    assert answer.status_code == 422 and "Ada Lim was first and has declined it already." in text_of(answer)


def test_a_rep_sees_no_cost_and_no_buttons(client, shop):
    question = make.approval(shop.account, shop.employees["rhea"], cost_minor=7_000)
    rhea = signed_in(client, shop.rhea)
    page = text_of(rhea.get(f"/staff/approvals/{question.number}"))
    assert "Left after cost" not in page and "Your answer" not in page and "Take the question back" in page
    assert "cost" not in json.loads(rhea.get("/staff/approvals.json").text)["rows"][0]


def test_the_list_is_narrowed_by_state_and_given_as_files(client, shop):
    make.approval(shop.account, shop.employees["rhea"])
    other = make.approval(shop.account, shop.employees["rhea"], state="declined")
    mona = signed_in(client, shop.mona)
    page = mona.get("/staff/approvals?state=asked")
    assert "AP-000001" in page.text and other.number not in page.text
    (row,) = json.loads(mona.get("/staff/approvals.json?state=declined").text)["rows"]
    assert (row["number"], row["highest_percent"], row["off"], row["account"]) == (
        other.number, "20", "20.00", shop.account.name,
    )  # fmt: skip
    assert mona.get("/staff/approvals.csv").text.count("\n") == 3


def test_pages_about_approvals_ask_the_database_little(client, shop):
    questions = [make.approval(shop.account, shop.employees["rhea"]) for _ in range(10)]
    mona = signed_in(client, shop.mona)
    for page in ("/staff/approvals", f"/staff/approvals/{questions[0].number}", "/staff/"):
        before = store.queries()
        assert mona.get(page).status_code == 200
        assert store.queries() - before <= 9, page
