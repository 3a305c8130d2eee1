"""Files that are no table, or a broken one, brought to be imported (BATTERY C8)."""

import io
import re
from pathlib import Path

import pytest

from portal.customers.accounts import Account
from portal.exchange import run_working
from portal.exchange.runs import ImportRun
from portal.files import File
from portal.web import terms
from tests.battery import broken_tables

PAGE = "/staff/imports"
MOST_MEGABYTES = 200
FAILED = "import-failed"  # how a mistake of ours ends a run
SAID = re.compile(r'id="file-error">.*?<span>([^<]+)', re.DOTALL)


def peak(since_now=False):
    """The most memory in megabytes that this process had since it was last asked from now on."""
    if since_now:
        Path("/proc/self/clear_refs").write_text("5")
    return int(re.search(r"^VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)[1]) / 1024


class Bringing:
    """One person who brings files; `wrong` is what should not have been."""

    def __init__(self, client, folder):
        self.client, self.folder = client, folder
        self.wrong, self.refused, self.compared, self.written = [], 0, 0, 0

    def bring(self, name, data):
        """One file up to what is decided about its rows, or to the words that refuse it."""
        before = self.kept()
        answer = self.client.send(PAGE, PAGE, kind="accounts", file=(io.BytesIO(data), "list.csv"))
        if answer.status_code == 303:
            self.look(name, answer.location)
            return
        self.refused += 1
        said = SAID.search(answer.text)
        is_clear = answer.status_code == 422 and said and said[1].strip() not in terms.MESSAGES
        self.check(name, is_clear, f"answered {answer.status_code}, {said and said[1]}")
        self.check(name, self.kept() == before, "refused, but something of it is kept")

    def look(self, name, page):
        """The columns as they are guessed, the comparing, and how it ended."""
        before = self.accounts()
        asked = [self.client.get(page), self.client.send(page, f"{page}/compare")]
        run_working.run()
        asked.append(self.client.get(page))
        run = ImportRun.select().order_by(ImportRun.id.desc()).get()
        statuses = [answer.status_code for answer in asked]
        self.check(name, max(statuses) < 500, f"answered {statuses}")
        self.check(name, not run.trouble or run.trouble[0] != FAILED, "a mistake of ours")
        self.check(name, self.accounts() == before, "written before anybody decided")
        if run.state == "compared":
            self.compared += 1
            self.carry_out(name, page, run)

    def carry_out(self, name, page, run):
        """What was compared is written whole, row by row, as it was said."""
        before = self.accounts()
        status = self.client.send(page, f"{page}/carry-out").status_code
        run_working.run()
        run = ImportRun.get_by_id(run.id)
        added = self.accounts() - before
        self.written += added
        self.check(name, status in (303, 422), f"carrying out answered {status}")
        self.check(name, added <= run.created and added <= run.written, f"{added} of {run.created} written")
        self.check(name, not run.trouble or run.trouble[0] != FAILED, "a mistake of ours while writing")

    def check(self, name, is_right, said):
        if not is_right:
            self.wrong.append(f"{name}: {said}")

    def accounts(self):
        return Account.select().count()

    def kept(self):
        """How many runs and files there are, as rows and on disk."""
        on_disk = sum(path.is_file() for path in self.folder.rglob("*"))
        return ImportRun.select().count(), File.select().count(), on_disk


@pytest.mark.row("C8")
@pytest.mark.one_database
@pytest.mark.usefixtures("folder")
def test_a_broken_file_is_refused_in_words_or_read_row_by_row(client, world, tmp_path, rng, sized, figures):
    tables = broken_tables.all(rng, sized(gate=150, night=1_000))
    bringing = Bringing(client.sign_in(world.mona), tmp_path / "files")
    client.get(PAGE)
    before = peak(since_now=True)
    for name, data in tables:
        bringing.bring(name, data)
    grown = round(peak() - before)
    figures(
        files=len(tables), refused=bringing.refused, compared=bringing.compared, written=bringing.written,
        wrong=len(bringing.wrong), megabytes=grown,
    )  # fmt: skip
    assert bringing.wrong == []
    assert grown < MOST_MEGABYTES
    assert bringing.refused > 20 and bringing.compared > 50 and bringing.written > 5
