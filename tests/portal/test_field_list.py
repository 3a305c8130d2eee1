"""The field tables in words."""

from portal import field_list
from portal.fields import CUSTOMERS, STAFF, Field
from tests.own_fields import custom_field


def test_a_field_says_what_it_takes():
    assert field_list.taken_by(Field("note", "words", longest=500)) == "lines of at most 500 letters together"
    born = field_list.taken_by(Field("born_on", "date", is_past=True, is_required=True))
    assert born == "a day from 1800-01-01 to 2199-12-31, not after today, needed"
    assert field_list.taken_by(Field("channel", "choice", choices=("", "mail"))) == "one of: nothing, mail"


def test_roles_are_said_by_as_few_words_as_can_be():
    assert field_list.people(STAFF | CUSTOMERS) == "staff, customers"
    assert field_list.people(STAFF | {"buyer"}) == "staff, buyer"
    assert field_list.people(frozenset({"manager", "admin"})) == "admin, manager"
    assert field_list.people(frozenset()) == "nobody"


def test_a_noun_stands_with_all_its_fields():
    said = list(field_list.lines(["contact"]))
    assert said[0] == "contact"
    assert (
        "  born_on: a day from 1800-01-01 to 2199-12-31, not after today; read by staff; set by staff; close" in said
    )
    assert any(line.startswith("  email: an e-mail address of at most 320 letters; ") for line in said)


def test_the_shops_own_fields_stand_among_them(world):
    made = custom_field("contact", "decimal", "Shoe size")
    assert any(line.startswith(f"  {made.key}: ") for line in field_list.lines(["contact"]))
