"""The field tables in words: what each field takes, who reads it, who sets it, and how much care it asks for."""

from portal import fields, levels, values
from portal.fields import EARLIEST, LATEST, TABLES

KINDS = {
    "text": "one line of at most {longest} letters",
    "words": "lines of at most {longest} letters together",
    "number": f"a whole number up to {2**31 - 1:,}",
    "money": f"an amount up to {values.BIGGEST_MINOR:,} minor units, with the decimals of its currency",
    "date": f"a day from {EARLIEST} to {LATEST}",
    "moment": "a moment, in the zone of the shop or with its own",
    "yes": "yes or no",
    "choice": "one of: {choices}",
    "email": "an e-mail address of at most {longest} letters",
    "phone": "a phone number of its country, or with the prefix of another",
    "website": "an address of http or https",
    "country": "a country (ISO 3166)",
    "currency": "a currency (ISO 4217)",
    "link": "a record that one sees",
    # Of fields that the shop added:
    "decimal": "a number with decimals",
    "choices": "some of: {choices}",
    "record": "a record that one sees",
    "file": "a file",
}  # fmt: skip


def lines(nouns=()):
    """A line per noun and per field, in the order of the tables; of all nouns when none is named."""
    for noun in sorted(nouns or TABLES):
        yield noun
        for field in TABLES[noun]:
            level = levels.of(noun, field.name)
            yield f"  {field.name}: {taken_by(field)}; read by {people(field.read)}; {_set(field)}; {level}"


def taken_by(field):
    """What a field takes, in words."""
    choices = ", ".join(str(choice) or "nothing" for choice in field.choices)
    said = KINDS[field.kind].format(longest=field.longest, choices=choices or "what the page offers")
    return said + ", not after today" * field.is_past + ", needed" * field.is_required


def people(roles):
    """A set of roles in words: all of staff and all customers by one word each."""
    said = []
    for word, some in (("staff", fields.STAFF), ("customers", fields.CUSTOMERS)):
        said += [word] if some <= roles else sorted(some & roles)
    return ", ".join(said) or "nobody"


def _set(field):
    return f"set by {people(field.write)}" if field.write else "set by Suki"
