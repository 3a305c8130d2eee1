"""Articles for staff: writing them in each language, publishing, and the playbooks that colleagues confirm."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import HiddenField, StringField, TextAreaField

from portal.people import policy
from portal.people.employees import Employee
from portal.service import articles, publishing
from portal.service.articles import FIELDS, KIND_OF, LANGUAGES, LONGEST_BODY, Article
from portal.web import finding, forms, lists, noun_forms, pages, panels, places, queues, speech
from portal.web.prose import prose
from staff.face import crm

INDEX = pages.Page("staff/articles/index.html")
NEW = pages.Page("staff/articles/new.html")
SHOW = pages.Page("staff/articles/show.html")
TEXT = pages.Page("staff/articles/text.html")
WRITTEN = ("title", "body", "audience", "language", "must_acknowledge", "products")
EDITED = ("audience", "must_acknowledge", "products")

places.show_at("staff", "article", places.numbered("staff.article_show", Article))


def _acknowledged(query, text, actor):
    """`acknowledged=no` shows the playbooks that wait for whoever looks."""
    waiting = Article.id.in_(publishing.to_acknowledge(actor).select(Article.id).order_by())
    wanted = lists.one_of(("yes", "no"), text, "acknowledged")
    return query.where(Article.must_acknowledge & (waiting if wanted == "no" else ~waiting))


LIST = lists.List(
    "article",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "title", "audience", "state", "language", "revision", "must_acknowledge")),
        lists.Column("owner", lambda article: article.owner.name if article.owner_id else None),
        *map(lists.Column, ("published_at", "helped", "not_helped")),
    ],
    sorts={
        "number": lists.Sort(Article.id),
        "title": lists.Sort(Article.title),
        "published_at": lists.Sort(Article.published_at, nullable=True),
    },
    default_sort="-number",
    filters={"acknowledged": _acknowledged},
    search=finding.found_in(Article, rights=(articles.STAFF_ONLY,)),
    shown=("number", "title", "audience", "state", "owner", "published_at", "helped", "not_helped"),
    link="title",
    at="staff.article_show",
    drawn={"state": KIND_OF},
    said=("audience", "state"),
    rows=lambda actor: Article.visible_to(actor).select_extend(Employee).join(Employee, "LEFT OUTER JOIN"),
)


class TextForm(forms.EditForm):
    language = HiddenField()
    title = StringField(lazy_gettext("Title"), render_kw={"maxlength": 200})
    body = TextAreaField(lazy_gettext("What it says"), render_kw={"rows": 18, "maxlength": LONGEST_BODY})


@crm.get("/articles", may="articles.write", feeds=("csv", "json"))
def article_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/articles/new", may="articles.write")
def article_new(actor):
    start = {"language": speech.language(), "audience": "customers", "products": request.args.get("product", "")}
    return NEW.render(form=noun_forms.form_over(FIELDS, WRITTEN, actor, **start))


@crm.post("/articles", may="articles.write")
def article_write(actor):
    form = noun_forms.form_over(FIELDS, WRITTEN, actor)
    done = form.run(Article.write, by=actor)
    return form.answer(done, NEW, to=_page_of, said=gettext("The draft is kept. Nobody but staff sees it yet."))


@crm.get("/articles/<number>", may="articles.write", on=Article)
def article_show(article, actor):
    return SHOW.render(**_about(article, actor))


@crm.post("/articles/<number>", may="articles.write", on=Article)
def article_edit(article, actor):
    form = noun_forms.form_over(FIELDS, EDITED, actor, article)
    done = form.run(article.edit, by=actor)
    said = gettext("Saved.")
    return form.answer(done, SHOW, to=_page_of(article), said=said, again=lambda: _about(article, actor, form))


@crm.get("/articles/<number>/text", may="articles.write", on=Article)
def article_text(article, actor):
    language = request.args.get("language", article.language)
    language = language if language in LANGUAGES else article.language
    text = article.texts.get(language)
    start = {"language": language, "version": 0} if text is None else {}
    return TEXT.render(form=TextForm(formdata=None, obj=text, data=start), article=article, language=language)


@crm.post("/articles/<number>/text", may="articles.write", on=Article)
def article_say(article, actor):
    form = TextForm()
    done = form.run(article.say, by=actor)
    said = gettext("Saved. Readers see it when it is published.")
    about = {"article": article, "language": form.language.data}
    return form.answer(done, TEXT, to=_page_of(article), said=said, **about)


@crm.post("/articles/<number>/publish", may="articles.publish", on=Article)
def article_publish(article, actor):
    return _press(article, actor, publishing.publish, gettext("Published. Readers see it from now on."))


@crm.post("/articles/<number>/retire", may="articles.publish", on=Article)
def article_retire(article, actor):
    return _press(article, actor, Article.retire, gettext("Retired. Only staff find it now."))


@crm.post("/articles/<number>/acknowledge", may="articles.acknowledge", on=Article)
def article_acknowledge(article, actor):
    return _press(article, actor, publishing.acknowledge, gettext("Thank you. It is noted that you have read it."))


def _press(article, actor, verb, said):
    form = forms.OneClick()
    done = form.run(lambda *, by: verb(article, by=by), by=actor)
    return form.answer(done, SHOW, to=_page_of(article), said=said)


def _about(article, actor, form=None):
    reading = articles.reading(article, speech.language())
    texts = article.texts
    asks = article.must_acknowledge and article.state == "published"
    return {
        "article": article,
        "reading": reading or next(iter(texts.values())),
        "texts": texts,
        "missing": [code for code in LANGUAGES if code not in texts],
        "unpublished": publishing.unpublished(article),
        "readers": publishing.readers(article) if asks else [],
        "asks_me": asks and not publishing.is_acknowledged(article, actor),
        "edit_form": form or noun_forms.form_over(FIELDS, EDITED, actor, article, is_sent=False),
        "one_click": forms.Form(formdata=None),
        "prose": prose,
    }


def _page_of(article):
    return url_for("staff.article_show", number=article.number)


def _of_product(product, actor):
    found = articles.about_product(actor, product)
    return {"articles": found, "product": product} if found or policy.may(actor, "articles.publish") else None


panels.show_on("staff", "product", "articles", "staff/articles/_of_product.html", _of_product, may="articles.write",
               rank=70, side=True)  # fmt: skip
queues.offer(
    "playbooks",
    publishing.to_acknowledge,
    may="articles.acknowledge",
    said=lambda count: ngettext("%(num)s playbook to confirm", "%(num)s playbooks to confirm", count),
    at="staff.article_list",
    acknowledged="no",
)
