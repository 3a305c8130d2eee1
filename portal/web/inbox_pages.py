"""The inbox of both faces: what a person was told, by topic, and how far it was read."""

from flask import g, url_for
from flask_babel import gettext, ngettext

from portal.activity import inbox, topics
from portal.activity.inbox import Notice
from portal.web import forms, pages, speech
from portal.web.letters import INBOX, own_letter


class Inbox:
    """The pages of one face."""

    def __init__(self, name, listed, one):
        self.name, self.listed, self.one = name, pages.Page(listed), pages.Page(one)

    def list(self, actor):
        """All of it, which is read by being shown; or one topic of it, which leaves the others unread."""
        query = Notice.visible_to(actor)
        if g.get("feed"):
            return INBOX.feed(query, actor)
        found, seen, unread = INBOX.find(query, actor), inbox.read_upto(actor), inbox.unread_topics(actor)
        topic = found.filters.get("topic")
        if not topic:
            inbox.mark_read(actor, max((row.id for row in found.rows), default=0))
        form = forms.Form(formdata=None) if topic and unread else None
        context = {"topic": topic, "topics": _choices(unread), "new": sum(unread.values())}
        return self.listed.render(found=found, seen=seen, letter=own_letter, form=form, **context)

    def show(self, notice):
        return self.one.render(notice=notice, letter=own_letter(notice), topic=topics.of(notice.template))

    def mark_all_read(self, actor):
        form = forms.OneClick()
        done = form.run(inbox.mark_all_read, by=actor)
        return form.answer(done, self.listed, to=url_for(f"{self.name}.inbox"), said=gettext("All is read."))


def _choices(unread):
    """(value, label) of all topics, with how many of each are new."""
    labels = [("", gettext("everything"))]
    for topic in topics.TOPICS:
        label, new = speech.term("topic", topic.key), unread[topic.key]
        if new:
            label = ngettext("%(topic)s: %(num)s new", "%(topic)s: %(num)s new", new, topic=label)
        labels.append((topic.key, label))
    return labels
