"""Who a runner is stays out: refused by name and by content, and never shown."""

import numpy as np
import pandas as pd
import pytest

from hipstudy.cohort_file import check_header, identifier_words, identifiers
from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.schema import columns

CODES = ["R01", "17", "AB-12", "SYN-001", "r_7", "2024-0012", "Runner A", "A.B"]


def source(**cells):
    """A sheet of these columns; row numbers begin at 2."""
    header = tuple(cells)
    frame = pd.DataFrame(dict(enumerate(cells.values())), dtype=object)
    rows = np.arange(2, len(frame) + 2)
    names = check_header.display_names(header, has_head=True)
    return Source("a.csv", "", frame, rows, check_header.positions(header), names), header


def search(**cells):
    return identifiers.search(*source(**cells))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Name",
            "Surname",
            "first_name",
            "lastName",
            "Vorname",
            "Nachname",
            "Prénom",
            "Apellidos",
        ),
        *("E-Mail", "email", "mail", "Courriel", "Phone", "Tel.", "Telefon", "Handy", "mobile"),
        *("Address", "Straße", "PLZ", "Wohnort", "postcode", "Post Code", "zip", "rue"),
        *("DOB", "Date of birth", "birthDate", "Geburtsdatum", "Geb.-Datum", "Naissance"),
        *("MRN", "NHS number", "insurance no", "Patient number", "patient_nr", "Record Number"),
        *("Versichertennummer", "Krankenkasse", "Fallnummer", "personnummer"),
        *("comments", "Notes", "remark", "Bemerkungen", "free text", "Freitext", "Observaciones"),
        *("hagos_comment", "patient.name"),
    ],
)
def test_columns_are_refused_by_name(name):
    found = search(side=["left", "right"], **{name: [None, "secret"]})
    assert found.refused == {1}
    (finding,) = found.findings
    assert (finding.level, finding.row, finding.column) == ("error", 3, name)
    assert finding.value is None
    assert finding.rule.endswith("is not read: a cohort file has no direct identifiers")
    assert "ignore" in finding.mend


@pytest.mark.parametrize("name", [*columns(), "hagos_sport", "Bein", "hip angle", "BMI", "visit"])
def test_other_columns_are_not(name):
    assert identifier_words.by_name(name) == ""


SECRETS = {
    "an e-mail address": ["a.b@clinic.org", "write to x@y.de", "quux (at) zork.de"],
    "a phone number": [
        *("+49 171 1234567", "0171/123456789", "(555) 123-4567", "tel 0044 7700 9001"),
        *("555-123-4567", "555.123.4567"),
    ],
    "an address": [
        *("Lindenweg 7, 80331 München", "Hauptstr. 5", "12 Baker Street", "Am Marktplatz 3"),
    ],
    "a date of birth": ["12.05.1984", "1984-05-12 00:00:00", "5/12/84", "12 May 1984"],
    "a record or insurance number": [
        *("12345678", "A123456789", "943 476 5919", "850712-1234"),
        *("MRN 123456", "756.1234.5678.97"),
    ],
}


@pytest.mark.parametrize("column", ["runner_id", "side", "arm", "age_y", "tightness_nrs", "Bein"])
@pytest.mark.parametrize(("kind", "secret"), [(k, s) for k, some in SECRETS.items() for s in some])
def test_content_is_refused_in_any_column(column, kind, secret):
    cells = ["1", secret, None, secret, secret, "2"]
    found = search(**{column: cells})
    (finding,) = found.findings
    assert finding.rule.startswith(f"this looks like {kind}, and is not shown")
    assert (finding.row, finding.column, finding.value) == (3, column, None)
    assert "Also in 2 more rows: 5-6." in finding.mend
    assert found.masks[0].tolist() == [False, True, False, True, True, False]
    assert secret not in repr(found.findings)


@pytest.mark.parametrize(
    "text",
    [*CODES, "2024-05-12", "12.05.2024", "7.300000000000001", "-12.5", "11,33333333", "1e-7"],
)
def test_what_a_cohort_file_has_is_let_through(text):
    for column in ("runner_id", "tightness_nrs", "arm", "Bein"):
        assert search(**{column: [text] * 9}).findings == ()


@pytest.mark.parametrize("name", ["Anna Schmidt", "SCHMIDT, Anna", "Anna-Lena Öz", "Jörg.Müller"])
def test_a_name_as_a_runners_code_is_refused(name):
    (finding,) = search(runner_id=["R01", name]).findings
    assert finding.rule.startswith("this looks like a person's name")
    assert (finding.row, finding.value) == (3, None)
    (finding,) = search(arm=[name] * 5).findings
    assert finding.rule == "an arm's name looks like a person's, and is not shown"
    assert finding.value is None


@pytest.mark.parametrize(
    "arm", ["Stretch Only", "STRETCH_ONLY", "Strength Plus Stretch", "Usual Care", "stretch_only"]
)
def test_an_arm_named_for_what_was_given_is_let_through(arm):
    assert search(arm=[arm] * 5).findings == ()


