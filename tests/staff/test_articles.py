"""Articles for staff, over the wire: write, publish, confirm."""

import pytest

from portal.service.articles import Article
from portal.service.publishing import Acknowledgement
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def write(client, **typed):
    start = {"title": "How long does it take?", "body": "**Two** days", "audience": "customers", "language": "en"}
    return client.send("/staff/articles/new", "/staff/articles", **start | typed)


def test_an_article_is_written_by_a_rep_and_published_by_a_manager(client, world, rhea):
    answer = write(rhea)
    page = answer.location
    shown = rhea.get(page).text
    assert answer.status_code == 303 and "<strong>Two</strong> days" in shown and "Draft" in shown
    assert f"{page}/publish" not in shown and rhea.post(f"{page}/publish").status_code in (400, 403)
    mona = client.sign_in(world.mona)
    assert mona.send(page, f"{page}/publish").status_code == 303
    assert "Published" in mona.get(page).text and Article.get().state == "published"


def test_a_refused_article_keeps_what_was_typed(rhea):
    answer = write(rhea, title="", products="NO-SUCH")
    assert answer.status_code == 422 and "**Two** days" in answer.text and Article.select().count() == 0
    answer = write(rhea, products="NO-SUCH")
    assert answer.status_code == 422 and "We have no product with the code NO-SUCH" in answer.text


def test_what_a_writer_types_never_becomes_markup_of_the_page(rhea):
    page = write(rhea, body="<script>x</script> [a](javascript:alert) ![p](http://x.example/p.png)").location
    shown = rhea.get(page).text
    assert "<script>x" not in shown and 'href="javascript' not in shown and "<img" not in shown.split("prose")[1]


def test_another_language_is_written_over_the_one_that_was_opened(rhea, world):
    article = make.article(world)
    page = f"/staff/articles/{article.number}/text"
    sent = rhea.send(f"{page}?language=fil", page, title="Paano?", body="Ganito")
    assert sent.status_code == 303 and set(article.texts) == {"en", "fil"}
    form = rhea.form(f"{page}?language=fil", page)
    rhea.send(f"{page}?language=fil", page, title="Paano?", body="Iba na")
    late = rhea.post(page, data=form.fields | {"body": "Huli"})
    assert late.status_code == 409 and "Iba na" in late.text and "Huli" in late.text


def test_a_playbook_waits_on_today_until_it_is_confirmed(rhea, world):
    article = make.article(world, title="Late orders", audience="staff", must_acknowledge=True)
    assert "1 playbook to confirm" in rhea.get("/staff/").text
    assert "Late orders" in rhea.get("/staff/articles?acknowledged=no").text
    page = f"/staff/articles/{article.number}"
    assert rhea.send(page, f"{page}/acknowledge").status_code == 303
    assert Acknowledgement.get().employee_id == world.rhea.employee
    assert "playbook to confirm" not in rhea.get("/staff/").text and "I have read it" not in rhea.get(page).text


def test_articles_are_listed_searched_and_shown_on_their_product(rhea, world, count_queries):
    rice = make.product("RICE-25")
    article = make.article(world, products="RICE-25")
    for address in ("/staff/articles", "/staff/articles?state=published", "/staff/articles?q=send",
                    f"/staff/catalogue/{rice.code}"):  # fmt: skip
        assert article.title in rhea.get(address).text, address
    assert rhea.get("/staff/articles.json").json["rows"][0]["number"] == article.number
    assert rhea.get("/staff/search?q=something+back").location.endswith(f"/staff/articles/{article.number}")
    for address in ("/staff/articles", f"/staff/articles/{article.number}"):
        assert count_queries(lambda address=address: rhea.get(address)) <= 8, address
