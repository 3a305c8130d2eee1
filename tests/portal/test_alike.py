"""How well likely duplicates are told from family, namesakes and branches, on invented and labelled records."""

import csv
import os

import pytest

from portal.__main__ import main
from portal.alike.facts import LONGEST, facts
from portal.alike.weighing import weigh
from tests.likeness import measuring, mess, unseen


@pytest.fixture(autouse=True)
def what_files_may():
    """The command line closes what it writes to others, for as long as its process lives; other tests share ours."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(("kinds", "seed"), [(mess.SEEN, 1), (unseen.UNSEEN, 12)])
def test_likely_pairs_are_right_and_few_are_missed(kinds, seed):
    figures, _wrong, _missed = measuring.measured(measuring.records(seed, kinds))
    assert figures.right > 150, "enough pairs to say anything"
    assert figures.f1 >= 0.95, figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maria Cristina Villaflor", "Cristy Villaflor"),
        ("Dela Cruz, Juanito B.", "Juanito dela Cruz"),
        ("Ma. Teresa Lualhati", "Maritess Lualhati"),
        ("นายสมชาย แก้วใส", "สมชายแก้วใส"),
        ("สุวรรณา ศรีสวัสดิ์", "Suwanna Srisawat"),
        ("JosÃ© PeÃ±a", "Jose Peña"),
        ("Мarivic Quirino", "Marivic Quirino (old)"),
        ("Phimchai Saibua", "Pimjai Saibua"),
        ("นภัสสร พงษ์พานิช", "Napatsorn Pongpanich"),
        ("เกียรติศักดิ์ วงศ์สวัสดิ์", "Kiattisak Wongsawat"),
        ("บ. ลิมปนะ", "เบญจมาศ ลิมปนะ"),
    ],
)
def test_one_name_in_two_spellings_speaks_for_one_person(one, other):
    assert weigh(facts(one, phones=["0917 555 0144"]), facts(other, phones=["+639175550144"])).is_likely


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Roberto Ledesma Jr.", "Roberto Ledesma Sr."),
        ("Daniel Tolentino", "Daniela Tolentino"),
        ("Rosa Abad", "Ana Abad"),
        ("Jennifer M. Abad", "Michael Abad"),
    ],
)
def test_family_with_one_phone_and_address_is_not_one_person(one, other):
    home = {"phones": ["0917 555 0144"], "emails": ["home@abad.example"], "addresses": ["5 Mabini St., Cogon, 6300"]}
    assert not weigh(facts(one, **home), facts(other, **home)).is_likely


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("บริษัท กรุงเทพอาหาร จำกัด", "Krungthep Ahan Co., Ltd."),
        ("Tala Holdings Inc. dba Perlas Hardware", "Perlas Hardware Corporation"),
        ("MASL Company", "Mendoza and Sons Logistics Company"),
    ],
)
def test_a_firm_is_known_in_two_scripts_by_a_former_name_and_by_initials(one, other):
    desk = {"phones": ["(02) 8555-0144"], "emails": ["info@perlas.example"], "is_firm": True}
    assert weigh(facts(one, **desk), facts(other, **desk)).is_likely


def test_branches_of_a_chain_are_two_also_where_their_towns_are_words_of_the_trade():
    one = facts("Silangan Logistics - Cebu City Branch", emails=["sales@silangan.example"], phones=["0285550144"])
    other = facts("Silangan Logistics - Davao City Branch", emails=["info@silangan.example"], phones=["0285550199"])
    assert not weigh(one, other).is_likely


def test_a_junior_with_a_phone_and_mail_of_his_own_is_no_second_record_of_his_father():
    home = ["12 Narra Street, Lahug, Cebu City"]
    father = facts("Raymond Perez Macaraeg", phones=["09171230001"], emails=["ray@gmail.com"], addresses=home)
    son = facts("Raymond Perez Macaraeg Jr.", phones=["09285550177"], emails=["rpm88@yahoo.com"], addresses=home)
    assert not weigh(father, son).is_likely


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("no;ชื่อ;นามสกุล;contact_no;same_as\n1;สมชาย;แก้วใส;0817770144;\n2;สมชาย;แก้วใส;66817770144;1\n", "cp874"),
        ("sep=;\nname;phone1;phone2;group\nZeny Abellar;;09171230144;7\nZeny Abellar;09171230144;;7\n", "utf-16"),
        ("Contact Person,contact,label\nRosa Bello,09171230144,a\nBen Lualhati,09190004411,b\nEva Co,0917333221,c\n"
         "Ana Dimasupil,09285550199,x\nAnna Dimasupil,+63 928 555 0199,x\n", "utf-8-sig"),
        ("name,phone,name,phone,is_match\nAna Dimasupil,09285550199,Anna Dimasupil,639285550199,yes\n"
         "Ana Dimasupil,09285550199,Ben Lualhati,639175550100,no\n", "utf-8"),
    ],
)  # fmt: skip
def test_a_file_is_read_whatever_its_letters_separators_and_columns(tmp_path, capsys, text, encoding):
    path = tmp_path / "people.csv"
    path.write_text(text, encoding=encoding)
    assert main(["duplicates", str(path)]) == 0
    said = capsys.readouterr().out
    assert "precision 1.0000  recall 1.0000" in said
    assert "rightly found 1," in said


def test_a_file_is_tried_by_the_command_line_whatever_its_columns_are_called(tmp_path, capsys):
    path = tmp_path / "people.csv"
    rows = [
        ("Customer No", "Surname", "Given name", "E-mail", "Mobile", "entity"),
        (1, "Dimaculangan", "Roberto", "rdima@gmail.com", "0917 555 0144", "a"),
        (2, "DIMACULANGAN", "Bobby", "r.dima+x@gmail.com", "", "a"),
        (3, "Dimaculangan", "Rosa", "", "+63 917 555 0144", "b"),
    ]
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows(rows)
    assert main(["duplicates", str(path)]) == 0
    assert "precision 1.0000  recall 1.0000" in capsys.readouterr().out


def test_of_an_endless_text_only_the_beginning_is_compared():
    endless = "x" * 70_000  # took a minute, for each look at a form
    read = facts(f"Maria Santos {endless}", phones=[endless], emails=[endless], addresses=[endless])
    assert len(read.name) <= LONGEST
