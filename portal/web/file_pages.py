"""Files on pages: one line gives a noun its panel of files and the form that adds some, on either face."""

from flask import redirect, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField

from portal import files, store
from portal.activity import attachments
from portal.errors import NotFound
from portal.people import policy
from portal.web import forms, pages, panels, places, speech
from portal.web.file_fields import ACCEPT, FilesField

REFUSED = pages.Page("errors/refused.html")
SANDBOX = "default-src 'none'; sandbox"


class AddForm(forms.Form):
    """Files for a record; employees say at once whether the customer may read them."""

    files = FilesField(lazy_gettext("Files"))
    is_shared = BooleanField(lazy_gettext("Share with the customer"))


class ReviseForm(forms.Form):
    """One file in place of another."""

    file = FilesField(lazy_gettext("Newer version"), most=1)


def take_files(surface, model, path=None, *, rank=70, later=False):
    """Let a noun show its files on this face, and take new ones when its pages stand at `path` ("/orders").

    Its module in portal/ says `attachments.take(…)`; its page prints the panels. That is all a noun needs. `later`
    leaves the files to a request of their own: for pages that ask the database enough already.
    """
    kind = model._meta.table_name
    folder = "staff" if surface.name == "staff" else "selfservice"
    template, add = f"{folder}/files/_panel.html", pages.Page(f"{folder}/files/add.html")
    index = pages.Page(f"{folder}/files/index.html", template)
    endpoint = f"{surface.name}.{kind}_attach" if path else None

    def load(record, actor):
        if later:
            return {"template": f"{folder}/files/_later.html", "url": url_for(endpoint, number=record.number)}
        return panel(record, actor, endpoint)

    def show(record, actor):
        found = panel(record, actor, endpoint) or {"files": [], "add_url": None}
        return index.render(panel=found, here=places.address_of(record.ref), title=_title(record))

    def attach(record, actor):
        form = AddForm()
        done = form.run(_attach, by=actor, subject=record)
        here = places.address_of(record.ref)
        said = gettext("The files are there.") if len(form.files.data or ()) > 1 else gettext("The file is there.")
        about = {"here": here, "title": _title(record), "send_to": request.path}
        return form.answer(done, add, to=f"{here}#files", said=said, **about)

    panels.show_on(surface.name, kind, "files", template, load, may="files.see", rank=rank)
    if path:
        show.__name__, attach.__name__ = f"{kind}_files", f"{kind}_attach"
        surface.get(f"{path}/<number>/files", may="files.see", on=model)(show)
        surface.post(f"{path}/<number>/files", may="files.add", on=model, uploads=True)(attach)


def panel(record, actor, add_endpoint=None):
    """What `_panel.html` reads: the files, forms for those who may add, revise, share, remove; None when empty."""
    shown, refs = attachments.with_refs(record, actor)
    may_add = add_endpoint is not None and policy.may(actor, "files.add", record)
    if not shown and not may_add:
        return {"refs": refs, "template": "_nothing.html"} if refs else None
    form = AddForm(formdata=None)
    for field in form:
        field.id = field.label.field_id = f"add-{field.id}"
    add_url = url_for(add_endpoint, number=record.number) if may_add else None
    return {"files": shown, "refs": refs, "noun": record.ref.kind, "form": form, "add_url": add_url, "accept": ACCEPT}


def lead_on(attachment):
    """To the record that a file belongs to; NotFound where this face has no page for it."""
    here = places.address_of(attachment.subject_ref)
    if here is None:
        raise NotFound()
    return redirect(f"{here}#files", code=303)


def download(attachment, actor):
    """The content, never as a page; `?size=small` is its thumbnail, `?revision=2` how it was earlier."""
    asked = request.args.get("revision", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise NotFound()
    name, file = attachment.content(actor, int(asked) if asked else None)
    small = request.args.get("size") == "small"
    answer = send_file(files.open_bytes(file, thumbnail=small), mimetype="image/webp" if small else file.type)
    answer.headers["Content-Disposition"] = files.disposition(name, "image/webp" if small else file.type)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def revise(attachment, actor, page):
    """Put a newer version in its place; refused, a page of its own with the reason."""
    form = ReviseForm()
    done = form.run(_revise, by=actor, attachment=attachment)
    here = places.address_of(attachment.subject_ref)
    about = {"here": here, "title": attachment.name, "send_to": request.path}
    return form.answer(done, page, to=f"{here}#files", said=gettext("The newer version is there."), **about)


def one_click(attachment, actor, verb, said):
    """Share, unshare or remove with one button, and back to the record."""
    form = forms.OneClick()
    done = form.run(verb, by=actor)
    return form.answer(done, REFUSED, to=f"{places.address_of(attachment.subject_ref)}#files", said=said)


def _attach(*, by, subject, files, is_shared):
    return attachments.attach(subject, by=by, files=files, is_shared=is_shared)


def _revise(*, by, attachment, file):
    return attachment.revise(by=by, file=file[0] if file else None)


def _title(record):
    return getattr(record, "name", None) or record.number


def subject_words(attachment):
    """What a file belongs to, in words: "Order SO-000012"; a number that stands in the record itself is left out."""
    ref = attachment.subject_ref
    model = store.kinds()[ref.kind]
    number = model.NUMBER.format(ref.id) if model.number is store.Model.number else ""
    return f"{speech.term('kind', ref.kind)} {number}".strip()