def test_names_in_a_column_of_another_kind():
    names = ["Anna Schmidt", "Bo Li", "Cy Young"]
    (finding,) = search(Läufer=names).findings
    assert finding.rule.startswith("this looks like a person's name")
    assert search(Bein=[*names, *"abcdefgh"]).findings == ()


def test_free_text_is_several_cells_of_many_words():
    texts = ["fell off her horse last May", "hurts when she sits long", "has moved to another town"]
    (finding,) = search(tightness_nrs=["4", *texts]).findings
    assert finding.rule.startswith("this looks like free text")
    assert search(tightness_nrs=["4", *texts[:2]]).findings == ()
    assert search(arm=texts).findings == (), "an arm may have a long name"
    assert len(search(arm=[f"{text} {i}" for i in range(3) for text in texts]).findings) == 1


def test_a_birth_date_does_not_hide_a_phone_number():
    kinds = [f.rule for f in search(Bein=["12.05.1984", "+49 171 1234567", "x@y.org"]).findings]
    assert len(kinds) == 3


@pytest.mark.parametrize("column", ["side", "arm", "tightness_nrs", "Bein"])
def test_a_record_code_is_refused_outside_runner_id(column):
    (finding,) = search(**{column: ["1", "K-784512"]}).findings
    assert finding.rule.startswith("this looks like a record or insurance number")
    assert search(runner_id=["1", "K-784512"]).findings == ()


@pytest.mark.parametrize(
    "code",
    [
        *("6f1e2c1a-1234-4a5b-8c9d-0123456789ab", "01234567-1234-4a5b-8c9d-0123456789ab"),
        *("a3f5e1234567189bc", "P-0012345", "R1234567", "S001-20240507", "M-2024-05-01"),
        *("Study One Runner 3", "Runner Alpha", "Team Red 1", "Subject Three"),
    ],
)
def test_codes_of_a_study_are_let_through(code):
    codes = [code, *(f"{code[:-1]}{last}" for last in "1234567")]
    assert search(runner_id=codes).findings == ()


@pytest.mark.parametrize("code", ["R19840512", "R-1984-05-12", "A123456789", "12345678"])
def test_codes_that_tell_are_refused(code):
    assert len(search(runner_id=["R1", code]).findings) == 1


def test_two_words_are_a_code_when_they_come_again():
    colours, animals = ("Red", "Blue", "Green"), ("Fox", "Owl", "Cat", "Dog", "Eel")
    pairs = [f"{colour} {animal}" for colour in colours for animal in animals]
    assert search(runner_id=pairs).findings == ()
    assert search(runner_id=pairs[:1]).findings
    (finding,) = search(runner_id=[*pairs, "Anna Schmidt"]).findings
    assert finding.row == len(pairs) + 2
    people = [f"{first} {last}" for first, last in zip("ABCDEFGH", "JKLMNOPQ", strict=True)]
    people = [name.replace(" ", "nna ") + "uux" for name in people]
    assert search(runner_id=people).findings


@pytest.mark.parametrize(
    "name",
    [
        *("race name", "device name", "study_name", "TestName", "file name", "group names"),
        *("device number", "file number", "test no"),
    ],
)
def test_a_name_of_a_thing_is_nobodys(name):
    assert identifier_words.by_name(name) == ""


@pytest.mark.parametrize("name", ["patient test name", "Name", "file phone", "First name group"])
def test_a_name_of_a_person_beside_a_thing_is_refused(name):
    assert identifier_words.by_name(name) != ""


def test_dates_of_other_columns_are_births_when_most_are_long_ago():
    assert search(injury=["12.03.2011", "12.03.2007", "01.02.2019"]).findings == ()
    assert search(injury=["12.03.2011"] * 3).findings == ()
    assert len(search(d=["12.03.1984", "12.03.1979", "01.02.2019"]).findings) == 1
    assert len(search(side=["12.03.2011", "left"]).findings) == 1


def test_long_numbers_of_a_measure_are_no_record_numbers():
    assert search(steps=["1200001", "1200002"], race_ms=["10800001"] * 2).findings == ()
    assert len(search(Bein=["1200001", "1200002"]).findings) == 1


def test_long_texts_are_looked_at_in_part(monkeypatch):
    seen = []
    known = identifiers._is_birth
    monkeypatch.setattr(
        identifiers, "_is_birth", lambda text: seen.append(len(text)) or known(text)
    )
    assert search(Bein=["ab 1 " * 2000, "cd 2 " * 2000]).findings == ()
    assert max(seen) <= 200


def test_different_texts_without_digits_take_no_pattern(monkeypatch):
    monkeypatch.setattr(identifiers, "_is_birth", None)
    assert search(Bein=[f"{a}{b}" for a in "abcdefg" for b in "hijk"]).findings == ()
