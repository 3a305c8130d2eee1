"""What is no HTTP, or two requests at once, against the real server: refused, and nobody else notices."""

import socket
import time

import pytest

from tests.battery.shops import pss_megabytes

GET = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HIDDEN = b"GET /hidden-in-a-body HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# Two readings of one request: whoever stands before us must never see another border than we do.
SMUGGLED = {
    "length and chunks": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 52\r\n\r\n" + HIDDEN,
    "a list of lengths": POST + b"Content-Length: 0, 52\r\n\r\n" + HIDDEN,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": POST + b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
    "a length with an underscore": POST + b"Content-Length: 0_0\r\n\r\n" + HIDDEN,
    "chunks with a blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks by another name": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks after a vertical tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a folded header": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a chunk without a number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" + HIDDEN,
    "a negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" + HIDDEN,
    "a chunk in hexadecimal": POST + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" + HIDDEN,
    "a huge chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\nabc\r\n0\r\n\r\n" + HIDDEN,
    "a chunk that is too short": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n" + HIDDEN,
    "line feeds alone": POST.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + HIDDEN,
    "a carriage return in a header": POST + b"X: a\rContent-Length: 52\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
}
BROKEN = {
    "nothing": b"\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n",
    "HTTP/2 by knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "no version": b"GET /sign-in\r\nHost: 127.0.0.1\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "bytes": bytes(range(256)) * 4 + b"\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: secret=yes\r\n\r\n",
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a method of signs": b"G{}T / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a long method": b"G" * 5_000 + b" / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a long address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "an absolute address": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a bad address": b"GET /%zz%00%ff/\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "no host": b"GET /sign-in HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    "a host of nonsense": b"GET /sign-in HTTP/1.1\r\nHost: a b@c/../\r\n\r\n",
    "a huge header": GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "5,000 headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"\r\n",
    "a header without a colon": GET + b"nonsense\r\n\r\n",
    "a header without a name": GET + b": value\r\n\r\n",
    "NUL in a header": GET + b"X: a\x00b\r\n\r\n",
    "broken letters in a cookie": GET + b"Cookie: suki=\xff\xfe\xc0\xaf; a=\xf0\x28\r\n\r\n",
    "a huge cookie": GET + b"Cookie: " + b"a=b; " * 1_500 + b"\r\n\r\n",
    "a long promise": POST + b"Content-Length: 99999999999999999999\r\n\r\nabc",
    "an unknown encoding": POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "an expectation": POST + b"Expect: 200-maybe\r\nContent-Length: 3\r\n\r\nabc",
    "an upgrade": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "a range of nonsense": GET + b"Range: bytes=9-1,-,a-b" + b",0-0" * 900 + b"\r\n\r\n",
    "a multipart without a border": POST.replace(b"x-www-form-urlencoded", b"x") + b"Content-Length: 3\r\n\r\n--x",
}


@pytest.fixture
def served(run, open_shop):
    assert run("migrate").returncode == 0
    started = open_shop()
    started.wait_for_page()
    started.wait(lambda: len(started.family().get("serving", ())) == 2)
    return started


def said_to(port, data, seconds=5):
    """Everything that is answered to these bytes until the other side has said it."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                answer += part
        except OSError:
            pass
    return answer


def statuses(answer):
    return [
        int(line.split()[1])
        for line in answer.split(b"\r\n")
        if line.startswith(b"HTTP/1.") and len(line.split()) > 1
    ]


def half_said(port, data, times):
    """Connections on which part of a request was said and nothing more."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(times)]
    for line in lines:
        line.sendall(data)
    return lines


def shut(lines):
    for line in lines:
        line.close()


@pytest.mark.row("F2")
@pytest.mark.one_database
def test_what_is_no_http_is_refused_and_costs_no_worker(served, rng, sized, figures):
    before, wrong, tried = served.family()["serving"], [], 0
    for name, data in (SMUGGLED | BROKEN).items():
        tried += 1
        answer = said_to(served.port, data)
        seen = statuses(answer)
        if name in SMUGGLED and (len(seen) > 1 or 404 in seen):
            wrong.append(f"{name}: the hidden request was answered, {seen}")
        if any(status >= 500 and status != 501 for status in seen) or b"Traceback" in answer:
            wrong.append(f"{name}: {seen}")
        if b"secret=yes" in answer:
            wrong.append(f"{name}: repeated what came")
    for _ in range(sized(gate=300, night=20_000)):
        tried += 1
        data = bytearray(rng.choice(list((SMUGGLED | BROKEN).values()))[:4_000])
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        seen = statuses(said_to(served.port, bytes(data)))
        if any(status >= 500 and status not in (501, 505) for status in seen):
            wrong.append(f"{bytes(data)!r:.200}: {seen}")
    figures(tried=tried, wrong=len(wrong), workers_lost=len(set(before) - set(served.family()["serving"])))
    assert wrong == []
    assert served.family()["serving"] == before
    assert served.answers() == 200


CUT_OFF = "cut off"  # the answer was overtaken by the end of the line, as a body was refused that still came


@pytest.mark.row("F7")
@pytest.mark.one_database
def test_what_exhausts_is_refused_while_others_are_answered(served, sized, figures):
    many = sized(gate=200, night=1_000)
    slow = half_said(served.port, GET, many // 2) + half_said(
        served.port, POST + b"Content-Length: 900\r\n\r\na=", many // 2
    )
    began = time.monotonic()
    status = served.answers()
    waited = time.monotonic() - began
    shut(slow)
    parts = (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % n for n in range(10_000))
        + b"--x--\r\n"
    )
    bodies = {
        "10,000 parts": (b"multipart/form-data; boundary=x", parts),
        "a name of 1 MB": (b"application/x-www-form-urlencoded", b"a" * 1_000_000 + b"=1"),
        "a file name of 1 MB": (
            b"multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="'
            + b"a" * 1_000_000
            + b'"\r\n\r\na\r\n--x--\r\n',
        ),
        "100,000 ids": (b"application/x-www-form-urlencoded", b"&".join(b"ids=%d" % n for n in range(100_000))),
        "deep JSON": (b"application/json", b"[" * 200_000),
    }
    refused = {}
    for name, (kind, body) in bodies.items():
        head = POST.replace(b"application/x-www-form-urlencoded", kind) + b"Content-Length: %d\r\n\r\n" % len(body)
        refused[name] = (statuses(said_to(served.port, head + body, seconds=30)) or [CUT_OFF])[0]
    megabytes = pss_megabytes(served.everybody())
    figures(slow_sockets=many, others_waited=round(waited, 2), megabytes=round(megabytes), refused=refused)
    assert status == 200
    assert [name for name, seen in refused.items() if seen != CUT_OFF and not 400 <= seen < 500] == []
    assert served.answers() == 200
    assert megabytes < 400
