"""Articles for customers: finding one by words, reading it, saying whether it helped, and answers while asking."""

from flask import request, url_for
from flask_babel import gettext
from wtforms import HiddenField

from portal import search
from portal.service import articles, publishing
from portal.service.articles import FIELDS, Article
from portal.web import forms, lists, pages, panels, places, speech
from portal.web.prose import prose
from selfservice.face import site

INDEX = pages.Page("selfservice/articles/index.html")
SHOW = pages.Page("selfservice/articles/show.html")
ANSWERS = pages.Page("selfservice/articles/answers.html", "selfservice/articles/_answers.html")

places.show_at("portal", "article", places.numbered("portal.article_show", Article))

LIST = lists.List(
    "article",
    FIELDS,
    columns=[*map(lists.Column, ("number", "title", "published_at"))],
    sorts={"title": lists.Sort(Article.title), "number": lists.Sort(Article.id)},
    default_sort="title",
    search=lambda query, text: query.where(Article.id.in_(search.matches("article", text))),
)


class HelpedForm(forms.Form):
    helped = HiddenField()


@site.get("/help/articles", may="articles.read", feeds=("csv", "json"))
def article_list(actor):
    return LIST.answer(_readable(actor), actor, INDEX, titled=_titled)


@site.get("/help/answers", may="articles.read")
def article_answers(actor):
    """Answers to what is being asked, for the page on which somebody asks it."""
    question = next((text for name in ("words", "subject", "q") if (text := request.args.get(name))), "")
    return ANSWERS.render(answers=_titled(articles.answering(actor, question)))


@site.get("/help/articles/<number>", may="articles.read", on=Article)
def article_show(article, actor):
    return SHOW.render(**_about(article))


@site.post("/help/articles/<number>/helped", may="articles.rate", on=Article)
def article_rate(article, actor):
    form = HelpedForm()
    done = form.run(lambda **typed: publishing.rate(article, **typed), by=actor)
    said = gettext("Thank you. That tells us which answers to mend.")
    to = url_for("portal.article_show", number=article.number)
    return form.answer(done, SHOW, to=to, said=said, again=lambda: _about(article))


def _readable(actor):
    return Article.visible_to(actor).where((Article.state == "published") & (Article.audience != "staff"))


def _titled(rows):
    return articles.titled(rows, speech.language())


def _about(article):
    text = articles.reading(article, speech.language())
    return {
        "article": article,
        "text": text,
        "prose": prose,
        "helped": forms.Form(formdata=None),
        "goods": article.goods,
    }


def _of_product(product, actor):
    found = articles.about_product(actor, product)
    return {"articles": _titled(found)} if found else None


panels.show_on("portal", "product", "articles", "selfservice/articles/_of_product.html", _of_product,
               may="articles.read", rank=70)  # fmt: skip
