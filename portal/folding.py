"""The form in which texts are compared: accents, case, signs, digits and phone numbers of any spelling folded."""

import re
import unicodedata

import phonenumbers

# Letters that carry their stroke inside and so survive NFKD.
_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_ASCII = {n: chr(n).lower() if chr(n).isprintable() else " " for n in range(128)} | dict.fromkeys(map(ord, "'`"))
_ACCENTS = re.compile("[\u0300-\u036f]")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b])\u0e32")  # the tone typed after the ring of ำ, as some keyboards do
_SIGNS = re.compile(r"^[\W_]+")
PHONE = re.compile(r"(?<!\w)\+?[\d(][\d\s().\-/]{5,24}\d(?!\w)")
PHONE_QUERY = re.compile(r"\+?[\d\s().\-/]+")


def fold(text):
    """The form in which texts are compared: NFKD, lower case, Latin accents off, Thai marks kept, ASCII digits.

    "Peña’s  Café №٣" == "penas cafe no3". Control characters become blanks, invisible ones and apostrophes vanish.
    """
    text = text or ""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_STROKES)
    text = _SARA_AM.sub("\\1\u0e4d\u0e32", text).replace("เเ", "แ")
    return " ".join("".join(map(_fold_letter, text)).split())


def _fold_letter(letter):
    if letter.isascii() and letter.isprintable():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    category = unicodedata.category(letter)
    return {"Cc": " ", "Cs": " ", "Zl": " ", "Zp": " ", "Cf": ""}.get(category, letter)


def words_of(folded):
    """Words without the signs before them: "+63" and "(63" begin with 6."""
    return [word for word in (_SIGNS.sub("", word) for word in folded.split()) if word]


def fold_digits(text):
    """The digits of a number without its leading zeros: "0917 555 0188" and "(0)917-5550188" → "9175550188"."""
    return re.sub(r"\D", "", fold(text), flags=re.ASCII).lstrip("0")


def national(number):
    """The digits that every spelling of a phone number ends with: "+63 917 555 0188" → "9175550188"."""
    digits = fold_digits(number)
    if len(digits) >= 10:
        try:
            parsed = phonenumbers.parse("+" + digits)
        except phonenumbers.NumberParseException:
            return digits
        bare = str(parsed.national_number)
        if digits.endswith(bare) and len(bare) >= 7 and phonenumbers.is_valid_number(parsed):
            return bare
    return digits
