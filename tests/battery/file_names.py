"""Names of files that nobody gives by accident, and such as people do give."""

import string

HARMLESS = (
    "Resibo Nobyembre.pdf", "ใบเสนอราคา ๒๕๖๙.pdf", "Peña & Söhne.txt", "報價單.txt", "накладная.csv",
    "a.b.c.txt", "Bukas 100% (2).txt", "it's mine.txt", "price=5+1;2,3.txt", "👍🏽 ok.txt", "ñ.txt",
    "#1 @home ~x.txt", "{a} [b].txt",
)  # fmt: skip
PARTS = (
    "../", "..\\", "/etc/passwd", "C:\\Windows\\", "\\\\server\\share\\", "%2e%2e%2f", "..%c0%af",
    "file:///", "~/.ssh/", "\x00", "\r\nSet-Cookie: a=b", "\x1b[31m", "\x7f", "\x85", "\u2028",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\xad", "\u0301", "\ud800", "\ufffd",
    "<script>alert(1)</script>", '"><suki-1>', "'; DROP TABLE file; --", "$(id)", "`id`", "| id",
    "&& id", "{{7*7}}", "%s%n", "%00", "%0d%0a", "filename*=UTF-8''x", '";filename="x.exe', '\\"',
    ";", "*", "?", ":stream", "::$DATA", "CON", "NUL.txt", "aux", "LPT1", ".htaccess", "-rf",
    "=cmd()", " ", "...", "   .", "\t", "🧨", "ก้", "e\u0301", "ﬁ", "Ｆ", "ſ", "İ",
)  # fmt: skip
ENDINGS = ("", ".txt", ".TXT", ".txt.exe", ".html", ".svg", ".php%00.txt", ".txt ", ".txt.", ".\u202etxt.exe")


def all(rng, count):
    """So many names, every part among them and each in several places."""
    made = [*HARMLESS, "a" * 255 + ".txt", "ก" * 300 + ".txt", "a" * 10_000, ".", "..", "/", "\\", ""]
    made += [part + ending for part in PARTS for ending in ENDINGS]
    while len(made) < count:
        words = "".join(rng.choices(string.ascii_letters, k=rng.randint(0, 6)))
        made.append(words.join(rng.choices(PARTS, k=rng.randint(2, 5))) + rng.choice(ENDINGS))
    return made[:count]
