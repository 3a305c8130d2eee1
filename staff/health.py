"""The state of the shop, for admins: what is well and what needs care, and its backups."""

from flask import current_app, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField

from portal import health
from portal.exchange import backups
from portal.exchange.backing_up import Shop
from portal.exchange.backups import FIELDS, Backup
from portal.web import forms, health_words, lists, pages, panels, places, sessions, speech
from staff.face import crm

SHOW = pages.Page("staff/health/show.html")
WORK = pages.Page("staff/health/_work.html")
INDEX = pages.Page("staff/health/backups.html")
ONE = pages.Page("staff/health/backup.html")
LATEST = 5
LIST = lists.List(
    "backup",
    FIELDS,
    columns=[*map(lists.Column, FIELDS.fields)],
    sorts={"number": lists.Sort(Backup.id)},
    default_sort="-number",
    drawn={"state": backups.KIND_OF},
    at="staff.backup_show",
    link="number",
    said=("state", "kind"),
    shown=("number", "state", "kind", "made_at", "size", "rows", "files"),
    rows=Backup.visible_to,
)

places.show_at("staff", "backup", places.numbered("staff.backup_show", Backup))


class ProofForm(forms.Form):
    """Who takes all data of the shop along proves that it is he."""

    password = PasswordField(lazy_gettext("Your password"))


@crm.get("/health", may="health.see")
def health_show(actor):
    one, since = backups.under_way(), request.args.get("since")
    now = f"{one.number}-{one.state}-{one.share}" if one else ""
    if since is not None:  # the open page asks how far it is
        return _how_far(one, since, now)
    return SHOW.render(run=one, since=now, form=forms.OneClick(formdata=None), **_state(actor))


def _state(actor):
    """The facts in words, and the newest backups."""
    found = [(fact, health_words.say(speech.wording(), fact)) for fact in health.facts(speech.settings())]
    latest = list(Backup.visible_to(actor).order_by(Backup.id.desc()).limit(LATEST))
    bad = [fact for fact, _ in found if fact.is_well is False]
    return {"facts": found, "bad": bad, "drawn": health_words.DRAWN, "latest": latest}


def _how_far(one, since, now):
    if one is None:
        return "", 200, {"HX-Redirect": url_for("staff.health_show")}
    return ("", 204) if since == now else WORK.render(run=one, since=now)


@crm.post("/health/back-up", may="backups.make")
def backup_ask(actor):
    form = forms.OneClick()
    done = form.run(Backup.ask, by=actor)
    again = lambda: {"run": backups.under_way(), "since": "", **_state(actor)}  # noqa: E731
    said = gettext("The worker begins in a moment.")
    return form.answer(done, SHOW, to=url_for("staff.health_show"), said=said, again=again)


@crm.get("/health/backups", may="health.see", feeds=("csv", "json"))
def backup_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/health/backups/<number>", may="health.see", on=Backup)
def backup_show(backup, actor):
    return ONE.render(backup=backup, form=ProofForm(formdata=None))


@crm.post("/health/backups/<number>/download", may="backups.download", on=Backup)
def backup_download(backup, actor):
    form = ProofForm()
    done = form.run(backup.hand_out, by=actor, login=sessions.login())
    path = Shop.of(current_app.config["SETTINGS"]).backups / backup.name
    if done.ok and path.is_file():
        return send_file(path, mimetype="application/zip", as_attachment=True, download_name=backup.name)
    return form.answer(done, ONE, to=url_for("staff.backup_show", number=backup.number), backup=backup)


def _on_today(record, actor):
    care = backups.needs_care()
    return {"care": care} if care else None


panels.show_on("staff", "home", "backups", "staff/health/_on_today.html", _on_today, may="health.see", rank=2)
