"""What happens to facts on their way into a second record: what was there when the weights were chosen."""
# ruff: noqa: E501 lists of names and rules, a line each

import re

KEYS_BESIDE = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "s": "ad",
    "r": "et",
    "n": "bm",
    "t": "ry",
    "l": "k",
    "c": "xv",
    "d": "sf",
    "m": "n",
    "u": "yi",
    "g": "fh",
    "p": "o",
    "v": "cb",
    "y": "tu",
    "z": "x",
    "b": "vn",
    "q": "w",
    "j": "hk",
}
SHORT = {
    "Francisco": "Kiko",
    "Jose": "Pepe",
    "Roberto": "Bobby",
    "Maria Cristina": "Cristy",
    "Maria Teresa": "Maritess",
    "Eduardo": "Ed",
    "Antonio": "Tony",
    "Manuel": "Manny",
    "Elizabeth": "Beth",
    "Ricardo": "Ricky",
    "Katherine": "Kathy",
    "Jennifer": "Jen",
    "Josefina": "Josie",
    "Patricia": "Pat",
    "Victoria": "Vicky",
    "Christopher": "Chris",
    "Fernando": "Nanding",
    "Emmanuel": "Noel",
    "Corazon": "Cory",
    "Michael": "Mike",
    "William": "Bill",
    "Robert": "Bob",
    "Margaret": "Peggy",
    "Thomas": "Tom",
    "James": "Jim",
    "Andrew": "Drew",
    "Susan": "Sue",
    "Richard": "Dick",
    "Daniel": "Dan",
    "Alexander": "Sasha",
    "Benjamin": "Benjie",
    "Wilfredo": "Willy",
    "Danilo": "Dan",
    "Reynaldo": "Rey",
    "Alfredo": "Fred",
    "Vicente": "Enteng",
}


def swapped(text, chance):
    place = chance.randrange(1, max(2, len(text) - 2))
    return text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :] if len(text) > 4 else text


# Names


def capitals(r, chance):
    r["name"] = r["name"].upper() if chance.random() < 0.6 else r["name"].lower()


def turned(r, chance):
    words = r["name"].removesuffix(" Jr.").removesuffix(" Sr.").split()
    if r["kind"] == "person" and len(words) > 1:
        tail = r["name"][len(" ".join(words)) :]
        family = r.get("family", words[-1])
        rest = r["name"].removesuffix(tail).removesuffix(family).strip()
        r["name"] = f"{family}, {rest}{tail}" if chance.random() < 0.5 else f"{family} {rest}{tail}"


def titled(r, chance):
    if r["kind"] == "person":
        thai = not r["name"].isascii() and "latin" in r and r["name"][0] >= "\u0e00"
        titles = {"M": ("Mr. ", "Engr. ", "Atty. ", "Dr. "), "F": ("Ms. ", "Mrs. ", "Dra. ", "Engr. ")}.get(
            r["gender"], ("Dr. ",)
        )
        r["name"] = chance.choice(("คุณ", "คุณ ", "ดร.")) + r["name"] if thai else chance.choice(titles) + r["name"]


def nicknamed(r, chance):
    for given, short in SHORT.items():
        if r["name"].startswith(given + " "):
            r["name"] = short + r["name"][len(given) :]
            return


def middle_shortened(r, chance):
    middle = r.get("middle")
    if middle and f" {middle} " in r["name"]:
        r["name"] = r["name"].replace(f" {middle} ", f" {middle[0].upper()}. " if chance.random() < 0.6 else " ")
    elif middle and r["kind"] == "person" and r["name"] == f"{r.get('given')} {r.get('family')}":
        r["name"] = f"{r['given']} {middle[0].upper()}. {r['family']}"


def letters_swapped(r, chance):
    words = r["name"].split()
    longest = max(range(len(words)), key=lambda n: len(words[n]))
    words[longest] = swapped(words[longest], chance)
    r["name"] = " ".join(words)


def letter_lost(r, chance):
    if len(r["name"]) > 8:
        place = chance.randrange(1, len(r["name"]) - 1)
        r["name"] = r["name"][:place] + r["name"][place + 1 :]


def accents_lost(r, chance):
    r["name"] = r["name"].replace("ñ", "n").replace("ë", "e")


def maria_shortened(r, chance):
    r["name"] = re.sub(r"^Maria ", "Ma. ", r["name"])


def in_other_script(r, chance):
    if "latin" in r:
        r["name"] = r["latin"]


def unspaced(r, chance):
    if r["name"][0] >= "\u0e00" or chance.random() < 0.2:
        r["name"] = r["name"].replace(" ", "")


def legal_form(r, chance):
    if r["kind"] == "company":
        bare = re.sub(r",? (Inc\.|Corporation|Corp\.|Co\.|Co\., Ltd\.|Ltd\.|Enterprises)$", "", r["name"])
        r["name"] = bare if bare != r["name"] else f"{r['name']} {chance.choice(('Inc.', 'Corp', 'Co.', 'Trading'))}"
        r["name"] = r["name"].replace(" and ", " & ").replace("General", "Gen.").replace("Merchandise", "Mdse")


# The rest


def mail_dressed(r, chance):
    local, at, domain = r["email"].partition("@")
    if at:
        r["email"] = chance.choice((f"{local.upper()}@{domain}", f"{local}+shop@{domain}", f" {r['email']} "))
        if domain == "gmail.com":
            r["email"] = f"{local[:2]}.{local[2:]}@gmail.com"


def mail_mistyped(r, chance):
    r["email"] = (
        r["email"].replace("gmail.com", "gmial.com").replace("yahoo.com", "yaho.com").replace("hotmail", "hotmial")
    )


def mail_lost(r, chance):
    r["email"] = ""


def phone_respelt(r, chance):
    digits = re.sub(r"\D", "", r["phone"])
    country = "66" if "latin" in r else "63"
    r["phone"] = chance.choice(
        (
            f"+{country} {digits[1:4]} {digits[4:7]} {digits[7:]}",
            f"({digits[:4]}) {digits[4:7]}-{digits[7:]}",
            f"{country}{digits[1:]}",
            f"00{country}{digits[1:]}",
        )
    )


def phone_lost(r, chance):
    r["phone"] = ""


def phone_other(r, chance):
    r["phone"] = f"09{chance.randint(15, 99)}{chance.randint(1000000, 9999999)}"


def place_shortened(r, chance):
    for long, short in (
        ("Brgy. ", "Barangay "),
        ("Street", "St"),
        ("Avenue", "Ave."),
        (" City", ""),
        ("Quezon", "QC"),
        ("แขวง", ""),
        ("เขต", ""),
    ):
        r["address"] = r["address"].replace(long, short)


def place_moved(r, chance):
    r["address"] = f"{chance.randint(2, 980)} Katipunan Ave., Loyola Heights, Quezon City 1108"


def place_lost(r, chance):
    r["address"] = ""


def birthday_lost(r, chance):
    r["born"] = ""


def birthday_respelt(r, chance):
    if r["born"]:
        year, month, day = r["born"].split("-")
        r["born"] = f"{day}/{month}/{year}"


def tax_lost(r, chance):
    r["tax"] = ""


SEEN = (
    capitals,
    turned,
    titled,
    nicknamed,
    middle_shortened,
    letters_swapped,
    letter_lost,
    accents_lost,
    maria_shortened,
    in_other_script,
    unspaced,
    legal_form,
    mail_dressed,
    mail_mistyped,
    mail_lost,
    phone_respelt,
    phone_lost,
    phone_other,
    place_shortened,
    place_moved,
    place_lost,
    birthday_lost,
    birthday_respelt,
    tax_lost,
)
