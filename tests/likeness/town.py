"""A town of people and companies, each a dict of clean facts, with those in it who only look like another one."""
# ruff: noqa: E501 lists of names and rules, a line each

import random
from datetime import date, timedelta

GIVEN_WOMEN = """Maria Cristina|Ana|Maria Teresa|Jennifer|Rosalinda|Grace|Michelle|Katherine|Lourdes|Remedios|Corazon|Elizabeth|
Maribel|Angelica|Josefina|Patricia|Victoria|Princess Mae|Kimberly|Analyn|Rowena|Consuelo|Divina|Jocelyn|Marilyn|Susan""".replace(
    "\n", ""
).split("|")
GIVEN_MEN = """Juan|Jose|Francisco|Roberto|Mark Anthony|John Paul|Ricardo|Antonio|Eduardo|Manuel|Christopher|Rodrigo|Emmanuel|
Fernando|Ramon|Jerome|Michael|Ernesto|Wilfredo|Danilo|Reynaldo|Benjamin|Alfredo|Vicente|Rommel|Arnel""".replace(
    "\n", ""
).split("|")
FAMILIES = """Santos|Reyes|Cruz|dela Cruz|Bautista|Garcia|Mendoza|Dimaculangan|Villaflor|Quirino|Macaraeg|Tañedo|Peña|Lualhati|
Catacutan|Panganiban|Magsaysay|de los Santos|Abad|Sarmiento|Ledesma|Mercado|Ocampo|Tolentino|Pangilinan|Salonga|Bumatay|
Gatdula|Evangelista|Sumulong|Ylagan|Zamora|del Rosario|San Jose|Sy|Tan|Lim|Gutierrez|Ignacio|Katigbak""".replace(
    "\n", ""
).split("|")
THAI = """สมชาย|ใจดี|Somchai|Jaidee;สมศรี|แก้วใส|Somsri|Kaewsai;ปิยะ|ศรีสุข|Piya|Srisuk;วิชัย|ทองคำ|Wichai|Thongkham;
สุดา|บุญมี|Suda|Boonmee;ประเสริฐ|จันทร์เพ็ญ|Prasert|Chanphen;นภัสสร|วงศ์สวัสดิ์|Napatsorn|Wongsawat;กมล|พรหมมา|Kamon|Promma;
ธนพล|รัตนวงศ์|Thanapon|Rattanawong;ศิริพร|อินทร์แก้ว|Siriporn|Inkaew;อนุชา|สายทอง|Anucha|Saithong;มาลี|ดวงดี|Malee|Duangdee;
ชัยวัฒน์|สุวรรณ|Chaiwat|Suwan;พิมพ์ใจ|นาคดี|Pimjai|Nakdee;กิตติ|มงคล|Kitti|Mongkon;วราภรณ์|แสงทอง|Waraporn|Saengthong""".replace(
    "\n", ""
).split(";")
ENGLISH = """William Harper|Robert Ashdown|Elizabeth Fairweather|Margaret Thistlewood|Thomas Okafor|James Whitlock|Jennifer Brandt|
Katherine Moss|Michael Oduya|Andrew Pemberton|Susan Kowalski|Richard Lindqvist|Daniel Abernathy|Alexander Novak""".replace(
    "\n", ""
).split("|")
FIRMS = """Panaderya Dolor Inc.|Golden Palayok Restaurant|Cruz Hardware and General Merchandise|Paniqui Bakers Supply Corporation|
Isla Verde Resort|Bohol Builders Depot Co.|Balay Sang Kape|Vigan Longganisa House|Siam Garden Deli Co., Ltd.|Lualhati Trading|
Northern Star Printing Services|Tagaytay Highlands Catering|Mabuhay Foods Manufacturing Corp.|Kalinga Coffee Traders|
Santos Brothers Construction Inc.|Pacific Rim Logistics Phils. Inc.|Sampaguita Garments Enterprises|Triple J Auto Supply|
บริษัท เจริญทรัพย์การค้า จำกัด|หจก. รุ่งเรืองวัสดุก่อสร้าง|บริษัท ครัวคุณแม่ จำกัด|ร้านป้าแต๋ว|Banahaw Spring Water|Three Kings Bakeshop""".replace(
    "\n", ""
).split("|")
CHAINS = {
    "Mang Tomas Lechon": ("Cubao", "Makati", "Ermita", "Baguio"),
    "Aling Puring": ("Branch 1", "Branch 2"),
    "Seven Seas Mart": ("Ayala", "Ortigas", "Alabang"),
    "Kape Natin": ("Taft", "Katipunan"),
}
STREETS = (
    "Sampaguita St.",
    "Rizal Avenue",
    "Mabini Street",
    "Aurora Blvd.",
    "Bonifacio St.",
    "Del Pilar Street",
    "Kalayaan Ave.",
    "Batasan-San Mateo Road",
    "Maginhawa St.",
    "Lapu-Lapu Street",
    "Gen. Luna St.",
    "P. Burgos Street",
)
BARANGAYS = (
    ("Commonwealth", "Quezon City", "1121"),
    ("Poblacion", "Makati City", "1210"),
    ("San Isidro", "Batangas City", "4200"),
    ("Cogon", "Tagbilaran City", "6300"),
    ("Danao", "Iloilo City", "5000"),
    ("Lahug", "Cebu City", "6000"),
    ("Ermita", "Manila", "1000"),
    ("Bagumbayan", "Taguig City", "1630"),
)
SOIS = (("ถนนสุขุมวิท", "บางจาก", "พระโขนง"), ("ถนนพหลโยธิน", "จตุจักร", "จตุจักร"), ("ซอยอ่อนนุช 17", "สวนหลวง", "สวนหลวง"))
MAILS = ("gmail.com", "gmail.com", "yahoo.com", "hotmail.com", "outlook.com")


