"""Taking back what was filled in in own fields of nouns that have no edit of their own."""

from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.whole import custom_values, undo_fields


def _fill(row, by, changes):
    custom_values.fill(row, by=by, version=row.version, **changes)


for _model in (Order, Case, Lead, Warranty, Return, Claim):
    undo_fields.offer(f"{_model._meta.table_name}.filled", _model, may="custom_fields.fill", put=_fill)
