"""The forms of shopping lists: what is kept under which name, and a list with a field for each of its lines."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from portal.errors import Invalid
from portal.sales.shopping_lists import ShoppingList
from portal.web import forms, order_forms, row_fields, speech

NEW = "new"  # the choice "a new list"
PIECES = "pieces_"  # names of the fields of lines, followed by the product's id


class KeepForm(forms.Form):
    """Lines of an order, of the pad or of a product's page, and the list they go on."""

    on = SelectField(lazy_gettext("On which list?"), choices=[], validate_choice=False)
    name = StringField(lazy_gettext("Name of the new list"), render_kw={"maxlength": 80})
    is_shared = BooleanField(lazy_gettext("Colleagues see it and may change it"))
    lines = ()

    def offer(self, lists):
        """Offer these lists beside a new one."""
        self.on.choices = [(NEW, lazy_gettext("A new list")), *((row.number, row.name) for row in lists)]
        return self

    def values(self):
        return super().values() | {"lines": self.lines}


def sent_to_keep(lists):
    """The form as it was sent."""
    form = KeepForm().offer(lists)
    form.lines = order_forms.sent_lines()
    return form


def opened_to_keep(lists, lines, **start):
    """A fresh form over these Wanted."""
    form = KeepForm(formdata=None, data=start).offer(lists)
    form.lines = lines
    return form


def keep(*, by, account, lists, on, name, is_shared, lines):
    """Keep the lines on the list that was chosen, or a new one. Raises Invalid as the verbs, list-needed on "on"."""
    if on == NEW:
        return ShoppingList.keep(by=by, account=account, name=name, is_shared=is_shared, lines=lines)
    kept = next((row for row in lists if row.number == on), None)
    if kept is None:
        raise Invalid(on="list-needed")
    return kept.add(by=by, lines=lines)


class ListForm(forms.EditForm):
    """A list as it is changed: its name, who sees it, and how many of each product."""

    name = StringField(lazy_gettext("Name of the list"), render_kw={"maxlength": 80})
    is_shared = BooleanField(lazy_gettext("Colleagues see it and may change it"))
    more = TextAreaField(lazy_gettext("Put more on it"), render_kw={"rows": 3, "maxlength": 500_000})
    lines = ()

    def values(self):
        typed = super().values()
        quantities = row_fields.taken(typed, PIECES, row_fields.quantity)
        return typed | {"quantities": quantities}

    def show_conflict(self, current):
        """Both lists side by side: what a colleague has saved, and what was typed here."""
        super().show_conflict(current)
        typed = {line.product_id: self[f"{PIECES}{line.product_id}"].data for line in self.lines}
        for line in current.lines:
            here = typed.get(line.product_id)
            if here is not None and here != str(line.quantity):
                self.conflicts.append((line.product.name, speech.wording().number(line.quantity), here))


def list_form(kept):
    """The form over a list; of a line that came on it meanwhile the field holds what was saved."""
    lines = kept.lines
    fields = {f"{PIECES}{line.product_id}": StringField(line.product.name) for line in lines}
    start = {f"{PIECES}{line.product_id}": str(line.quantity) for line in lines}
    form = type("ListForm", (ListForm,), fields)(obj=kept, data=start)
    form.lines = lines
    return form
