"""The catalogue in the staff face: listed, added, edited, counted, pictured; refused and stale."""

import io
import json

import pytest
from PIL import Image

from portal import files
from portal.sales.catalogue import Category, Product
from portal.sales.stock import StockMovement
from tests import make

RICE = {"code": "R25", "name": "Sinandomeng rice", "unit": "sack", "list_minor": "1,375.00", "cost_minor": "1190"}


@pytest.fixture
def mona(client, world):
    return client.sign_in(world.mona)


def picture():
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(held, "PNG")
    return held.getvalue()


def test_a_product_is_added_with_its_first_count_and_found(mona):
    sent = mona.send("/staff/catalogue/new", "/staff/catalogue", **RICE, category="Rice", counted="40")
    product = Product.get()
    assert sent.location == "/staff/catalogue/R25"
    assert (product.list_minor, product.cost_minor, product.stock) == (137_500, 119_000, 40)
    assert product.category == Category.get()
    assert "Sinandomeng rice" in mona.get("/staff/catalogue?q=domeng").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "a/b"}, "A code has up to 60"),
        ({"name": ""}, "Please fill this in."),
        ({"list_minor": "much"}, "Write an amount in figures"),
        ({"list_minor": "-5"}, "too large"),
        ({"list_minor": "1.005"}, "decimals at most"),
        ({"counted": "-1"}, "Write a whole number"),
        ({"weight_g": str(2**63)}, "too large"),
        ({"on_sale_from": "2026-05-02", "on_sale_to": "2026-05-01"}, "The last day is before the first one."),
    ],
)
def test_a_product_that_makes_no_sense_is_refused_and_what_was_typed_stays(mona, typed, sentence):
    answer = mona.send("/staff/catalogue/new", "/staff/catalogue", **RICE | {"unit": "Kept unit"} | typed)
    assert answer.status_code == 422 and sentence in answer.text and "Kept unit" in answer.text
    assert not Product.select().exists()


def test_an_edit_over_an_older_version_shows_both(mona, world):
    product = make.product("R25", category=make.row(Category, name="Rice"))
    form = mona.form("/staff/catalogue/R25/edit", "/staff/catalogue/R25/edit")
    assert (form.fields["list_minor"], form.fields["category"]) == ("100.00", "Rice")
    product.edit(by=world.ada, version=1, name="Other rice")
    answer = mona.post("/staff/catalogue/R25/edit", data=form.fields | {"name": "My rice"})
    assert answer.status_code == 409 and "Other rice" in answer.text and "My rice" in answer.text
    assert Product.get().name == "Other rice"


def test_a_rep_sees_no_cost_and_edits_nothing(client, world):
    make.product("R25", cost_minor=77_777)
    client.sign_in(world.rhea)
    assert "₱777" not in client.get("/staff/catalogue/R25").text
    assert "cost" not in json.loads(client.get("/staff/catalogue.json").text)["rows"][0]
    assert client.get("/staff/catalogue/R25/edit").status_code == 403
    client.sign_in(world.mona)
    assert "₱777" in client.get("/staff/catalogue/R25").text
    assert json.loads(client.get("/staff/catalogue.json").text)["rows"][0]["cost"] == "777.77"


def test_the_shelf_is_set_right_with_a_reason(client, world):
    make.product("R25", stock=10)
    client.sign_in(world.rhea)
    here = "/staff/catalogue/R25"
    assert client.send(here, f"{here}/stock", counted="8", reason="").status_code == 422
    assert client.send(here, f"{here}/stock", difference="-99", reason="Lost").status_code == 422
    assert Product.get().stock == 10
    assert client.send(here, f"{here}/stock", difference="-2", reason="Wet").location == here
    assert Product.get().stock == 8
    assert "Wet" in client.get(here).text and StockMovement.select().count() == 2


def test_a_picture_is_shown_to_those_who_may_see_the_product(mona, world, tmp_path):
    files.open(tmp_path / "files")
    make.product("R25")
    here = "/staff/catalogue/R25"
    sent = mona.send(here, f"{here}/picture", picture=(io.BytesIO(picture()), "rice.png"))
    assert sent.location == here
    shown = mona.get(f"{here}/picture")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert mona.get(f"{here}/picture?size=small").mimetype == "image/webp"
    wrong = mona.send(here, f"{here}/picture", picture=(io.BytesIO(b"<svg>"), "rice.svg"))
    assert wrong.status_code == 422


def test_off_sale_and_back(mona, world):
    make.product("R25")
    here = "/staff/catalogue/R25"
    assert mona.send(here, f"{here}/sale").status_code == 303
    assert "Put on sale" in mona.get(here).text and not Product.visible_to(world.carol).exists()
    assert mona.send(here, f"{here}/sale").status_code == 303
    assert Product.visible_to(world.carol).exists()
