"""What is typed or asked comes back as text: in refused forms, after saved ones, on error pages (BATTERY C2)."""

from urllib.parse import quote, urlsplit

import pytest

from tests.battery import crawling, planting
from tests.battery.walked import shop, undone, walked  # noqa: F401

TYPED = planting.markup(0, 60)
ASKED = (
    "q",
    "sort",
    "after",
    "before",
    "state",
    "owner",
    "kind",
    "columns",
    "named",
    "account",
    "from",
    "to",
    "next",
    "view",
)

pytestmark = [pytest.mark.row("C2"), pytest.mark.one_database]


def raw(answer):
    return answer.mimetype == "text/html" and crawling.RAW.search(answer.text) is not None


def test_no_form_gives_back_as_markup_what_was_typed(shop, figures):  # noqa: F811
    wrong, forms, refused, statuses = [], 0, 0, set()
    for sheet in shop.sheets:
        names = sheet.texts()
        with undone():
            answer = sheet.send(**dict.fromkeys(names, TYPED))
            statuses.add(answer.status_code)
            follows = answer.headers.get("Location", "")
            after = sheet.client.get(urlsplit(follows).path) if follows.startswith("/") else None
            if raw(answer) or after is not None and raw(after):
                wrong.append(f"{sheet.action} as {sheet.person}")
        forms, refused = forms + bool(names), refused + (answer.status_code == 422)
    figures(forms=forms, refused=refused, given_back_as_markup=len(wrong))
    assert wrong == []
    assert refused > 50
    assert not [status for status in statuses if status >= 500]


def test_no_address_gives_back_as_markup_what_was_asked(shop, figures):  # noqa: F811
    wrong, asked = [], dict.fromkeys(ASKED, TYPED)
    pages = [(way, client) for person in ("carol", "ada") for way, client in shop.pages[person]]
    for way, client in pages:
        answer = client.get(way, query_string=asked)
        wrong += [f"{way}: {answer.status_code}"] if raw(answer) or answer.status_code >= 500 else []
    client = shop.app.test_client()
    lost = (
        "/{}",
        "/staff/{}",
        "/orders/{}",
        "/files/{}",
        "/do/{}",
        "/order-form/{}",
        "/static/{}",
        "/sign-in?next={}",
    )
    answers = [
        client.open(way.format(quote(TYPED, safe="")), method=how) for way in lost for how in ("GET", "POST", "PUT")
    ]
    wrong += [answer.request.path for answer in answers if raw(answer)]
    figures(addresses=len(pages), errors=len(answers), given_back_as_markup=len(wrong))
    assert wrong == []
