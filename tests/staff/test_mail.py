"""Outgoing mail over the wire: managers see what was sent, and send again what failed."""

import pytest

from portal import audit, outbox, store
from portal.outbox import Outbox
from tests import make


def dead(world, reason="550 nobody here", **params):
    mail = make.told(world.account, world.logins["carol"], **params)[1]
    with store.housekeeping("delivery"):
        Outbox.update(fence=1).where(Outbox.id == mail.id).execute()
    outbox.failed(Outbox.get_by_id(mail.id), reason, for_good=True)
    return mail


def test_a_dead_letter_shows_its_reason_and_is_sent_again(client, world):
    mail = dead(world)
    client.sign_in(world.mona)
    assert mail.address in client.get("/staff/mail?state=dead").text
    assert "550 nobody here" in client.get(f"/staff/mail/{mail.number}").text
    answer = client.send(f"/staff/mail/{mail.number}")
    assert answer.status_code == 303
    assert "It is on its way again." in client.get(answer.headers["Location"]).text
    assert (Outbox.get_by_id(mail.id).state, Outbox.get_by_id(mail.id).message_id) == ("waiting", mail.message_id)
    entry = audit.Entry.select().order_by(audit.Entry.id.desc()).get()
    assert (entry.event, entry.subject, entry.about) == ("mail.sent_again", str(mail.ref), str(world.account.ref))


def test_what_went_out_meanwhile_is_not_sent_again(client, world):
    mail = dead(world)
    client.sign_in(world.mona)
    form = client.form(f"/staff/mail/{mail.number}")
    with store.housekeeping("delivery"):
        Outbox.update(state="sent").execute()
    answer = client.post(form.action, data=form.fields)
    assert answer.status_code == 422 and "This mail is not stuck" in answer.text
    assert Outbox.get_by_id(mail.id).state == "sent"


def test_sending_again_twice_does_it_once(client, world):
    mail = dead(world)
    client.sign_in(world.mona)
    form = client.form(f"/staff/mail/{mail.number}")
    answers = [client.post(form.action, data=form.fields).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert audit.Entry.select().where(audit.Entry.event == "mail.sent_again").count() == 1


@pytest.mark.parametrize(("name", "status"), [("mona", 200), ("ada", 200), ("rhea", 403), ("owen", 403)])
def test_managers_and_admins_read_outgoing_mail(client, world, name, status):
    mail = dead(world)
    client.sign_in(getattr(world, name))
    assert client.get("/staff/mail").status_code == status
    assert client.get(f"/staff/mail/{mail.number}").status_code == status


def test_a_manager_of_another_team_sees_nothing_of_it(client, world):
    mail = dead(world)
    other = make.staff_actor(make.employee("Nora Go", "manager", world.south))
    client.sign_in(other)
    assert mail.address not in client.get("/staff/mail").text
    assert client.get(f"/staff/mail/{mail.number}").status_code == 404
    assert client.get("/staff/mail.json").json["rows"] == []


def test_one_time_links_are_removed_outside_of_the_demo(client, world):
    mail = dead(world, record={"link": 1})
    page = client.sign_in(world.ada).get(f"/staff/mail/{mail.number}").text
    assert "[link removed]" in page and "/link/" not in page


def test_the_letter_reads_in_the_language_of_its_receiver(client, world):
    with store.writing():
        type(world.logins["carol"]).update(language="th").execute()
        world.logins["carol"].language = "th"
    mail = dead(world)
    assert "2569" in client.sign_in(world.ada).get(f"/staff/mail/{mail.number}").text


def test_filters_and_feeds_give_the_same_rows(client, world):
    failed, fine = dead(world), make.told(world.other_account, world.logins["dave"])[1]
    client.sign_in(world.ada)

    def numbers(query):
        return [row["number"] for row in client.get(f"/staff/mail.json{query}").json["rows"]]

    assert numbers("") == [fine.number, failed.number]
    assert numbers("?state=dead") == [failed.number]
    assert numbers("?to=dave@") == [fine.number]
    assert numbers("?to=Carol") == [failed.number]
    assert "550 nobody here" in client.get("/staff/mail.csv?state=dead").text


def test_a_long_list_costs_as_many_queries_as_a_short_one(client, world, count_queries):
    client.sign_in(world.mona)
    for _ in range(30):
        make.told(world.account, world.logins["carol"])
    assert count_queries(lambda: client.get("/staff/mail")) <= 8


def test_the_rail_leads_to_the_page_and_not_to_its_file(client, world):
    page = client.sign_in(world.ada).get("/staff/mail").text
    assert 'href="/staff/mail"' in page and 'href="/staff/audit"' in page
