"""How well likely duplicates are told from family, namesakes and branches, on invented and labelled records."""

import csv

import pytest

from portal.__main__ import main
from portal.alike.facts import facts
from portal.alike.weighing import weigh
from tests.likeness import measuring, mess, unseen


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
