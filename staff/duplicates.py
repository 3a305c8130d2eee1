"""Likely duplicates for staff: the queue of pairs, both sides with the reasons, and the word that they are two."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal.activity import trail
from portal.customers import duplicates, likeness
from portal.customers.duplicates import LikelyPair
from portal.values import Ref
from portal.web import forms, lists, pages, places, queues, sessions, speech
from portal.whole import merging
from staff.face import crm

INDEX = pages.Page("staff/duplicates/index.html")
SHOW = pages.Page("staff/duplicates/show.html")
ONE_CLICK = pages.Page(SHOW.page)

places.show_at("staff", "likely_pair", places.numbered("staff.duplicate_show", LikelyPair))
queues.offer(
    "duplicates",
    LikelyPair.waiting,
    may="duplicates.see",
    said=lambda count: ngettext("%(num)s likely duplicate", "%(num)s likely duplicates", count),
    at="staff.duplicate_list",
)


def _names(rows):
    """The names of both sides of a page, one query per kind."""
    return trail.names_of({Ref(row.kind, number) for row in rows for number in (row.one, row.other)})


def _told(pair):
    """The reasons of a pair that its reader may know."""
    return [reason for reason in pair.reasons if likeness.may_tell(pair.kind, reason, sessions.actor())]


def _reasons(pair, beside):
    return speech.wording().list_words([str(speech.message(reason)) for reason in _told(pair)[:4]])


LIST = lists.List(
    "likely_pair",
    duplicates.FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("kind"),
        lists.Column("one", show=lambda pair, beside: beside.get(Ref(pair.kind, pair.one), "")),
        lists.Column("other", show=lambda pair, beside: beside.get(Ref(pair.kind, pair.other), "")),
        lists.Column("percent"),
        lists.Column("reasons", _told, show=_reasons),
        lists.Column("state"),
        lists.Column("found_at"),
    ],
    sorts={"percent": lists.Sort(LikelyPair.percent), "number": lists.Sort(LikelyPair.id)},
    default_sort="-percent",
    defaults={"state": "open"},
    drawn={"state": {"open": "needs", "apart": "closed", "merged": "done"}},
    beside=_names,
    shown=("one", "other", "percent", "reasons", "kind"),
    link="one",
    at="staff.duplicate_show",
    said=("kind", "state"),
    rows=LikelyPair.visible_to,
)


@crm.get("/duplicates", may="duplicates.see", feeds=("csv", "json"))
def duplicate_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/duplicates/<number>", may="duplicates.see", on=LikelyPair)
def duplicate_show(pair, actor):
    return SHOW.render(**_about(pair, actor))


def _about(pair, actor):
    one, other = pair.records
    both = one is not None and other is not None
    return {
        "pair": pair,
        "one": one,
        "other": other,
        "reasons": _told(pair),
        "sides": merging.sides(one, other, actor) if both else [],
        "one_click": forms.Form(formdata=None),
        "title": lazy_gettext("Are these the same?"),
    }


@crm.post("/duplicates/<number>/apart", may="duplicates.decide", on=LikelyPair)
def duplicate_set_apart(pair, actor):
    form = forms.OneClick()
    done = form.run(pair.set_apart, by=actor)
    said = gettext("They stay two, and nobody is asked again.")
    return form.answer(done, ONE_CLICK, to=url_for("staff.duplicate_list"), said=said)
