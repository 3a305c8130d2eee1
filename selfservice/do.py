"""One-task links from letters: `/do/<token>` shows on GET and acts on POST."""

from portal.web import one_task
from selfservice.face import site


@site.get("/do/<token>", may="tasks.do")
def task_show(actor, token):
    return one_task.show(token)


@site.post("/do/<token>", may="tasks.do")
def task_do(actor, token):
    return one_task.act(token)
