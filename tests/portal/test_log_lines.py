"""The log: one line per event, with the request it belongs to, and nothing in it that lets somebody in."""

import logging

import pytest

from portal import store
from portal.people import links
from tests import logs, make


@pytest.fixture
def log():
    """What is written, as text."""
    with logs.written() as text:
        yield lambda: text().splitlines()


def one(lines, words):
    """The only line with these words."""
    found = [line for line in lines if words in line]
    assert len(found) == 1, lines
    return found[0]


def test_a_denial_is_one_line_with_the_request_that_the_page_names(client, world, log):
    answer = client.sign_in(world.rhea).get("/staff/settings/employees/new")
    assert answer.status_code == 403
    line = one(log(), "denied")
    assert f"[{answer.headers['X-Request-Id']}]" in line
    assert str(world.rhea.ref) in line
    assert "suki.security" in line


def test_a_sign_in_is_written_down_whether_it_works_or_not(client, database, log):
    client.send("/sign-in", email="carol@kitchen.example", password="Geheim-7788-x")
    assert "sign-in refused" in one(log(), "WARNING suki.security")
    carol = make.login("Carol Dizon")
    client.sign_in(make.customer_actor(make.member(make.account(), "Carol", login=carol)))
    assert f"opened for {carol.ref}" in one(log(), "INFO suki.security")
    assert "Geheim" not in "".join(log())
    assert "carol@kitchen.example" not in "".join(log())


def test_a_form_without_the_browsers_mark_is_written_down(client, database, log):
    assert client.post("/sign-in", data={"email": "x@y.example"}).status_code == 400
    assert "form refused at /sign-in from 127.0.0.1" in one(log(), "suki.security")


def test_links_never_reach_the_log(app, database, log):
    with store.connection():
        login = make.login("Carol Dizon")
        link = links.issue("recover", "customer", login.email, login=login)
    proof = link.token.partition(".")[2]
    logging.getLogger("suki.web").error("request POST %s failed", link.path)
    try:
        raise ValueError(f"no page at {link.path}")
    except ValueError:
        logging.getLogger("suki.web").exception("failed")
    assert proof not in "\n".join(log())
    assert f"/recover/{link.id}.… failed" in one(log(), "request POST")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("postgresql://suki:geheim@db/suki is away", "postgresql://suki:…@db/suki is away"),
        ("smtps://shop:a:b@mail.example refused", "smtps://shop:…@mail.example refused"),
        ("connection failed: host=db password=geheim dbname=suki", "password=… dbname=suki"),
    ],
)
def test_passwords_of_servers_never_reach_the_log(log, said, written):
    logging.getLogger("suki").warning(said)
    assert log()[0].endswith(written)
    assert "geheim" not in log()[0]


def test_nobody_forges_a_line(log):
    forged = "/x\n2026-11-22 INFO suki.security [-] all is well\r\x1b[2J"
    logging.getLogger("suki.security").warning("denied %s", forged)
    assert len(log()) == 1
    assert "\\n2026-11-22" in log()[0]
    assert "\x1b" not in log()[0]
