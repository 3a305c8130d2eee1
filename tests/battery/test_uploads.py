"""Uploads that are too large, too slow, cut off or killed (BATTERY D6)."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from portal import files
from portal.activity import attachments
from portal.activity.attachments import Attachment, Sent
from portal.errors import Invalid
from tests import make
from tests.battery.shops import ROOT, environment, pss_megabytes
from tests.battery.visitors import first_admin

PAGE = "/staff/accounts/1/files"
GIGABYTE = 1 << 30
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n"
    "Content-Type: multipart/form-data; boundary=cut\r\n{length}\r\n\r\n"
)
BIG = b"rice " * 100_000
SHOWN = 1 << 15  # a body that does not begin to come gets no thread at all
WARM = 40  # uploads after which a process has the memory it will keep
SWEEP = """
from datetime import timedelta
from portal import files, store
import sys
store.open("sqlite:///" + sys.argv[1] + "/suki.db")
files.open(sys.argv[1] + "/files")
with store.connection():
    print(files.sweep(timedelta(seconds=-3600)))
"""

pytestmark = [pytest.mark.row("D6"), pytest.mark.one_database]


@pytest.fixture
def ada(empty_shop, run, open_shop):
    """The admin of a served shop that has one account."""
    ada = first_admin(run, open_shop)
    fields = ada.form("/staff/accounts/new", "name") | {"name": "Corner Store of Aling Nena"}
    assert ada.send("/staff/accounts/new", fields)[0] == 303
    ada.data, ada.fields = empty_shop.data, ada.form(PAGE, "csrf_token")
    return ada


def begun(ada, length, path=PAGE):
    """A connection on which a form was begun whose body is to have this `length` line."""
    line = socket.create_connection(("127.0.0.1", ada.shop.port), timeout=60)
    cookie = ada.known()["Cookie"]
    line.sendall(HEAD.format(path=path, port=ada.shop.port, cookie=cookie, length=length).encode())
    return line


def status_of(line):
    """The status that comes back on a connection."""
    with line, line.makefile("rb") as answer:
        return int((answer.readline().split() or [0, 0])[1])


def first_half(ada):
    """The fields of the form, and the beginning of a file."""
    part = '--cut\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    said = "".join(part.format(name, text) for name, text in ada.fields.items() if name != "files")
    named = '--cut\r\nContent-Disposition: form-data; name="files"; filename="notes.txt"\r\nContent-Type: text/plain'
    return f"{said}{named}\r\n\r\n".encode() + BIG


def kept(ada):
    """(rows of files, hashes on disk, half-written files)."""
    with sqlite3.connect(ada.data / "suki.db") as db:
        rows = {name for row in db.execute("SELECT sha256, thumbnail FROM file") for name in row if name}
    folder = ada.data / "files"
    return rows, {path.name for path in folder.glob("??/??/*")}, list((folder / "incoming").glob("*"))


@pytest.mark.parametrize(
    ("path", "most"), [(PAGE, 33 << 20), ("/staff/accounts/new", 9 << 20), ("/staff/sign-in", 9 << 20)]
)
def test_what_is_too_large_is_refused_before_its_body_is_read(ada, path, most, figures):
    statuses = []
    for size in (most, 999_999_999, 2 * GIGABYTE, 1 << 60):
        line = begun(ada, f"Content-Length: {size}", path)
        line.sendall(b"x" * SHOWN)
        statuses.append(status_of(line))
    figures(refused_unread=statuses.count(413), of=len(statuses))
    assert statuses == [413] * 4
    assert kept(ada) == (set(), set(), [])


def test_a_body_without_a_length_is_read_no_further_than_it_may_be(ada, figures):
    line, sent = begun(ada, "Transfer-Encoding: chunked"), 0
    piece = b"%x\r\n%s\r\n" % (len(BIG), BIG)
    try:
        line.sendall(b"%x\r\n%s\r\n" % (len(first_half(ada)), first_half(ada)))
        while sent < 200 * len(BIG):
            line.sendall(piece)
            sent += len(BIG)
    except OSError:  # the other side has closed: it wants no more
        pass
    figures(megabytes_sent_until_refused=sent / 1e6)
    assert sent < 60_000_000
    assert kept(ada) == (set(), set(), [])


def test_uploads_that_are_cut_off_leave_nothing_and_cost_nothing(ada, sized, figures):
    count, half = sized(gate=80, night=1_000), first_half(ada)
    serving = ada.shop.family()["serving"]
    for _ in range(WARM // 8):
        cut(ada, half, 8)
    before = pss_megabytes(serving)
    for _ in range(count // 8):
        cut(ada, half, 8)
    status = upload(ada, half)
    grown = pss_megabytes(serving) - before
    rows, hashes, parts = kept(ada)
    figures(cut_off=count, orphan_files=len(hashes - rows) + len(parts), megabytes_grown=grown, next_upload=status)
    assert status == 303
    assert (hashes, parts, len(rows)) == (rows, [], 1)
    assert ada.shop.family()["serving"] == serving
    assert grown < 20


def cut(ada, half, lines):
    """Some uploads at once, each of which ends in its middle."""
    for line in [begun(ada, f"Content-Length: {4 * len(half)}") for _ in range(lines)]:
        line.sendall(half)
        line.close()


def upload(ada, half):
    """The same upload brought to its end; its status."""
    end = b"\r\n--cut--\r\n"
    line = begun(ada, f"Content-Length: {len(half) + len(end)}")
    line.sendall(half + end)
    return status_of(line)


def test_slow_uploads_keep_nobody_waiting(ada, figures):
    half = first_half(
        ada
    )  # three are fewer than one process has threads; more are the web server's before us to hold
    slow = [begun(ada, f"Content-Length: {len(half) + 100}") for _ in range(3)]
    for line in slow:
        line.sendall(half[:1000])
    began = time.monotonic()
    statuses = [ada.look(page)[0] for page in ("/staff/", "/staff/accounts", "/sign-in") for _ in range(3)]
    seconds = time.monotonic() - began
    for line in slow:
        line.close()
    figures(slow_uploads=len(slow), pages_meanwhile=statuses.count(200), seconds_for_them=seconds)
    assert statuses == [200] * 9


def test_uploads_whose_worker_is_killed_leave_only_what_the_sweeper_takes(ada, sized, figures):
    half, rounds = first_half(ada), sized(gate=3, night=60)
    for _ in range(rounds):
        threads = [threading.Thread(target=try_upload, args=(ada, half)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for pid in ada.shop.family()["serving"]:
            os.kill(pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
        ada.shop.wait_for_page()
    rows, hashes, parts = kept(ada)
    swept = subprocess.run(
        [sys.executable, "-c", SWEEP, str(ada.data)], cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    after = kept(ada)
    figures(
        kills=2 * rounds, left_for_the_sweeper=len(hashes - rows) + len(parts), orphans_after=len(after[1] - after[0])
    )
    assert swept.returncode == 0, swept.stderr
    assert int(swept.stdout) == len(hashes - rows) + len(parts)
    assert after == (rows, rows, [])


def try_upload(ada, half):
    try:
        upload(ada, half)
    except OSError:
        return


def test_customers_cannot_fill_the_disk(world, folder, monkeypatch, figures):
    monkeypatch.setattr(attachments, "CUSTOMER_BYTES", 3_000)
    order = make.order(world.account)
    sent = [[Sent(f"{n}.txt", files.receive(bytes([97 + n]) * 1_000))] for n in range(4)]
    for one in sent[:3]:
        attachments.attach(order, by=world.carol, files=one)
    with pytest.raises(Invalid) as refused:
        attachments.attach(order, by=world.carol, files=sent[3])
    with pytest.raises(Invalid):
        Attachment.get().revise(by=world.carol, file=Sent("b.txt", files.receive(b"b" * 2_000)))
    attachments.attach(order, by=world.rhea, files=sent[3], is_shared=True)
    Attachment.get().remove(by=world.carol)
    attachments.attach(order, by=world.carol, files=sent[3])
    figures(bytes_of_an_account=500_000_000)
    assert list(refused.value.problems) == ["files"]
