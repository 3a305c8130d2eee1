"""Sign-in and safety of an employee."""

from portal.web.safety import Safety
from staff.face import crm
from staff.sign_in import door

safety = Safety("staff", "staff/security/show.html")


@crm.get("/security", may="security.see")
def security(actor):
    return safety.show(actor)


@crm.post("/security/password", may="security.change")
def security_password(actor):
    return safety.change_password(actor)


@crm.post("/security/email", may="security.change")
def security_email(actor):
    return safety.change_email(actor)


@crm.post("/security/language", may="security.change")
def security_language(actor):
    return safety.change_language(actor)


@crm.post("/security/sign-out-everywhere", may="security.change")
def sign_out_everywhere(actor):
    return safety.sign_out_everywhere(actor)


@crm.get("/security/email/<token>", may="security.confirm_email")
def email_show(actor, token):
    return door.email_show(token)


@crm.post("/security/email/<token>", may="security.confirm_email")
def email_confirm(actor, token):
    return door.email_confirm(token, actor)
