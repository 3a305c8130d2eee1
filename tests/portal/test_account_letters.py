"""The letters about an account say what changed from what to what, when, by whom, and how to object."""

from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from portal.values import Recipient, Ref
from portal.web import mail

SHOP = mail.Shop("Tindahan ni Aling Nena", base_url="https://shop.example")


def letter(name, **options):
    row = Outbox.select().where((Outbox.name == name) & (Outbox.channel == "mail")).order_by(Outbox.id.desc()).get()
    to = Recipient(Ref.parse(row.recipient), row.name, row.address, row.language)
    made = mail.render(row.template, row.params, to, SHOP, **options)
    return made.subject, made.text.replace("\xa0", " ")


def test_the_customer_reads_the_change_and_how_to_object(world):
    world.account.edit(by=world.carol, phone="0917 555 0100")
    subject, text = letter("Carol Dizon")
    assert subject == "Account details changed: Carol’s Kitchen"
    for words in (
        "Phone: from 0917 555 0188 to 0917 555 0100", "Who and when: Carol Dizon", "Rhea Cruz, 0917 555 0142",
        "Sign out everywhere: https://shop.example/security",
    ):  # fmt: skip
        assert words in text


def test_staff_read_it_with_the_way_to_the_account(world):
    world.account.edit(by=world.carol, name="Carol’s Kitchen and Bar", language="th")
    _, text = letter("Rhea Cruz", for_staff=True)
    assert "Name: from Carol’s Kitchen to Carol’s Kitchen and Bar" in text
    assert "Language of papers: from English to ไทย" in text
    assert f"https://shop.example/staff/accounts/{world.account.number}" in text


def test_an_address_stands_whole_before_and_after(world):
    address = Address.add(world.account, by=world.carol, line1="1 Rizal", district="Sto. Niño", city="Marikina")
    assert "Address: now 1 Rizal, Brgy. Sto. Niño, Marikina" in letter("Rhea Cruz")[1]
    address.edit(by=world.carol, city="Makati", for_billing=False)
    _, text = letter("Rhea Cruz")
    assert "Address: from 1 Rizal, Brgy. Sto. Niño, Marikina to 1 Rizal, Brgy. Sto. Niño, Makati" in text
    assert "For invoices: from yes to no" in text
    address.archive(by=world.rhea)
    assert "Address: removed, it was 1 Rizal" in letter("Carol Dizon")[1]


def test_a_person_is_named(world):
    lina = Contact.add(world.account, by=world.rhea, name="Lina Reyes", role="bookkeeper")
    lina.close(by=world.rhea)
    subject, text = letter("Carol Dizon")
    assert subject == "Person marked as gone: Lina Reyes"
    assert "Who and when: Rhea Cruz" in text


def test_both_owners_read_who_looks_after_the_account(world):
    world.account.reassign(by=world.mona, owner=world.owen.employee, team=world.south.id)
    for name in ("Rhea Cruz", "Owen Tan"):
        subject, text = letter(name, for_staff=True)
        assert subject == "Carol’s Kitchen: looked after by Owen Tan"
        assert "Until now | Rhea Cruz" in text and "From now on | Owen Tan" in text
