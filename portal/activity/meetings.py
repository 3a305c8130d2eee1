"""Meetings: interactions that are still to come, from the plan to what came of it; whatever their kind."""

from datetime import timedelta

import peewee

from portal import audit, values
from portal.activity import agenda
from portal.activity import interaction_letters as letters
from portal.activity.interactions import (
    APPOINTED,
    CHANNEL_OF,
    FIELDS,
    LEEWAY,
    Interaction,
    InteractionPerson,
    named,
)
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.people import policy
from portal.people.employees import Employee

# verb -> states it starts from
STARTS = {"hold": ("planned",), "move": ("planned",), "cancel": ("planned", "done"), "rate": ("done",)}


def _is_asked(actor, interaction):
    return interaction.is_shared and interaction.is_score_asked


policy.allow("interactions.rate", policy.CUSTOMERS, when=_is_asked)


def plan(account, *, by, at=None, contacts=(), colleagues=(), about=None, is_invited=False, now=None, **details):
    """Agree on an hour to come: our people who take part are told, and with `is_invited` the customer's too.

    What the customer is invited to he reads as well. Whom somebody asked not to reach this way is planned with only
    where they began (direction "in"). Raises what `Interaction.log` raises, Invalid(at=
    interaction-over), and interaction-not-to-reach on "contacts".
    """
    now = now or values.now()
    fields = Interaction.read(details | {"at": at} | ({"is_shared": True} if is_invited else {}), by)
    if fields["at"] < now - LEEWAY and not by.is_system:
        raise Invalid(at="interaction-over")
    if fields.get("direction") != "in":
        _refuse_unwished(fields["kind"], contacts)
    with audit.change(by, "interaction.planned", about=account, now=now) as change:
        made = Interaction.write_down(change, account, fields | {"state": "planned"}, contacts, colleagues, about)
        letters.tell(change, made, "interaction_planned", is_invited=is_invited)
    return made


def hold(interaction, *, by, outcome="", text="", minutes=None, at=None, is_score_asked=False, now=None):
    """It took place: what came of it. The customer is asked how it was where that is wished and he reads it.

    Raises Invalid by field, and on "state" when somebody was faster: interaction-done, interaction-cancelled.
    """
    now = now or values.now()
    typed = {"outcome": outcome, "text": text, "minutes": minutes, "is_score_asked": is_score_asked, "at": at}
    fields = Interaction.read({name: value for name, value in typed.items() if value}, by, interaction.kind)
    if "text" in fields:
        fields["text"] = "\n\n".join(part for part in (interaction.text, fields["text"]) if part)
    if not interaction.is_shared:
        fields.pop("is_score_asked", None)
    if "at" not in fields and interaction.at > now:
        fields["at"] = now  # it began sooner than planned
    if fields.get("at", interaction.at) > now + LEEWAY and not by.is_system:
        raise Invalid(at="interaction-ahead")
    with audit.change(by, "interaction.held", interaction, about=interaction.account, now=now) as change:
        _step(change, interaction, "hold", state="done", **fields)
        interaction.index()
        if interaction.is_score_asked:
            letters.ask_for_rating(change, interaction)
    return interaction


def move(interaction, *, by, at=None, minutes=None, place=None, join_link=None, version=None, now=None):
    """Another hour; all who take part are told, the customer's people where they read it.

    Raises Invalid(at=interaction-over), on "state" as `hold`, Stale when it was changed since `version`.
    """
    now = now or values.now()
    given = {"minutes": minutes, "place": place, "join_link": join_link}
    given = {"at": at} | {name: value for name, value in given.items() if value is not None}
    fields = Interaction.read(given, by, interaction.kind)
    if fields["at"] < now - LEEWAY:
        raise Invalid(at="interaction-over")
    before = interaction.at
    with audit.change(by, "interaction.moved", interaction, about=interaction.account, now=now) as change:
        _refuse(interaction, "move")
        if change.update(interaction, version=version, **fields):
            _take_people_along(interaction)
            interaction.index()
            told = {"was_at": before.isoformat(timespec="seconds")}
            letters.tell(change, interaction, "interaction_moved", is_invited=interaction.is_shared, **told)
    return interaction


def cancel(interaction, *, by, reason="", now=None):
    """It will not take place, or was written down by mistake. Of what was to come all who take part are told.

    Raises Invalid on "state" as `hold`.
    """
    reason = FIELDS["reason"].clean(reason or "")
    was_planned = interaction.state == "planned"
    with audit.change(by, "interaction.cancelled", interaction, about=interaction.account, now=now) as change:
        _step(change, interaction, "cancel", state="cancelled", reason=reason)
        if was_planned:
            told = {"reason": reason, "is_invited": interaction.is_shared}
            letters.tell(change, interaction, "interaction_cancelled", **told)
    return interaction


