"""Texts, money, days and phones read right in three languages, without an app."""

import io
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from markupsafe import Markup

from portal.values import Money
from portal.web import terms, wording
from portal.web.wording import Wording, best_language, language_code

TUESDAY = date(2026, 11, 17)
QUARTER_PAST_NINE = datetime(2026, 11, 17, 1, 12)  # in UTC; Manila is eight hours ahead


def test_no_message_is_said_twice_with_other_values():
    said = {}
    for area in terms._AREAS:
        for name, text in area.MESSAGES.items():
            placeholders = set(re.findall(r"%\((\w+)\)", text))
            assert said.setdefault(name, placeholders) == placeholders, name


def english(**more):
    return Wording("en", "Asia/Manila", "PHP", today=TUESDAY, **more)


def filipino():
    return Wording("fil", "Asia/Manila", "PHP", today=TUESDAY)


def thai():
    return Wording("th", "Asia/Bangkok", "THB", "TH", today=TUESDAY)


def plain(text):
    return text.replace("\u00a0", " ")


def test_wording_knows_no_flask():
    code = "import sys, portal.web.wording; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# Money


def test_money_on_a_page_sets_the_cents_apart():
    shown = english().money(Money(1864000, "PHP"))
    assert shown == '<span class="money">₱18,640<i>.00</i></span>'
    assert isinstance(shown, Markup)


def test_peso_and_baht_keep_their_sign_in_every_language():
    for reader in (english(), filipino(), thai()):
        assert reader.money_text(Money(965000, "THB")) == "฿9,650.00"
        assert reader.money_text(Money(965000, "PHP")) == "₱9,650.00"


def test_money_below_zero_has_a_true_minus_and_keeps_its_cents():
    assert english().money_text(Money(-5, "PHP")) == "−₱0.05"
    assert english().money(Money(-186450, "PHP")) == '<span class="money">−₱1,864<i>.50</i></span>'


def test_each_currency_has_its_own_number_of_digits():
    assert english().money_text(Money(12345678, "JPY")) == "¥12,345,678"
    assert english().money(Money(500, "JPY")) == '<span class="money">¥500</span>'
    assert plain(english().money_text(Money(12345678, "KWD"))) == "KWD 12,345.678"


def test_a_currency_without_sign_never_parts_from_its_number():
    assert english().money_text(Money(1200, "CHF")) == "CHF\u00a012.00"


def test_a_hostile_currency_code_is_escaped():
    assert "<script>" not in english().money(Money(1200, "<script>"))


@pytest.mark.parametrize(
    ("minor", "shown"),
    [(1864050, "₱18,640"), (1864051, "₱18,641"), (-149, "−₱1"), (-49, "₱0"), (10**15, "₱10,000,000,000,000")],
)
def test_an_amount_has_no_cents(minor, shown):
    assert english().amount_text(Money(minor, "PHP")) == shown
    assert english().amount(Money(minor, "PHP")) == f'<span class="money">{shown}</span>'


def test_nothing_is_a_dash():
    reader = english()
    for show in (reader.money, reader.amount, reader.money_text, reader.amount_text, reader.number):
        assert show(None) == "–"
    for show in (reader.percent, reader.day, reader.long_day, reader.clock, reader.moment, reader.phone):
        assert show(None) == "–"


# Numbers


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (18640, "18,640"),
        (-3, "−3"),
        (13.75, "13.75"),
        (Decimal("1200.00"), "1,200"),
        (Decimal("100"), "100"),
        (1200.0, "1,200"),
        (0.1 + 0.2, "0.3"),
        (-0.0001, "0"),
        (Decimal("1E+3"), "1,000"),
        (2**63, "9,223,372,036,854,775,808"),
    ],
)
def test_numbers_have_thousands_and_no_idle_zeros(number, shown):
    assert english().number(number) == shown


def test_per_cent():
    assert english().percent(0.125) == "12.5%"
    assert english().percent(1) == "100%"
    assert english().percent(Decimal("0.3333"), digits=0) == "33%"


def test_a_number_never_parts_from_its_unit():
    assert english().quantity(25, "kg") == "25\u00a0kg"
    assert english().quantity(Decimal("2.50"), "fl oz") == "2.5\u00a0fl\u00a0oz"
    assert english().quantity(6) == "6"
    assert english().file_size(1) == "1\u00a0kB"
    assert english().file_size(2_440_000) == "2.4\u00a0MB"


# Days


