"""Help for customers: what can be done here and how, in plain words, for those who cannot sign in too."""

from flask import request

from portal.web import guide, pages
from selfservice.face import site

SHOW = pages.Page("selfservice/help/show.html")


@site.get("/help", may="help.see")
def help_show(actor):
    return SHOW.render(chapters=guide.CHAPTERS)


@site.blueprint.context_processor
def about_page():
    """(key, chapter) of the help that explains this page, or None."""
    key = guide.OF_PAGE.get((request.endpoint or "").removeprefix("portal."))
    return {"about_page": (key, guide.CHAPTERS[key]) if key else None}
