"""Help: one place of texts, from which each page explains itself."""

from portal.web import guide


def test_every_chapter_stands_on_the_help_page_for_strangers_too(client, world):
    page = client.get("/help").text
    for key in guide.CHAPTERS:
        assert f'id="{key}"' in page
    assert "/announcements" not in page
    assert "/announcements" in client.sign_in(world.carol).get("/help").text


def test_the_pages_that_chapters_explain_are_ours(app):
    assert {f"portal.{page}" for page in guide.OF_PAGE} <= app.view_functions.keys()


def test_a_page_explains_itself_and_leads_to_its_chapter(client, world):
    client.sign_in(world.carol)
    for page, key in (("/orders", "orders"), ("/account", "details"), ("/inbox", "notices"), ("/", "home")):
        text = client.get(page).text
        assert "About this page" in text and f'href="/help#{key}"' in text
    assert "About this page" not in client.get("/help").text
