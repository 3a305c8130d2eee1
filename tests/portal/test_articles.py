"""Articles: what readers see is what was published, in their language; playbooks are confirmed per revision."""

from threading import Barrier, Thread

import pytest

from portal import store
from portal.errors import Invalid, Stale
from portal.outbox import Outbox
from portal.service import articles, publishing
from portal.service.articles import Article, ArticleRevision, ArticleText
from portal.service.publishing import Acknowledgement
from portal.values import ANONYMOUS
from tests import make


@pytest.fixture
def article(world):
    return make.article(world)


def say(article, by, body, language="en", title="How do I send something back?"):
    text = article.texts.get(language)
    return article.say(by=by, language=language, title=title, body=body, version=text.version if text else 0)


def test_readers_see_what_was_published_until_it_is_published_again(world, article):
    say(article, world.rhea, "Press *Send something back*.")
    assert articles.reading(article, "en").body == "Open the **order**."
    assert publishing.unpublished(article) == ["en"]
    publishing.publish(article, by=world.mona)
    assert articles.reading(article, "en").body == "Press *Send something back*."
    assert [row.number for row in ArticleRevision.select().order_by(ArticleRevision.id)] == [1, 2]


def test_it_is_read_in_the_readers_language_or_its_first(world, article):
    say(article, world.rhea, "Buksan ang order.", "fil", "Paano magbalik?")
    publishing.publish(article, by=world.mona)
    assert articles.reading(article, "fil").title == "Paano magbalik?"
    assert articles.reading(article, "th").language == "en"
    assert articles.titled([article], "fil") == [(article, "Paano magbalik?")]


def test_each_reader_finds_only_what_is_for_him(world):
    public = make.article(world)
    closed = make.article(world, audience="customers")
    playbook = make.article(world, audience="staff")
    draft = Article.write(by=world.rhea, title="Soon", body="…", audience="everybody")

    def seen(actor):
        return {found.id for found in Article.visible_to(actor)}

    assert seen(world.rhea) == {public.id, closed.id, playbook.id, draft.id}
    assert seen(world.carol) == {public.id, closed.id}
    assert seen(ANONYMOUS) == {public.id}
    closed.retire(by=world.mona)
    assert seen(world.carol) == {public.id}


def test_nothing_new_is_not_published_twice(world, article):
    with pytest.raises(Invalid) as refusal:
        publishing.publish(article, by=world.mona)
    assert refusal.value.problems == {"state": ("article-nothing-new", {})}


def test_two_who_write_at_once_are_told(world, article):
    version = article.texts["en"].version
    say(article, world.rhea, "One")
    with pytest.raises(Stale):
        article.say(by=world.owen, language="en", title="Two", body="Two", version=version)
    assert ArticleText.get().body == "One"


def test_products_are_named_by_code_and_an_unknown_one_is_told(world, article):
    rice = make.product("RICE-25")
    article.edit(by=world.rhea, audience="everybody", products="rice-25", version=article.version)
    assert articles.about_product(world.carol, rice) == [article]
    with pytest.raises(Invalid) as refusal:
        article.edit(by=world.rhea, audience="everybody", products="RICE-25\nNO-1, NO-2")
    assert refusal.value.problems == {"products": ("products-unknown", {"codes": "NO-1, NO-2"})}


def test_a_playbook_is_told_to_all_staff_and_confirmed_per_revision(world):
    playbook = make.article(world, audience="staff", must_acknowledge=True)
    told = {row.recipient for row in Outbox.select().where(Outbox.template == "playbook_published")}
    assert str(world.owen.ref) in told and str(world.mona.ref) not in told
    assert list(publishing.to_acknowledge(world.owen)) == [playbook]
    for _ in range(2):
        publishing.acknowledge(playbook, by=world.owen)
    assert Acknowledgement.select().count() == 1 and not publishing.to_acknowledge(world.owen).exists()
    say(playbook, world.rhea, "Another way")
    publishing.publish(playbook, by=world.mona)
    assert list(publishing.to_acknowledge(world.owen)) == [playbook]


def test_the_last_word_of_a_customer_counts_once(world, article):
    for helped in ("yes", "yes", "no", "yes"):
        publishing.rate(article, by=world.carol, helped=helped)
    publishing.rate(article, by=world.dave, helped="no")
    kept = Article.get()
    assert (kept.helped, kept.not_helped) == (1, 1)
    with pytest.raises(Invalid):
        publishing.rate(article, by=world.carol, helped="perhaps")


def test_a_question_finds_the_answers_that_share_its_words(world, article):
    make.article(world, title="จัดส่งใช้เวลานานเท่าไร", body="ส่งถึงในวันทำการถัดไป", language="th")
    make.article(world, title="Sending things back, for colleagues", audience="staff")
    assert articles.answering(world.carol, "I want to send back a broken something") == [article]
    assert [a.language for a in articles.answering(world.carol, "อยากรู้ว่าจัดส่งใช้เวลานานไหม")] == ["th"]
    assert articles.answering(world.carol, "") == []


def test_of_two_who_publish_at_once_one_wins(postgres):
    world = make.world()
    article = make.article(world)
    say(article, world.rhea, "New words")
    version, both, outcomes = Article.get().version, Barrier(2), []

    def press():
        with store.connection():
            mine = Article.get()
            both.wait()
            try:
                publishing.publish(mine, by=world.mona, version=version)
                outcomes.append("published")
            except (Stale, Invalid) as refusal:
                outcomes.append(type(refusal).__name__)

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "published" and outcomes.count("published") == 1
    assert {row.number for row in ArticleRevision.select()} == {1, 2}
