"""Profiles are kept once in one spelling and lead to their own network only, at people and at accounts."""

import pytest

from portal import search
from portal.audit import Entry
from portal.customers import handles, points
from portal.customers.accounts import Account
from tests.refusals import problems

SAME = [
    ("linkedin", "in/lina-reyes", "https://www.linkedin.com/in/lina-reyes",
     ["Lina-Reyes", "linkedin.com/in/lina-reyes/", "https://ph.linkedin.com/in/lina-reyes?x=1"]),
    ("facebook", "carols.kitchen", "https://www.facebook.com/carols.kitchen", ["@Carols.Kitchen", "https://m.facebook.com/carols.kitchen/photos"]),
    ("facebook", "10001234", "https://www.facebook.com/10001234", ["https://www.facebook.com/profile.php?id=10001234"]),
    ("instagram", "lina_r", "https://www.instagram.com/lina_r", ["@lina_r", "instagram.com/Lina_R/"]),
    ("x", "lina", "https://x.com/lina", ["@lina", "https://twitter.com/Lina/status/1"]),
    ("tiktok", "lina.r", "https://www.tiktok.com/@lina.r", ["@lina.r", "https://www.tiktok.com/@lina.r"]),
    ("youtube", "@CarolsKitchen", "https://www.youtube.com/@CarolsKitchen", ["CarolsKitchen", "https://youtube.com/@CarolsKitchen"]),
    ("line", "~carol", "https://line.me/R/ti/p/~carol", ["carol", "https://line.me/ti/p/~carol"]),
    ("line", "@shop", "https://line.me/R/ti/p/@shop", ["@Shop", "https://line.me/R/ti/p/@shop"]),
    ("whatsapp", "+639175550111", "https://wa.me/639175550111", ["0917 555 0111", "+63 917 5550111"]),
    ("viber", "+639175550111", "", ["0917-555-0111"]),
    ("telegram", "lina_r", "https://t.me/lina_r", ["@lina_r", "t.me/lina_r"]),
    ("wechat", "Lina_88", "", ["Lina_88"]),
    ("website", "https://lutong.example", "https://lutong.example", ["lutong.example"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "kept", "link", "spellings"), SAME)
def test_a_handle_has_one_spelling_and_one_link(kind, kept, link, spellings):
    assert {handles.clean(kind, text, "PH") for text in [kept, *spellings]} == {kept}
    assert handles.link(kind, kept) == link


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        ("linkedin", "https://evil.example/in/lina", "handle-elsewhere"),
        ("facebook", "https://facebook.com.evil.example/lina", "handle-elsewhere"),
        ("instagram", "javascript:alert(1)", "handle-malformed"),
        ("x", "x.com/", "handle-malformed"),
        ("telegram", "https://[", "handle-elsewhere"),
        ("website", "javascript://x.example/%0aalert(1)", "website-malformed"),
        ("whatsapp", "hello", "phone-impossible"),
        ("line", "", "field-needed"),
        ("instagram", "a" * 201, "text-too-long"),
        ("other", "a\u202eb", "text-unreadable"),
    ],
)
def test_what_leads_elsewhere_is_refused(kind, typed, problem):
    assert problems(handles.clean, kind, typed, "PH") == {"value": problem}


def test_what_is_no_address_of_our_kind_is_no_link():
    assert handles.link("other", "javascript:alert(1)") == ""
    assert handles.link("other", "https://example.org/lina") == "https://example.org/lina"


def test_an_account_has_several_numbers_and_profiles_too(world):
    account = world.account
    points.add(account, by=world.rhea, kind="phone", value="02 8555 0101", label="Kitchen")
    points.add(account, by=world.rhea, kind="facebook", value="facebook.com/carols.kitchen")
    assert problems(points.add, account, by=world.rhea, kind="facebook", value="@carols.kitchen") == {
        "value": "point-known"
    }
    assert [(p.kind, p.value) for p in points.of(account)] == [
        ("phone", "+63285550101"),
        ("facebook", "carols.kitchen"),
    ]
    assert search.find("carols.kitchen", ["account"], world.rhea)["account"].records == [account.id]
    number, profile = points.of(account)
    assert problems(points.prefer, account, by=world.rhea, point=profile.id) == {"point": "point-not-main"}
    points.prefer(account, by=world.rhea, point=number.id)
    assert Account.get_by_id(account.id).phone == "+63285550101"
    points.drop(account, by=world.rhea, point=profile.id)
    assert {entry.event for entry in Entry.select()} == {"account.edited"}
