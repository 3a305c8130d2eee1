"""One-time links: derived, bound to one person and purpose, used once, dead with the credential they stand for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import audit, store, values
from portal.errors import Expired, NotFound
from portal.people import keys, links
from portal.people.links import LIFE, Link
from portal.people.logins import Login
from tests import make

NOW = values.now()


def sign_in_link(name="carol", purpose="sign_in", kind="customer"):
    login = make.login(name, kind=kind)
    return links.issue(purpose, kind, login.email, login=login, now=NOW)


def use(link, now=NOW):
    with audit.change(values.system("test"), "test.used", now=now) as change:
        link.use(change, now)


def test_its_token_finds_it_again_and_finding_does_not_use_it_up(database):
    link = sign_in_link()
    for _ in range(3):
        assert links.find(link.token, "sign_in", kind="customer", now=NOW) == link


def test_the_token_is_256_bits_and_stands_nowhere_in_the_row(database):
    link = sign_in_link()
    proof = link.token.split(".")[1]
    assert len(proof) == 43
    assert proof not in str(Link.get().__data__)


def test_only_its_own_purpose_and_face_accept_it(database):
    made = {}
    for kind in ("customer", "staff"):
        login = make.login("carol", kind=kind)
        for purpose in sorted(LIFE.keys() - {"first_admin"} if kind == "customer" else LIFE):
            made[purpose, kind] = links.issue(purpose, kind, login.email, login=login, now=NOW)
    for (purpose, kind), link in made.items():
        for asked_purpose, asked_kind in made:
            if (purpose, kind) == (asked_purpose, asked_kind):
                assert links.find(link.token, purpose, kind=kind, now=NOW) == link
            else:
                with pytest.raises(NotFound):
                    links.find(link.token, asked_purpose, kind=asked_kind, now=NOW)


@pytest.mark.parametrize(
    "bend",
    [
        lambda t: "", lambda t: " ", lambda t: None, lambda t: "null", lambda t: "[]", lambda t: "%00",
        lambda t: "\x00", lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: " " + t,
        lambda t: t + "\n",
        lambda t: "0" + t, lambda t: "9" * 30 + "." + t.split(".")[1], lambda t: "٣." + t.split(".")[1],
        lambda t: "2." + t.split(".")[1], lambda t: t.replace(".", ".."), lambda t: "นก." + t.split(".")[1],
    ],
)  # fmt: skip
def test_a_bent_token_is_nobodys(database, bend):
    link, other = sign_in_link(), sign_in_link("dave")
    assert (link.id, other.id) == (1, 2)
    with pytest.raises(NotFound):
        links.find(bend(link.token), "sign_in", kind="customer", now=NOW)


def test_an_id_beyond_any_column_is_nobodys(database):
    with pytest.raises(NotFound):
        links.find("9" * 18 + "." + "A" * 43, "sign_in", kind="customer", now=NOW)


@pytest.mark.parametrize("purpose", sorted(LIFE))
def test_each_purpose_lives_its_time(database, purpose):
    link = sign_in_link(purpose=purpose)
    just_before, at = NOW + LIFE[purpose] - timedelta(seconds=1), NOW + LIFE[purpose]
    assert links.find(link.token, purpose, kind="customer", now=just_before)
    with pytest.raises(Expired) as over:
        links.find(link.token, purpose, kind="customer", now=at)
    assert over.value.link == link
    with pytest.raises(Expired):
        use(link, at)


def test_a_used_one_is_over(database):
    link = sign_in_link()
    use(link)
    with pytest.raises(Expired):
        links.find(link.token, "sign_in", kind="customer", now=NOW)
    with pytest.raises(Expired):
        use(link)


@pytest.mark.parametrize("change", [{"epoch": Login.epoch + 1}, {"is_active": False}])
def test_it_dies_with_the_credential_even_between_the_page_and_the_button(database, change):
    link = sign_in_link()
    found = links.find(link.token, "sign_in", kind="customer", now=NOW)
    with store.writing():
        Login.update(change).execute()
    with pytest.raises(Expired):
        use(found)
    with pytest.raises(Expired):
        links.find(link.token, "sign_in", kind="customer", now=NOW)


def test_another_secret_lets_every_link_die(database):
    token = sign_in_link().token
    keys.hand_in("another secret " * 3, is_test=True)
    try:
        with pytest.raises(NotFound):
            links.find(token, "sign_in", kind="customer", now=NOW)
    finally:
        keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)


def test_letters_get_its_path_while_it_lives(database):
    link = sign_in_link(kind="staff")
    assert links.address(link.id, NOW) == f"/staff/link/{link.token}"
    use(link)
    assert links.address(link.id, NOW) is None
    assert links.address(4711, NOW) is None


def test_withdrawing_spares_other_records(database):
    made = [links.issue("invite", "customer", "x@y.example", subject=f"contact:{n}", now=NOW) for n in (1, 2)]
    links.withdraw("invite", "contact:1", NOW)
    assert links.open_for("invite", "contact:1", NOW) is None
    assert links.open_for("invite", "contact:2", NOW) == made[1]


def test_what_a_link_carried_is_forgotten_a_month_after_its_end(database):
    sign_in_link()
    links.forget_old(NOW + timedelta(days=30))
    assert Link.select().count() == 1
    links.forget_old(NOW + timedelta(days=31))
    assert Link.select().count() == 0


def test_what_somebody_typed_instead_of_an_answer_is_cut_to_its_room(postgres):
    link = sign_in_link(purpose="task")
    with audit.change(values.system("test"), "test.used", now=NOW) as change:
        link.use(change, NOW, outcome="x" * 1000)
    assert Link.get().outcome == "x" * 40


def test_of_twenty_parallel_tries_one_passes(postgres):
    link = sign_in_link()

    def one(_):
        with store.connection():
            try:
                use(link)
            except Expired:
                return 0
            return 1

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(20))) == 1
    assert audit.Entry.select().where(audit.Entry.event == "test.used").count() == 1
