"""Public order forms: how staff compose them, and what a stranger's browser, robot or enemy can send."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import store, values
from portal.audit import Entry, EntryValue
from portal.errors import Invalid, Repeated, TooMany
from portal.outbox import Outbox
from portal.people import form_tokens
from portal.sales import submissions
from portal.sales.catalogue import Category
from portal.sales.order_forms import OrderForm
from portal.sales.submissions import Submission
from portal.values import ANONYMOUS
from portal.whole import invariants
from tests import make
from tests.refusals import problems

NOW = values.now()
ONE_CHOICE = {"label": "Which?", "kind": "choice", "choices": "one"}


def compose(by, **given):
    return OrderForm.compose(by=by, **{"title": "Rice for Christmas!", "languages": ["en"]} | given)


def send(form, key=None, *, client="", now=NOW, **typed):
    key = key or form_tokens.issue(form.id, now - timedelta(minutes=1))
    start = {"name": "Nena Abad", "email": "nena@abad.example", "words": "Two sacks"}
    return submissions.send(form, by=ANONYMOUS.with_form(key, "1"), client=client, now=now, **start | typed)


# Composing


def test_a_form_is_composed_opened_and_closed(world):
    questions = [{"label": "When?", "kind": "date"}, {"label": ""}]
    form = compose(world.mona, questions=questions, origins="Shop.Example\n")
    assert (form.slug, form.state, form.origins) == ("rice-for-christmas", "draft", ["https://shop.example"])
    asked = {"key": "q1", "label": "When?", "kind": "date", "is_required": False, "choices": []}
    assert form.questions == [asked]
    assert not form.is_open()
    assert form.open(by=world.mona).is_open()
    form.close(by=world.mona)
    assert not form.is_open()
    with pytest.raises(Invalid):
        form.close(by=world.mona)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"title": ""}, {"title": "field-needed"}),
        ({"slug": "new"}, {"slug": "slug-malformed"}),
        ({"slug": "a b"}, {"slug": "slug-malformed"}),
        ({"languages": []}, {"languages": "languages-needed"}),
        ({"languages": ["tlh"]}, {"languages": "languages-needed"}),
        ({"range": "category"}, {"category": "category-needed"}),
        ({"range": "chosen", "codes": "NOPE"}, {"codes": "codes-unknown"}),
        ({"range": "chosen", "codes": " "}, {"codes": "codes-needed"}),
        ({"range": "none", "takes_words": False}, {"takes_words": "nothing-to-order"}),
        ({"most_per_day": "0"}, {"most_per_day": "number-not-between"}),
        ({"open_from": "2026-12-02", "open_until": "2026-12-01"}, {"open_until": "dates-reversed"}),
        ({"owner": 999}, {"owner": "employee-unknown"}),
        ({"questions": [ONE_CHOICE]}, {"questions_0": "question-choices-needed"}),
        ({"questions": [{"label": f"{n}?"} for n in range(13)]}, {"questions": "questions-many"}),
        ({"consents": [{"text": "x" * 1001}]}, {"consents_0": "text-too-long"}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_form_is_refused_at_its_field(world, given, refused):
    assert problems(compose, world.mona, **given) == refused


@pytest.mark.parametrize(
    "line",
    ["*", "https://*.example", "http://shop.example", "https://shop.example/path", "https://a@shop.example",
     "https://shop.example; script-src *", "javascript:alert(1)", "https://shop", "'self'", "https://shop.example:x"],
)  # fmt: skip
def test_only_plain_origins_may_frame_a_form(world, line):
    assert problems(compose, world.mona, origins=line) == {"origins": "origin-malformed"}


def test_a_copy_is_the_same_form_at_another_address_and_not_open(world):
    form = compose(world.mona, consents=[{"text": "Write me"}], range="none").open(by=world.mona)
    copy = form.copy(by=world.mona)
    assert (copy.title, copy.consents, copy.state) == (form.title, form.consents, "draft")
    assert copy.slug.startswith("rice-for-christmas-")


def test_its_products_are_on_sale_in_its_currency(world):
    rice, oil = make.product("RICE"), make.product("OIL")
    make.product("BAHT", currency="THB")
    make.product("GONE", on_sale_to=values.shop_day() - timedelta(days=1))
    assert compose(world.mona).products() == [oil, rice]
    chosen = compose(world.mona, slug="chosen", range="chosen", codes="rice\r\noil\r\ngone")
    assert chosen.products() == [rice, oil]
    shelf = make.row(Category, name="Grain")
    make.row(type(rice), code="SEED", code_key="SEED", name="Seed", folded="seed", category=shelf)
    grain = compose(world.mona, slug="shelf", range="category", category=shelf.id)
    assert [product.code for product in grain.products()] == ["SEED"]


# Sending


def test_a_sent_form_waits_for_its_address_and_the_letter_carries_no_word_of_the_sender(world):
    rice = make.product("RICE", name="Jasmine rice")
    form = make.order_form(consents=[{"key": "c1", "text": "Write me news", "use": "", "is_required": False}])
    given = {"name": "CHEAP PILLS", "words": "buy now", "phone": "0917 555 0177"}
    made = send(form, quantities={rice.id: "1,200"}, ticked=["c1"], **given)
    assert (made.state, made.lines[0]["quantity"], made.phone) == ("unconfirmed", 1200, "+639175550177")
    assert made.said() == [("Write me news", True, NOW)]
    letter = Outbox.get(Outbox.template == "order_form_sent")
    assert (letter.address, letter.name, letter.params["title"]) == ("nena@abad.example", "", form.title)
    assert "PILLS" not in str(letter.params) and "buy now" not in str(letter.params)
    entry = Entry.get(Entry.event == "submission.sent")
    assert not EntryValue.select().where(EntryValue.entry == entry).exists()  # the trail keeps nothing of a stranger


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ({"name": " "}, {"name": "field-needed"}),
        ({"name": "Nena\r\nBcc: all@people.example"}, None),  # one line: blanks folded
        ({"name": "x" * 121}, {"name": "text-too-long"}),
        ({"name": "abc\u202eexe"}, {"name": "text-unreadable"}),
        ({"email": "nobody"}, {"email": "email-malformed"}),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, {"email": "email-malformed"}),
        ({"phone": "12"}, {"phone": "phone-impossible"}),
        ({"words": ""}, {"lines": "order-form-empty"}),
        ({"homepage": "https://pills.example"}, {"homepage": "form-trap-filled"}),
        ({"answers": {"q1": ""}}, {"q1": "field-needed"}),
        ({"answers": {"q1": "green"}}, {"q1": "choice-unknown"}),
        ({"answers": {"q1": "red", "q2": "tomorrow"}}, {"q2": "date-malformed"}),
        ({"answers": {"q1": "red"}, "ticked": []}, {"c1": "consent-needed"}),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_at_its_field(world, typed, refused):
    colour = {"key": "q1", "label": "Colour", "kind": "choice", "is_required": True, "choices": ["red", "blue"]}
    day = {"key": "q2", "label": "When", "kind": "date", "is_required": False, "choices": []}
    consent = {"key": "c1", "text": "I agree", "use": "", "is_required": True}
    form = make.order_form(questions=[colour, day], consents=[consent])
    given = {"answers": {"q1": "red"}, "ticked": ["c1"]} | typed
    if refused is None:
        assert send(form, **given).name == "Nena Bcc: all@people.example"
    else:
        assert problems(send, form, **given) == refused
        assert not Submission.select().exists() and not Outbox.select().exists()


def test_quantities_are_read_as_people_write_them_and_what_is_gone_is_named(world):
    rice, oil = make.product("RICE"), make.product("OIL", name="Coconut oil")
    form = make.order_form(range="chosen", codes=["RICE", "OIL"])
    assert problems(send, form, quantities={rice.id: "many"}) == {f"quantity_{rice.id}": "quantity-malformed"}
    with store.writing():
        type(oil).update(on_sale_to=values.shop_day() - timedelta(days=1)).where(type(oil).id == oil.id).execute()
    assert problems(send, form, quantities={rice.id: "2", oil.id: "1"}) == {"lines": "order-form-product-gone"}
    assert send(form, quantities={rice.id: "๒", oil.id: "0"}).lines[0]["quantity"] == 2


def test_a_token_is_of_this_form_neither_old_nor_young_and_ours(world):
    form, other = make.order_form(), make.order_form()
    for key, message in (
        (form_tokens.issue(other.id, NOW - timedelta(minutes=1)), "form-token-old"),
        (form_tokens.issue(form.id, NOW - timedelta(hours=7)), "form-token-old"),
        (form_tokens.issue(form.id, NOW + timedelta(minutes=5)), "form-token-old"),
        (form_tokens.issue(form.id, NOW)[:-1] + "!", "form-token-old"),
        ("made-up-key-of-somebody", "form-token-old"),
        (form_tokens.issue(form.id, NOW), "form-token-young"),
    ):
        assert problems(send, form, key) == {"form_key": message}
    assert send(form, form_tokens.issue_again(form.id, NOW)).id


def test_the_same_token_sends_once(world):
    form = make.order_form()
    key = form_tokens.issue(form.id, NOW - timedelta(minutes=1))
    first = send(form, key)
    with pytest.raises(Repeated) as again:
        send(form, key)
    assert (again.value.result, again.value.same) == (first.ref, True)
    assert Submission.select().count() == Outbox.select().count() == 1


def test_a_stranger_gets_three_letters_a_day_however_many_forms_name_him(world):
    forms = [make.order_form() for _ in range(4)]
    for form in forms[:3]:
        send(form)
    assert problems(send, forms[3]) == {"email": "form-letters-many"}
    assert problems(send, forms[3], email="NENA@abad.example") == {"email": "form-letters-many"}
    assert Outbox.select().count() == 3
    assert send(forms[3], now=NOW + timedelta(days=1)).id


def test_what_is_closed_not_begun_over_or_full_takes_nothing(world):
    tomorrow = values.shop_day() + timedelta(days=1)
    for fields in ({"state": "closed"}, {"open_from": tomorrow}, {"open_until": tomorrow - timedelta(days=2)}):
        assert problems(send, make.order_form(**fields)) == {"form": "order-form-closed"}
    stale = make.order_form(state="draft")
    stale.state = "open"  # it was, when the page was shown
    assert problems(send, stale) == {"form": "order-form-closed"}
    full = make.order_form(most_per_day=1)
    send(full)
    assert problems(send, full, email="b@people.example") == {"form": "order-form-full"}
    later = NOW + timedelta(days=1)
    assert send(full, email="b@people.example", now=later).id


def test_one_client_sends_twenty_in_a_quarter_of_an_hour_and_a_banned_one_nothing(world):
    form = make.order_form()
    for n in range(20):
        send(form, email=f"n{n}@people.example", client="10.0.0.7")
    with pytest.raises(TooMany):
        send(form, email="n21@people.example", client="10.0.0.7")
    assert send(form, email="n21@people.example", client="10.0.0.8").id


def test_many_threads_pass_neither_the_day_nor_the_letters(postgres):
    form = make.order_form(most_per_day=5)
    keys = [form_tokens.issue(form.id, NOW - timedelta(minutes=1)) for _ in range(24)]

    def one(n):
        with store.connection():
            try:
                return send(form, keys[n // 2], email=f"n{n // 2 % 4}@people.example", client=f"10.0.0.{n}")
            except (Invalid, Repeated, TooMany):
                return None

    with ThreadPoolExecutor(8) as pool:
        made = [found for found in pool.map(one, range(24)) if found]
    assert len(made) == Submission.select().count() == Outbox.select().count() == 5
    assert OrderForm.get_by_id(form.id).counted == 5


def test_what_nobody_confirmed_is_forgotten_after_a_fortnight(world):
    send(make.order_form(), now=NOW - timedelta(days=15))
    fresh = send(make.order_form(), email="b@people.example")
    kept = make.lead(email="c@people.example")
    assert submissions.unconfirmed() == 2
    assert submissions.drop_old(NOW) == 1
    assert {row.id for row in Submission.select()} == {fresh.id, kept.submission_id}
    assert list(invariants.broken(with_files=False)) == []
