"""Orders a second against a bare model of the write path: the same rows by the plain driver, in one transaction each.

What is the same is read off one real order: the rows that placing it added, and the updates it made.
"""

import re
import secrets
import sqlite3
import time
from typing import NamedTuple

import peewee
import psycopg

from portal import audit, store, values
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.customers.memberships import Membership
from portal.sales import placing
from portal.sales.quotes import Wanted
from tests.bench import load

ROUNDS, EACH = 5, 15
LINES = (Wanted("P1001", 2), Wanted("P1002", 3))
# Columns that name a row of another table without a foreign key.
NAMED = {("outbox", "entry"): "entry", ("search_entry", "record"): "order"}


class Placed(NamedTuple):
    """Orders a second of the app and of the bare model, the app's share (median, lowest, highest), its statements."""

    app: float
    bare: float
    share: float
    low: float
    high: float
    statements: int
    rows: int


def measure(made, rounds=ROUNDS, each=EACH):
    """Place orders of Carol's in turns with the bare model, over the database that is open."""
    with store.connection():
        buy = Buying(made)
        buy()  # fills caches
        template = Template(buy)
    bare = Bare(template)
    bare()
    turns = []
    for _ in range(rounds):
        with store.connection():
            app = _per_second(buy, each)
        turns.append((app, _per_second(bare, each)))
    bare.close()
    shares = [app / plain for app, plain in turns]
    app, plain = (load.spread([turn[n] for turn in turns])[0] for n in (0, 1))
    return Placed(app, plain, *load.spread(shares), template.statements, template.count)


def _per_second(deed, times):
    began = time.perf_counter()
    for _ in range(times):
        deed()
    return times / (time.perf_counter() - began)


class Buying:
    """Carol places the same order again and again, as her form does."""

    def __init__(self, made):
        login = Membership.get(Membership.account == made.carol).login
        self.actor = memberships.actor_for(login, made.carol)
        self.account = Account.get_by_id(made.carol)
        quote, _ = placing.prepare(self.actor, self.account, LINES, now=values.now())
        quote.check()
        self.total = quote.total_minor

    def __call__(self):
        return placing.place(
            by=self.actor.with_form(secrets.token_hex(16), secrets.token_hex(32)),
            account=Account.get_by_id(self.account.id),
            lines=LINES,
            shown_total_minor=self.total,
            shown_currency=self.account.currency,
        )


class Template:
    """What one order writes: `rows` [(table, columns, id or None, links, rows)], parents first, and `updates`."""

    def __init__(self, buy):
        models = [model for model in store.tables() if isinstance(model._meta.primary_key, peewee.AutoField)]
        before = {model: model.select(peewee.fn.MAX(model.id)).scalar() or 0 for model in models}
        said = []
        store.db.obj.query_hooks.append(said.append)
        counted = store.queries()
        buy()
        self.statements = store.queries() - counted
        store.db.obj.query_hooks.clear()
        self.updates = [(e.sql, e.params) for e in said if re.match(r"UPDATE (?!\"sent_form\")", e.sql)]
        self.rows = []
        for model in models:
            self._keep(model, "id", f"WHERE id > {before[model]} ORDER BY id")
        self._keep(audit.SentForm, None, "ORDER BY at DESC LIMIT 1")
        self.count = sum(len(rows) for *_, rows in self.rows)

    def _keep(self, model, key, where):
        columns = [field.column_name for field in model._meta.sorted_fields]
        names, table = ", ".join(f'"{name}"' for name in columns), model._meta.table_name
        rows = store.db.execute_sql(f'SELECT {names} FROM "{table}" {where}').fetchall()
        links = {f.column_name: f.rel_model._meta.table_name for f in model._meta.refs}
        links |= {column: to for (of, column), to in NAMED.items() if of == table}
        if rows:
            self.rows.append((table, columns, key, links, rows))


class Bare:
    """The same rows once more, with new ids, by the plain driver in one transaction that is as durable."""

    def __init__(self, template):
        self.template = template
        self.mark = "?" if store.is_sqlite() else "%s"
        if store.is_sqlite():
            self.db = sqlite3.connect(store.db.database, isolation_level=None)
            for name, value in store.SQLITE_PRAGMAS.items():
                self.db.execute(f"PRAGMA {name}={value}")
        else:
            self.db = psycopg.connect(store.db.database, autocommit=True)

    def __call__(self):
        self.db.execute("BEGIN IMMEDIATE" if store.is_sqlite() else "BEGIN")
        ids = {}
        for table, columns, key, links, rows in self.template.rows:
            fresh = [self._fresh(table, dict(zip(columns, row, strict=True)), links, ids) for row in rows]
            if key and len(rows) == 1:
                cursor = self.db.execute(self._insert(table, columns[1:]) + " RETURNING id", fresh[0][1:])
                ids[table, rows[0][0]] = cursor.fetchone()[0]
            else:
                self._insert_many(table, columns, key, fresh)
        for sql, parameters in self.template.updates:
            self.db.execute(sql, parameters)
        self.db.execute("COMMIT")

    def _insert(self, table, columns):
        names = ", ".join(f'"{name}"' for name in columns)
        return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([self.mark] * len(columns))})'

    def _insert_many(self, table, columns, key, rows):
        names, rows = (columns[1:], [row[1:] for row in rows]) if key else (columns, rows)
        self.db.cursor().executemany(self._insert(table, names), rows)

    def _fresh(self, table, row, links, ids):
        """A row of the template as a new one: links and references lead to the new rows, keys are new."""
        for column, to in links.items():
            row[column] = ids.get((to, row[column]), row[column])
        if table in ("outbox", "sent_form"):
            row["message_id" if table == "outbox" else "key"] = secrets.token_hex(20)
        return list(row.values())

    def close(self):
        self.db.close()
