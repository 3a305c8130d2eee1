"""What the pages of interactions show on either face: their words, their story, their file for a calendar."""

from flask import current_app, url_for

from portal import audit
from portal.activity.interactions import KINDS
from portal.web import calendars, pages, sessions, speech, timeline_pages

MOST_OF_STORY = 30
MOST_BESIDE = 10  # happenings on the page of a record; its timeline has all


def kind_word(interaction):
    """What it is, with a large letter, where it has no line of its own."""
    found = speech.term("interaction", "kind", interaction.kind)
    return found[:1].upper() + found[1:]


def talks(record, actor, form, people):
    """What `staff/interactions/_talks.html` needs: the form to write one down, over the story of the record."""
    log_url = url_for(f"staff.interaction_log{'' if record.ref.kind == 'account' else '_with'}", number=record.number)
    account = record if record.ref.kind == "account" else record.account
    chosen = {"contact": record.id} if account is not record else {}
    plan_url = url_for("staff.interaction_plan_form", number=account.number, **chosen)
    shown = timeline_pages.of(record, actor, people, MOST_BESIDE)
    return shown | {
        "record": record,
        "log_form": form,
        "log_url": log_url,
        "plan_url": plan_url,
        "log_kinds": KINDS,
        "is_piece": pages.wants_piece(),
    }


def story(interaction):
    """What happened to it, newest first: audit entries, for staff."""
    own = audit.Entry.subject == str(interaction.ref)
    return list(audit.Entry.select().where(own).order_by(audit.Entry.id.desc()).limit(MOST_OF_STORY))


def calendar(name, interactions):
    """The .ics file of interactions that are planned or took place, as one of us or a customer sees them."""
    return calendars.answer(name, [hour(one) for one in interactions])


def hour(interaction, endpoint=None):
    """One interaction as an entry of a calendar."""
    endpoint = endpoint or ("staff.interaction_show" if sessions.face() == "staff" else "portal.talk_show")
    page = current_app.config["SETTINGS"].base_url + url_for(endpoint, number=interaction.number)
    words = [interaction.people, interaction.join_link, interaction.text]
    return calendars.Hour(
        calendars.uid("interaction", interaction.id),
        interaction.at,
        interaction.ends_at,
        f"{interaction.subject or kind_word(interaction)} – {interaction.account.name}",
        "\n".join(filter(None, words)),
        page,
        interaction.place,
        interaction.created_at,
        interaction.version,
        interaction.state == "cancelled",
    )
