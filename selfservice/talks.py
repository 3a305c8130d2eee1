"""What we talked about, for customers: the interactions that are shared with them, those to come, and how it was."""

from flask import g, url_for
from flask_babel import gettext, lazy_gettext

from portal import search
from portal.activity import interaction_letters, interactions, meetings
from portal.activity.interactions import FIELDS, KIND_OF, Interaction
from portal.web import (
    file_pages,
    interaction_pages,
    lists,
    one_task,
    pages,
    panels,
    places,
    under_way,
)
from portal.web.rating_forms import RateForm
from selfservice.face import site

INDEX = pages.Page("selfservice/talks/index.html")
SHOW = pages.Page("selfservice/talks/show.html")
LIST = lists.List(
    "interaction",
    FIELDS,
    columns=[
        lists.Column(name) for name in ("number", "at", "kind", "subject", "state", "people", "minutes", "place")
    ],
    sorts={"at": lists.Sort(Interaction.at)},
    default_sort="-at",
    search=lambda query, text: query.where(Interaction.id.in_(search.matches("interaction", text))),
    drawn={"state": KIND_OF},
)

places.show_at("portal", "interaction", places.numbered("portal.talk_show", Interaction))
file_pages.take_files(site, Interaction)
panels.show_on(
    "portal", "account", "talks", "selfservice/talks/_of_account.html", lambda account, actor: {},
    may="interactions.see", rank=22,
)  # fmt: skip
under_way.offer(
    Interaction,
    Interaction.planned_for,
    at="at",
    may="interactions.see",
    drawn=KIND_OF,
    endpoint="portal.talk_show",
    word=lazy_gettext("Meeting"),
)


@site.get("/account/talks", may="interactions.see", feeds=("csv", "json", "ics"))
def talk_list(actor):
    if g.feed == "ics":
        coming = interactions.named(Interaction.planned_for(actor)).order_by(Interaction.at).limit(lists.FEED_BATCH)
        return interaction_pages.calendar("talks", coming)
    return LIST.answer(interactions.named(Interaction.visible_to(actor)), actor, INDEX)


@site.get("/account/talks/<number>", may="interactions.see", on=Interaction, feeds=("ics",))
def talk_show(interaction, actor):
    if g.feed == "ics":
        return interaction_pages.calendar(interaction.number, [interaction])
    return SHOW.render(**_about(interaction, actor, _rating(interaction, formdata=None)))


@site.post("/account/talks/<number>/rate", may="interactions.rate", on=Interaction)
def talk_rate(interaction, actor):
    form = _rating(interaction)
    done = form.run(lambda **given: meetings.rate(interaction, **given), by=actor)
    to, said = url_for("portal.talk_show", number=interaction.number), gettext("Thank you. We read it.")
    return form.answer(done, SHOW, to=to, said=said, again=lambda: _about(interaction, actor))


def _rating(interaction, **given):
    start = {"rating": str(interaction.score or ""), "words": interaction.score_words}
    return RateForm(data=start, **given)


def _about(interaction, actor, form=None):
    may_rate = meetings.can(interaction, "rate", actor)
    shown = {"interaction": interaction, "may_rate": may_rate, "panels": panels.of(interaction, actor)}
    return shown | ({"form": form} if form else {})


def _title(interaction):
    return interaction.subject or interaction_pages.kind_word(interaction)


one_task.offer(
    interaction_letters.RATE,
    on=Interaction,
    may="interactions.rate",
    template="selfservice/talks/_task_rate.html",
    form=RateForm,
    verb=meetings.rate,
    check=meetings.check_rating,
    title=_title,
    said=lazy_gettext("Thank you. We read it."),
)
