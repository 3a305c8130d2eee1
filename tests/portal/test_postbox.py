"""The postbox: whatever a mail server does, a message is sent, tried again or put before staff, and nothing hangs."""

import email
import email.policy
import shutil
import subprocess
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from portal.web import postbox
from portal.web.postbox import Refused
from portal.worker import Undeliverable
from tests.bad_servers import DEAD, RETRY, SENT, BadServer
from tests.mail import PostOffice
from tests.postgres_server import free_port

FROM = "shop@shop.example"


def finished(body="Good morning, ครัวคุณแม่"):
    people = {"sender": ("Shop", FROM), "to": [("Carol", "carol@kitchen.example")]}
    return postbox.finish("<1.1.aa@shop.example>", body, f"<p>{body}</p>", subject="Hello", **people)


def outcome(url, to="carol@kitchen.example", **fields):
    """What comes of sending one message there."""
    try:
        postbox.open_postbox(url, None)(finished(**fields), FROM, to)
    except Undeliverable:
        return DEAD
    except Exception:
        return RETRY
    return SENT


def test_nobody_at_home_is_tried_again():
    assert outcome(f"smtp://127.0.0.1:{free_port()}?timeout=1") == RETRY
    assert outcome("smtp://mail.nowhere.invalid?timeout=1") == RETRY


class Office(PostOffice):
    """A mail server with options of aiosmtpd."""

    def __init__(self, scheme="smtp", who="", **options):
        super().__init__()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **options)
        self.url = f"{scheme}://{who}localhost:{self.controller.port}?timeout=5"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def test_a_message_that_is_too_big_is_dead():
    with Office(data_size_limit=20_000) as office:
        assert outcome(office.url) == SENT
        assert outcome(office.url, body="long " * 10_000) == DEAD


def test_addresses_in_other_scripts_go_where_the_server_takes_them():
    with Office(enable_SMTPUTF8=True) as office:
        assert outcome(office.url, to="แครอล@kitchen.example") == SENT
        assert office.envelopes[0].rcpt_tos == ["แครอล@kitchen.example"]
    with Office(enable_SMTPUTF8=False) as office:
        assert outcome(office.url, to="แครอล@kitchen.example") == DEAD
        assert outcome(office.url, to="carol@ครัว.example") == SENT
        assert office.envelopes[0].rcpt_tos == ["carol@xn--42c6dm3b.example"]


def test_what_is_no_address_is_dead():
    with Office() as office:
        for nonsense in ("", "carol", "a b@c.example", "a@b.example>, <c@d.example", "a@b.example\r\nRSET"):
            assert outcome(office.url, to=nonsense) == DEAD
        assert office.envelopes == []


def test_name_and_password_are_given_and_a_wrong_one_keeps_the_mail_waiting():
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"shop", b"p@ss:word/1"))

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    with Office(who="shop:p%40ss%3Aword%2F1@", **options) as office:
        assert outcome(office.url) == SENT
    with Office(who="shop:wrong@", **options) as office:
        assert outcome(office.url) == RETRY


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A context for a server at "localhost" whose certificate this process trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: the encrypted ways of SMTP stay untested")
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", made, *names]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    context = postbox.ssl.SSLContext(postbox.ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


def test_encrypted_ways_are_taken_and_the_certificate_is_checked(certificate, monkeypatch):
    with Office("smtps", ssl_context=certificate) as office:
        assert outcome(office.url) == SENT
        assert outcome(office.url.replace("localhost", "127.0.0.1")) == RETRY  # the certificate names localhost
    with Office("smtp+starttls", tls_context=certificate, require_starttls=True) as office:
        assert outcome(office.url) == SENT
        monkeypatch.delenv("SSL_CERT_FILE")
        assert outcome(office.url) == RETRY  # nobody vouches for it


def test_starttls_never_falls_back_to_plain_text():
    with Office("smtp+starttls") as office:
        assert outcome(office.url) == RETRY
        assert office.envelopes == []


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp:", "localhost:25", "smtp://h:x1"])
def test_an_address_of_a_server_that_makes_no_sense_is_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        postbox.open_postbox(url, None)


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 20), ("?timeout=5", 5), ("?timeout=99", 20), ("?timeout=0", 0.1), ("?timeout=x", 20)]
)
def test_no_answer_is_waited_for_longer_than_twenty_seconds(asked, seconds):
    assert postbox.Server.parse(f"smtp://mail.example{asked}").timeout == seconds


def test_without_a_server_mail_is_kept_as_files_and_a_repeat_changes_nothing(tmp_path):
    send = postbox.open_postbox("", tmp_path)
    for _ in range(2):
        send(finished(), FROM, "carol@kitchen.example")
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == "1.1.aa@shop.example.eml"
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert "ครัวคุณแม่" in kept.get_body(("plain",)).get_content()
    assert "ครัวคุณแม่" in kept.get_body(("html",)).get_content()


def test_a_file_name_never_leaves_the_folder(tmp_path):
    folder = postbox.Folder(tmp_path)
    assert folder.path("<../../etc/passwd>") == tmp_path / "etcpasswd.eml"
    assert folder.path("<.hidden/\0x>").parent == tmp_path


def test_a_refusal_names_the_answer_of_the_server():
    with BadServer("rcpt", b"450 come back later\r\n") as server, pytest.raises(Refused, match="450 come back later"):
        postbox.open_postbox(server.url, None)(finished(), FROM, "carol@kitchen.example")


def test_a_paced_postbox_hands_over_no_more_than_it_may(tmp_path):
    gone = []
    box = postbox.Paced(lambda mail, sender, address: gone.append(time.monotonic()), per_minute=1200)  # one in 50 ms
    for _ in range(3):
        box.send(None, "", "")
    assert gone[2] - gone[0] > 0.09
