"""Feeds: the one writer of CSV and JSON answers; streamed, dates in ISO, money as decimal text, no formula cells."""

import csv
import io
import json
from datetime import date, datetime

from flask import Response, stream_with_context

from portal import masking, store
from portal.exchange.importing_files import guarded
from portal.values import Money
from portal.web import sessions

MIMETYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def stream(feed, noun, columns, batches):
    """Answer with every row of `batches` (pairs of rows and {id: extra}) as "csv" or "json"."""
    write = {"csv": _csv, "json": _json}[feed]
    chunks = _masked(write(noun, columns, batches), sessions.actor().limits.hidden)
    answer = Response(stream_with_context(chunks), content_type=MIMETYPES[feed])
    if feed == "csv":
        answer.headers["Content-Disposition"] = f'attachment; filename="{noun}.csv"'
    return answer


def _masked(chunks, hidden):
    """The chunks, each written while what this reader may not see reads as blank: the view is left by then."""
    while True:
        with masking.hiding(hidden):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def plain(value):
    """A value as feeds write it: moments as ISO UTC with Z, money as exact decimal text."""
    if isinstance(value, Money):
        return str(value.decimal)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, store.Model):
        return value.number
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def cell(value):
    """A CSV cell that no spreadsheet runs as a formula; the importer takes the apostrophe off again."""
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else plain(value)


def _csv(noun, columns, batches):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([c.head or c.name for c in columns])
    yield "\ufeff" + buffer.getvalue()  # spreadsheets take the encoding from it
    for rows, _ in batches:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows([cell(c.of(row)) for c in columns] for row in rows)
        yield buffer.getvalue()


def _json(noun, columns, batches):
    yield f'{{"noun": {json.dumps(noun)}, "rows": ['
    first = True
    for rows, extra in batches:
        lines = []
        for row in rows:
            found = {c.head or c.name: plain(c.of(row)) for c in columns} | extra.get(row.id, {})
            lines.append(json.dumps(plain(found), ensure_ascii=False, default=str))
        yield ("" if first else ",\n") + ",\n".join(lines)
        first = False
    yield "]}\n"
