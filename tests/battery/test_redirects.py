"""Where an answer leads and what its links begin with is ours: whatever `next`, Host and forwarded headers say
(BATTERY C10, C11).
"""

import re
import socket
from itertools import product

import pytest

from portal.outbox import Outbox
from portal.people import link_requests, links
from portal.web import mail, posting
from selfservice.sign_in import door as customers_door
from staff.sign_in import door as staff_door
from tests import routes

EVIL = "evil.example"
BEGINNINGS = (
    "//", "///", "////", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "/\r/", "/\r\n/", "/ /", " //", "\t//", "\x00//",
    "/\x00/", "https://", "http://", "HTTPS://", "https:", "https:/", "https:///", "http:\\\\", "ftp://",
    "javascript://", "data:", "javascript:alert(1)//", "vbscript:", "file:///", "mailto:", "/%2f", "/%5c",
    "%2f%2f", "/.//", "/..//", "/;//", "/%09/", "/%0d%0a/", "/．/", "／／", "/／", "⁄⁄", "/\u2028/", "/\u200b/",
    "/\ufeff/", "/@", "@", "", ".", "?", "#", "//shop.example@", "https://shop.example@",
    "https://shop.example\\@", "//shop.example%40", "//shop.example#@", "//127.0.0.1\\", "/staff//",
    "/staff/..//", "/staff/\\", "staff//", "~", "/~//", "*", "/*//",
)  # fmt: skip
ENDS = (
    EVIL, f"{EVIL}/", f"{EVIL}/%2e%2e", f"{EVIL}?x=1", f"{EVIL}#/orders", f"{EVIL}\\", f"{EVIL}:443",
    f"x.{EVIL}", f"{EVIL}.", "evil。example", "EVIL.EXAMPLE", "[::1]", "2130706433", "0x7f000001",
    "xn--vil-8la.example", f"{EVIL}\r\nSet-Cookie: x=1",
)  # fmt: skip
NAMES = (
    "next",
    "url",
    "to",
    "back",
    "return",
    "return_to",
    "redirect",
    "continue",
    "dest",
    "r",
    "goto",
    "here",
    "from",
)
FORWARDED = {
    "X-Forwarded-Host": EVIL, "X-Forwarded-Server": EVIL, "X-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https", "X-Original-URL": f"//{EVIL}/", "X-Rewrite-URL": f"//{EVIL}/",
    "X-Forwarded-Prefix": f"//{EVIL}", "X-Forwarded-Port": "1", "X-Original-Host": EVIL,
    "Referer": f"https://{EVIL}/", "X-Forwarded-Proto": "gopher", "X-HTTP-Host-Override": EVIL,
}  # fmt: skip
HOSTS = (
    EVIL, f"localhost.{EVIL}", f"localhost@{EVIL}", f"{EVIL}:80", f"localhost:80@{EVIL}", f"127.0.0.1.{EVIL}",
    "localhost,evil", f"localhost/{EVIL}", f"localhost#{EVIL}", f"localhost?{EVIL}", "localhost\\", "[::2]",
    "127.0.0.2", "localhost..", "-",
)  # fmt: skip
TARGETS = (
    b"//evil.example/%2e%2e", b"//evil.example/staff", b"///evil.example/", b"/\\evil.example/", b"/%5cevil.example/",
    b"/%2f/evil.example/", b"/staff//evil.example", b"//evil.example", b"/staff/..//evil.example/", b"*",
    b"/.//evil.example/", b"http://evil.example/staff", b"http://evil.example/", b"/staff?next=//evil.example",
    b"/staff/%0d%0aX:1",
)  # fmt: skip


def payloads():
    """Texts that one browser or another takes for an address elsewhere."""
    return [beginning + end for beginning, end in product(BEGINNINGS, ENDS)]


def leads_elsewhere(location):
    """Whether any browser would leave the shop by this Location: only a plain path of ours stays."""
    return not re.fullmatch(r"/(?![/\\])[!-~]*", location)


@pytest.mark.row("C10")
@pytest.mark.one_database
def test_nobody_is_led_elsewhere_after_signing_in(app, figures):
    tried, wrong = 0, []
    for payload in payloads():
        for door in (customers_door, staff_door):
            tried += 1
            with app.test_request_context("/sign-in", query_string={"next": payload}):
                to = door.onward()
            if leads_elsewhere(to) or to.startswith("/staff") != (door is staff_door):
                wrong.append((payload, to))
    figures(payloads=tried, foreign_locations=len(wrong))
    assert tried >= 1_000
    assert wrong == []


