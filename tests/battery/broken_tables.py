"""A thousand tables that are none: wrong letters, quotes, widths and kinds of file, and tables with bytes astray."""

import codecs
import gzip
import io
import zipfile

GOOD = "no,name,phone,email\n" + "".join(
    f"{n},Aling Nena {n},+63917555{n:04},nena{n}@people.example\n" for n in range(1, 9)
)
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)


def packed(name, content):
    """A zip, as every xlsx is one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


def named():
    """{name of the fault: bytes}."""
    good = GOOD.encode()
    rows = GOOD.splitlines()
    sheet = BOMB + "]><worksheet>&a9;</worksheet>"
    codes = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp1252", "utf-7", "cp037")
    files = {code: GOOD.replace("Aling", "Ñing").encode(code) for code in codes}
    return files | {
        "empty": b"",
        "a blank": b" ",
        "line ends": b"\r\n\r\n\n\r",
        "only a header": rows[0].encode(),
        "NUL": b"\0" * 5_000,
        "no header": "\n".join(rows[1:]).encode(),
        "two marks of order": codecs.BOM_UTF8 * 2 + good,
        "a mark of the other order": codecs.BOM_UTF16_BE + GOOD.encode("utf-16-le"),
        "cut in a letter": good + b"9,\xe0\xb8",
        "thai": GOOD.replace("Aling", "นาง").encode("cp874"),
        "two codes": good + "9,Ñing,,".encode("latin-1") + "นาง".encode(),
        "an open quote": good.replace(b"Aling", b'"Aling', 1),
        "quotes within": good.replace(b"Nena", b'N"e"na'),
        "three quotes": good.replace(b"Aling", b'"""Aling'),
        "quotes alone": b'"' * 3_001,
        "carriage returns": good.replace(b"\n", b"\r"),
        "other line ends": "\x85".join(rows).encode(),
        "semicolons too": good.replace(b",", b";", 11),
        "tabs too": good.replace(b",", b"\t", 7),
        "one header twice": good.replace(b"phone", b"name", 1),
        "blank headers": b",,,\n" + good,
        "a header of blanks": b" ,\t, ,\n1,2,3,4\n",
        "a row too wide": good + b"9," * 400 + b"\n",
        "a row too short": good + b"9\n",
        "a million columns": b"a," * 1_000_000 + b"\n1\n",
        "a hundred thousand columns": b"n," * 100_000 + b"\n" + b"1," * 100_000,
        "a cell of 2 MB": good + b'9,"' + b"x" * 2_000_000 + b'"\n',
        "one line of 3 MB": b"x" * 3_000_000,
        "a quote never closed": good + b'9,"' + b"x,y\n" * 300_000,
        "an xlsx": packed("xl/workbook.xml", "<workbook/>"),
        "an XML bomb": BOMB.encode() + b"]><a>&a9;</a>",
        "an XML bomb in an xlsx": packed("xl/worksheets/sheet1.xml", sheet),
        "a zip bomb": packed("x.csv", b"0" * 30_000_000),
        "a gzip bomb": gzip.compress(b"0" * 60_000_000),
        "a gzip bomb of rows": gzip.compress(b"1,a,b,c\n" * 8_000_000),
        "half a gzip": gzip.compress(good)[:-9],
        "gzip in gzip": gzip.compress(gzip.compress(good)),
        "gzip and more": gzip.compress(good) + b"x",
        "HTML": b"<!doctype html><table><tr><td>1</td></tr></table>",
        "JSON": b'[{"no": 1}]',
        "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
        "a program": b"\x7fELF" + bytes(range(256)) * 9,
        "a database": b"SQLite format 3\0" * 9,
        "formulas": good.replace(b"Aling", b"=cmd|' /C calc'!A0"),
        "entities": b"no,name\n1,&xxe;\n",
        "a sep line": b"sep=;\r\n" + good,
    }


def all(rng, count):
    """[(name, bytes)]: those with a name, and then tables with some bytes taken out, doubled, turned or moved."""
    found = list(named().items())
    while len(found) < count:
        data = bytearray(GOOD.encode())
        for _ in range(rng.randrange(1, 12)):
            place, other = rng.randrange(len(data)), rng.randrange(len(data))
            data[place : place + rng.randrange(3)] = rng.choice(
                (b"", b'"', b",", b"\n", b"\r", b"\0", b";", b"\t", b"\xff", b"\xc3", bytes(data[other : other + 9]))
            )
        found.append((f"astray {len(found)}", bytes(data)))
    return found[:count]
