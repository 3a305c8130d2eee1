"""The door of the customer face."""

from portal.web.door import Door
from selfservice.face import site

door = Door("portal", "customer", "selfservice/door.html")


@site.get("/sign-in", may="sign_in.enter")
def sign_in(actor):
    return door.sign_in(actor)


@site.post("/sign-in", may="sign_in.enter")
def sign_in_enter(actor):
    return door.enter(actor)


@site.post("/sign-out", may="sign_in.leave")
def sign_out(actor):
    return door.leave(actor)


@site.post("/sign-in/link", may="sign_in.enter")
def link_ask(actor):
    return door.ask(actor, "sign_in")


@site.get("/sign-in/sent", may="sign_in.enter")
def link_sent(actor):
    return door.sent()


@site.post("/link/again", may="sign_in.enter")
def link_renew(actor):
    return door.renew(actor)


@site.get("/link/<token>", may="sign_in.enter")
def link_show(actor, token):
    return door.link_show(token)


@site.post("/link/<token>", may="sign_in.enter")
def link_enter(actor, token):
    return door.link_enter(actor, token)


@site.get("/recover", may="security.recover")
def recover(actor):
    return door.recover()


@site.post("/recover", may="security.recover")
def recover_ask(actor):
    return door.ask(actor, "recover")


@site.get("/recover/<token>", may="security.recover")
def recover_show(actor, token):
    return door.recover_show(token)


@site.post("/recover/<token>", may="security.recover")
def recover_set(actor, token):
    return door.recover_set(actor, token)
