"""Cases: asked, answered and settled once, by the clock that was promised, and nothing of ours reaches a customer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import audit, search, store, values
from portal.activity import attachments, inbox, trail
from portal.activity.attachments import Attachment
from portal.audit import Entry
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.service import case_messages, case_sorting, case_steps, case_writing
from portal.service.case_messages import CaseMessage
from portal.service.cases import Case
from portal.whole import bulk
from tests import make
from tests.letters import told
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")


def ask(world, by=None, account=None, **given):
    given = {"kind": "other", "words": "Where is my rice?\nIt was promised for today."} | given
    return case_writing.ask(account or world.account, by=by or world.carol, **given)


def words(case, actor):
    return [message.words for message in case_messages.page(Case.get_by_id(case.id), actor).messages]


def test_what_is_asked_becomes_a_case_with_a_name_a_promise_and_news_for_both_sides(world):
    order = make.order(world.account)
    case = ask(world, kind="order", number=str(order.id), files=[make.sent("Torn")])
    assert (case.number, case.subject, case.state) == ("CS-000001", "Where is my rice?", "open")
    assert (case.topic_ref, case.topic_number) == (order.ref, order.number)
    assert case.due_at == case.answer_due_at > case.asked_at
    assert told("case_asked") == ["Carol Dizon", "Rhea Cruz"]
    (message,) = case_messages.page(case, world.carol).messages
    assert message.files == [Attachment.get().id] and Attachment.get().is_shared


def test_a_number_must_be_one_that_this_customer_knows(world):
    foreign = make.order(world.other_account)
    assert problems(ask, world, kind="order", number=foreign.number) == {"number": "topic-unknown"}
    assert problems(ask, world, kind="product", number="NONE") == {"number": "topic-unknown"}
    product = make.product("RICE")
    assert ask(world, kind="other", number="rice").topic_ref == product.ref
    assert problems(ask, world, words="  ") == {"words": "field-needed"}
    assert problems(ask, world, kind="weather") == {"kind": "choice-unknown"}
    assert problems(ask, world, words="x" * 20_001) == {"words": "text-too-long"}
    assert len(ask(world, words="y" * 20_000).subject) < 90


def test_the_conversation_goes_to_and_fro(world):
    case = case_writing.answer(ask(world), by=world.rhea, words="Which order?")
    assert (case.state, case.owner_id, case.due_at) == ("for_customer", world.rhea.employee, None)
    case = case_writing.reply(case, by=world.carol, words="The last one")
    assert (case.state, case.due_at) == ("for_us", case.solve_due_at)
    assert told("case_answered") == ["Carol Dizon"] and told("case_replied") == ["Rhea Cruz"]
    assert words(case, world.carol)[1:] == ["Which order?", "The last one"]


def test_a_colleague_reads_the_cases_of_the_account_but_not_the_private_ones(world):
    colleague = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    open_one, private = ask(world, by=colleague), ask(world, by=colleague, is_private=True, files=[make.sent()])
    case_writing.answer(private, by=world.rhea, words="We look")
    seen = {name: Case.visible_to(actor).count() for name, actor in (("ben", colleague), ("cora", world.cora))}
    seen |= {"carol": Case.visible_to(world.carol).count(), "dave": Case.visible_to(world.dave).count()}
    seen |= {"owen": Case.visible_to(world.owen).count(), "rhea": Case.visible_to(world.rhea).count()}
    assert seen == {"ben": 2, "cora": 1, "carol": 2, "dave": 0, "owen": 0, "rhea": 2}
    assert CaseMessage.visible_to(world.cora).count() == 1
    assert Attachment.visible_to(world.cora).count() == 0 and Attachment.visible_to(colleague).count() == 1
    about = {entry.subject for entry in trail.visible_to(world.cora)}
    assert str(open_one.ref) in about and str(private.ref) not in about and "attachment:1" not in about
    assert str(private.ref) in {entry.subject for entry in trail.visible_to(colleague)}
    assert told("case_answered") == ["Ben Dizon"]


SECRET = "He always complains, zanzibar"  # noqa: S105 a comment that no customer may read


def test_no_customer_reads_an_internal_comment_anywhere(world):
    case = ask(world)
    case_sorting.take(case, by=world.rhea)
    case_writing.note(case, by=world.mona, words=SECRET, files=[make.sent(SECRET, "zanzibar.txt")])
    assert SECRET in words(case, world.rhea) and told("case_noted") == ["Rhea Cruz"]
    for customer in (world.carol, world.cora):
        assert words(case, customer) == ["Where is my rice?\nIt was promised for today."]
        assert CaseMessage.visible_to(customer).where(CaseMessage.is_internal).count() == 0
        assert Attachment.visible_to(customer).count() == 0
        page = case_messages.page(case, customer)
        assert page.newest == case_messages.page(case, customer, after=0).newest == 1
        events = {entry.event for entry in trail.visible_to(customer)}
        assert events == {"case.asked"}
        found = Case.visible_to(customer).where(Case.id.in_(search.matches("case", "zanzibar")))
        assert found.count() == 0 and search.find("zanzibar", ["case", "attachment"], customer)["case"].records == []
        mine = [str(row.params) for row in inbox.Notice.visible_to(customer)]
        assert not any("zanzibar" in text for text in mine)
    assert search.find("zanzibar", ["case"], world.rhea, rights=["cases.answer"])["case"].records == [case.id]
    assert search.find("promised rice", ["case"], world.rhea)["case"].records == [case.id]
    assert search.find("promised rice", ["case"], world.owen, rights=["cases.answer"])["case"].records == []
    assert Case.get_by_id(case.id).last_at == case.asked_at


def test_two_who_answer_at_once_both_stand_and_the_second_is_told_first(world):
    case = ask(world)
    seen = case_messages.newest_id(case, world.rhea)
    case_writing.answer(case, by=world.rhea, words="It left today", seen=seen)
    assert problems(case_writing.answer, case, by=world.mona, words="It leaves tomorrow", seen=seen) == {
        "seen": "case-written-meanwhile"
    }
    newest = case_messages.newest_id(case, world.mona)
    case_writing.answer(case, by=world.mona, words="It leaves tomorrow", seen=newest)
    assert words(case, world.carol)[1:] == ["It left today", "It leaves tomorrow"]


def test_two_who_close_at_once_make_one_event(postgres):
    world = make.world()
    case = ask(world)

    def close(actor):
        with store.connection():
            mine = Case.visible_to(actor).where(Case.id == case.id).get()
            try:
                case_steps.close(mine, by=actor)
            except Invalid as refusal:
                return refusal.problems["state"][0]
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(close, (world.rhea, world.carol)))
    assert found == ["case-moved-on", "closed"]
    assert Entry.select().where(Entry.event == "case.closed").count() == 1
    assert CaseMessage.select().where(CaseMessage.step == "case.closed").count() == 1


def test_a_solved_case_is_rated_changed_of_mind_and_closes_by_itself(world):
    case = case_writing.answer(ask(world), by=world.rhea, words="It is there", then="solved")
    assert case.state == "solved" and told("case_solved") == ["Carol Dizon"]
    row = Outbox.select().where((Outbox.template == "case_solved") & (Outbox.channel == "mail")).get()
    assert row.params["rate"].keys() == row.params["reply"].keys() == {"link"}
    assert problems(case_steps.rate, case, by=world.carol, rating="9") == {"rating": "choice-unknown"}
    case_steps.rate(case, by=world.carol, rating="2", words="Slow")
    case = case_steps.rate(case, by=world.carol, rating=4, words="But kind")
    assert (case.rating, case.rating_words, case.rated_by) == (4, "But kind", "Carol Dizon")
    assert told("case_rated") == ["Rhea Cruz"]
    assert case_steps.close_solved() == 0
    later = case.solved_at + timedelta(days=6)
    assert case_steps.close_solved(now=later) == 1 and case_steps.close_solved(now=later) == 0
    late = later + timedelta(days=31)
    assert problems(case_steps.rate, Case.get_by_id(case.id), by=world.carol, rating=1, now=late) == {
        "state": "rating-too-late"
    }


def test_a_closed_case_opens_again_for_some_days_and_then_a_reply_begins_a_new_one(world):
    order = make.order(world.account)
    case = case_steps.close(ask(world, kind="order", number=order.number), by=world.carol, rating=5)
    assert (case.state, case.rating) == ("closed", 5) and told("case_closed") == ["Rhea Cruz"]
    case = case_writing.reply(case, by=world.carol, words="It came back broken")
    assert (case.state, case.closed_at) == ("for_us", None) and case.due_at is not None
    case = case_steps.close(case, by=world.rhea)
    late = case.closed_at + timedelta(days=31)
    assert problems(case_steps.reopen, case, by=world.carol, now=late) == {"state": "case-closed-for-good"}
    other = case_writing.reply(case, by=world.carol, words="And again", now=late)
    assert other.id != case.id and other.follows_id == case.id and other.topic == case.topic
    assert case_steps.reopen(case, by=world.rhea, now=late).state == "for_us"


def test_what_follows_a_private_case_is_private_too_and_about_the_same(world):
    product = make.product("RICE")
    case = ask(world, by=world.cora, kind="product", number="RICE", is_private=True)
    case = case_steps.close(case, by=world.rhea)
    with store.writing():
        type(product).update(on_sale_to=values.shop_day() - timedelta(days=1)).execute()
    later = case_writing.reply(case, by=world.cora, words="Again", now=case.closed_at + timedelta(days=31))
    assert (later.is_private, later.topic_ref, later.follows_id) == (True, product.ref, case.id)


def test_merged_cases_go_on_as_one_and_old_replies_find_it(world):
    ben = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    first, second = ask(world, words="Rice?"), ask(world, by=ben, words="Our rice?", files=[make.sent()])
    target = case_sorting.merge(second, by=world.rhea, number="1")
    assert target.id == first.id and told("case_merged") == ["Ben Dizon", "Carol Dizon"]
    second = Case.get_by_id(second.id)
    assert (second.state, second.merged_into_id) == ("closed", first.id)
    assert words(first, world.carol) == ["Rice?", "Our rice?", ""]
    assert [a.name for a, _ in attachments.of(first, world.carol)] == ["note.txt"]
    assert case_writing.reply(second, by=ben, words="Thanks").id == first.id
    assert problems(case_writing.answer, second, by=world.rhea, words="Hm") == {"state": "case-merged"}
    third = ask(world, words="Rice again?")
    case_sorting.merge(first, by=world.rhea, number=third.number)
    assert Case.get_by_id(second.id).merged_into_id == third.id


def test_only_what_fits_together_is_merged(world):
    mine, private = ask(world), ask(world, by=world.cora, is_private=True)
    foreign = ask(world, by=world.dave, account=world.other_account)
    merge = case_sorting.merge
    assert problems(merge, mine, by=world.rhea, number="nonsense") == {"number": "case-unknown"}
    assert problems(merge, mine, by=world.rhea, number=foreign.number) == {"number": "case-unknown"}
    assert problems(merge, mine, by=world.ada, number=foreign.number) == {"number": "case-merge-account"}
    assert problems(merge, mine, by=world.rhea, number=mine.number) == {"number": "case-merge-itself"}
    assert problems(merge, private, by=world.rhea, number=mine.number) == {"number": "case-merge-private"}
    case_steps.close(mine, by=world.rhea)
    assert problems(merge, ask(world), by=world.rhea, number=mine.number) == {"number": "case-merge-closed"}


def test_what_is_merged_with_a_private_case_is_private_from_every_side(world):
    first = ask(world, words="Rice?")
    case_writing.reply(first, by=world.cora, words="Yes, where is it?")
    target, private = ask(world, words="Oil?"), ask(world, words="My own bill", is_private=True)
    case_sorting.merge(first, by=world.rhea, number=target.number)
    case_sorting.merge(private, by=world.rhea, number=target.number)
    assert not Case.visible_to(world.cora).exists()  # nor a link of hers, which would show where it goes on
    assert Case.visible_to(world.carol).count() == 3


def test_a_case_is_given_to_somebody_who_may_see_it_and_who_is_told(world):
    case = ask(world)
    assert problems(case_sorting.assign, case, by=world.mona, owner=world.owen.employee) == {
        "owner": "case-owner-blind"
    }
    case_sorting.assign(case, by=world.mona, owner=world.rhea.employee, team=world.north.id)
    assert told("case_assigned") == ["Rhea Cruz"]
    case_writing.reply(case, by=world.carol, words="Hello?")
    urgent = case_sorting.describe(
        case, by=world.rhea, version=case.version, subject="Rice", kind="other", priority="urgent"
    )
    assert (urgent.subject, urgent.answer_hours) == ("Rice", 1) and urgent.answer_due_at < case.asked_at + timedelta(
        days=3
    )


def test_many_cases_are_tried_first_and_then_given_away_together(world):
    rows = [ask(world), ask(world)]
    give = lambda row, by: case_sorting.assign(row, by=by, owner=world.rhea.employee, team=row.team_id)  # noqa: E731
    found = [Case.visible_to(world.mona).where(Case.id == row.id).get() for row in rows]
    tried = bulk.rehearse(found, give, by=world.mona, may="cases.assign", field="owner")
    assert [(one.old, one.new) for one in tried] == [(None, "Rhea Cruz")] * 2
    chosen = {row.id: row.version for row in found}
    assert bulk.carry_out(Case.visible_to(world.mona), give, by=world.mona, may="cases.assign", chosen=chosen) == 2
    assert {case.owner_id for case in Case.select()} == {world.rhea.employee}


def test_who_left_the_account_is_not_written_to_any_more(world):
    case = ask(world, by=world.cora)
    world.memberships["cora"].end(by=world.carol)
    case_writing.answer(case, by=world.rhea, words="Here")
    assert told("case_answered") == ["Carol Dizon"]


def test_a_thousand_replies_are_read_page_by_page(world):
    case = ask(world)
    start = {
        "case": case.id,
        "at": values.now(),
        "author": str(world.carol.ref),
        "author_name": "Carol",
        "is_ours": False,
    }
    with store.writing():
        rows = [start | {"words": f"Reply {n}"} for n in range(1_000)]
        CaseMessage.insert_many(rows).execute()
    page = case_messages.page(case, world.carol)
    assert [len(page.messages), page.messages[-1].words, page.later] == [30, "Reply 999", None]
    earlier = case_messages.page(case, world.carol, before=page.earlier)
    assert earlier.messages[-1].words == "Reply 969" and earlier.later == earlier.messages[-1].id
    first = case_messages.page(case, world.carol, after=0)
    assert first.messages[0].words.startswith("Where is my rice?") and first.earlier is None
    assert case_writing.reply(case, by=world.carol, words="Still here").id == case.id


def test_every_step_leaves_a_chain_that_fits(world):
    case = case_steps.close(ask(world), by=world.carol, rating=1, words="Never again")
    audit.seal()
    assert list(audit.broken_links()) == []
    assert {message.rating for message in CaseMessage.select()} == {None, 1} and case.rated_at