def rate(interaction, *, by, rating, words="", now=None):
    """What the customer thought of it, 1 to 5; our people who took part are told. It may be said anew.

    Raises Invalid: choice-unknown on "rating", interaction-not-asked on "state".
    """
    score = values.rating(rating)
    words = FIELDS["score_words"].clean(words or "")
    check_rating(interaction)
    with audit.change(by, "interaction.rated", interaction, about=interaction.account, now=now) as change:
        _step(change, interaction, "rate", score=score, score_words=words)
        letters.tell_rated(change, interaction)
    return interaction


def check_rating(interaction, actor=None):
    """Raise Invalid(state=interaction-not-asked) where no rating is asked for."""
    if not (interaction.state == "done" and interaction.is_shared and interaction.is_score_asked):
        raise Invalid(state="interaction-not-asked")


def can(interaction, verb, actor):
    """Whether this person could do `verb` with it as it stands, for the buttons of a page."""
    right = {"rate": "interactions.rate", "cancel": "interactions.cancel"}.get(verb, "interactions.edit")
    return interaction.state in STARTS[verb] and policy.may(actor, right, interaction)


def _refuse_unwished(kind, contacts):
    """Refuse to approach people by a way they do not want."""
    channel = CHANNEL_OF.get(kind)
    for person in Contact.select().where(Contact.id.in_(list(contacts))) if channel and contacts else ():
        if not person.may_be_reached(channel):
            raise Invalid(contacts=("interaction-not-to-reach", {"name": person.name}))


def _step(change, interaction, verb, **fields):
    """Set fields if it still stands where the verb starts; of two at once one is refused."""
    here = (Interaction.id == interaction.id) & Interaction.state.in_(STARTS[verb])
    stepped = Interaction.update(fields | {"version": Interaction.version + 1}).where(here)
    if not stepped.execute():
        raise _refusal(interaction)
    for name, value in fields.items():
        before = getattr(interaction, name)
        if before != value:
            change.record(name, before, value)
        setattr(interaction, name, value)
    change.happened()
    interaction.version += 1
    if "at" in fields:
        _take_people_along(interaction)


def _refuse(interaction, verb):
    now = Interaction.select(Interaction.state).where(Interaction.id == interaction.id).scalar()
    if now not in STARTS[verb]:
        raise _refusal(interaction)


def _refusal(interaction):
    """What to say when it has moved on: Invalid on "state" by the state it is in now."""
    state = Interaction.select(Interaction.state).where(Interaction.id == interaction.id).scalar()
    return Invalid(state=(f"interaction-{state}", {"number": interaction.number}))


def _take_people_along(interaction):
    mine = InteractionPerson.interaction == interaction.id
    InteractionPerson.update(at=interaction.at).where(mine).execute()


# In calendars


_SHOWN = tuple(
    getattr(model, name)
    for model, names in (
        (Interaction, "id at minutes subject text place join_link state kind version created_at owner account"),
        (Account, "id name"),
        (Employee, "id name"),
    )
    for name in names.split()
)


def _slots(actor, people, first, last):
    """Interactions of some of us by the day, without what takes place at no hour: letters, messages, notes."""
    begins, ends = values.shop_midnight(first), values.shop_midnight(last + timedelta(days=1))
    here = (InteractionPerson.at >= begins) & (InteractionPerson.at < ends) & InteractionPerson.employee.in_(people)
    mine = InteractionPerson.select(InteractionPerson.interaction).where(here)
    # Hidden from SQLite, which would walk every call there ever was by the index over kinds.
    kind = peewee.fn.COALESCE(Interaction.kind, "")
    rows = Interaction.visible_to(actor).select(*_SHOWN).where(Interaction.id.in_(mine) & kind.in_(APPOINTED))
    return [_slot(one) for one in named(rows.order_by(Interaction.at).limit(agenda.MOST))]


def _slot(one):
    return agenda.Slot(
        "interaction", one.id, values.shop_day(one.at), one.at, one.ends_at, one.subject, one.kind_of_state,
        one.owner.name if one.owner_id else "", one.account.name, one.place,
        "\n".join(filter(None, (one.people, one.join_link, one.text))), one.version, one.created_at,
        one.state == "cancelled", ("interaction", "kind", one.kind),
    )  # fmt: skip


agenda.offer("interaction", _slots, may="interactions.see")
