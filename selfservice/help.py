"""Help for customers: what can be done here and how, in plain words, for those who cannot sign in too."""

from portal.web import pages
from selfservice.face import site

SHOW = pages.Page("selfservice/help/show.html")


@site.get("/help", may="help.see")
def help_show(actor):
    return SHOW.render()
