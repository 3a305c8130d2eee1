"""The inbox of an employee over the wire: what happened in the accounts he owns or watches, while he sees them."""

from portal import audit
from tests import make


def test_the_owner_reads_what_a_customer_changed_and_is_led_to_the_account(client, world):
    [notice, _] = make.told(world.account, world.employees["rhea"], by=world.carol)
    client.sign_in(world.rhea)
    assert "New" in client.get("/staff/inbox").text
    page = client.get(f"/staff/inbox/{notice.number}").text
    assert "/staff/accounts/12" in page and "Sign out everywhere" not in page


def test_an_account_that_went_to_another_team_leaves_the_inbox(client, world):
    [notice, _] = make.told(world.account, world.employees["rhea"], by=world.carol)
    with audit.change(world.ada, "account.reassigned", world.account, about=world.account) as change:
        change.update(world.account, team=world.south)
    client.sign_in(world.rhea)
    assert client.get(f"/staff/inbox/{notice.number}").status_code == 404
    assert client.get("/staff/inbox.json").json["rows"] == []


def test_colleagues_do_not_read_each_others(client, world):
    [notice, _] = make.told(world.account, world.employees["rhea"], by=world.carol)
    for name in ("mona", "ada", "owen"):
        assert client.sign_in(getattr(world, name)).get(f"/staff/inbox/{notice.number}").status_code == 404
