"""Who the shop is, as admins describe it on the wire: details, logo, what managers see."""

import io

from PIL import Image

from portal.people import company
from tests import make


def picture():
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(made, "PNG")
    return made.getvalue()


def test_an_admin_describes_the_shop(client, world):
    client.sign_in(world.ada)
    answer = client.send("/staff/settings/company", name="Aling Nena", city="Quezon City", tax_number="123-456-789")
    assert answer.status_code == 303
    assert company.ours().city == "Quezon City"
    page = client.get("/staff/settings/company").text
    assert "Invoices need more than this" in page
    assert "House, street" in page


def test_a_wrong_tax_number_stays_as_typed_beside_what_is_wrong_with_it(client, world):
    answer = client.sign_in(world.ada).send("/staff/settings/company", name="Nena", tax_number="12")
    assert answer.status_code == 422
    assert "A TIN has 9, 12 or 14 figures" in answer.text
    assert 'value="12"' in answer.text


def test_managers_read_it_and_others_do_not(client, world):
    make.company()
    page = client.sign_in(world.mona).get("/staff/settings/company")
    assert "Aling Nena" in page.text
    assert "<form" not in page.text.partition("<main")[2]
    assert client.sign_in(world.rhea).get("/staff/settings/company").status_code == 403


def test_a_logo_is_kept_and_shown_as_a_download(client, world):
    make.company()
    client.sign_in(world.ada)
    page = client.get("/staff/settings/company")
    assert client.get("/staff/settings/company/logo").status_code == 404
    assert page.status_code == 200
    sent = {"picture": (io.BytesIO(picture()), "logo.png")}
    answer = client.send("/staff/settings/company", "/staff/settings/company/logo", **sent)
    assert answer.status_code == 303
    logo = client.get("/staff/settings/company/logo?size=small")
    assert logo.mimetype == "image/webp"
    assert logo.headers["Content-Disposition"].startswith("attachment")
    assert "Logo of" in client.get("/staff/settings/company").text
