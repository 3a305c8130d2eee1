"""The statements of this process on their way to the database: noted, and at one of them killed or refused.

Everything goes through a cursor: what the query builder makes, BEGIN and COMMIT, and rows written many at once.
"""

import os
import signal
import sqlite3

import psycopg

from portal import store


class Statements:
    """`said` is every statement since `watch`. At number `at` (from 1), or the next that reads so, before it is
    carried out or `after`, the process is killed, or `error` is raised.
    """

    def __init__(self, at=None, after=False, error=None):
        self.at, self.after, self.error, self.said = at, after, error, []

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
        is_here = self.at in (len(self.said), sql)
        if is_here and not self.after:
            self._strike()
        done = carry_out()
        if is_here:
            self._strike()
        return done

    def arm(self, ahead, after=False):
        """Strike at the statement so many ahead, or at the next that reads so; None: at none."""
        self.at, self.after = len(self.said) + ahead if isinstance(ahead, int) else ahead, after

    def _strike(self):
        if self.error is None:
            os.kill(os.getpid(), signal.SIGKILL)
        raise self.error


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
