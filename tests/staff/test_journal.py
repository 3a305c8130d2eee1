"""The journal on the wire: listed by whose deed it is, shown before it happens, taken back by one press."""

from portal.customers.accounts import Account
from portal.deeds import Deed


def deed(world, by, **changes):
    Account.get_by_id(world.account.id).edit(by=by, **changes)
    return Deed.select().order_by(Deed.id.desc()).first()


def test_the_page_shows_what_would_change_back_and_one_press_does_it(client, world):
    made = deed(world, world.rhea, legal_name="Kitchen Inc.")
    rhea = client.sign_in(world.rhea)
    listed = rhea.get("/staff/journal").text
    assert f'href="/staff/journal/{made.id}"' in listed and "Carol’s Kitchen" in listed
    page = rhea.get(f"/staff/journal/{made.id}").text
    assert "Kitchen Inc." in page and "What would change back" in page
    answer = rhea.send(f"/staff/journal/{made.id}", f"/staff/journal/{made.id}/take-back")
    assert answer.status_code == 303
    assert Account.get_by_id(world.account.id).legal_name == ""
    after = rhea.get(answer.headers["Location"]).text
    assert "Taken back." in after and "What would change back" in after
    assert "Taken back by Rhea Cruz" in rhea.get(f"/staff/journal/{made.id}").text


def test_a_newer_value_is_shown_with_who_made_it_and_goes_only_when_chosen(client, world):
    made = deed(world, world.rhea, legal_name="First")
    deed(world, world.mona, legal_name="Second")
    rhea, here = client.sign_in(world.rhea), f"/staff/journal/{made.id}"
    page = rhea.get(here).text
    assert "Changed since by Mona Santos" in page and "nothing would go back" in page
    refused = rhea.send(here, f"{here}/take-back")
    assert refused.status_code == 422 and "Nothing of it can go back" in refused.text
    mark = page.partition('name="over" value="')[2].partition('"')[0]
    assert rhea.send(here, f"{here}/take-back", over=mark).status_code == 303
    assert Account.get_by_id(world.account.id).legal_name == ""


def test_what_others_did_elsewhere_is_nobodys_business(client, world):
    made = deed(world, world.rhea, legal_name="First")
    owen = client.sign_in(world.owen)
    assert owen.get(f"/staff/journal/{made.id}").status_code == 404
    assert "Nothing to take back" in owen.get("/staff/journal").text


def test_the_same_list_is_a_file_and_is_narrowed_by_kind_person_record_and_day(client, world):
    deed(world, world.rhea, legal_name="First")
    deed(world, world.mona, language="th")
    mona = client.sign_in(world.mona)
    assert len(mona.get("/staff/journal.json").get_json()["rows"]) == 2
    for address, count in (
        ("who=Rhea", 1), ("kind=many", 0), (f"subject={world.account.ref}", 2), ("at=today", 2), ("at.to=today-1", 0),
    ):  # fmt: skip
        assert len(mona.get(f"/staff/journal.json?{address}").get_json()["rows"]) == count, address


def test_bad_input_of_the_journal_is_answered(client, world):
    made = deed(world, world.rhea, legal_name="First")
    rhea, here = client.sign_in(world.rhea), f"/staff/journal/{made.id}"
    for number in ("0", "x", "99999999999999"):
        assert rhea.get(f"/staff/journal/{number}").status_code == 404
    assert rhea.send(here, f"{here}/take-back", over="account:x.\u202e.-1").status_code == 303
    assert rhea.get("/staff/journal?kind=nonsense&at=never").status_code in (200, 422)
