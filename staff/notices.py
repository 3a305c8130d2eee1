"""What an employee chooses to be told of."""

from portal.web.notice_pages import Notices
from staff.face import crm

chosen = Notices("staff", "staff/notices/show.html")


@crm.get("/notices", may="notices.see")
def notices(actor):
    return chosen.show()


@crm.post("/notices", may="notices.choose")
def notices_choose(actor):
    return chosen.choose(actor)
