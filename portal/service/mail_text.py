"""The words of a mail: HTML read as plain text, and what was quoted or signed told apart from what is new."""

import html
import re
import unicodedata
from typing import NamedTuple

from portal.fields import UNREADABLE

MOST_HTML = 200_000  # letters of a page that are read; the whole stands in the original
LONGEST_TAG = 2000
LONGEST_ADDRESS = 300
UNREAD = {"head", "style", "title", "script", "template", "svg", "math", "noscript", "object"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPACED = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote", "hr", "pre"}
LINES = {"div", "li", "tr", "br", "section", "article", "header", "footer", "dt", "dd"}
TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([a-z-]{1,20}+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+""", re.IGNORECASE)
# Where what somebody else wrote begins: "On Monday Rhea wrote:", in our three languages, or the heads of Outlook.
BEFORE_QUOTE = re.compile(
    r"^(?:On\b.{3,200}\bwrote:|Noong\b.{3,200}\b(?:sinulat|isinulat|nagsulat).{0,60}:|เมื่อ.{3,200}เขียน.{0,20}:"
    r"|-{2,}\s?(?:Original Message|Forwarded message|ข้อความต้นฉบับ)\s?-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
HEADS = re.compile(r"^(?:From|Mula sa|จาก):\s.{1,200}$", re.IGNORECASE)
HEADS_GO_ON = re.compile(r"^(?:Sent|Date|To|Ipinadala|Petsa|ส่ง|วันที่|ถึง):\s", re.IGNORECASE)
SIGNATURE = re.compile(r"^--\s?$")
LONGEST_SIGNATURE = 12  # lines


class Part(NamedTuple):
    """A piece of a mail: kind "words", "quoted" or "signature", and its text."""

    kind: str
    text: str


def clean(text):
    """Text that can be kept and shown: NFC, no control characters, nothing that turns the direction of reading."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = []
    for letter in text:
        if letter in UNREADABLE:
            kept.append("?" if letter == "\ufffd" else "")
        elif letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp"):
            kept.append(letter)
    return re.sub(r"\n{4,}", "\n\n\n", "".join(kept)).strip()


def parts(text):
    """The text as [Part]: first what is new, then the signature and what was quoted, in their order."""
    lines = text.split("\n")
    begins = next((place for place in range(len(lines)) if _quote_begins(lines, place)), len(lines))
    signed = next((place for place in range(begins) if SIGNATURE.match(lines[place])), begins)
    if begins - signed > LONGEST_SIGNATURE:
        signed = begins
    found = [
        Part("words", lines[:signed]), Part("signature", lines[signed:begins]), Part("quoted", lines[begins:]),
    ]  # fmt: skip
    joined = [Part(kind, "\n".join(some).strip("\n")) for kind, some in found]
    return [part for part in joined if part.text.strip()]


def new_words(text):
    """What was written anew; all of it when everything looks quoted."""
    found = next((part.text for part in parts(text) if part.kind == "words"), "")
    return found.strip() or text.strip()


def _quote_begins(lines, place):
    line = lines[place].strip()
    if line.startswith(">"):
        return all(not rest.strip() or rest.lstrip().startswith(">") for rest in lines[place : place + 3])
    if BEFORE_QUOTE.match(line[:400]):
        return True
    return bool(HEADS.match(line[:400])) and any(HEADS_GO_ON.match(n.strip()) for n in lines[place + 1 : place + 4])


# HTML. The parser of the standard library takes minutes for pages that were made to keep it busy.


def of_html(page):
    """The words of a page: no pictures, nothing loaded, links as "text <address>" with their true address."""
    reader, page = _Reader(), page[:MOST_HTML]
    place = 0
    while place < len(page):
        begins = page.find("<", place)
        if begins < 0:
            break
        reader.read_words(page[place:begins])
        place = _read_mark(page, begins, reader)
    reader.read_words(page[place:])
    return reader.text()


def _read_mark(page, begins, reader):
    """Read what begins with "<", a tag, a comment or a bare sign; returns where it ends."""
    if page.startswith("<!--", begins):
        ends = page.find("-->", begins)
        return ends + 3 if ends >= 0 else len(page)
    if page.startswith(("<!", "<?"), begins):
        ends = page.find(">", begins)
        return ends + 1 if ends >= 0 else len(page)
    tag = TAG.match(page, begins, begins + LONGEST_TAG)
    if tag is None:
        reader.read_words("<")
        return begins + 1
    if tag[1]:
        reader.end(tag[2].lower())
    else:
        named = {name.lower(): html.unescape(value.strip("\"'")) for name, value in ATTRIBUTE.findall(tag[3])}
        reader.begin(tag[2].lower(), named)
    return tag.end()


class _Reader:
    """Collects lines; what a browser would not show is passed over as far as the page says so itself."""

    def __init__(self):
        self.lines = [[]]
        self.unread = []  # tags we are in of which nothing is read
        self.link = None
        self.quoted = 0

    def begin(self, tag, named):
        if tag not in VOID and (self.unread or tag in UNREAD or _is_hidden(named)):
            if not self.unread or tag == self.unread[-1]:
                self.unread.append(tag)
            return
        self.quoted += tag == "blockquote"
        self._break(tag)
        if tag == "li":
            self._say("- ")
        elif tag in ("td", "th") and self.lines[-1]:
            self._say(" ")
        elif tag == "img" and not self.unread and named.get("alt"):
            self._say(f"[{named['alt'][:80]}]")
        elif tag == "a":
            self.link = (named.get("href") or "", len(self.lines), len(self.lines[-1]))

    def end(self, tag):
        if self.unread:
            if self.unread[-1] == tag:
                self.unread.pop()
            return
        if tag == "a" and self.link:
            self._name_address(*self.link)
            self.link = None
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        self._break(tag)

    def read_words(self, text):
        if text and not self.unread:
            self._say(re.sub(r"[ \t\r\n\f\u00a0]+", " ", html.unescape(text)))

    def _say(self, text):
        if text.strip() or self.lines[-1]:
            self.lines[-1].append(text)

    def _name_address(self, href, line, place):
        said = "".join(self.lines[-1][place:]).strip() if len(self.lines) == line else ""
        address = re.sub(r"^mailto:", "", clean(href).replace("\n", "").strip(), flags=re.IGNORECASE)
        if address and address != said and not address.startswith("#"):
            shown = address if len(address) <= LONGEST_ADDRESS else address[:LONGEST_ADDRESS] + "…"
            self._say(f" <{shown}>")

    def _break(self, tag):
        if tag in SPACED:
            self.lines.append([])
            self._new_line()
        elif tag in LINES:
            self._new_line()

    def _new_line(self):
        self.lines.append(["> "] if self.quoted else [])

    def text(self):
        lines = (re.sub(r" {2,}", " ", "".join(line)).strip() for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line != ">")).strip("\n")


def _is_hidden(named):
    style = re.sub(r"\s", "", (named.get("style") or "")[:500].lower())
    return "hidden" in named or "display:none" in style or "visibility:hidden" in style or "font-size:0" in style
