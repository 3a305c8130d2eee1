"""The fields that a shop added, as they stand on the page of any record, and are filled in section by section."""

from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext

from portal import custom, store
from portal.activity import attachments, trail
from portal.custom import NOUNS
from portal.errors import Denied, NotFound
from portal.fields import TABLES
from portal.people import policy
from portal.values import Ref
from portal.web import noun_forms, pages, panels, places, reading, speech
from portal.whole import custom_values

IN_MARGIN = ("account", "contact", "product")  # nouns whose staff page has a margin for them


class Section(NamedTuple):
    """Some fields that stand together: `facts` [(label, text, address or None)], and where they are changed."""

    name: str
    title: str
    facts: list
    change_url: str | None


def show_on(surface):
    """Let every noun show them on this face; their pages only have to print the panels."""
    folder = "staff" if surface.name == "staff" else "selfservice"
    template, page = f"{folder}/custom_fields/_panel.html", pages.Page(
        f"{folder}/custom_fields/fill.html", f"{folder}/custom_fields/_section.html"
    )  # fmt: skip

    def load(record, actor):
        found = sections(record, actor, surface.name)
        return {"sections": found, "record": record} if found else None

    def custom_show(kind, number, actor):
        record, name = _record(kind, number, actor), request.args.get("section", "")
        return page.render(**_about(record, actor, name, surface.name), form=form_of(record, actor, name))

    def custom_fill(kind, number, actor):
        record, name = _record(kind, number, actor), request.args.get("section", "")
        form = form_of(record, actor, name)
        done = form.run(lambda **typed: custom_values.fill(record, **typed), by=actor)
        here = f"{_page_of(record)}#custom"
        about = _about(record, actor, name, surface.name) | {"is_open": not done.ok}
        return form.answer(done, page, to=here, said=gettext("Saved."), **about)

    def load_own(account, actor):
        me = getattr(account, "me", None)  # the customer's own contact, where the page of the account read it
        return load(me, actor) if me else None

    for kind in NOUNS:
        side = surface.name == "staff" and kind in IN_MARGIN
        panels.show_on(surface.name, kind, "custom", template, load, may="custom_fields.see", rank=15, side=side)
    if surface.name != "staff":
        panels.show_on(surface.name, "account", "custom_own", template, load_own, may="custom_fields.see", rank=16)
    surface.get("/further/<kind>/<number>", may="custom_fields.fill")(custom_show)
    surface.post("/further/<kind>/<number>", may="custom_fields.fill", uploads=True)(custom_fill)


def _record(kind, number, actor):
    """The record of a noun that has such fields, among those this person may see and fill in."""
    if not custom.fields_of(kind):
        raise NotFound(kind)
    record = trail.record(kind, number, actor)
    if not policy.may(actor, "custom_fields.fill", record):
        raise Denied("custom_fields.fill")
    return record


def _page_of(record):
    """Where the record stands on this face: on the page of its account where it has none."""
    account = attachments.account_of(record)
    return places.address_of(record.ref) or (account and places.address_of(account.ref)) or "/"


def _about(record, actor, name, face):
    found = next((s for s in sections(record, actor, face) if s.name == name), None)
    if found is None or found.change_url is None:
        raise NotFound(name)
    about = {"here": _page_of(record), "title": getattr(record, "name", None) or record.number}
    return about | {"record": record, "section": found, "is_open": True}


def sections(record, actor, face):
    """[Section] of what this person reads on a record; [] where there is nothing. Costs one statement."""
    shown = custom_values.fields_for(record, actor)
    if not shown:
        return []
    writable = set(TABLES[record.ref.kind].writable(actor)) if policy.may(actor, "custom_fields.fill", record) else ()
    links, found = _links(record, shown, actor), {}
    for field in custom.fields_of(record.ref.kind).values():
        found.setdefault(field.section, [])
    for field in shown:
        found[field.section].append(field)
    made = []
    for name, mine in found.items():
        url = None
        if any(field.name in writable for field in mine):
            url = url_for(f"{face}.custom_show", kind=record.ref.kind, number=record.number, section=name or None)
        if mine:
            facts = [_fact(record, field, links) for field in mine]
            made.append(Section(name, name or gettext("Further details"), facts, url))
    return made


def _fact(record, field, links):
    value = getattr(record, field.name)
    label = field.label(speech.language())
    if field.kind in ("record", "file") and value:
        return label, *links.get((field.kind, field.target, value), ("–", None))
    return label, reading.reads(speech.wording(), value, record.ref.kind, field.name, _currency(record)), None


def _currency(record):
    account = attachments.account_of(record)
    return getattr(record, "currency", None) or (account.currency if account else None)


def _links(record, shown, actor):
    """{(kind, target, id): (name, address)} of the records and files that this person may see; one query per noun."""
    found, wanted = {}, {}
    for field in shown:
        value = getattr(record, field.name)
        if field.kind in ("record", "file") and value:
            wanted.setdefault((field.kind, field.target or "attachment"), set()).add(value)
    for (kind, target), ids in wanted.items():
        model = store.kinds().get(target)
        try:
            rows = list(model.visible_to(actor).where(model.id.in_(ids))) if model else []
        except NotFound:
            rows = []
        for row in rows:
            url = url_for(f"{request.blueprint}.file_read", number=row.number) if kind == "file" else None
            url = url or places.address_of(Ref(target, row.id))
            key = (kind, "" if kind == "file" else target, row.id)
            found[key] = (getattr(row, "name", None) or row.number, url)
    return found


def form_of(record, actor, name):
    """The form over one section; fields that hang on another stand there too, for that one may change in it."""
    table, added = TABLES[record.ref.kind], custom.fields_of(record.ref.kind)
    mine = {field.name: field for field in added.values() if field.section == name}
    names = [field.name for field in mine.values() if field.shown_if in mine or custom_values.is_asked(field, record)]
    custom.load([record])
    return noun_forms.form_over(table, names, actor, record, is_sent=request.method == "POST")
