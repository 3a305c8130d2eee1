"""More of what happens to facts, written after the weights were chosen, so that they prove themselves on it."""
# ruff: noqa: E501 lists of names and rules, a line each

import re

from tests.likeness.mess import KEYS_BESIDE, swapped


def scanned(r, chance):
    """As a scanner read it."""
    for right, wrong in chance.sample(
        [("o", "0"), ("l", "1"), ("s", "5"), ("m", "rn"), ("d", "cl"), ("e", "c"), ("a", "o")], 2
    ):
        r["name"] = r["name"].replace(right, wrong, 1)


def key_beside(r, chance):
    places = [n for n, c in enumerate(r["name"].lower()) if c in KEYS_BESIDE and n]
    if places:
        place = chance.choice(places)
        r["name"] = r["name"][:place] + chance.choice(KEYS_BESIDE[r["name"][place].lower()]) + r["name"][place + 1 :]


def letter_doubled(r, chance):
    place = chance.randrange(1, len(r["name"]))
    r["name"] = r["name"][:place] + r["name"][place - 1] + r["name"][place:]


def looks_alike(r, chance):
    """A letter of another alphabet that looks the same."""
    for latin, other in chance.sample([("a", "а"), ("e", "е"), ("o", "о"), ("c", "с"), ("p", "р"), ("i", "і")], 3):
        r["name"] = r["name"].replace(latin, other)


def wide(r, chance):
    r["name"] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in r["name"])


def noted(r, chance):
    note = chance.choice(
        (
            " (old)",
            " - DO NOT USE",
            " [duplicate]",
            " *VIP*",
            " (wrong number)",
            " - see notes",
            " (moved)",
            " 🙂",
            " ⭐⭐",
        )
    )
    r["name"] = r["name"] + note if chance.random() < 0.8 else f"{note.strip()} {r['name']}"


def double_spaced(r, chance):
    r["name"] = "  " + r["name"].replace(" ", "   ") + " "


def scrambled(r, chance):
    """UTF-8 read as Latin."""
    r["name"] = (
        r["name"].encode().decode("latin-1")
        if chance.random() < 0.5
        else r["name"].encode().decode("cp1252", "replace")
    )


def fields_swapped(r, chance):
    if chance.random() < 0.5:
        r["email"], r["phone"] = r["phone"], r["email"]
    else:
        r["name"], r["email"] = f"{r['name']} {r['email']}", ""


def married(r, chance):
    """Her husband's name; hers goes to the middle, or goes."""
    if r["gender"] == "F" and "family" in r:
        new = chance.choice(("Alcantara", "Buenaventura", "Kalaw", "Roxas", "Zulueta"))
        r["name"] = (
            f"{r['given']} {r['family']}-{new}" if chance.random() < 0.4 else f"{r['given']} {r['family']} {new}"
        )


def with_spouse(r, chance):
    if r["kind"] == "person" and "family" in r and "Jr." not in r["name"] and "Sr." not in r["name"]:
        r["name"] = f"{r['given']} & Luningning {r['family']}"


def renamed(r, chance):
    if r["kind"] == "company":
        words = r["name"].split()
        r["name"] = " ".join([words[0], chance.choice(("Ventures", "Global", "Prime", "Plus")), *words[1:]])


def initial_only(r, chance):
    if "given" in r and "Jr." not in r["name"]:
        r["name"] = f"{r['given'][0]}. {r['family']}"


def particle_joined(r, chance):
    r["name"] = (
        r["name"]
        .replace("dela Cruz", chance.choice(("Delacruz", "De la Cruz", "DELA CRUZ")))
        .replace("de los Santos", "Delos Santos")
    )
    r["name"] = r["name"].replace("del Rosario", "Delrosario").replace("San Jose", "Sanjose")


def spelt_by_ear(r, chance):
    for right, wrong in chance.sample(
        [("ph", "f"), ("c", "k"), ("y", "i"), ("z", "s"), ("v", "b"), ("ai", "ay"), ("ch", "j"), ("th", "t")], 3
    ):
        r["name"] = r["name"].replace(right, wrong)


def birth_typed(r, chance):
    if "-" in r["born"]:
        place = chance.choice((2, 3, 8, 9))
        r["born"] = (
            r["born"][:place]
            + str((int(r["born"][place]) + 1) % (3 if place == 8 else 9) or 1)
            + r["born"][place + 1 :]
        )


def birth_buddhist(r, chance):
    if "-" in r["born"]:
        year, month, day = r["born"].split("-")
        r["born"] = f"{day}/{month}/{int(year) + 543}"


def phone_typed(r, chance):
    if len(r["phone"]) > 8:
        r["phone"] = swapped(r["phone"][:4], chance) + r["phone"][4:-2] + str(chance.randint(10, 99))


def two_phones(r, chance):
    r["phone"] = f"{r['phone']} / 02 8{chance.randint(1000000, 9999999)}"


def other_mail(r, chance):
    local = re.sub(r"[^a-z]", "", r["email"].partition("@")[0])
    r["email"] = f"{local}{chance.randint(1950, 2020)}@{chance.choice(('icloud.com', 'ymail.com', 'pldt.example'))}"


def address_turned(r, chance):
    parts = [part.strip() for part in r["address"].split(",")]
    r["address"] = f"Unit 3B {', '.join(reversed(parts))}"


def nearly_empty(r, chance):
    keep = chance.choice(("email", "phone", "born"))
    for field in ("email", "phone", "address", "born", "tax"):
        if field != keep:
            r[field] = ""


UNSEEN = (
    scanned, key_beside, letter_doubled, looks_alike, wide, noted, double_spaced, scrambled, fields_swapped, married, with_spouse,
    renamed, initial_only, particle_joined, spelt_by_ear, birth_typed, birth_buddhist, phone_typed, two_phones, other_mail,
    address_turned, nearly_empty,
)  # fmt: skip
