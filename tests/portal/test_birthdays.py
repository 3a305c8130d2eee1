"""Birthdays of the coming days, over the end of the year and with a 29th of February."""

from datetime import date

import pytest

from portal.customers import birthdays
from portal.customers.contacts import Contact
from tests import make

BORN = ("1980-12-30", "1991-01-02", "1988-02-29", "1975-06-15", None)


@pytest.mark.parametrize(
    ("today", "days", "expected"),
    [
        (date(2026, 12, 28), 7, ["1980-12-30", "1991-01-02"]),
        (date(2026, 12, 30), 1, ["1980-12-30"]),
        (date(2027, 2, 28), 1, ["1988-02-29"]),
        (date(2028, 2, 28), 1, []),
        (date(2026, 6, 16), 7, []),
        (date(2026, 6, 16), 366, [born for born in BORN if born]),
    ],
)
def test_whose_birthday_comes(world, today, days, expected):
    for n, born in enumerate(BORN):
        Contact.add(world.account, by=world.rhea, name=f"Person {n}", born_on=born)
    found = Contact.select().where(birthdays.within(today, days)).order_by(Contact.id)
    assert [str(contact.born_on) for contact in found] == expected


def test_a_birth_date_that_is_taken_out_is_no_birthday(world):
    lina = make.contact(world.account)
    lina.edit(by=world.rhea, born_on="1990-05-04")
    assert Contact.get_by_id(lina.id).birthday == 504
    lina.edit(by=world.rhea, born_on="")
    assert Contact.get_by_id(lina.id).birthday == 0
