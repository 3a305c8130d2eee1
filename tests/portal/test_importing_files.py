"""Any CSV can be read, whatever made it, and a broken row costs itself alone."""

import io
import tracemalloc

import pytest

from portal.errors import Invalid
from portal.exchange import importing_files, importing_guesses
from portal.exchange.importing_files import Records, Shape
from portal.sales.catalogue import Product
from tests.imports import PRODUCTS, bring, table, tally


def records(text, **shape):
    return [(r.line, r.cells, r.problem) for r in Records(io.StringIO(text, newline=""), Shape(**shape))]


NAMES = "no,what,price\nA-1,Peña – “5 kg”,250.50\nA-2,Crème brûlée,12\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["table.csv", "table.csv.gz"])
def test_the_encoding_is_found_out(database, tmp_path, encoding, name):
    done = bring(table(tmp_path, NAMES, name, encoding), "products", PRODUCTS)
    assert done.settings["encoding"] == (encoding, "guessed")
    assert [p.name for p in Product.select().order_by(Product.id)] == ["Peña – “5 kg”", "Crème brûlée"]


def test_thai_of_old_windows_is_found_out(database, tmp_path):
    text = "no,what,price\nA-1,ข้าวหอมมะลิ 5 กก.,250\nA-2,น้ำปลา,45\n"
    done = bring(table(tmp_path, text, encoding="cp874"), "products", PRODUCTS)
    assert done.settings["encoding"] == ("cp874", "guessed")
    assert Product.get(code="A-2").name == "น้ำปลา"


def test_a_declared_encoding_is_not_guessed_about(database, tmp_path):
    file = table(tmp_path, "no,what,price\n1,é,2\n", encoding="latin-1")
    done = bring(file, "products", 'encoding = "latin-1"\n' + PRODUCTS)
    assert done.settings["encoding"] == ("latin-1", "map")
    assert Product.get().name == "é"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_and_the_line_ends_are_found_out(database, tmp_path, mark, end):
    lines = [["no", "what", "price"], ["A-1", '"Rice, white; ""best"" | 5\tkg"', "250"], ["A-2", "Salt", "12"]]
    done = bring(table(tmp_path, end.join(mark.join(line) for line in lines)), "products", PRODUCTS)
    assert done.settings["delimiter"] == (mark, "guessed")
    assert tally(done) == {"created": 2}
    assert Product.get(code="A-1").name == 'Rice, white; "best" | 5 kg'


def test_a_table_without_a_head_is_named_by_the_map(database, tmp_path):
    text = "A-1,Rice,250\nA-2,Salt,12\n"
    done = bring(table(tmp_path, text), "products", 'header = ["no", "what", "price"]\n' + PRODUCTS)
    assert tally(done) == {"created": 2}


def test_a_cell_may_hold_line_breaks(database, tmp_path):
    mapped = PRODUCTS + 'description = "more"\n'
    text = 'no,what,price,more\nA-1,Rice,250,"soft\r\nand, white"\nA-2,Salt,x,\n'
    done = bring(table(tmp_path, text), "products", mapped)
    assert Product.get(code="A-1").description == "soft\nand, white"
    assert done.said == [(4, "price", "import-not-a-number")]


def test_broken_quotes_cost_their_own_row_only():
    text = 'a,b\n1,"open\n2,x\n3,"fine"\n4,"bad"tail\n5,y\n6,"never closed\n7,z\n'
    assert records(text) == [
        (1, ["a", "b"], ""),
        (2, [], "import-broken-quotes"),
        (3, ["2", "x"], ""),
        (4, ["3", "fine"], ""),
        (5, [], "import-broken-quotes"),
        (6, ["5", "y"], ""),
        (7, [], "import-broken-quotes"),
        (8, ["7", "z"], ""),
    ]


def test_a_quote_that_swallows_whole_rows_is_seen_by_their_columns():
    assert records('a,b\n1,"open\n2,x"\n3,y\n')[1:] == [(2, ["1", "open\n2,x"], ""), (4, ["3", "y"], "")]
    found = records('a,b,c\n1,"open\n2,x,y",d,e\n3,y,z\n')
    assert [(line, problem) for line, _, problem in found] == [
        (1, ""),
        (2, "import-column-count"),
        (3, "import-column-count"),
        (4, ""),
    ]


def test_quotes_within_a_cell_are_letters():
    assert records('a,b\n5" pipe,3" nail\n')[1] == (2, ['5" pipe', '3" nail'], "")


def test_rows_with_too_few_or_too_many_columns_are_refused():
    assert [problem for *_, problem in records("a,b\n1\n1,2\n1,2,3\n\n1,2\n")] == [
        "", "import-column-count", "", "import-column-count", "",
    ]  # fmt: skip


