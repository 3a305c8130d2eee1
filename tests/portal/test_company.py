"""Who the shop is on paper: described by admins, one row, with numbers that can be right."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store
from portal.errors import Invalid, Stale
from portal.people import company
from portal.people.company import Company
from tests import make

ABOUT = {"name": "Aling Nena", "tax_number": "123-456-789-000", "line1": "112 Aurora Blvd.", "city": "Quezon City"}


def test_before_anybody_described_it_the_shop_has_the_name_of_the_settings(world):
    ours = company.ours("Tindahan", "PH")
    assert (ours.name, ours.is_known) == ("Tindahan", False)
    assert ours.lacks == ["tax_number", "line1", "city"]


def test_an_admin_describes_it_and_the_next_save_counts_from_there(world):
    company.ours("Tindahan", "PH").describe(by=world.ada, version=0, **ABOUT, country="PH")
    ours = company.ours()
    assert (ours.name, ours.lacks) == ("Aling Nena", [])
    ours.describe(by=world.ada, version=1, phone="0917 555 0101")
    assert company.ours().phone == "+639175550101"
    assert [e.event for e in audit.Entry.select()] == ["company.described"] * 2


def test_a_form_opened_before_somebody_else_saved_is_stale(world):
    first, second = company.ours("A", "PH"), company.ours("A", "PH")
    first.describe(by=world.ada, version=0, **ABOUT)
    with pytest.raises(Stale):
        second.describe(by=world.ada, version=0, **ABOUT | {"name": "Other"})
    with pytest.raises(Stale):
        company.ours().describe(by=world.ada, version=0, name="Other")


def test_others_than_admins_do_not_describe_it(world):
    for actor in (world.mona, world.rhea, world.carol):
        with pytest.raises(Invalid, match="field-not-yours"):
            company.ours().describe(by=actor, name="Mine")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": " "}, "field-needed"),
        ({"tax_number": "123"}, "tax-number-philippine"),
        ({"tax_number": "1234567890122", "country": "TH"}, "tax-number-thai"),
        ({"email": "nobody"}, "email-malformed"),
        ({"website": "no site"}, "website-malformed"),
        ({"country": "XX"}, "country-unknown"),
        ({"foot": "x" * 601}, "text-too-long"),
        ({"name": "a\u202eb"}, "text-unreadable"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(world, given, problem):
    with pytest.raises(Invalid) as refusal:
        company.ours("A", "PH").describe(by=world.ada, **ABOUT | given)
    assert refusal.value.problems[next(iter(given))][0] == problem
    assert not Company.select().exists()


def test_a_thai_tax_number_with_its_check_digit_is_taken(world):
    company.ours("A", "TH").describe(by=world.ada, **ABOUT | {"tax_number": "1-2345-67890-12-1", "country": "TH"})
    assert company.ours().tax_number == "1-2345-67890-12-1"


def test_a_logo_belongs_to_a_shop_that_is_described(world):
    with pytest.raises(Invalid, match="company-unknown"):
        company.ours().show(by=world.ada, picture=None)


def test_two_who_describe_it_first_leave_one_row(postgres):
    world = make.world()

    def describe(name):
        with store.connection():
            try:
                company.ours("A", "PH").describe(by=world.ada, version=0, **ABOUT | {"name": name})
                return "saved"
            except Stale as refusal:
                return "stale" if refusal.current.is_known else "blank"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(describe, ("One", "Two"))) == ["saved", "stale"]
    assert Company.select().count() == 1
