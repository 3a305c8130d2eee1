"""What a customer takes along: all sections as JSON, as a page, or as CSV in a zip."""

import csv
import io
import json
import tempfile
import zipfile
from functools import partial

from flask import Response, current_app

from portal.values import Money
from portal.web import feeds, reading, speech

CHUNK = 64_000  # letters gathered before they are written, bytes sent at once
IN_MEMORY = 1 << 20  # a larger file waits on the disk


def answer(kind, sections, name):
    """A download of `sections` as "json", "html" or "csv", a file called `name`.

    It is made before the first byte is sent: what breaks meanwhile is told on a page, and nobody keeps half a file.
    """
    write, ending, content_type = WRITERS[kind]
    made = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 closed with the answer
    for piece in write(sections):
        made.write(piece.encode() if isinstance(piece, str) else piece)
    made.seek(0)
    response = Response(iter(partial(made.read, CHUNK), b""), content_type=content_type)
    response.call_on_close(made.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _json(sections):
    yield "{"
    for number, section in enumerate(sections):
        yield f"{',' if number else ''}\n{json.dumps(section.noun)}: ["
        first = True
        for rows in section.batches:
            named = [dict(zip(section.columns, map(feeds.plain, row), strict=True)) for row in rows]
            lines = ",\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in named)
            yield lines if first else f",\n{lines}"
            first = first and not rows
        yield "]"
    yield "\n}\n"


def _html(sections):
    """One page that needs nothing else, in the language of the reader."""
    template = current_app.jinja_env.get_template("selfservice/data/everything.html")
    gathered, size = [], 0
    for piece in template.generate(sections=sections, said=said, lang=speech.language(), shop=speech.shop()):
        gathered.append(piece)
        size += len(piece)
        if size > CHUNK:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)


def said(noun, column, value):
    wording = speech.wording()
    return wording.money_text(value) if isinstance(value, Money) else reading.reads(wording, value, noun, column)


class _Pipe(io.RawIOBase):
    """Where the zip is written to and taken from, so that it is never held as a whole."""

    def __init__(self):
        self.parts = []

    def writable(self):  # name given by io
        return True

    def write(self, data):  # name given by io
        self.parts.append(bytes(data))
        return len(data)

    def taken(self):
        parts, self.parts = self.parts, []
        return b"".join(parts)


def _csv(sections):
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as folder:
        for section in sections:
            with folder.open(f"{section.noun}.csv", "w") as file:
                file.write(b"\xef\xbb\xbf" + _rows([section.columns]))
                for rows in section.batches:
                    file.write(_rows([feeds.cell(_flat(value)) for value in row] for row in rows))
                    yield pipe.taken()
    yield pipe.taken()


def _flat(value):
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _rows(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


WRITERS = {
    "json": (_json, "json", "application/json"),
    "html": (_html, "html", "text/html; charset=utf-8"),
    "csv": (_csv, "zip", "application/zip"),
}
