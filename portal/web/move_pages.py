"""What the pages of moves show and do, the same for both faces but for their templates."""

from flask import redirect, request, url_for
from flask_babel import gettext

from portal.customers import moves
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.errors import NotFound
from portal.sales import move_orders
from portal.sales.orders import Order
from portal.web import address_forms, forms, move_forms, pages, surfaces


class Desk:
    """The moves of one face: its pages, and where a planned one is shown."""

    def __init__(self, face, folder):
        self.plan_page = pages.Page(f"{folder}/moves/plan.html", "selfservice/addresses/_fields.html")
        self.show_page = pages.Page(f"{folder}/moves/show.html")
        self.shown_at = f"{face}.move_show"

    def ask(self, address, actor, typed):
        """The form; a planned move is shown instead, one that changed the country brings what was typed along."""
        planned = moves.leaving(address.account).get(address.id)
        if planned:
            return redirect(self.page_of(planned), code=303)
        kept = {name: typed[name] for name in address_forms.PLACE if name in typed}
        form = move_forms.planning(actor, address, list(Address.active(address.account)), **kept)
        return self.plan_page.render(form=form, address=address, place_url=request.path)

    def plan(self, address, actor):
        form = move_forms.planning(actor, address, list(Address.active(address.account)))
        done = form.run(lambda **typed: AddressMove.plan(address, **typed), by=actor)
        whole, shown = pages.Page(self.plan_page.page), {"address": address, "place_url": request.path}
        return form.answer(done, whole, to=self.page_of, said=gettext("The move is planned."), **shown)

    def show(self, move, actor):
        rows = move_orders.affected(move, actor)
        undecided = [row for row in rows if row.decision is None and row.can_change]
        one_click = forms.Form(formdata=None)
        return self.show_page.render(move=move, rows=rows, undecided=undecided, one_click=one_click)

    def cancel(self, move, actor):
        form = forms.OneClick()
        done = form.run(move.cancel, by=actor)
        return form.answer(done, self.show_page, to=self.page_of(move), said=gettext("The old address stays."))

    def decide(self, move, actor, number):
        """One open order: to the new address, or as it was."""
        order, form = surfaces.load(Order, actor, number), move_forms.DecideForm()
        if order.account_id != move.account_id:
            raise NotFound()
        done = form.run(lambda **typed: move_orders.decide(move, order, **typed), by=actor)
        words = {"number": order.number}
        went = gettext("%(number)s goes to the new address.", **words)
        said = went if form.choice.data == "new" else gettext("%(number)s stays with the old address.", **words)
        return form.answer(done, self.show_page, to=self.page_of(move), said=said)

    def page_of(self, move):
        return url_for(self.shown_at, number=move.number)
