"""The statements of this process on their way to the database: noted, and at one of them the process is killed.

Everything goes through a cursor: what the query builder makes, BEGIN and COMMIT, and rows written many at once.
"""

import os
import signal
import sqlite3

import psycopg

from portal import store


class Statements:
    """`said` is every statement since `watch`. Number `at` (from 1) kills, before it is carried out or `after`."""

    def __init__(self, at=None, after=False):
        self.at, self.after, self.said = at, after, []

    def watch(self):
        """From now on, in this process, for the database that is open."""
        database, tapped = store.db.obj, _tapped(self)
        if store.is_sqlite():
            database.cursor = lambda *_, **__: _connected(database).cursor(tapped[sqlite3.Cursor])
        else:
            database.cursor = lambda *_, **__: tapped[psycopg.Cursor](_connected(database))
        return self

    def pass_by(self, sql, carry_out):
        self.said.append(sql)
        is_here = len(self.said) == self.at
        if is_here and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = carry_out()
        if is_here:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def _connected(database):
    database.connect(reuse_if_open=True)
    return database.connection()


def _tapped(statements):
    """{cursor class: the same, whose statements pass by}."""

    def over(kind):
        class Tapped(kind):
            def execute(self, sql, *arguments, **options):
                return statements.pass_by(sql, lambda: kind.execute(self, sql, *arguments, **options))

            def executemany(self, sql, *arguments, **options):
                return statements.pass_by(sql, lambda: kind.executemany(self, sql, *arguments, **options))

        return Tapped

    return {kind: over(kind) for kind in (sqlite3.Cursor, psycopg.Cursor)}
