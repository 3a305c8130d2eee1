"""An e-mail address as identity: what only looks like, or folds to, somebody’s address is nobody’s (BATTERY B10)."""

import pytest

from portal import store, values
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import attempts, link_requests, passwords, sign_in
from portal.people.link_requests import LinkRequest
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make

PASSWORD = "my purple elephant dances"
PEOPLE = ("carol@kitchen.example", "strasse@weiss.example", "kevin.sia@first.example", "office@tondo.example")
LOOKALIKES = {  # letters that look like, fold to, or are composed to ours
    "a": "аɑαａᵃₐáàâäãåăąａ𝐚𝑎", "c": "сϲｃⅽᶜćčç𝐜", "d": "ԁⅾｄᵈđ𝐝",
    "e": "еｅᵉₑéèêëēę℮𝐞", "f": "ｆᶠſƒ𝐟", "h": "һｈʰₕ𝐡",
    "i": "іｉⁱıíìîïİɩⅰ𝐢", "k": "ｋᴋκкKₖ𝐤", "l": "ｌⅼˡ1Iłӏ𝐥", "n": "ｎոηñń𝐧", "o": "оｏοº0óòôöõøօ𝐨",
    "r": "ｒгʳᵣ𝐫",
    "s": "ѕｓſˢₛšśş𝐬", "t": "ｔтᵗₜţ𝐭", "v": "ｖѵνᵥⅴ𝐯", "w": "ｗшʷω𝐰",
    "x": "ｘхⅹₓ×𝐱", "ss": "ßẞſſ", "ff": "ﬀ",
    "fi": "ﬁ", "ffi": "ﬃ", "st": "ﬆﬅ", ".": "․。．｡·", "@": "＠﹫",
    "": "\u200b\u200c\u200d\u2060\ufeff\u00ad\u0301\u202e",
}  # fmt: skip


def lookalikes(address, rng, count):
    """So many addresses that differ from this one by one to three such letters, by case, dots, plus or domain."""
    local, _, domain = address.partition("@")
    found = {
        f"{local}+x@{domain}", f"{local}.@{domain}", f".{local}@{domain}", f"{local[0]}.{local[1:]}@{domain}",
        f'"{local}"@{domain}', f"{local}(x)@{domain}", f"<{address}>", f"{address}.", f"{local}@[127.0.0.1]",
        f"{address},eve@evil.example", f"{address}\neve@evil.example", f"{address}%0aeve@evil.example",
        f"{address}\0",
        f"eve@evil.example <{address}>", f"{local}@xn--{domain}", f"{local}@{domain}.evil.example", f"@{domain}",
        f"{local}@www.{domain}", f"{local}%{domain}@evil.example", f"{local}@evil.example@{domain}", local,
        f"{local} @{domain}",
    }  # fmt: skip
    while len(found) < count:
        made = address
        for _ in range(rng.randint(1, 3)):
            ours = rng.choice(list(LOOKALIKES))
            places = [at for at in range(len(made)) if made.startswith(ours, at)]
            if places:
                at = rng.choice(places)
                made = made[:at] + rng.choice(LOOKALIKES[ours]) + made[at + len(ours) :]
        found.add(made if rng.random() < 0.8 else made.upper())
    return sorted(found - {address})


@pytest.fixture
def people(database, monkeypatch):
    for what in attempts.MOST:
        monkeypatch.setitem(attempts.MOST, what, 10**9)
    kept = passwords.scramble(PASSWORD)
    return {address: make.login(address, email=address, password_hash=kept) for address in PEOPLE}


def mailbox_of(text):
    """The mailbox to which mail for a typed address would go, as servers tell them apart; None when there is none."""
    try:
        shown = values.email(text)[0]
    except Invalid:
        return None
    return shown.lower()


@pytest.mark.row("B10")
def test_no_lookalike_is_taken_for_somebody_else(people, rng, sized, figures):
    tried, met, meant = 0, [], 0
    for address in PEOPLE:
        for typed in lookalikes(address, rng, sized(gate=500, night=5_000)):
            tried += 1
            mailbox = mailbox_of(typed)
            found = Login.find("customer", typed) if mailbox else None
            meant += found is not None
            if found is not None and found.email != mailbox:
                met.append((typed, found.email))
            if mailbox and found is None:
                with pytest.raises(Invalid):
                    sign_in.by_password(by=ANONYMOUS, kind="customer", email=typed, password=PASSWORD)
    figures(lookalikes=tried, refused_or_strangers=tried - meant, the_same_mailbox=meant, foreign_matches=len(met))
    assert tried >= 2_000 - len(PEOPLE)
    assert met == []


@pytest.mark.row("B10")
def test_letters_go_to_kept_addresses_alone(people, rng, sized, figures):
    asked = 0
    for address in PEOPLE:
        for typed in lookalikes(address, rng, sized(gate=100, night=5_000)):
            try:
                sign_in.ask_link(
                    by=ANONYMOUS, kind="customer", email=typed, purpose=rng.choice(("sign_in", "recover"))
                )
                asked += 1
            except Invalid:
                continue
    while LinkRequest.select().exists():
        link_requests.answer_all()
    addresses = {row.address for row in Outbox.select()}
    figures(asked_for_links=asked, letters=Outbox.select().count(), addresses=len(addresses))
    assert asked > 100
    assert addresses <= set(PEOPLE)


@pytest.mark.row("B10")
def test_two_people_whose_addresses_fold_alike_are_two(database):
    """Case folding makes one of straße.example and strasse.example, which belong to different people."""
    for domain in ("strasse.example", "straße.example"):
        with store.writing():
            Login.create(kind="customer", name=domain, email=f"a@{domain}", email_key=values.email(f"a@{domain}")[1])
    assert Login.find("customer", "A@STRASSE.example").name == "strasse.example"
    assert Login.find("customer", "a@straße.example").name == "straße.example"
