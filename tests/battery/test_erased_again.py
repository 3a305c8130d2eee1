"""I9: a backup of before an erasure does not bring the person back, however it is restored."""

import contextlib

import pytest

from config import Settings
from portal import files, store, values
from portal.exchange import table_copy
from portal.people import keys
from portal.whole import erasing, erasing_person
from portal.whole.erasing import Erasure
from portal.whole.erasing_traces import LIST
from tests import make
from tests.databases import shut

pytestmark = pytest.mark.row("I9")
GONE = "Dave Ramos"
SECRET = "a secret of a shop that keeps backups"


class Told:
    """A shop with a backup of before somebody was erased, or was asked to be."""

    def __init__(self, run, empty_shop):
        self.run, self.data = run, empty_shop.data
        empty_shop.env["SUKI_SECRET"] = SECRET
        assert run("migrate").returncode == 0
        settings = Settings.from_env({"SUKI_DATA": str(self.data)} | empty_shop.env)
        self.url, self.backup = settings.database_url, self.data.with_name("before.zip")
        keys.hand_in(SECRET, is_test=True)
        with self.opened():
            self.gone = make.world().other_account
        assert self.names(self.url) and run("backup", str(self.backup)).returncode == 0

    @contextlib.contextmanager
    def opened(self, url=None):
        store.open(url or self.url)
        files.open(self.data / "files")
        with store.connection():
            yield
        shut()

    def erase(self, is_over=True):
        """What `erasing.ask` leaves, once the letter has gone; and the worker's part."""
        with self.opened():
            make.row(
                Erasure, kind="account", record=self.gone.id, refs=erasing_person.whole(self.gone).refs,
                whose="person", asked_by="login:1", asked_name="Ada", asked_at=values.now(),
                made_at=self.gone.created_at,
            )  # fmt: skip
            if is_over:
                erasing.run(self.data)

    def restore(self, *asked, **env):
        done = self.run("restore", str(self.backup), *asked, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @staticmethod
    def names(url):
        """Tables in which the name stands."""
        with table_copy.reading(url) as tables:
            return [name for name in tables.names() if any(GONE in str(row) for row in tables.rows(name))]


@pytest.fixture
def told(run, empty_shop):
    return Told(run, empty_shop)


def test_who_was_erased_since_stays_erased_wherever_a_backup_comes_back(told, tmp_path, figures):
    told.erase()
    assert told.names(told.url) == []
    said = told.restore("--replace")
    left = told.names(told.url)
    (told.data / LIST).unlink()  # the database knows as well
    told.restore("--into", str(tmp_path / "fresh"))
    left += told.names(table_copy.url_of(tmp_path / "fresh" / "suki.db"))
    figures(restored=2, tables_with_the_name=len(left))
    assert left == []
    assert "Erased again, for they were erased, or about to be, since: 1." in said and "Nothing here" not in said


def test_who_was_about_to_be_erased_is_erased_in_what_comes_back(told):
    told.erase(is_over=False)
    told.restore("--replace")
    assert told.names(told.url) == []


def test_where_nothing_knows_of_erasures_that_is_said(told, tmp_path):
    told.erase()
    fresh = tmp_path / "fresh"
    nothing = {"DATABASE_URL": table_copy.url_of(fresh / "suki.db"), "SUKI_DATA": str(fresh)}
    said = told.restore(**nothing)
    assert "Nothing here knows who was erased since 20" in said
    assert told.names(nothing["DATABASE_URL"])
