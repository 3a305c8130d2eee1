"""Names of companies: what is left once legal forms and words of the trade are known for what they are, compared."""

import re
from functools import lru_cache
from typing import NamedTuple

from portal.alike.aligning import SHARES, align
from portal.alike.repairing import is_thai, repaired, without_accents, without_notes, words_in
from portal.alike.sounding import skeleton
from portal.alike.spelling import distance, unscanned

USUAL_BITS, TRADE_BITS = 10, 2.5
OTHER_WORD, OTHER_TRADE, ONE_MORE, ONE_MORE_TRADE, OTHER_NUMBER = -10, -5, -4.5, -0.4, -10
SAME_CHAIN = 6  # what branches share of their names
LEGAL = words_in("""
inc incorporated corp corporation co company ltd limited llc llp lp plc pte pty gmbh ag sa sas srl spa bv nv ab oy
as kk
pcl opc partnership ent coop cooperative registered reg lim incorp the and of ng mga na de la el los las et cie kg
""")
AMBIGUOUS = words_in("the and of ng mga na de la el los las et as sa ent lim reg spa ab ag")
_THAI_LEGAL = re.compile("บริษัท|บจก\\.?|บมจ\\.?|หจก\\.?|หสม\\.?|ห้างหุ้นส่วนจำกัด|ห้างหุ้นส่วน|จำกัด|\\(มหาชน\\)|มหาชน|ร้าน|บ\\.")
WRITTEN_OUT = {
    word: full
    for full, words in {
        "international": "intl int'l internl internat",
        "manufacturing": "mfg manuf mfrg",
        "brothers": "bros",
        "trading": "trdg trdng",
        "center": "ctr centre cntr",
        "general": "gen genl",
        "merchandise": "mdse merch merchandising",
        "services": "svcs svc serv service",
        "enterprises": "enterprise entps entp enterp ents",
        "hardware": "hdwe hdware hrdwr",
        "philippines": "phils phil ph philippine pilipinas",
        "department": "dept",
        "supply": "supplies sply",
        "supermarket": "supermkt smkt",
        "market": "mkt mart",
        "store": "stores str",
        "restaurant": "resto rest restaurante",
        "construction": "const constr constn",
        "development": "devt dev",
        "marketing": "mktg",
        "industries": "ind inds industry industrial",
        "products": "prods prod product",
        "foods": "food",
        "bakery": "bakeshop bakers bake bakehouse",
        "technologies": "tech technology techs",
        "systems": "sys system",
        "group": "grp",
        "holdings": "hldgs holding",
        "hotel": "htl",
        "school": "sch",
        "university": "univ",
        "hospital": "hosp",
        "pharmacy": "pharma drugstore",
        "associates": "assoc assocs associate",
        "electronics": "electronic",
        "sarisari": "sari",
        "mount": "mt",
        "saint": "st",
        "santa": "sta",
        "santo": "sto",
        "first": "1st",
        "second": "2nd",
        "third": "3rd",
    }.items()
    for word in words.split()
}
NAMES_WRITTEN_OUT = words_in("saint santa santo mount first second third")
TRADE = (frozenset(WRITTEN_OUT.values()) - NAMES_WRITTEN_OUT) | words_in("""
cafe coffee kitchen grill bar house shop sarisari catering printing laundry salon spa clinic dental rice eggs meat
shop
builders depot motors auto parts repair computer mobile fashion boutique apparel garments textile furniture home
office
logistics transport travel tours agency realty properties farm farms agri feeds poultry fresh water refilling
station gas
resort inn lodge events studio media consultancy consulting solutions global asia asian pacific thai thailand siam
bangkok manila cebu davao import export wholesale retail family sons son new grand royal golden
materials transport hotel panaderya panaderia tindahan karinderya talyer botika kainan kapihan ihawan lutong bahay
resto
""")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")
_SPLIT = re.compile(r"[\s.,;:_/\\\-–—()\[\]|\"!?*#<>&+]+")
IN_THAI = {
    "การค้า": "trading",
    "เทรดดิ้ง": "trading",
    "พาณิชย์": "trading",
    "อุตสาหกรรม": "industries",
    "กรุ๊ป": "group",
    "เซอร์วิส": "services",
    "บริการ": "services",
    "ขนส่ง": "transport",
    "ก่อสร้าง": "construction",
    "สยาม": "siam",
    "กรุงเทพ": "bangkok",
    "อาหาร": "foods",
    "ฟู้ดส์": "foods",
    "ฟู้ด": "foods",
    "วัสดุ": "materials",
    "โรงแรม": "hotel",
    "โฮเทล": "hotel",
    "อินเตอร์เนชั่นแนล": "international",
    "เอ็นเตอร์ไพรส์": "enterprises",
    "ประเทศไทย": "thailand",
    "ซัพพลาย": "supply",
    "มาร์เก็ตติ้ง": "marketing",
    "เบเกอรี่": "bakery",
    "คาเฟ่": "cafe",
    "ครัว": "kitchen",
}
_THAI_TRADE = re.compile("(" + "|".join(sorted(IN_THAI, key=len, reverse=True)) + ")")


