"""What a customer chooses to be told of, and the one press by which a letter is stopped."""

from flask import request

from portal.activity import unsubscribing
from portal.web import pages
from portal.web.notice_pages import Notices
from portal.web.public_forms import UnboundForm
from selfservice.face import public, site

chosen = Notices("portal", "selfservice/notices/show.html")
STOP = pages.Page("selfservice/notices/stop.html")


@site.get("/account/notices", may="notices.see")
def notices(actor):
    return chosen.show()


@site.post("/account/notices", may="notices.choose")
def notices_choose(actor):
    return chosen.choose(actor)


@public.get("/unsubscribe/<token>", may="notices.stop")
def notices_stop_show(actor, token):
    return _shown(unsubscribing.find(token))


@public.post("/unsubscribe/<token>", may="notices.stop")
def notices_stop(actor, token):
    """By a person's press, or by a mail program (RFC 8058), which has no cookie and shows nobody the answer."""
    asked = unsubscribing.find(token)
    if request.form.get("again"):
        asked.resume()
    else:
        asked.stop()
    return ("", 204) if "List-Unsubscribe" in request.form else _shown(asked)


def _shown(asked):
    return STOP.render(asked=asked, is_stopped=asked.is_stopped, form=UnboundForm(formdata=None))
