"""The door of the staff face."""

from flask_babel import gettext

from portal.people import staff_invitations
from portal.web.door import Door, NewPasswordForm, agent, asking
from staff.face import crm

door = Door("staff", "staff", "staff/door.html")


@crm.get("/sign-in", may="sign_in.enter")
def sign_in(actor):
    return door.sign_in(actor)


@crm.post("/sign-in", may="sign_in.enter")
def sign_in_enter(actor):
    return door.enter(actor)


@crm.post("/sign-out", may="sign_in.leave")
def sign_out(actor):
    return door.leave(actor)


@crm.post("/sign-in/link", may="sign_in.enter")
def link_ask(actor):
    return door.ask(actor, "sign_in")


@crm.get("/sign-in/sent", may="sign_in.enter")
def link_sent(actor):
    return door.sent()


@crm.post("/link/again", may="sign_in.enter")
def link_renew(actor):
    return door.renew(actor)


@crm.get("/link/<token>", may="sign_in.enter")
def link_show(actor, token):
    return door.link_show(token)


@crm.post("/link/<token>", may="sign_in.enter")
def link_enter(actor, token):
    return door.link_enter(actor, token)


@crm.get("/recover", may="security.recover")
def recover(actor):
    return door.recover()


@crm.post("/recover", may="security.recover")
def recover_ask(actor):
    return door.ask(actor, "recover")


@crm.get("/recover/<token>", may="security.recover")
def recover_show(actor, token):
    return door.recover_show(token)


@crm.post("/recover/<token>", may="security.recover")
def recover_set(actor, token):
    return door.recover_set(actor, token)


@crm.get("/invitation/<token>", may="staff_invitations.accept")
def invitation_show(actor, token):
    link, employee = staff_invitations.find(token)
    title = gettext("Welcome, %(name)s", name=employee.name)
    return door.show("new_password", title, form=NewPasswordForm(), email=link.email)


@crm.post("/invitation/<token>", may="staff_invitations.accept")
def invitation_accept(actor, token):
    link, employee = staff_invitations.find(token)
    form = NewPasswordForm()
    done = form.run(staff_invitations.accept, by=asking(actor), link=link, employee=employee, agent=agent())
    title = gettext("Welcome, %(name)s", name=employee.name)
    answer = form.answer(
        done, door.page, to=door.onward(), step="new_password", title=title, email=link.email, door=door
    )
    return door.let_in(done, answer)
