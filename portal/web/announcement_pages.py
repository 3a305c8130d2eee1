"""The slim bar in which both faces say one announcement, until it is pressed away or ends."""

from portal.web import forms, pages, panels, speech

BAR = "_announcement.html"


def stand(face, newest, *, rank=0):
    """Put the bar on the first page of a face; `newest(record, actor)` gives what is to be said, or None.

    `rank` is its place among the panels there.
    """

    def load(record, actor):
        found = newest(record, actor)
        if found is None:
            return None
        title, text = found.said(speech.language())
        form = forms.OneClick(formdata=None)
        return {"announcement": found, "title": title, "text": text, "form": form, "face": face}

    panels.show_on(face, "home", "announcement", BAR, load, may="announcements.read", rank=rank)


def press_away(announcement, actor, to):
    form = forms.OneClick()
    done = form.run(announcement.press_away, by=actor)
    return form.answer(done, pages.Page(BAR), to=to)
