"""Mending what typing, scanning and old systems did to a text, before it is compared."""

import html
import re
import unicodedata

# Letters of other scripts that look like Latin ones; a word of which some are Latin is read as Latin.
_LOOKS = str.maketrans(
    "АВСЕНІЈКМОРԚЅТԜХУабгсԁеһіјкӏтоорԛѕцԝхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχο",
    "ABCEHIJKMOPQSTWXYabrcdehijkltoopqsuwxyABEZHIKMNOPTYXaeiknoptuxo",
)
_MOJIBAKE = re.compile("[ÃÂÐÑ][\u0080-\u00ff\u2013-\u2122\u0152-\u0192]|â€|à¸|à¹|ï¼|ï½|ðŸ")
_NOTE = re.compile(
    r"[(\[{<*][^)\]}>*]{0,100}[)\]}>*]|"  # unbounded, a cell of brackets took hours
    r"\b(?:do ?n[o']t (?:use|call|mail|contact)|duplicate|dupl?|"
    r"(?:old|new)(?: (?:number|address|account|record|e-?mail))?|"
    r"inactive|deceased|moved|copy|test|vip|xxx+|n/?a|none|null|unknown|see notes?|merged?|deleted?|"
    r"closed|active|verified|"
    r"updated|temp(?:orary)?|wrong (?:number|email)|c/o|attn|call (?:first|before|back))\b[:.!]*",
    re.I,
)
_THAI_NOTE = re.compile("ห้ามใช้|เลิกใช้|เก่า(?=\\s|$)|ซ้ำ(?=\\s|$)|ห้ามโทร|ลูกค้าเก่า|ลูกค้าใหม่|ใหม่$")
_BLANKS = re.compile(r"\s+")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_THAI = re.compile("[\u0e00-\u0e7f]")


def words_in(text):
    """The words of a list written as text."""
    return frozenset(text.split())


def repaired(text):
    """A text in letters that can be compared: mojibake, entities, look-alikes, wide letters, signs of pictures."""
    text = str(text or "")
    if text.isascii():
        return html.unescape(text) if "&" in text else text
    text = html.unescape(_unscrambled(text))
    text = _with_sara_am(unicodedata.normalize("NFKC", text))
    text = "".join(map(_plain, text))
    words = (word.translate(_LOOKS) if _is_disguised(word) else word for word in text.split(" "))
    return " ".join(words)


def without_notes(text):
    """A name without what people write beside it, "Ana Cruz (old)", "DO NOT USE Ana Cruz"; all of it if only that."""
    bare = _BLANKS.sub(" ", _THAI_NOTE.sub(" ", _NOTE.sub(" ", text))).strip(" -–—,;:/|.*#!?")
    return bare or text.strip()


def is_thai(text):
    return not text.isascii() and bool(_THAI.search(text))


def without_accents(text):
    """Latin letters without what stands above and below them; Thai stays as it is."""
    text = unicodedata.normalize("NFKD", text)
    return _with_sara_am("".join(letter for letter in text if not "\u0300" <= letter <= "\u036f"))


def _with_sara_am(text):
    """Thai ำ in one piece again, which the compatibility forms take apart."""
    return _SARA_AM.sub("\\1ำ", text)


def _unscrambled(text):
    """UTF-8 that was read as Latin: "JosÃ©" is José."""
    if not _MOJIBAKE.search(text):
        return text
    raw = b"".join(_byte(letter) for letter in text)
    mended = raw.decode("utf-8", "replace")
    return mended.replace("\ufffd", "") if mended.count("\ufffd") * 3 <= len(mended) else text


def _byte(letter):
    for wrong in ("cp1252", "latin-1"):
        try:
            return letter.encode(wrong)
        except UnicodeError:
            continue
    return letter.encode()


def _plain(letter):
    kind = unicodedata.category(letter)
    if kind in ("So", "Sk", "Cc", "Zs", "Zl", "Zp", "Co", "Cn"):
        return " "
    return "" if kind in ("Cf", "Me") or "\ufe00" <= letter <= "\ufe0f" else letter


def _is_disguised(word):
    """Whether the foreign letters of a word are all look-alikes: "Mаria" with a Cyrillic a, and all of "Сора"."""
    foreign = [c for c in word if "\u0370" <= c <= "\u052f"]
    return bool(foreign) and all(ord(c) in _LOOKS for c in foreign)
