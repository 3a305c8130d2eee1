"""Home: the page customers begin with: what waits for them, their orders, whom to ask."""

from portal import values
from portal.insight import today
from portal.web import panels, sessions
from portal.web.letters import own_letter
from portal.web.pages import Page
from portal.web.speech import greeting
from selfservice.face import site

SHOW = Page("selfservice/home/show.html")


@site.get("/", may="home.see")
def home(actor):
    account = sessions.account()
    waiting = today.waiting_for(actor, has_news=bool(sessions.place().new))
    return SHOW.render(
        account=account,
        waiting=waiting,
        orders=waiting.newest,
        person=account.owner if account.owner and account.owner.is_active else None,
        letter=own_letter,
        hello=greeting(actor.name),
        now=values.now(),
        panels=panels.of(account, actor, "home"),
    )