def test_a_day_within_a_fortnight_names_its_weekday():
    assert plain(english().day(TUESDAY)) == "Tue 17 Nov"
    assert plain(filipino().day(TUESDAY)) == "Martes, 17 Nob"
    assert plain(thai().day(TUESDAY)) == "อ. 17 พ.ย. 2569"
    assert plain(english().day(date(2026, 12, 1))) == "Tue 1 Dec"
    assert plain(english().day(date(2026, 11, 3))) == "Tue 3 Nov"


def test_a_day_further_off_names_no_weekday():
    assert plain(english().day(date(2026, 12, 2))) == "2 Dec"
    assert plain(filipino().day(date(2026, 10, 3))) == "3 Okt"
    assert plain(thai().day(date(2026, 10, 3))) == "3 ต.ค. 2569"


def test_another_year_is_named():
    assert plain(english().day(date(2025, 10, 3))) == "3 Oct 2025"
    assert plain(filipino().day(date(2025, 10, 3))) == "3 Okt 2025"
    assert plain(english().long_day(date(2025, 10, 3))) == "Friday, 3 October 2025"
    new_year = Wording("en", "Asia/Manila", "PHP", today=date(2026, 12, 30))
    assert plain(new_year.day(date(2027, 1, 1))) == "Fri 1 Jan 2027"


def test_thai_readers_have_the_buddhist_era_and_english_ones_do_not():
    assert thai().year(TUESDAY) == "2569"
    assert english().year(TUESDAY) == filipino().year(TUESDAY) == "2026"
    assert plain(thai().month_year(TUESDAY)) == "พ.ย. 2569"
    assert plain(thai().long_day(date(2026, 11, 14))) == "วันเสาร์ที่ 14 พฤศจิกายน 2569"


def test_machines_never_get_another_era():
    assert thai().iso(TUESDAY) == "2026-11-17"
    assert thai().iso(QUARTER_PAST_NINE) == "2026-11-17T01:12:00Z"


def test_long_days_stand_in_sentences():
    assert plain(english().long_day(date(2026, 11, 14))) == "Saturday, 14 November"
    assert plain(filipino().long_day(date(2026, 11, 14))) == "Sabado, 14 Nobyembre"


def test_the_parts_of_a_short_day_never_part():
    assert " " not in english().day(TUESDAY) + filipino().day(TUESDAY) + thai().day(TUESDAY)


def test_the_margin_has_its_three_lines():
    assert [english().weekday(TUESDAY), english().dayno(TUESDAY), english().month(TUESDAY)] == ["Tue", "17", "Nov"]
    assert [thai().weekday(TUESDAY), thai().dayno(TUESDAY), thai().month(TUESDAY)] == ["อ.", "17", "พ.ย."]


def test_a_moment_is_shown_in_the_time_zone_of_the_shop():
    late = datetime(2026, 11, 16, 17, 30)  # half past one of the next day in Manila
    assert plain(english().moment(late)) == "Tue 17 Nov, 1:30 am"
    assert english().date(late) == TUESDAY
    assert plain(thai().moment(late)) == "อ. 17 พ.ย. 2569, 00.30 น."
    assert plain(english().moment(late.replace(tzinfo=UTC))) == "Tue 17 Nov, 1:30 am"


def test_a_day_is_not_moved_by_the_time_zone():
    far = Wording("en", "Pacific/Kiritimati", "PHP", today=TUESDAY)
    assert plain(far.day(TUESDAY)) == "Tue 17 Nov"


def test_the_end_of_all_days_is_shown_and_does_not_break():
    assert plain(english().moment(datetime(9999, 12, 31, 23, 59))) == "31 Dec 9999, 11:59 pm"
    assert plain(thai().day(date(9999, 12, 31))) == "31 ธ.ค. 10542"
    assert plain(english().day(date(1, 1, 1))) == "1 Jan 1"


def test_today_is_the_day_in_the_time_zone_of_the_shop():
    assert Wording(timezone="Asia/Manila").today in {
        datetime.fromtimestamp(t, UTC).astimezone(wording.ZoneInfo("Asia/Manila")).date()
        for t in (datetime.now(UTC).timestamp() - 5, datetime.now(UTC).timestamp())
    }


@pytest.mark.parametrize(
    ("at", "en", "fil", "th"),
    [
        (time(0, 5), "12:05 am", "12:05 ng madaling-araw", "00.05 น."),
        (time(9, 12), "9:12 am", "9:12 ng umaga", "09.12 น."),
        (time(12, 0), "12:00 pm", "12:00 ng tanghali", "12.00 น."),
        (time(14, 45), "2:45 pm", "2:45 ng hapon", "14.45 น."),
        (time(23, 59), "11:59 pm", "11:59 ng gabi", "23.59 น."),
    ],
)
def test_the_clock(at, en, fil, th):
    assert [plain(reader.clock(at)) for reader in (english(), filipino(), thai())] == [en, fil, th]