class Town:
    """`people` and `firms`, each with `who`: equal for records of one, and of nobody else."""

    def __init__(self, seed, size=220):
        self.chance = random.Random(seed)
        self.everybody = []
        for _ in range(size):
            self.move_in()
        for name in FIRMS:
            self.everybody.append(self.firm(name))
        for name, places in CHAINS.items():
            self.chain(name, places)

    def new(self, name, **facts):
        made = {
            "who": len(self.everybody),
            "kind": "person",
            "name": name,
            "email": "",
            "phone": self.mobile(),
            "address": "",
            "born": "",
            "gender": "",
            "tax": "",
        } | facts
        self.everybody.append(made)
        return made

    def mobile(self):
        return f"09{self.chance.randint(15, 99)}{self.chance.randint(1000000, 9999999)}"

    def birthday(self, first=1950, last=2002):
        start = date(first, 1, 1)
        return str(start + timedelta(days=self.chance.randrange((last - first) * 365)))

    def place(self):
        barangay, city, code = self.chance.choice(BARANGAYS)
        return f"{self.chance.randint(2, 980)} {self.chance.choice(STREETS)}, Brgy. {barangay}, {city} {code}"

    def mail(self, given, family):
        given, family = (part.replace(" ", "").replace("ñ", "n").lower() for part in (given, family))
        shape = self.chance.choice(("{g}.{f}", "{g}{f}{n}", "{i}{f}{n}", "{f}.{g}", "{g}_{f}{n}"))
        local = shape.format(g=given, f=family, i=given[0], n=self.chance.randint(1, 99))
        return f"{local}@{self.chance.choice(MAILS)}"

    def move_in(self):
        """One person of a kind, and mostly somebody who looks alike."""
        kind = self.chance.random()
        if kind < 0.14:
            return self.thai()
        if kind < 0.22:
            name = self.chance.choice(ENGLISH)
            return self.new(name, email=self.mail(*name.split()), address=self.place(), born=self.birthday())
        is_woman = self.chance.random() < 0.5
        given = self.chance.choice(GIVEN_WOMEN if is_woman else GIVEN_MEN)
        family, middle = self.chance.choice(FAMILIES), self.chance.choice(FAMILIES)
        name = f"{given} {middle} {family}" if self.chance.random() < 0.4 else f"{given} {family}"
        one = self.new(
            name,
            given=given,
            middle=middle,
            family=family,
            gender="F" if is_woman else "M",
            address=self.place(),
            email=self.mail(given, family),
            born=self.birthday(),
        )
        self.lookalike(one, is_woman)
        return one

    def thai(self):
        given, family, latin_given, latin_family = self.chance.choice(THAI).split("|")
        street, khwaeng, khet = self.chance.choice(SOIS)
        return self.new(
            f"{given} {family}",
            latin=f"{latin_given} {latin_family}",
            email=self.mail(latin_given, latin_family),
            phone=f"08{self.chance.randint(10000000, 99999999)}",
            born=self.birthday(),
            address=f"{self.chance.randint(2, 400)} {street} แขวง{khwaeng} เขต{khet} กรุงเทพมหานคร 10260",
        )

    def lookalike(self, one, is_woman):
        """Family at the same address, twins, father and son, a namesake, a colleague."""
        home = {"address": one["address"], "family": one["family"], "middle": one["middle"]}
        kind = self.chance.random()
        others = [name for name in (GIVEN_WOMEN if is_woman else GIVEN_MEN) if name != one["given"]]
        other = self.chance.choice(others)
        if kind < 0.10:  # sister or brother with the e-mail or phone of the house
            shared = {"email": one["email"]} if self.chance.random() < 0.5 else {"phone": one["phone"]}
            self.new(
                f"{other} {one['family']}", given=other, gender=one["gender"], born=self.birthday(), **home | shared
            )
        elif kind < 0.16:  # twins
            self.new(
                f"{other} {one['family']}",
                given=other,
                gender=one["gender"],
                born=one["born"],
                **home,
                email=self.mail(other, one["family"]),
            )
        elif kind < 0.24 and not is_woman:  # father and son
            self.new(
                f"{one['name']} Jr.",
                given=one["given"],
                gender="M",
                born=self.birthday(2003, 2012),
                **home,
                phone=one["phone"],
            )
            one["name"] += " Sr." if self.chance.random() < 0.5 else ""
        elif kind < 0.34:  # a couple
            spouse = self.chance.choice(GIVEN_MEN if is_woman else GIVEN_WOMEN)
            self.new(
                f"{spouse} {one['family']}",
                given=spouse,
                gender="M" if is_woman else "F",
                born=self.birthday(),
                phone=one["phone"],
                **home,
            )
        elif kind < 0.46:  # a namesake elsewhere
            self.new(
                f"{one['given']} {one['family']}",
                given=one["given"],
                family=one["family"],
                middle=self.chance.choice(FAMILIES),
                gender=one["gender"],
                born=self.birthday(),
                address=self.place(),
                email=self.mail(one["given"], one["family"] + "x"),
            )

    def firm(self, name, **facts):
        word = "".join(c for c in name.split()[0].lower() if c.isascii() and c.isalpha()) or "thaishop"
        domain = f"{word}{self.chance.randint(1, 99)}.example"
        made = {
            "who": len(self.everybody),
            "kind": "company",
            "name": name,
            "email": f"info@{domain}",
            "born": "",
            "gender": "",
            "phone": f"02 8{self.chance.randint(100, 999)} {self.chance.randint(1000, 9999)}",
            "address": self.place(),
            "tax": f"{self.chance.randint(100, 999)}-{self.chance.randint(100, 999)}-{self.chance.randint(100, 999)}-000",
        }
        return made | facts

    def chain(self, name, places):
        """Branches of one company: switchboard, e-mail and tax number in common, and still each its own."""
        first = self.firm(f"{name} {places[0]}")
        self.everybody.append(first)
        for place in places[1:]:
            shared = (
                {"email": first["email"], "phone": first["phone"]}
                if self.chance.random() < 0.5
                else {"tax": first["tax"]}
            )
            self.everybody.append(self.firm(f"{name} {place}", **shared))
