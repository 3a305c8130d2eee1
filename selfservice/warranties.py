"""The customer's warranty wallet: what he owns, until when it is covered, its serial number, its next owner."""

from flask import g, request, url_for
from flask_babel import gettext

from portal.customers.accounts import Account
from portal.service import handing_over, registering, warranty_terms
from portal.service.warranties import Warranty
from portal.service.warranty_terms import WarrantyTerms
from portal.web import (
    file_pages,
    forms,
    pages,
    panels,
    places,
    speech,
    warranty_forms,
    warranty_lists,
    warranty_pages,
)
from selfservice.face import site

INDEX = pages.Page("selfservice/warranties/index.html")
NEW = pages.Page("selfservice/warranties/new.html")
SHOW = pages.Page("selfservice/warranties/show.html")
LABEL = pages.Page("selfservice/warranties/label.html")
TAKE = pages.Page("selfservice/warranties/take_over.html")
LIST = warranty_lists.warranty_list()

places.show_at("portal", "warranty", places.numbered("portal.warranty_show", Warranty))
warranty_pages.stand_on_orders("portal", "selfservice/warranties/_on_order.html", warranty_pages.is_covered)
panels.show_on("portal", "account", "warranties", "selfservice/warranties/_on_account.html",
               lambda account, actor: {}, may="warranties.see", rank=60)  # fmt: skip
file_pages.take_files(site, Warranty, "/warranties")


def _on_product(product, actor):
    """How long it is covered and what that means; nothing where it is sold without."""
    terms = warranty_terms.book([product]).of(product)
    said = terms.said(speech.language())
    return {"months": terms.months, "said": said, "code": product.code} if terms.months else None


panels.show_on("portal", "product", "warranty", "selfservice/warranties/_on_product.html", _on_product,
               may="warranties.see", rank=20)  # fmt: skip


@site.get("/warranties", may="warranties.see", feeds=("csv", "json", "ics"))
def warranty_list(actor):
    rows = Warranty.visible_to(actor)
    if g.get("feed") == "ics":
        return warranty_pages.calendar("warranties", rows.order_by(Warranty.covered_until))
    return LIST.answer(rows, actor, INDEX, until=warranty_pages.until, share=warranty_pages.share_left)


@site.get("/warranties/new", may="warranties.register")
def warranty_new(actor):
    return NEW.render(form=_registering())


@site.post("/warranties/new", may="warranties.register", uploads=True)
def warranty_register(actor):
    form, account = _registering(), Account.visible_to(actor).get()
    done = form.run(lambda **given: registering.register(account, **given), by=actor)
    said = gettext("We have it. One of us looks at the proof and answers.")
    return form.answer(done, NEW, to=_page_of, said=said)


def _registering():
    """The form; the question about other shops stands there where the shop takes such things at all."""
    form = warranty_forms.RegisterForm(data={"product": request.args.get("product", "")})
    if not WarrantyTerms.select().where(WarrantyTerms.takes_elsewhere).exists():
        del form.is_elsewhere
    return form


@site.get("/warranties/<number>", may="warranties.see", on=Warranty, feeds=("ics",))
def warranty_show(thing, actor):
    if g.get("feed") == "ics":
        return warranty_pages.calendar(thing.number, [thing])
    return SHOW.render(**_about(thing, actor))


@site.get("/warranties/<number>/label", may="warranties.see", on=Warranty)
def warranty_label(thing, actor):
    return LABEL.render(**warranty_pages.label(thing))


@site.post("/warranties/<number>/serial", may="warranties.number", on=Warranty)
def warranty_number(thing, actor):
    form = warranty_forms.SerialForm()
    done = form.run(thing.give_serial, by=actor)
    said = gettext("The serial number is written down.")
    return form.answer(done, SHOW, to=_page_of, said=said, again=lambda: _again(thing, actor, numbering=form))


@site.post("/warranties/<number>/hand-over", may="warranties.hand_over", on=Warranty)
def warranty_offer(thing, actor):
    form = warranty_forms.HandOverForm()
    done = form.run(lambda **given: handing_over.offer(thing, **given), by=actor)
    said = gettext("The new owner gets a letter. Until it is accepted, it stays yours.")
    return form.answer(done, SHOW, to=_page_of, said=said, again=lambda: _again(thing, actor, handing=form))


@site.post("/warranties/<number>/keep", may="warranties.hand_over", on=Warranty)
def warranty_keep(thing, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: handing_over.keep(thing, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(thing), said=gettext("The offer is taken back."))


@site.get("/warranties/take-over/<token>", may="warranties.take_over")
def warranty_offered(actor, token):
    link, thing = handing_over.find(token)
    return TAKE.render(**_offer(link, thing, actor, forms.Form()))


@site.post("/warranties/take-over/<token>", may="warranties.take_over")
def warranty_take(actor, token):
    link, thing = handing_over.find(token)
    form = forms.Form()
    if not handing_over.may_accept(actor):
        return TAKE.render(422, **_offer(link, thing, actor, form))
    done = form.run(lambda **given: _accepted(link, thing, **given), by=actor)
    said = gettext("It is yours, with its warranty.")
    return form.answer(done, TAKE, to=_page_of, said=said, again=lambda: _offer(link, thing, actor, form))


def _accepted(link, thing, **given):
    return handing_over.accept(link=link, thing=thing, **given)


def _offer(link, thing, actor, form):
    here = url_for("portal.warranty_offered", token=link.token)
    sign_in = url_for("portal.sign_in", next=here)
    about = {"may_accept": handing_over.may_accept(actor), "sign_in": sign_in, "here": here, "form": form}
    return about | {"thing": thing, "giver": link.params["from"], "left": warranty_pages.left(thing)}


def _again(thing, actor, **sent):
    """The page as it stands now, with what was typed."""
    now = Warranty.visible_to(actor).where(Warranty.id == thing.id).get()
    return _about(now, actor, **sent)


def _about(thing, actor, **sent):
    show = {"drawn": warranty_pages.code(thing), "share": warranty_pages.share_left(thing)}
    return warranty_pages.about(thing, actor, **show, one_click=forms.Form(formdata=None)) | sent


def _page_of(thing):
    return url_for("portal.warranty_show", number=thing.number)