def test_a_span_of_hours_names_the_half_of_the_day_once():
    assert plain(english().hours(time(14), time(17))) == "2–5 pm"
    assert plain(english().hours(time(8), time(17, 30))) == "8 am–5:30 pm"
    assert plain(filipino().hours(time(14), time(17))) == "2–5 ng hapon"
    assert plain(thai().hours(time(14), time(17))) == "14.00–17.00 น."


# People


def test_phones_are_national_at_home_and_international_abroad():
    assert plain(english().phone("+639175550188")) == "0917 555 0188"
    assert plain(english().phone("+66815550142")) == "+66 81 555 0142"
    assert plain(thai().phone("+66815550142")) == "081 555 0142"


def test_a_phone_no_table_knows_stays_as_it_was_written():
    assert english().phone("local 12, ask for Jun") == "local 12, ask for Jun"
    assert english().phone("123") == "123"
    assert english().phone("") == "–"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jun Villanueva", "JV"),
        ("Maria Clara de la Cruz", "MC"),
        ("maribel", "M"),
        ("คุณนภา ศรีสวัสดิ์", "นภ"),
        ("เอกชัย", "อก"),
        ("ñandú", "Ñ"),
        ("(7-Eleven)", "7"),
        ("  ", "?"),
        (None, "?"),
    ],
)
def test_initials(name, letters):
    assert english().initials(name) == letters


# Texts


@pytest.fixture
def translations(tmp_path, monkeypatch):
    catalog = Catalog(locale="th")
    catalog.add("Orders", "คำสั่งซื้อ")
    catalog.add(("%(num)s bag", "%(num)s bags"), ("%(num)s ถุง",))
    catalog.add("Open", "เปิดอยู่", context="state")
    folder = tmp_path / "th" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with io.FileIO(folder / "messages.mo", "w") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(wording, "TRANSLATIONS", tmp_path)


@pytest.mark.usefixtures("translations")
def test_texts_come_from_the_catalogue_of_the_language():
    assert thai().gettext("Orders") == "คำสั่งซื้อ"
    assert thai().ngettext("%(num)s bag", "%(num)s bags", 1200) == "1,200 ถุง"
    assert thai().pgettext("state", "Open") == "เปิดอยู่"


@pytest.mark.usefixtures("translations")
def test_a_text_without_translation_is_english():
    assert thai().gettext("Sign in") == filipino().gettext("Sign in") == "Sign in"
    assert filipino().ngettext("%(num)s bag", "%(num)s bags", 2) == "2 bags"
    assert english().ngettext("%(num)s bag", "%(num)s bags", 1) == "1 bag"
    assert thai().gettext("") == ""


def test_parameters_fill_a_text_and_a_lone_per_cent_sign_is_no_trap():
    assert english().gettext("Hello %(name)s", name="Jun") == "Hello Jun"
    assert english().gettext("100% paid") == "100% paid"


@pytest.mark.parametrize(
    ("words", "en", "th"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a และ b"),
        (["a", "b", "c"], "a, b and c", "a b และ c"),
    ],
)
def test_words_in_a_row(words, en, th):
    assert english().list_words(words) == en
    assert thai().list_words(words) == th


def test_an_unknown_language_reads_english():
    assert Wording("xx").language == "en"
    assert Wording("tl").language == "fil"


# The wish of a browser


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "en"),
        ("", "en"),
        ("th", "th"),
        ("tl-PH,en;q=0.9", "fil"),
        ("de-DE,de;q=0.9,th;q=0.5,en;q=0.4", "th"),
        ("en;q=0.3, fil;q=0.8", "fil"),
        ("th;q=0, en;q=0.1", "en"),
        ("th;q=oops", "en"),
        ("*", "en"),
        (";;;,=,q", "en"),
        ("th;q=1.000,en", "th"),
        ("x" * 100_000 + ",th", "en"),
    ],
)
def test_the_best_language_is_the_one_wanted_most(header, code):
    assert best_language(header) == code


def test_language_tags_are_read_whatever_their_region():
    assert [language_code(tag) for tag in ("TH_th", "fil-PH", "tl", "en-GB", "thx", "")] == [
        "th",
        "fil",
        "fil",
        "en",
        None,
        None,
    ]


def test_words_in_a_row_keep_amounts_marked_up_and_names_escaped():
    words = Wording("en").list_words([Wording("en").amount(Money(500_00, "PHP")), "<b>", Wording("en").amount(None)])
    assert '<span class="money">' in words
    assert "&lt;b&gt;" in words