class Firm(NamedTuple):
    """A company's name in words, without its legal form; `letters` is all of it in one piece."""

    words: tuple
    letters: str
    initials: str


class Verdict(NamedTuple):
    """What two names say: bits for (or against) the same company, a reason, and whether they are two."""

    bits: float
    reason: str
    is_other_person: bool = False


@lru_cache(50_000)
def read(text):
    """The Firm of a name as typed."""
    text = _THAI_TRADE.sub(
        lambda found: f" {IN_THAI[found[0]]} ", _THAI_LEGAL.sub(" ", without_notes(repaired(text)))
    ).replace("@", " ")
    text = without_accents(
        re.sub("['’‘ʼ`´]", "", _DOTTED.sub(lambda found: found[0].replace(".", ""), text)).casefold()
    )
    words = [unscanned(WRITTEN_OUT.get(word, word)) for word in _SPLIT.split(text) if word]
    core = tuple(dict.fromkeys(word for word in words if word not in LEGAL)) or tuple(words)
    spoken = [word for word in words if word not in ("inc", "corp", "co", "ltd", "corporation", "company", "and")]
    return Firm(core, "".join(core), "".join(word[0] for word in spoken))


def is_one(text):
    """Whether a name reads as that of a company: a legal form or a word of the trade in it."""
    text = repaired(text)
    if _THAI_LEGAL.search(text):
        return True
    words = [word for word in _SPLIT.split(without_accents(text).casefold()) if word]
    forms = LEGAL - AMBIGUOUS
    return any(word in forms or WRITTEN_OUT.get(word, word) in TRADE for word in words)


def usual_bits(word):
    return TRADE_BITS if word in TRADE else 3 if len(word) == 1 else USUAL_BITS if len(word) > 2 else 6


def compare(one, other, bits=usual_bits):
    """The Verdict over two companies' names."""
    if one.letters == other.letters:
        return Verdict(max(8, _weight(one.words, bits)), "name-same")
    found = align(one.words, other.words)
    total = sum(SHARES[p.how] * min(bits(found.ones[p.one]), bits(found.others[p.other])) for p in found.pairs)
    strong = [p for p in found.pairs if found.ones[p.one] not in TRADE and p.how != "initial"]
    if not strong:
        return _apart(one, other, found)
    rest, rest_other = [found.ones[i] for i in found.rest], [found.others[j] for j in found.rest_other]
    minus, is_other = _conflict(rest, rest_other)
    total = min(total, SAME_CHAIN) if is_other else total
    reason = "name-branch" if is_other else "name-parts" if rest or rest_other else "name-spelling"
    return Verdict(min(total, 22) + minus, reason, is_other)


def _weight(words, bits):
    return min(22, sum(bits(word) for word in words))


def _apart(one, other, found):
    """No word of their own in common: two, unless in two scripts, by initials, or one long slip."""
    code, code_other = skeleton(one.letters), skeleton(other.letters)
    if (
        is_thai(one.letters) != is_thai(other.letters)
        and len(code) > 3
        and distance(code, code_other) <= len(code) // 5
    ):
        return Verdict(10, "name-script")
    short, long = sorted((one, other), key=lambda firm: len(firm.letters))
    if (
        len(short.words) == 1
        and len(short.letters) > 2
        and short.letters in (long.initials, "".join(w[0] for w in long.words))
    ):
        return Verdict(7, "name-initials")
    if (
        min(len(one.letters), len(other.letters)) > 7
        and distance(one.letters, other.letters) <= len(one.letters) // 5
    ):
        return Verdict(9, "name-spelling")
    same_trade = one.words == other.words
    return Verdict(4 if same_trade else -12, "name-same" if same_trade else "name-other", not same_trade)


def _conflict(rest, rest_other):
    """(bits against, whether they are two) of the words without a partner: another branch, trade or number."""
    numbers, numbers_other = ({word for word in words if word.isdigit()} for words in (rest, rest_other))
    own, own_other = ([w for w in words if w not in TRADE and not w.isdigit()] for words in (rest, rest_other))
    trade, trade_other = ([w for w in words if w in TRADE] for words in (rest, rest_other))
    minus, is_other = 0, False
    if numbers or numbers_other:
        minus, is_other = OTHER_NUMBER if numbers and numbers_other else ONE_MORE, bool(numbers and numbers_other)
    if own and own_other:
        near = any(distance(a, b) <= max(len(a), len(b)) // 3 for a in own for b in own_other)
        minus, is_other = minus + (-2 if near else OTHER_WORD), is_other or not near
    elif own or own_other:
        minus += ONE_MORE * min(2, len(own or own_other))
    if trade and trade_other:
        minus += OTHER_TRADE
    elif trade or trade_other:
        minus += ONE_MORE_TRADE * len(trade or trade_other)
    return minus, is_other
