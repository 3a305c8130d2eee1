"""A backup of before an erasure: who was erased since is asked of what stands here, and erased in it again."""

import json
import sqlite3

import psycopg

from portal.exchange import table_copy
from portal.whole import erasing, erasing_traces
from portal.whole.erasing import Erasure


def known_to(shops):
    """The erasures that these Shops know of, carried out or asked, as columns; None when no shop is there to ask."""
    found = [lines for shop in shops for lines in (_listed(shop), _in_database(shop)) if lines is not None]
    return [line for lines in found for line in lines] if found else None


def _listed(shop):
    return erasing_traces.written_down(shop.data) or None


def _in_database(shop):
    """The rows of a shop with customers, of whatever version; None when there is none, or it cannot be read."""
    names = [*erasing_traces.WRITTEN, *erasing_traces.MOMENTS]
    try:
        with table_copy.reading(shop.database_url) as tables:
            there = tables.names()
            if "account" not in there or next(iter(tables.rows("account", ["id"])), None) is None:
                return None
            rows = list(tables.rows("erasure", names)) if "erasure" in there else []
    except (sqlite3.Error, psycopg.Error):
        return None
    lines = (dict(zip(names, row, strict=True)) for row in rows)
    return [erasing_traces.columns_of(line | {"refs": json.loads(line["refs"])}) for line in lines]


def carry_out(data):
    """Erase in a shop that came back whoever its list names; (how many, how many more had been asked for in it)."""
    waiting = Erasure.select().where(Erasure.state != "done").count()
    made = erasing.again(data)
    for erasure in made:
        erasing.carry_out(erasure, data)
    return len(made), waiting
