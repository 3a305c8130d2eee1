"""Moves for staff: planned on behalf of a customer, with the open orders to decide about."""

from flask import request

from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.web import places
from portal.web.move_pages import Desk
from staff.face import crm

DESK = Desk("staff", "staff")

places.show_at("staff", "address_move", places.numbered("staff.move_show", AddressMove))


@crm.get("/addresses/<number>/move", may="moves.plan", on=Address)
def move_ask(address, actor):
    return DESK.ask(address, actor, request.args)


@crm.post("/addresses/<number>/move", may="moves.plan", on=Address)
def move_plan(address, actor):
    return DESK.plan(address, actor)


@crm.get("/moves/<number>", may="moves.see", on=AddressMove)
def move_show(move, actor):
    return DESK.show(move, actor)


@crm.post("/moves/<number>/cancel", may="moves.cancel", on=AddressMove)
def move_cancel(move, actor):
    return DESK.cancel(move, actor)


@crm.post("/moves/<number>/orders/<order>", may="moves.decide", on=AddressMove)
def move_decide(move, actor, order):
    return DESK.decide(move, actor, order)
