"""E-mail addresses and phone numbers as ways to the same person: which spellings are one, and what each says."""

import re
from functools import lru_cache
from typing import NamedTuple

from portal.alike.repairing import repaired, words_in
from portal.alike.spelling import distance
from portal.folding import fold_digits, national

SAME_MAIL, TYPED_MAIL, SAME_LOCAL, OFFICE_MAIL, OTHER_MAIL = 13, 10, 7, 4, -2
SAME_PHONE, TYPED_PHONE, OFFICE_PHONE, OTHER_PHONE = 11, 5, 4, -2
FREE = words_in("""
gmail.com googlemail.com yahoo.com yahoo.com.ph ymail.com hotmail.com outlook.com live.com msn.com icloud.com me.com
aol.com
proton.me protonmail.com mail.com gmx.com zoho.com yahoo.co.th hotmail.co.th windowslive.com rocketmail.com
""")
OFFICES = words_in("""
info sales admin office contact hello support accounting accounts billing purchasing orders order hr mail email
service
help enquiry enquiries inquiry inquiries customerservice marketing finance manager reception frontdesk noreply
webmaster
shop store owner ap ar team family home test none
""")
EMAIL = re.compile(r"[^\s<>(),;:\"'|]+@[^\s<>(),;:\"'|@]+")


class Mail(NamedTuple):
    """An e-mail address as the post office reads it: without plus-tags, of Gmail without dots."""

    local: str
    domain: str

    @property
    def is_office(self):
        return self.local.rstrip("0123456789") in OFFICES

    @property
    def own_domain(self):
        return "" if self.domain in FREE or is_slip_of_free(self.domain) else self.domain


@lru_cache(50_000)
def mail(text):
    """The Mail of an address as typed, None when it is none."""
    text = (
        repaired(text)
        .strip()
        .casefold()
        .replace(" at ", "@")
        .replace("[at]", "@")
        .replace("(at)", "@")
        .replace(" ", "")
    )
    text = text.removeprefix("mailto:").strip("<>.,;:'\"")
    local, at, domain = text.rpartition("@")
    if not at or not local:
        return None
    domain = domain.strip(".").replace(",", ".")
    local = local.partition("+")[0]
    if "gmail" in domain or domain == "googlemail.com" or distance(domain, "gmail.com") <= 2:
        local, domain = local.replace(".", ""), "gmail.com"
    return Mail(local, domain)


@lru_cache(5_000)
def is_slip_of_free(domain):
    """ "gmial.com" and "yaho.com" are no companies."""
    return any(domain != free and distance(domain, free) <= 2 for free in FREE if len(free) > 7)


@lru_cache(50_000)
def phone(text):
    """The digits that each spelling of a number ends with, nine at most; "" when it is none."""
    text = re.split(r"(?i)\s*(?:ext|x|loc|local|ต่อ)\.?\s*\d+$", repaired(str(text)))[0]
    text = text[:-2] if re.fullmatch(r"\d{7,}\.0", text) else text
    digits = national(text) or fold_digits(text)
    return digits[-9:] if len(digits) >= 6 and len(set(digits)) > 1 else ""


def compare_mails(ones, others):
    """(bits, reason) of the best pair of two lists of Mail."""
    return max((_compare_mails(one, other) for one in ones for other in others), default=(0, ""))


def _compare_mails(one, other):
    if one.local == other.local:
        near = one.domain == other.domain or distance(one.domain, other.domain) <= 2 or _stem(one) == _stem(other)
        if one.is_office:
            return (OFFICE_MAIL, "email-same") if near else (OTHER_MAIL, "")
        if one.domain == other.domain:
            return SAME_MAIL, "email-same"
        if near:
            return TYPED_MAIL, "email-typed"
        return (SAME_LOCAL, "email-local") if len(one.local) > 5 else (3, "email-local")
    bare, bare_other = (re.sub(r"[._\-]", "", mail.local) for mail in (one, other))
    same_house = one.domain == other.domain or distance(one.domain, other.domain) <= 2
    if same_house and bare == bare_other:
        return TYPED_MAIL, "email-typed"
    is_slip = len(bare) > 6 and distance(bare, bare_other) == 1 and not _differ_by_number(bare, bare_other)
    if same_house and is_slip:
        return TYPED_MAIL - 3, "email-typed"
    return OTHER_MAIL, ""


def _stem(one):
    return re.sub(r"\.(?:com|net|org|co|ph|th|biz|info).*$", "", one.domain)


def _differ_by_number(one, other):
    """juan1@ and juan2@ are two people."""
    return re.sub(r"\d", "", one) == re.sub(r"\d", "", other)


def compare_phones(ones, others):
    """(bits, reason) of the best pair of two lists of digits."""
    return max((_compare_phones(one, other) for one in ones for other in others), default=(0, ""))


def _compare_phones(one, other):
    short, long = sorted((one, other), key=len)
    if one == other or (len(short) >= 7 and long.endswith(short)):
        return SAME_PHONE, "phone-same"
    if len(one) == len(other) and len(one) > 7 and distance(one, other) == 1:
        is_swap = sorted(one) == sorted(other)
        return (TYPED_PHONE if is_swap else TYPED_PHONE - 2), "phone-typed"
    return OTHER_PHONE, ""
