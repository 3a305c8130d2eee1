"""What rows about people become: their tags in words, and the further accounts they belong to."""

from portal.customers import tags as named
from portal.errors import Invalid


def tags(text, formats):
    """Reader of tags parted by commas or semicolons, as a record keeps them in words."""
    try:
        return named.listed(text)
    except Invalid as refusal:
        raise Invalid(cell=refusal.problems["tag"])


def labelled(row):
    """The row with its tags in the column that keeps their words."""
    return {("labels" if name == "tags" else name): value for name, value in row.items()}


def affiliation(cells, formats):
    """A period beside the main account, which the contact itself says."""
    first, last = cells.get("from_on"), cells.get("until_on")
    if first and last and last < first:
        raise Invalid(until_on="dates-reversed")
    if cells["contact"].account_id == cells["account"].id and last is None:
        raise Invalid(account="affiliation-known")
    return dict(cells)
