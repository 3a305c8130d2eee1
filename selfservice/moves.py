"""We move: the customer plans that an address gives way to another, decides about open orders, or stays."""

from flask import request
from flask_babel import lazy_gettext

from portal.customers.addresses import Address
from portal.customers.moves import KIND_OF, AddressMove
from portal.web import places, under_way
from portal.web.move_pages import Desk
from selfservice.face import site

DESK = Desk("portal", "selfservice")

places.show_at("portal", "address_move", places.numbered("portal.move_show", AddressMove))
under_way.offer(
    AddressMove,
    AddressMove.open_for,
    at="planned_at",
    may="moves.see",
    drawn=KIND_OF,
    endpoint="portal.move_show",
    word=lazy_gettext("Move"),
)


@site.get("/account/addresses/<number>/move", may="moves.plan", on=Address)
def move_ask(address, actor):
    return DESK.ask(address, actor, request.args)


@site.post("/account/addresses/<number>/move", may="moves.plan", on=Address)
def move_plan(address, actor):
    return DESK.plan(address, actor)


@site.get("/account/moves/<number>", may="moves.see", on=AddressMove)
def move_show(move, actor):
    return DESK.show(move, actor)


@site.post("/account/moves/<number>/cancel", may="moves.cancel", on=AddressMove)
def move_cancel(move, actor):
    return DESK.cancel(move, actor)


@site.post("/account/moves/<number>/orders/<order>", may="moves.decide", on=AddressMove)
def move_decide(move, actor, order):
    return DESK.decide(move, actor, order)
