"""Every column has one level of protection, and each level is kept as SECURITY.md says."""

import peewee

import wsgi  # noqa: F401
from portal import fields, levels, serving, store  # noqa: F401  serving and wsgi bring all tables in
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.whole import erasing_rules
from tests.battery import canaries

IN_WORDS = (peewee.CharField, peewee.TextField)
SOMEBODYS = (levels.CLOSE, levels.PERSONAL)


def in_words():
    """{table: names of its columns that hold words or signs}"""
    return {
        table: {column.name for column in model._meta.sorted_fields if isinstance(column, IN_WORDS)}
        for table, model in store.kinds().items()
    }


def without_level(tables):
    """Tables and columns that nobody put into a level."""
    found = [table for table in tables if not any(table in levels.COLUMNS[level] for level in levels.LEVELS)]
    for table, columns in tables.items():
        named = {name for level in levels.LEVELS for name in levels.COLUMNS[level].get(table, ())}
        found += [f"{table}.{name}" for name in sorted(columns - named - levels.WORDS_OF_OURS)]
    return found


def named():
    """(level, table, column) of every name in the levels."""
    return [
        (level, table, name)
        for level in levels.LEVELS
        for table, names in levels.COLUMNS[level].items()
        for name in names
    ]


def read_by_customers(tables):
    """Close fields that some customer's role may read."""
    return [
        f"{noun}.{field.name}"
        for noun, table in tables.items()
        for field in table.own.values()
        if levels.of(noun, field.name) == levels.CLOSE and field.read & fields.CUSTOMERS
    ]


def test_every_column_in_words_has_a_level():
    assert without_level(in_words()) == []


def test_no_column_has_two_levels_or_is_gone():
    there = {(t, column.name) for t, model in store.kinds().items() for column in model._meta.sorted_fields}
    spots = [(table, name) for _, table, name in named()]
    assert [spot for spot in spots if spot not in there] == []
    assert sorted(spot for spot in set(spots) if spots.count(spot) > 1) == []


def test_what_hangs_on_a_customer_is_personal():
    people = {Account, Contact, Login}
    hanging = {
        table
        for table, model in store.kinds().items()
        for column in model._meta.sorted_fields
        if isinstance(column, peewee.ForeignKeyField) and column.rel_model in people
    }
    assert sorted(table for table in hanging if levels.of_table(table) == levels.HOUSE) == []


def test_no_table_of_the_house_is_filled_with_a_person():
    filled = store.kinds().keys() - set(canaries.SHOP.split())
    assert sorted(table for table in filled if levels.of_table(table) == levels.HOUSE) == []


def test_what_is_secret_stands_in_no_field_table_and_enters_no_audit():
    secret = {(table, name) for level, table, name in named() if level == levels.SECRET}
    open_to_somebody = {(noun, field.name) for noun, table in fields.TABLES.items() for field in table.own.values()}
    assert secret & open_to_somebody == set()
    assert levels.COLUMNS[levels.SECRET]["login"] == Login.SECRET
    assert "token" not in {column.name for column in Session._meta.sorted_fields}  # its hash alone is kept


def test_what_is_close_no_customer_reads():
    assert read_by_customers(fields.TABLES) == []


def test_what_erasing_takes_out_is_somebodys():
    washed = {(model._meta.table_name, name) for model, names in erasing_rules.WASHED for name in names}
    washed |= {(column.model._meta.table_name, column.name) for column, _ in erasing_rules.NAMED}
    assert sorted(spot for spot in washed if levels.of(*spot) not in SOMEBODYS) == []
    kept = {model._meta.table_name for model, _ in erasing_rules.KEPT.values()}
    assert {levels.of_table(table) for table in kept} == {levels.PERSONAL}


def test_the_levels_see_each_fault():
    assert without_level({"contact": {"name", "state", "blood_group"}, "pet": set()}) == [
        "pet",
        "contact.blood_group",
    ]
    open_field = fields.Field("born_on", "date", fields.EVERYONE)
    table = type("Table", (), {"own": {"born_on": open_field}})
    assert read_by_customers({"contact": table}) == ["contact.born_on"]
    assert levels.of("contact", "household_size") == levels.CLOSE
    assert levels.of("product", "weight_g") == levels.HOUSE
    assert levels.of("order", "total_minor") == levels.of("contact", "role") == levels.PERSONAL
