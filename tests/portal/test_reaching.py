"""Who does not want to hear from us is not contacted, by that channel or by none, whoever looks."""

from portal.audit import Entry
from portal.customers import consent, reaching
from portal.customers.contacts import Contact
from portal.customers.reaching import NoContact
from portal.people import policy
from tests import make
from tests.letters import told
from tests.races import race
from tests.refusals import problems

CHANNELS = ("phone", "mail", "message", "letter", "visit")


def open_channels(contact):
    contact = Contact.get_by_id(contact.id)
    return [channel for channel in CHANNELS if contact.may_be_reached(channel)]


def test_staff_write_down_what_they_heard_and_lift_it_again(world):
    cora = world.contacts["cora"]
    assert problems(reaching.bar, cora, by=world.rhea, channel="phone") == {"reason": "field-needed"}
    assert problems(reaching.bar, cora, by=world.rhea, channel="pigeon", reason="x") == {"channel": "choice-unknown"}
    reaching.bar(cora, by=world.rhea, channel="phone", reason="Asked at the counter")
    assert open_channels(cora) == ["mail", "message", "letter", "visit"]
    row = reaching.standing(cora)[0]
    assert (row.by_name, row.reason, row.since_at is not None) == ("Rhea Cruz", "Asked at the counter", True)
    assert problems(reaching.bar, cora, by=world.mona, channel="phone", reason="x") == {"channel": "channel-barred"}
    reaching.bar(cora, by=world.mona, channel="all", reason="Wrote to us")
    assert open_channels(cora) == []
    reaching.lift(cora, by=world.rhea, channel="all")
    assert problems(reaching.lift, cora, by=world.rhea, channel="all") == {"channel": "channel-not-barred"}
    assert open_channels(cora) == ["mail", "message", "letter", "visit"]
    assert [row.lifted_name for row in reaching.history(cora)] == ["Rhea Cruz", ""]
    assert list(reaching.faults()) == []


def test_a_person_says_it_himself_and_needs_no_reason_but_nobody_says_it_for_another(world):
    cora = world.contacts["cora"]
    assert policy.may(world.cora, "contacts.bar", cora)
    assert not policy.may(world.carol, "contacts.bar", cora), "not even who manages the account"
    reaching.choose(cora, by=world.cora, barred=["phone", "visit"])
    assert open_channels(cora) == ["mail", "message", "letter"]
    reaching.choose(cora, by=world.cora, barred=["visit"])
    assert open_channels(cora) == ["phone", "mail", "message", "letter"]
    assert told("account_changed") == ["Rhea Cruz"], "our side reads it, colleagues do not"


def test_do_not_contact_outweighs_an_earlier_yes(world):
    carol = world.contacts["carol"]
    consent.choose(carol, by=world.carol, news_mail=True, news_phone=True, suggestions_portal=True)
    reaching.bar(carol, by=world.carol, channel="all")
    allowed = [
        consent.allows(carol, *choice) for choice in (("news", "mail"), ("news", "phone"), ("suggestions", "portal"))
    ]
    assert allowed == [False, False, True], "what waits in the portal approaches nobody"


def test_two_of_us_write_the_same_down_once(postgres):
    people = make.world()
    cora = people.contacts["cora"]
    doers = (people.rhea, people.mona)

    def work(n):
        mine = Contact.get_by_id(cora.id)
        return lambda: reaching.bar(mine, by=doers[n], channel="phone", reason="Said so")

    assert race(2, work) == ["channel-barred", "done"]
    assert NoContact.select().count() == 1
    assert Entry.select().where(Entry.event == "contact.barred").count() == 1
    assert list(reaching.faults()) == []
