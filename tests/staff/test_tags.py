"""Tags on the pages of staff: put on, listed by, taken off, done to many rows, and kept in order by managers."""

from portal.customers import tags
from portal.customers.accounts import Account
from portal.customers.tags import Tag


def test_a_rep_tags_an_account_and_lists_by_it(world, client):
    client.sign_in(world.rhea)
    here = f"/staff/accounts/{world.account.number}"
    assert client.send(here, f"{here}/tags", tag="Big spender").status_code == 303
    page = client.get(here).text
    assert "/staff/accounts?tag=big%20spender" in page
    listed = client.get("/staff/accounts?tag=big+spender&columns=name,tag").text
    assert "Carol’s Kitchen" in listed
    assert "No account fits" in client.get("/staff/accounts?tag=nobody").text
    feed = client.get("/staff/accounts.csv?tag=any&columns=name,tag").text.splitlines()
    assert feed[1:] == ["Carol’s Kitchen,Big spender"]
    assert client.send(here, f"{here}/tags", tag="a, b").status_code == 422
    piece = client.send(here, f"{here}/tags/take", tag="Big spender", htmx=True)
    assert piece.text.lstrip().startswith('<section class="pane" id="tags">')
    assert Account.get_by_id(world.account.id).tags == []


def test_many_rows_get_a_tag_in_one_go(world, client):
    client.sign_in(world.mona)
    page = f"/staff/many/account?pick={world.account.number}"
    typed = {"deed": "tag", "value": "School"}
    preview = client.send(page, "/staff/many/account/preview", **typed)
    assert (preview.status_code, "School" in preview.text) == (200, True)
    form = client.form(page, "/staff/many/account/preview").fields | typed
    assert client.post("/staff/many/account", data=form).status_code == 303
    assert Account.get_by_id(world.account.id).tag == "School"


def test_managers_rename_merge_and_remove_tags_and_reps_do_not(world, client):
    for name in ("VIP", "Very important"):
        tags.put(world.account, by=world.ada, tag=name)
    here = f"/staff/settings/tags/{Tag.get(Tag.name == 'Very important').number}"
    assert "Make two tags one" not in client.sign_in(world.rhea).get(here).text
    client.sign_in(world.mona)
    assert client.send(here, f"{here}/merge", into="nothing").status_code == 422
    assert client.send(here, f"{here}/merge", into="vip").status_code == 303
    assert Account.get_by_id(world.account.id).tag == "VIP"
    kept = f"/staff/settings/tags/{Tag.get().number}"
    assert client.send(kept, kept, name="Gold").status_code == 303
    assert "Gold" in client.get("/staff/settings/tags").text
    assert client.send(kept, f"{kept}/remove").status_code == 303
    assert Account.get_by_id(world.account.id).tag == ""