def test_nul_and_letters_that_cannot_be_read_are_refused_with_their_column(database, tmp_path):
    data = b"no,what,price\nA-1,Ri\0ce,1\nA-2,Sa\xfflt,1\n" + "A-3,Peña,1\n".encode() * 1
    data += "".join(f"B-{n},Café,1\n" for n in range(30)).encode()
    done = bring(table(tmp_path, data), "products", PRODUCTS)
    assert done.settings["encoding"][0] == "utf-8"
    assert done.said == [(2, "what", "import-nul"), (3, "what", "import-broken-letters")]
    assert tally(done) == {"created": 31, "refused": 2}


def test_a_row_without_end_is_passed_over_in_little_memory():
    class Endless(io.StringIO):
        """Thirty million characters without a line end."""

        left = 30

        def readline(self, size=-1):
            if self.left:
                self.left -= 1
                return "x" * size
            return super().readline(size)

    tracemalloc.start()
    found = [(r.line, r.problem) for r in Records(Endless("end\n1,2\n", newline=""), Shape())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(1, "import-record-too-long"), (2, "")]
    assert peak < 12_000_000


def test_a_huge_cell_is_refused_and_the_rest_goes_in(database, tmp_path):
    text = "no,what,price\nA-1," + "x" * 1_100_000 + ',1\nA-2,"' + "y\n" * 600 + '",1\nA-3,Salt,1\n'
    done = bring(table(tmp_path, text), "products", PRODUCTS)
    assert Product.get().code == "A-3"
    assert {problem for *_, problem in done.said} == {
        "import-record-too-long", "import-broken-quotes", "import-column-count",
    }  # fmt: skip


def test_a_gzip_file_that_breaks_off_keeps_what_was_read(database, tmp_path):
    text = "no,what,price\n" + "".join(f"A-{n},Rice {n * 7919},{n}\n" for n in range(30_000))
    whole = table(tmp_path, text, "table.csv.gz")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(Invalid) as refused:
        bring(cut, "products", PRODUCTS)
    assert refused.value.problems["file"][0] == "import-file-breaks-off"
    assert Product.select().count() % 1000 == 0 < Product.select().count()


NO_TABLES = [b"", b"\n\n", b"\x1f\x8bnonsense", b"\xff\xfe", b"\0" * 1000, b'"', b"no,what,price"]


@pytest.mark.parametrize("data", NO_TABLES)
def test_what_is_no_table_is_refused_or_empty(database, tmp_path, data):
    try:
        done = bring(table(tmp_path, data), "products", PRODUCTS)
    except Invalid as refusal:
        assert set(refusal.problems) <= {"file", "columns"}
    else:
        assert not tally(done)


def test_a_file_that_is_not_there_is_refused(database, tmp_path):
    with pytest.raises(Invalid) as refused:
        bring(tmp_path / "nothing.csv", "products", PRODUCTS)
    assert "file" in refused.value.problems


@pytest.mark.parametrize(
    ("texts", "mark"),
    [(["1.250,50", "12"], ","), (["1,250.50"], "."), (["12,5"], ","), (["1,250"], "."), ([], "."), (["7"], ".")],
)
def test_the_decimal_mark_is_found_out(texts, mark):
    assert importing_guesses.decimal_mark(texts) == mark


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["2014-06-30", "2014-07-01 12:30:00"], ("iso", "gregorian")),
        (["30/06/2014", "01/07/2014"], ("%d/%m/%Y", "gregorian")),
        (["06/30/2014", "07/01/2014"], ("%m/%d/%Y", "gregorian")),
        (["29/02/2555", "01/03/2555"], ("%d/%m/%Y", "buddhist")),
        (["30.06.2014"], ("%d.%m.%Y", "gregorian")),
        (["3 Jun 2014", ""], ("%d %b %Y", "gregorian")),
        ([], ("iso", "gregorian")),
    ],
)
def test_the_form_of_dates_is_found_out(texts, form):
    assert importing_guesses.date_format(texts) == form


@pytest.mark.parametrize(("text", "problem"), [("01/07/2014", "unclear"), ("soon", "unknown")])
def test_a_date_that_could_be_two_is_asked_about(text, problem):
    with pytest.raises(Invalid) as refused:
        importing_guesses.date_format([text])
    assert refused.value.problems["date"][0] == f"import-date-{problem}"


def test_what_our_own_export_guards_against_formulas_comes_back_as_it_was(database, tmp_path):
    bring(table(tmp_path, "no,what,price\nA-1,'=1+1,1\nA-2,'plain,1\n"), "products", PRODUCTS)
    assert [p.name for p in Product.select().order_by(Product.id)] == ["=1+1", "'plain"]


def test_only_the_start_of_a_file_is_looked_at_for_guesses(tmp_path):
    path = table(tmp_path, "x" * 5_000_000)
    assert len(importing_files.head(path)) == 1 << 18
