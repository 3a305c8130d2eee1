"""Articles as customers read them: found, read in their language, rated, offered while asking."""

from portal.service import publishing
from portal.service.articles import Article
from tests import make


def test_everybody_finds_and_reads_what_is_for_everybody(client, world):
    public = make.article(world)
    closed = make.article(world, title="Only for customers", audience="customers")
    page = client.get("/help/articles").text
    assert public.title in page and closed.title not in page
    shown = client.get(f"/help/articles/{public.number}").text
    assert "<strong>order</strong>" in shown and "Did this answer" not in shown
    assert client.get(f"/help/articles/{closed.number}").status_code == 404
    assert [row["title"] for row in client.get("/help/articles.json").json["rows"]] == [public.title]


def test_a_customer_says_whether_it_helped(client, world):
    article = make.article(world, audience="customers")
    carol, page = client.sign_in(world.carol), f"/help/articles/{article.number}"
    assert carol.send(page, f"{page}/helped", helped="yes").status_code == 303
    assert Article.get().helped == 1
    refused = carol.send(page, f"{page}/helped", helped="perhaps")
    assert refused.status_code == 422 and Article.get().helped == 1


def test_a_draft_and_a_playbook_are_nobodys_but_staffs(client, world):
    playbook = make.article(world, title="Secret ways", audience="staff")
    draft = Article.write(by=world.rhea, title="Secret draft", body="x", audience="everybody")
    carol = client.sign_in(world.carol)
    for article in (playbook, draft):
        assert carol.get(f"/help/articles/{article.number}").status_code == 404
    assert "Secret" not in carol.get("/help/articles?q=secret").text
    assert "Secret" not in carol.get("/help/answers?q=secret+ways+of+the+draft").text


def test_it_stands_on_its_product_and_answers_while_asking(client, world):
    rice = make.product("RICE-25")
    article = make.article(world, products="RICE-25")
    article.say(by=world.rhea, language="th", title="คืนสินค้าอย่างไร", body="เปิดคำสั่งซื้อ")
    publishing.publish(article, by=world.mona)
    carol = client.sign_in(world.carol)
    assert article.title in carol.get(f"/catalogue/{rice.code}").text
    asked = "/help/answers?subject=something+came+back+broken"
    page, piece = carol.get(asked).text, carol.get(asked, headers={"HX-Request": "true"}).text
    assert article.title in page and "<h1" in page and "<title>Answers" in page
    assert article.title in piece and "<html" not in piece
    assert "คืนสินค้าอย่างไร" in carol.get("/help/articles?lang=th").text
