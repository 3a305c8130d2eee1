"""What touches security is written down with all that is needed to follow it, and with nothing that lets anybody in
(BATTERY J5, J6).
"""

import os
import re
import signal
from datetime import datetime, timedelta

import pytest

from portal import store, values
from portal.audit import Entry
from portal.outbox import Outbox
from portal.people import attempts, link_requests, links, passwords
from portal.people.links import Link
from portal.people.logins import Login
from tests import logs, routes
from tests.battery import mail_links
from tests.postgres_server import free_port

PASSWORD, NEXT, WRONG = "my purple elephant dances", "tsinelas sa ulan", "Canary-of-a-wrong-one-7788"
OF_ONE_PERSON = ("/inbox/", "/staff/inbox/", "/staff/views/")  # whose they are nobody else is told, nor the log
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) suki\.\w+ (\S+) \[([0-9a-f]{16})\] (.+)"
)


@pytest.fixture
def log():
    """What is written, as text, with everything that libraries say at the usual level."""
    with logs.written() as text:
        yield text


@pytest.fixture
def shop(app, world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    app.testing = False
    return app


def events(world):
    """(who does it, where he posts, what he types, what is written): words of the log, or the event of an entry."""
    made = mail_links.every_link(world, "carol")
    carol, own, new = world.logins["carol"], {"password": PASSWORD}, {"password": NEXT}
    owen = {"subject": world.employees["owen"].ref, "params": {"language": "en"}}
    opened = links.issue("confirm_email", "customer", "new@nena.example", params=made["confirm_email"].params)
    invited = links.issue("staff_invite", "staff", "owen@new.example", **owen)
    cora, rhea = world.memberships["cora"], world.employees["rhea"]
    colleague = {"name": "Ben", "email": "ben@kitchen.example", "role": "viewer"}
    return [
        (None, "/sign-in", {"email": carol.email} | own, "opened for login:"),
        (None, "/sign-in", {"email": carol.email} | own, "login.signed_in"),
        (None, "/sign-in", {"email": carol.email, "password": WRONG}, f"at the customer face to {carol.ref}"),
        (None, "/sign-in", {"email": "x@y.example", "password": WRONG}, "at the customer face to nobody we know"),
        (None, "/staff/sign-in", {"email": carol.email} | own, "refused at the staff face to nobody we know"),
        (None, made["sign_in"].path, {}, "login.signed_in"),
        (None, opened.path, new, "account.signed_up"),
        (None, invited.path, new, "employee.joined"),
        (None, "/orders/SO-000001/cancel", {}, "denied orders.cancel to anonymous"),
        (None, "/sign-in?next=/staff", {"email": "y@z.example", "password": WRONG}, "refused at the customer face"),
        ("rhea", "/staff/settings/employees", {"name": "Eve"}, "denied employees.manage to login:"),
        ("cora", "/account/people", colleague, "denied invitations.send to login:"),
        ("carol", "/account/people", colleague, "contact.invited"),
        (
            "carol",
            f"/account/people/{cora.number}/rights",
            {"role": "buyer", "version": cora.version},
            "membership.role_changed",
        ),
        ("carol", f"/account/people/{cora.number}/end", {"version": cora.version + 1}, "membership.ended"),
        ("carol", "/security/language", {"language": "th"}, "login.language_changed"),
        ("carol", "/security/email", {"email": "carol@new.example"} | own, "login.email_asked"),
        (None, _newest_path, {}, "login.email_changed"),
        ("carol", "/sign-out", {}, "login.signed_out"),
        ("carol", "/security/sign-out-everywhere", {"scope": "others"} | own, "login.signed_out_everywhere"),
        ("ada", "/staff/security/password", {"new_password": NEXT} | own, "login.password_changed"),
        ("ada", f"/staff/settings/employees/{rhea.number}/sign-out", {}, "login.signed_out_by_staff"),
        (
            "ada",
            f"/staff/settings/employees/{rhea.number}/deactivate",
            {"version": rhea.version},
            "employee.deactivated",
        ),
    ]


def _newest_path():
    return Link.select().where(Link.purpose == "change_email").order_by(Link.id.desc()).get().path


def is_written(expected, number, lines):
    """Whether an event stands in the log or in the audit under this request, with everything that it needs."""
    if " " not in expected:
        entry = Entry.select().where((Entry.event == expected) & (Entry.request == number)).first()
        return entry is not None and bool(entry.at and entry.actor and entry.subject)
    parts = [LINE.fullmatch(line) for line in lines if expected in line]
    return len(parts) == 1 and parts[0] is not None and (parts[0][2], parts[0][3]) == ("127.0.0.1", number)


@pytest.mark.row("J5")
@pytest.mark.one_database
def test_every_event_says_when_what_who_from_where_and_in_which_request(shop, world, log, figures):
    shop.config["WTF_CSRF_ENABLED"] = False
    found, wrong = events(world), []
    for who, address, typed, expected in found:
        client = shop.test_client().sign_in(getattr(world, who)) if who else shop.test_client()
        before = len(log().splitlines())
        answer = client.post(address() if callable(address) else address, data=typed)
        if not is_written(expected, answer.headers["X-Request-Id"], log().splitlines()[before:]):
            wrong.append((who, address, expected, answer.status_code))
    shop.config["WTF_CSRF_ENABLED"] = True
    others = {
        "form refused at /sign-in": lambda c: c.post("/sign-in", data={"password": WRONG}),
        "asked under a foreign name": lambda c: c.get("/sign-in", headers={"Host": "evil.example"}),
        "GET /sign-in failed": lambda c: _broken(shop, c),
    }
    for expected, act in others.items():
        before = len(log().splitlines())
        number = act(shop.test_client()).headers["X-Request-Id"]
        if not is_written(expected, number, log().splitlines()[before:]):
            wrong.append(expected)
    figures(events=len(found) + len(others), incomplete=len(wrong))
    assert wrong == []


def _broken(shop, client):
    def fail(**_):
        raise RuntimeError("a fault of ours")

    kept, shop.view_functions["portal.sign_in"] = shop.view_functions["portal.sign_in"], fail
    answer = client.get("/sign-in")
    shop.view_functions["portal.sign_in"] = kept
    return answer


@pytest.mark.row("J5")
@pytest.mark.one_database
def test_guesses_that_are_put_off_are_written_down(shop, log, figures):
    shop.config["WTF_CSRF_ENABLED"] = False
    client = shop.test_client()
    told = [client.post("/sign-in", data={"email": "x@y.example", "password": WRONG}).status_code for _ in range(15)]
    put_off = sum("too many attempts at /sign-in" in line for line in log().splitlines())
    figures(put_off=put_off)
    assert (told.count(429), put_off) == (5, 5)


@pytest.mark.row("J5")
@pytest.mark.one_database
def test_a_letter_leads_back_to_the_request_that_asked_for_it(shop, world, figures):
    """From the page over the worker: the letter’s Message-ID names its entry, and that the request."""
    shop.config["WTF_CSRF_ENABLED"] = False
    number = shop.test_client().post("/recover", data={"email": "carol@kitchen.example"}).headers["X-Request-Id"]
    link_requests.answer_all()
    letter = Outbox.select().where(Outbox.template == "recover_link").get()
    entry = Entry.get_by_id(int(re.match(r"<(\d+)\.", letter.message_id)[1]))
    figures(requests_followed=1)
    assert entry.request == number and entry.id == letter.entry


@pytest.mark.row("J5")
@pytest.mark.one_database
def test_who_tries_a_foreign_record_is_written_down_and_nothing_of_the_record(shop, world, log, figures):
    """Person, record and route, once per try; what nobody has, and addresses that there are not, leave no line."""
    shop.config["WTF_CSRF_ENABLED"] = False
    tries = []
    for rule, needs, method in routes.all_routes(shop):
        record = routes.sample(needs, world)
        actor = routes.person(world, "owen" if rule.rule.startswith("/staff") else "dave", rule)
        is_own = rule.rule.startswith(OF_ONE_PERSON)
        if record is not None and not is_own and routes.expectation(actor, needs, record) == "missing":
            tries.append((rule, method, record, actor))
    silent = [
        "/no/such/page",
        "/staff/no/such/page",
        "/orders/SO-999999",
        "/staff/accounts/999999",
        "/orders/nonsense",
    ]
    wrong = []
    for rule, method, record, actor in tries:
        before = len(log().splitlines())
        answer = shop.test_client().sign_in(actor).open(routes.address(rule, record), method=method, buffered=True)
        expected = f"kept {record.ref} from {actor.ref} at {rule.endpoint}"
        lines = [line for line in log().splitlines()[before:] if "kept " in line]
        if not is_written(expected, answer.headers["X-Request-Id"], lines) or not lines[0].endswith(expected):
            wrong.append((rule.rule, answer.status_code, lines))
    before = log()
    for path in silent:
        face = "owen" if path.startswith("/staff") else "dave"
        wrong += [] if shop.test_client().sign_in(getattr(world, face)).get(path).status_code == 404 else [path]
    figures(foreign=len(tries), written=len(tries) - len(wrong), unknown=len(silent))
    assert len(tries) > 100
    assert wrong == []
    assert "kept " not in log().removeprefix(before)


@pytest.mark.row("J6")
@pytest.mark.one_database
def test_no_password_token_or_cookie_reaches_the_log(shop, world, log, figures):
    """Every address with a token breaks, so that the log names it; people sign in, rightly and wrongly."""
    made = [link for name in ("carol", "dave") for link in mail_links.every_link(world, name).values()]
    secrets = {link.token.partition(".")[2] for link in made} | {PASSWORD, WRONG, NEXT}
    client = shop.test_client()
    client.send("/sign-in", email="carol@kitchen.example", password=WRONG)
    client.send("/sign-in", email="carol@kitchen.example", password=PASSWORD)
    client.send("/security", "/security/password", password=PASSWORD, new_password=NEXT)
    for cookie in client._cookies.values():
        secrets |= {cookie.value, cookie.value.rpartition(".")[2]}
    with client.session_transaction() as cookie:
        secrets |= {cookie["_user_id"], cookie.get("csrf_token", "")}
    paths = [link.path for link in made] + [mail_links.unsubscribing_of(world.logins["carol"]).path]
    secrets.add(paths[-1].rpartition(".")[2])

    def fail(**_):
        raise RuntimeError("broken")

    for rule, _ in mail_links.token_routes(shop):
        shop.view_functions[rule.endpoint] = fail
    statuses = [client.get(path).status_code for path in paths]
    client.post(f"/sign-in?password={WRONG}&token={PASSWORD.replace(' ', '+')}", data={"password": WRONG})
    with store.housekeeping("attempts"):
        attempts.Attempt.update(count=10**6).execute()
    client.post("/link/again", data={"token": made[0].token, "password": NEXT})
    text = log()
    leaked = sorted(secret for secret in secrets if secret and secret in text)
    figures(canaries=len(secrets), lines=text.count("\n"), leaked=len(leaked))
    assert set(statuses) == {500}
    assert text.count("RuntimeError") >= len(paths)
    assert leaked == []


@pytest.mark.row("J5")
@pytest.mark.one_database
def test_every_part_writes_its_lines_in_utc_and_says_so(run, open_shop, figures):
    """A page that was refused, the worker at a mailbox that is away, the web server and the supervisor themselves."""
    assert run("migrate").returncode == 0
    away = f"imap://me:pw@127.0.0.1:{free_port()}/INBOX"
    shop, told = open_shop("serve", TZ="Asia/Manila", IMAP_URL=away), {}
    shop.wait_for_page()
    began = values.now()
    shop.ask("GET", "/staff/accounts")
    family = shop.wait(lambda: (found := shop.family())["worker"] and found["serving"] and found)
    os.kill(family["serving"][0], signal.SIGKILL)
    said = ("denied accounts.see", "does not answer", "gunicorn.error", "suki.serving")
    for word in said:
        if word == said[-1]:
            os.kill(family["worker"][0], signal.SIGKILL)
        shop.wait(lambda word=word: [line for line in shop.log if word in line], 30, word)
        told[word] = next(line for line in shop.log if word in line)
    stamps = {word: re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z ", line) for word, line in told.items()}
    figures(parts=len(told), in_utc=sum(stamp is not None for stamp in stamps.values()))
    assert None not in stamps.values(), told
    ago = [abs(datetime.fromisoformat(stamp[1]) - began) for stamp in stamps.values()]
    assert max(ago) < timedelta(hours=1)
