"""Files of records: who sees which, in which revision, who is told, and that nothing of it is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, files, search, store, values
from portal.activity import attachments
from portal.activity.attachments import Attachment, EarlierRevision
from portal.errors import Invalid, NotFound
from portal.outbox import Outbox
from portal.people import policy
from portal.sales import placing
from portal.whole import invariants
from tests import make
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")


def sees(actor):
    return {a.name for a in Attachment.visible_to(actor)}


def words_of(attachment, actor, revision=None):
    _, file = attachment.content(actor, revision)
    with files.open_bytes(file) as content:
        return content.read().decode()


def told(template="files_brought"):
    return sorted({row.name for row in Outbox.select().where(Outbox.template == template)})


def test_what_staff_keep_with_an_order_is_theirs_until_they_share_it(world):
    order = make.order(world.account)
    kept = make.attachment(order, world.rhea)
    assert sees(world.rhea) == sees(world.mona) == sees(world.ada) == {"note.txt"}
    assert sees(world.carol) == sees(world.owen) == sees(world.dave) == set()
    assert told() == []
    kept.share(by=world.rhea)
    assert sees(world.carol) == sees(world.cora) == {"note.txt"} and sees(world.dave) == set()
    assert told() == ["Carol Dizon"]
    kept.unshare(by=world.mona)
    assert sees(world.carol) == set()


def test_files_shared_at_once_are_told_once(world):
    order = make.order(world.account)
    brought = [make.sent("One", "one.txt"), make.sent("Two", "two.txt")]
    made = attachments.attach(order, by=world.rhea, files=brought, is_shared=True)
    row = Outbox.get(Outbox.channel == "mail")
    assert row.params["names"] == ["one.txt", "two.txt"] and told() == ["Carol Dizon"]
    assert Outbox.select().where(Outbox.channel == "mail").count() == 1
    assert [a.is_shared for a in made] == [True, True]
    assert audit.last_told() == ["Carol Dizon"]


def test_what_a_customer_brings_the_customer_sees_and_the_owner_is_told(world):
    brought = make.attachment(make.order(world.account), world.carol)
    assert brought.is_theirs and sees(world.cora) == {"note.txt"}
    assert told() == ["Rhea Cruz"]
    assert problems(brought.unshare, by=world.rhea) == {"file": "file-theirs"}


def test_each_side_revises_what_it_brought_and_nobody_else_touches_it(world):
    order = make.order(world.account)
    ours, theirs = make.attachment(order, world.rhea, is_shared=True), make.attachment(order, world.carol)
    for person, own, foreign in ((world.rhea, ours, theirs), (world.carol, theirs, ours)):
        assert policy.may(person, "files.revise", own) and not policy.may(person, "files.revise", foreign)
    assert policy.may(world.rhea, "files.remove", theirs) and not policy.may(world.carol, "files.remove", ours)
    assert not policy.may(world.cora, "files.add", order) and not policy.may(world.carol, "files.share", ours)


def test_revisions_are_kept_and_customers_read_those_since_it_was_shared(world):
    quote = make.attachment(make.order(world.account), world.rhea)
    quote.revise(by=world.rhea, file=make.sent("Second", "quote.txt"))
    quote.share(by=world.rhea)
    quote.revise(by=world.rhea, file=make.sent("Third", "quote.txt"))
    found = Attachment.visible_to(world.carol).get()
    assert (found.revision, found.name) == (3, "quote.txt")
    assert words_of(found, world.carol) == "Third" and words_of(found, world.carol, 2) == "Second"
    with pytest.raises(NotFound):
        found.content(world.carol, 1)
    assert words_of(found, world.rhea, 1).startswith("File")
    for nonsense in (0, -1, 4, 2**31):
        with pytest.raises(NotFound):
            found.content(world.rhea, nonsense)
    ((_, for_carol),) = attachments.of(make_order(found), world.carol)
    ((_, for_rhea),) = attachments.of(make_order(found), world.rhea)
    assert [e.number for e in for_carol] == [2] and [e.number for e in for_rhea] == [2, 1]
    assert list(invariants.broken()) == []


def make_order(attachment):
    """The order a file belongs to, read anew."""
    model = next(m for m in store.tables() if m._meta.table_name == "order")
    return model.get_by_id(attachment.subject_ref.id)


def test_the_same_content_under_the_same_name_is_no_revision(world):
    kept = make.attachment(make.order(world.account), world.rhea)
    again = make.sent("Once")
    kept.revise(by=world.rhea, file=again)
    assert problems(kept.revise, by=world.rhea, file=again) == {"file": "file-unchanged"}
    assert problems(kept.revise, by=world.rhea, file=None) == {"file": "file-needed"}
    assert EarlierRevision.select().count() == 1


def test_what_was_taken_away_is_gone_for_all_but_the_trail(world):
    order = make.order(world.account)
    kept = make.attachment(order, world.rhea, is_shared=True)
    kept.remove(by=world.rhea)
    assert sees(world.rhea) == sees(world.carol) == set()
    assert attachments.of(order, world.rhea) == []
    assert attachments.with_refs(order, world.carol) == ([], {kept.ref: "note.txt"})
    assert problems(kept.share, by=world.rhea) == {"file": "file-moved-on"}
    assert audit.Entry.select().where(audit.Entry.event == "attachment.removed").count() == 1
    assert list(invariants.broken()) == []


def test_the_files_of_a_draft_go_with_it(world):
    draft = make.order(world.account, state="draft", source="portal")
    make.attachment(draft, world.carol)
    placing.discard(draft, by=world.carol)
    assert sees(world.carol) == sees(world.rhea) == set()
    assert search.find("note", ["attachment"], world.rhea)["attachment"].records == []
    assert list(invariants.broken()) == []


def test_the_story_of_an_order_names_what_its_reader_may_know(world):
    order = make.order(world.account)
    secret, open_one = make.attachment(order, world.rhea), make.attachment(order, world.rhea, is_shared=True)
    _, for_rhea = attachments.with_refs(order, world.rhea)
    _, for_carol = attachments.with_refs(order, world.carol)
    assert list(for_rhea) == [secret.ref, open_one.ref] and list(for_carol) == [open_one.ref]
    assert [e.event for e in audit.story(order, for_carol)] == ["attachment.added"]


def test_customers_read_shared_files_of_products_that_are_on_sale(world):
    here, gone, baht = make.product(), make.product(on_sale_to=values.shop_day().replace(year=2020)), make.product()
    for product in (here, gone):
        make.attachment(product, world.mona, is_shared=True)
    make.attachment(baht, world.mona)
    assert {a.subject for a in Attachment.visible_to(world.carol)} == {str(here.ref)}
    assert Attachment.visible_to(world.owen).count() == 3
    assert not policy.may(world.rhea, "files.add", here) and policy.may(world.mona, "files.add", here)
    assert not policy.may(world.carol, "files.add", here)
    assert told() == []


def test_too_many_at_once_or_on_one_record_are_refused_whole(world, monkeypatch):
    order, one = make.order(world.account), make.sent()
    assert problems(attachments.attach, order, by=world.carol, files=[]) == {"files": "file-needed"}
    assert problems(attachments.attach, order, by=world.carol, files=[one] * 11) == {"files": "files-too-many"}
    monkeypatch.setattr(attachments, "MOST_PER_RECORD", 3)
    attachments.attach(order, by=world.carol, files=[one, one])
    assert problems(attachments.attach, order, by=world.carol, files=[one, one]) == {"files": "files-no-room"}
    assert Attachment.select().count() == 2


def test_names_are_cleaned_and_found(world):
    attachments.attach(
        make.order(world.account), by=world.rhea, files=[make.sent("x", "../../etc/Peña\u202e\0 1.txt")]
    )
    assert sees(world.rhea) == {"Peña 1.txt"}
    assert search.find("pena", ["attachment"], world.rhea)["attachment"].records
    assert search.find("pena", ["attachment"], world.owen)["attachment"].records == []


def test_two_who_revise_at_once_make_one_revision_and_the_other_is_told(postgres, tmp_path):
    files.open(tmp_path / "files")
    people = make.world()
    kept = make.attachment(make.order(people.account), people.rhea)
    texts = [make.sent(f"Version of {n}") for n in range(8)]

    def revise(text):
        with store.connection():
            mine = Attachment.get_by_id(kept.id)
            started.wait()
            try:
                mine.revise(by=people.rhea, file=text)
            except Invalid as refused:
                return refused.problems["file"][0]
            return "done"

    started = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(revise, texts))
    assert results == ["done"] + ["file-revised-meanwhile"] * 7
    assert Attachment.get().revision == 2 and EarlierRevision.select().count() == 1


def test_verify_tells_of_a_file_without_record_and_of_a_missing_revision(world):
    kept = make.attachment(make.order(world.account), world.rhea)
    with store.writing():
        Attachment.update(subject="order:999").execute()
    assert any("order:999" in sentence for sentence in invariants.broken())
    with store.writing():
        Attachment.update(subject=kept.subject, revision=3).execute()
    assert any("revision" in sentence for sentence in invariants.broken())
