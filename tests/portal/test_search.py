"""Search finds what people mean, in three scripts, and nobody what is not theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import asked_words, audit, search, search_plans, store, values
from portal.search import SearchEntry, fold, fold_digits
from portal.values import Actor, Ref

BY = values.system("test")
NORTH, SOUTH = 1, 2
RHEA = Actor(Ref("employee", 1), "Rhea", "rep", teams=(NORTH,))
OWEN = Actor(Ref("employee", 2), "Owen", "rep", teams=(SOUTH,))
ADA = Actor(Ref("employee", 3), "Ada", "admin")
CAROL = Actor(Ref("login", 4), "Carol", "customer_admin", account=10)
DAVE = Actor(Ref("login", 5), "Dave", "buyer", account=20)
NOBODY = values.ANONYMOUS


def put(record, text, kind="account", **scope):
    with audit.change(BY, "account.indexed"):
        search.put(Ref(kind, record), text, **scope)


def ids(query, kind="account", **more):
    return sorted(record for (record,) in store.db.execute(search.matches(kind, query, **more)))


@pytest.fixture(name="shops")
def known_shops(database):
    put(1, ["Peña's Café & Bakery", "Quezon City", "+639175550188", "maribel@cafe.example"], account=10, team=NORTH)
    put(2, ["ร้านป้าแต๋ว น้ำปลา", "อ่อนนุช กรุงเทพฯ", "0815550142"], account=20, team=SOUTH)
    put(3, ["Ana Reyes Store 100%", "Banaue_Road"], account=30)
    put(4, ["SO-000123", "Peña's Café & Bakery", "PO 77/B"], kind="order", account=10, team=NORTH)


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Peña’s  Café №٣", "penas cafe no3"),
        ("STRASSE Straße", "strasse strasse"),
        ("Øresund Łódź Æble", "oresund lodz aeble"),
        ("ﬁve ＡＢＣ ½", "five abc 1⁄2"),
        ("İstanbul ılık", "istanbul ilik"),
        ("๐๘๑-๕๕๕", "081-555"),
        ("เเม่", "แม่"),
        ("น\u0e4d\u0e49า", fold("น้ำ")),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("a\x00b\tc\r\nd", "a b c d"),
        ("O´Brien O`Brien O'Brien", "obrien obrien obrien"),
        ("\ud800x", "x"),
        ("", ""),
        (None, ""),
    ],
)
def test_texts_are_compared_in_one_form(text, folded):
    assert fold(text) == folded


def test_thai_marks_are_kept_because_they_make_another_word():
    assert fold("ปา") != fold("ป้า")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_digits_of_a_number_in_any_spelling():
    assert (
        fold_digits("0917 555 0188") == fold_digits("(0)917-5550188") == fold_digits("๐๙๑๗ ๕๕๕ ๐๑๘๘") == "9175550188"
    )
    assert fold_digits("+63 917 555 0188") == "639175550188"
    assert fold_digits("no digits") == ""


# Finding


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pena", [1]), ("PEÑA", [1]), ("penas cafe", [1]), ("cafe peña", [1]), ("afe", [1]), ("cafe dave", []),
        ("peña's", [1]), ("quezon bakery", [1]), ("maribel@cafe", [1]), ("ana", [3]), ("reyes ana", [3]),
        ("anau", [3]), ("ป้าแต๋ว", [2]), ("แต๋ว", [2]), ("น้ำปลา", [2]), ("กรุงเทพ", [2]), ("ปลา อ่อน", [2]),
        ("ปาแตว", []), ("nothing like it", []),
    ],
)  # fmt: skip
def test_words_are_found_anywhere_in_any_order(shops, query, found):
    assert ids(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("p", [1]),
        ("c", [1]),
        ("pe", [1]),
        ("en", []),
        ("re", [3]),
        ("r a", [3]),
        ("ร", [2]),
        ("ร้", [2]),
        ("ba", [1, 3]),
        ("x", []),
    ],
)
def test_one_or_two_letters_are_the_start_of_a_word(shops, query, found):
    assert ids(query) == found


@pytest.mark.parametrize(
    "query",
    ["09175550188", "+63 917 555 0188", "0917 555 0188", "0917-555-0188", "(0917) 555 0188", "639175550188",
     "+639175550188", "9175550188", "917 555", "0917 555", "0917", "๐๙๑๗๕๕๕๐๑๘๘", "peña 0917", "0917 555 0188 cafe"],
)  # fmt: skip
def test_a_phone_is_found_in_any_spelling(shops, query):
    assert ids(query) == [1]


@pytest.mark.parametrize("query", ["+66 81 555 0142", "0815550142", "081 555 0142", "66815550142"])
def test_a_phone_kept_without_its_country_is_found_too(shops, query):
    assert ids(query) == [2]


@pytest.mark.parametrize("stored", ["0917 555 0188", "+63 917 555 0188", "(0917) 555-0188", "Tel. 0917/555.0188"])
def test_a_phone_is_found_however_it_was_written(database, stored):
    put(1, ["Shop", stored])
    put(2, ["Shop", "0917 555 0199"])
    assert ids("09175550188") == ids("+63 917 555 0188") == ids("917 5550188") == [1]


def test_a_number_padded_with_zeros_is_no_phone(shops):
    put(5, "SO-123456", kind="order")
    assert ids("000123", kind="order") == [4]


def test_two_phones_side_by_side_are_two(database):
    put(1, ["0917 555 0188", "0917 555 0199"])
    assert ids("0917 555 0199") == [1]
    assert ids("5550188 0917") == [1]
    assert ids("01880917") == []


def test_only_the_kind_that_was_asked_for_is_found(shops):
    assert ids("pena", kind="order") == [4]
    assert ids("SO-000123", kind="order") == ids("000123", kind="order") == ids("so 123", kind="order") == [4]
    assert ids("SO-000123") == []


def test_what_people_type_by_accident_is_harmless(shops):
    for query in ("", None, "   ", "%", "_", "-", '"', "'", "*", "\x00", "\ud800", "()", "&", "\\", "^", "–"):
        assert ids(query) == []
    for query in (
        '"pena',
        "pena*",
        "pena OR ana",
        "NOT pena",
        "pena) OR (1",
        "NEAR(pena cafe)",
        "text:pena",
        "pena\x00",
    ):
        assert ids(query) in ([], [1])


def test_wildcards_are_letters_like_others(shops):
    assert ids("100%") == ids("00%") == [3]
    assert ids("e_road") == [3]
    assert ids("1%0") == ids("eXroad") == ids("r%s") == []
    assert ids("%ana") == [3]  # signs before a word are no part of it


def test_a_huge_query_is_cut(shops):
    assert ids("pena " * 100_000) == [1]
    assert ids("x" * 1_000_000) == []
    assert ids(" ".join(f"word{n}" for n in range(10_000))) == []


def test_a_huge_text_is_cut(database):
    put(1, "first " + "(" * 1_000_000 + " last")
    assert ids("first") == [1]
    assert ids("last") == []


@given(query=st.text(max_size=40))
def test_no_query_breaks_the_search(query):
    pieces = asked_words.pieces_of(query)
    assert all(len(piece) >= 3 for words in pieces for word in words for piece in word)


def test_any_text_is_found_by_any_of_its_words(shops):
    for text in ("A/S \"Quoted\" 'one'", "50% off_now \\ back", "ร้าน ก. ข.", "x-y+z=1"):
        put(9, text)
        for word in text.split():
            if any(c.isalnum() for c in word):
                assert 9 in ids(word), (text, word)


def test_matches_stands_in_a_where(shops):
    query = SearchEntry.select().where(SearchEntry.record.in_(search.matches("account", "pena")))
    assert {row.kind for row in query} == {"account"}


def test_a_customers_list_reads_its_own_account_only(shops):
    assert ids("pena", account=10) == ids("afe c 0917", account=10) == [1]
    assert ids("pena", account=20) == []
    assert ids("%", account=10) == []


def test_a_page_goes_through_the_newest_that_its_reader_may_find(shops, monkeypatch):
    monkeypatch.setattr(search, "LISTED", 2)
    for number, team in ((101, 1), (102, 2), (103, 1), (104, None), (105, 1)):
        put(number, "Sari-sari store", team=team)
    assert search.newest("account", "sari store", RHEA) == ([105, 104], True)
    assert search.newest("account", "sari store", OWEN) == ([104, 102], False)
    assert search.newest("account", "", RHEA) == ([], False)
    put(106, "sari spends much", right="spending.read")
    assert search.newest("account", "much", RHEA) == ([], False)
    assert search.newest("account", "much", RHEA, rights=("spending.read",)) == ([106], False)


def test_on_postgresql_what_is_common_is_looked_for_among_the_newest(postgres, monkeypatch):
    monkeypatch.setattr(search_plans, "COMMON", 20)
    monkeypatch.setattr(search_plans, "LOOKED_THROUGH", 8)
    with store.connection():
        for number in range(1, 61):
            put(number, f"Sari-sari store {'zobel' if number in (3, 50) else number}", team=1 if number % 2 else 2)
        with store.schema_change():
            store.db.execute_sql("ANALYZE search_entry")
        assert search_plans.is_common(asked_words.pieces_of("store"))
        assert not search_plans.is_common(asked_words.pieces_of("zobel"))
        assert search.find("store", ["account"], RHEA, limit=2)["account"] == ([59, 57], True)
        assert search.find("zobel", ["account"], RHEA, limit=2)["account"] == ([3], False)
        assert search.newest("account", "store", RHEA).more
        assert search.newest("account", "zobel", OWEN) == ([50], False)


# Who may find


def found(query, actor, kinds=("account", "order"), **more):
    return {kind: hit.records for kind, hit in search.find(query, kinds, actor, **more).items()}


def test_staff_find_their_teams_and_the_pool(shops):
    assert found("pena", RHEA) == {"account": [1], "order": [4]}
    assert found("pena", OWEN) == {"account": [], "order": []}
    assert found("ana", RHEA)["account"] == found("ana", OWEN)["account"] == [3]
    assert found("pena", ADA) == {"account": [1], "order": [4]}
    assert found("ป้าแต๋ว", OWEN)["account"] == [2]
    assert found("ana", Actor(Ref("employee", 9), role="manager"))["account"] == [3]


def test_customers_find_their_own_account_only(shops):
    assert found("pena", CAROL) == {"account": [1], "order": [4]}
    assert found("pena", DAVE) == {"account": [], "order": []}
    assert found("ana", CAROL)["account"] == []
    assert found("pena", Actor(Ref("login", 6), role="buyer"))["account"] == []


def test_strangers_find_nothing(shops):
    assert found("pena", NOBODY) == {"account": [], "order": []}


def test_a_moved_account_is_found_by_its_new_team_with_all_it_has(shops):
    with audit.change(BY, "account.moved"):
        search.move(10, SOUTH)
    assert found("pena", OWEN) == {"account": [1], "order": [4]}
    assert found("pena", RHEA) == {"account": [], "order": []}


def test_texts_under_a_right_are_found_by_its_holders_only(shops):
    put(1, "spends 2M a year", account=10, team=NORTH, right="spending.read")
    assert found("spends", RHEA)["account"] == ids("spends") == []
    assert found("spends", RHEA, rights=("spending.read",))["account"] == [1]
    assert ids("spends", rights=("spending.read",)) == [1]
    assert ids("pena") == [1]


def test_the_beginning_of_a_word_comes_before_its_middle(database):
    put(1, "Ana")
    put(2, "Banana Shop")
    put(3, "Anabel")
    put(4, "Havana")
    hit = search.find("ana", ["account"], ADA, limit=3)["account"]
    assert hit.records == [3, 1, 4]
    assert hit.more
    assert not search.find("ana", ["account"], ADA, limit=4)["account"].more


def test_a_search_over_all_kinds_is_one_statement(shops):
    before = store.queries()
    search.find("pena", ["account", "order", "contact", "product", "case", "lead"], RHEA)
    assert store.queries() - before == 1


def test_a_search_for_nothing_asks_nothing(shops):
    before = store.queries()
    assert search.find("%", ["account"], RHEA)["account"].records == []
    assert search.find("pena", [], RHEA) == {}
    assert store.queries() == before
