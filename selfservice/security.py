"""Sign-in and safety of a customer."""

from portal.web.safety import Safety
from selfservice.face import site
from selfservice.sign_in import door

safety = Safety("portal", "selfservice/security/show.html")


@site.get("/security", may="security.see")
def security(actor):
    return safety.show(actor)


@site.post("/security/password", may="security.change")
def security_password(actor):
    return safety.change_password(actor)


@site.post("/security/email", may="security.change")
def security_email(actor):
    return safety.change_email(actor)


@site.post("/security/language", may="security.change")
def security_language(actor):
    return safety.change_language(actor)


@site.post("/security/sign-out-everywhere", may="security.change")
def sign_out_everywhere(actor):
    return safety.sign_out_everywhere(actor)


@site.get("/security/email/<token>", may="security.confirm_email")
def email_show(actor, token):
    return door.email_show(token)


@site.post("/security/email/<token>", may="security.confirm_email")
def email_confirm(actor, token):
    return door.email_confirm(token, actor)
