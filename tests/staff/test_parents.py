"""The group of an account on the pages of staff: its tree, its sums that open to their rows, and moving within it."""

from portal.customers.accounts import Account
from portal.customers.parents import place_under
from tests import make


def test_a_group_stands_on_the_page_and_sums_what_one_sees(world, client):
    shop = make.account("Aurora Shop", team=world.north)
    hidden = make.account("Hidden Shop", team=world.south)
    for company in (shop, hidden):
        place_under(company, by=world.ada, parent=world.account)
        make.order(company)
    make.invoice(shop)
    client.sign_in(world.rhea)
    page = f"/staff/accounts/{world.account.number}"
    assert f'hx-get="{page}/group"' in client.get(page).text
    page = client.get(f"{page}/group", headers={"HX-Request": "true"}).text
    assert "<html" not in page
    assert ("Aurora Shop" in page, "Hidden Shop" in page) == (True, False)
    group = client.get(f"/staff/accounts/{shop.number}/group").text
    assert "₱200" in group, "two orders of Aurora, and none of the shop that Rhea does not see"
    assert f"/staff/orders?account={world.account.number}%2C{shop.number}" in group.replace(",", "%2C")
    assert "Hidden Shop" not in group
    rows = client.get(f"/staff/accounts.json?parent={world.account.number}").json["rows"]
    assert [row["name"] for row in rows] == ["Aurora Shop"]


def test_an_account_is_put_below_another_and_never_below_itself(world, client):
    shop = make.account("Aurora Shop", team=world.north)
    client.sign_in(world.rhea)
    here = f"/staff/accounts/{shop.number}"
    stale = client.form(f"{here}/parent").fields
    assert client.send(f"{here}/parent", parent="Nobody’s").status_code == 422
    assert client.send(f"{here}/parent", parent="Carol’s Kitchen").location == here
    assert client.post(f"{here}/parent", data=stale).status_code == 409
    circle = client.send(f"/staff/accounts/{world.account.number}/parent", parent=shop.number)
    assert (circle.status_code, "A company cannot stand below itself." in circle.text) == (422, True)
    assert client.send(f"{here}/parent", parent="").status_code == 303
    assert Account.get_by_id(shop.id).parent is None