@pytest.mark.row("C10")
@pytest.mark.one_database
def test_no_parameter_of_any_page_leads_elsewhere(app, world, figures):
    app.testing = False
    asked, wrong = 0, []
    query = dict.fromkeys(NAMES, f"//{EVIL}/x")
    for name in ("nobody", "carol", "ada"):
        client = app.test_client() if name == "nobody" else app.test_client().sign_in(getattr(world, name))
        for rule, needs, method in routes.all_routes(app):
            own = name == "nobody" or rule.rule.startswith("/staff") == (name == "ada")
            if method != "GET" or not own or (name != "nobody" and needs.on is not None):
                continue
            address = routes.address(rule, None if needs.on is None else _Nowhere)
            answer = client.get(address, query_string=query, headers={"Referer": f"https://{EVIL}/"}, buffered=True)
            asked += 1
            if answer.location and leads_elsewhere(answer.location):
                wrong.append((address, answer.location))
    figures(pages_asked=asked, led_elsewhere=len(wrong))
    assert wrong == []


class _Nowhere:
    number = "999999"


@pytest.mark.row("C11")
@pytest.mark.one_database
def test_under_a_foreign_name_nothing_is_answered(app, world, figures):
    """On every route, whoever asks: refused before anybody is looked up."""
    app.testing = False
    client, asked, wrong = app.test_client().sign_in(world.ada), 0, []
    found = [
        routes.address(rule, None if needs.on is None else _Nowhere) for rule, needs, _ in routes.all_routes(app)
    ]
    for number, address in enumerate(found):
        for host in (EVIL, HOSTS[number % len(HOSTS)]):
            asked += 1
            answer = client.get(address, headers={"Host": host})
            if answer.status_code != 400 or EVIL in answer.text or answer.location:
                wrong.append((address, host, answer.status_code))
    figures(asked_under_foreign_names=asked, answered=len(wrong))
    assert wrong == []


@pytest.mark.row("C11")
@pytest.mark.one_database
def test_forwarded_headers_change_no_answer(app, world, figures):
    app.testing = False
    asked, wrong = 0, []
    for name in ("carol", "ada"):
        client = app.test_client().sign_in(getattr(world, name))
        for rule, needs, method in routes.all_routes(app):
            if method != "GET" or rule.rule.startswith("/staff") != (name == "ada") or needs.on is not None:
                continue
            answer = client.get(routes.address(rule, None), headers=FORWARDED, buffered=True)
            asked += 1
            told = answer.data + "\n".join(f"{k}: {v}" for k, v in answer.headers).encode()
            if EVIL.encode() in told or b"gopher" in told or answer.status_code >= 500:
                wrong.append((rule.rule, answer.status_code))
    figures(asked_with_forwarded_headers=asked, changed=len(wrong))
    assert wrong == []


@pytest.mark.row("C11")
@pytest.mark.one_database
def test_links_in_letters_begin_with_our_address_whoever_asked_under_which_name(app, world, settings, figures):
    app.config["WTF_CSRF_ENABLED"] = False
    client, shop = app.test_client(), mail.Shop.of(settings)
    for page in ("/recover", "/sign-in/link", "/sign-up", "/warranties/claim"):
        typed = {
            "email": "carol@kitchen.example",
            "kind": "household",
            "name": "Nena",
            "country": "PH",
            "serial": "1",
        }
        client.post(page, data=typed, headers=FORWARDED)
    carol = app.test_client().sign_in(world.carol)
    typed = {"name": "Ben", "email": "ben@kitchen.example", "role": "viewer"}
    carol.post("/account/people", data=typed, headers=FORWARDED)
    link_requests.answer_all()
    letters = [
        posting.letter_for(row, shop, links.address) for row in Outbox.select().where(Outbox.channel == "mail")
    ]
    found = [link for letter in letters for link in re.findall(r"https?://[^\s\"<>]+", letter.text + letter.html)]
    foreign = [link for link in found if not link.startswith(f"{settings.base_url}/")]
    figures(letters=len(letters), links=len(found), foreign_links=len(foreign))
    assert len(letters) >= 4 and len(found) >= 8
    assert foreign == []


@pytest.mark.row("C10", "C11")
@pytest.mark.one_database
def test_the_server_itself_leads_nobody_elsewhere(run, open_shop, figures):
    """The same over a socket, where no client has tidied the request line up before."""
    assert run("migrate").returncode == 0
    shop = open_shop()
    shop.wait_for_page(120)
    wrong = []
    for target in TARGETS:
        for host in (b"localhost", b"evil.example", b"localhost\r\nHost: evil.example"):
            head = _spoken(
                shop.port, b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
            )
            location = re.search(rb"(?im)^location: ([^\r]*)", head)
            if location and leads_elsewhere(location[1].decode().removeprefix("http://localhost")):
                wrong.append((target, host, location[1]))
            if b" 5" in head[:12]:
                wrong.append((target, host, head[:30]))
    figures(raw_requests=3 * len(TARGETS), led_elsewhere=len(wrong))
    assert wrong == []


def _spoken(port, sent):
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(sent)
        found = b""
        while more := line.recv(65536):
            found += more
    return found.partition(b"\r\n\r\n")[0]
