"""Finding in lists: what `?q=` means to a list of staff, on its pages and in its files."""

from flask import flash, g
from flask_babel import gettext

from portal import custom_finding, search, store
from portal.web import sessions


def found_in(model, rights=()):
    """The `search` of a List of `model`: all that fits; of what is very common, pages show the newest and say so.

    `rights` are those under which its texts are kept, when not everybody may find them.
    """
    kind = model._meta.table_name

    def narrow(query, text):
        if g.get("feed") and not search.is_narrowed(kind, sessions.actor()):
            return query.where(model.id.in_(search.matches(kind, text, (*rights, *_added(kind)))))
        found = search.newest(kind, text, sessions.actor(), rights)
        if found.more:
            said = gettext("Only the newest of them stand here. Add a word to find others.")
            flash({"kind": "info", "title": gettext("Very many fit"), "text": said})
        return query.where(store.among(model.id, found.records))

    return narrow


def _added(kind):
    return tuple(custom_finding.rights([kind], sessions.actor()))
