"""Who a runner is stays out: refused by name and by content, and never shown."""

import numpy as np
import pandas as pd
import pytest

from hipstudy import heads, identifiers
from hipstudy.columns import columns
from hipstudy.listed import Source

CODES = ["R01", "17", "AB-12", "SYN-001", "r_7", "2024-0012", "Runner A", "A.B"]


def source(**cells):
    """A sheet of these columns; row numbers begin at 2."""
    header = tuple(cells)
    frame = pd.DataFrame(dict(enumerate(cells.values())), dtype=object)
    rows = np.arange(2, len(frame) + 2)
    names = heads.shown(header, known=True)
    return Source("a.csv", "", frame, rows, heads.positions(header), names), header


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
    assert finding.found is None
    assert finding.rule.endswith("is not read: a cohort file has no direct identifiers")
    assert "ignore" in finding.mend


@pytest.mark.parametrize("name", [*columns(), "hagos_sport", "Bein", "hip angle", "BMI", "visit"])
def test_other_columns_are_not(name):
    assert identifiers.by_name(name) == ""


SECRETS = {
    "an e-mail address": ["a.b@clinic.org", "write to x@y.de"],
    "a phone number": ["+49 171 1234567", "0171/123456789", "(555) 123-4567", "tel 0044 7700 9001"],
    "a date of birth": ["12.05.1984", "1984-05-12 00:00:00", "5/12/84", "12 May 1984"],
    "a record or insurance number": ["12345678", "A123456789", "943 476 5919", "850712-1234"],
}


@pytest.mark.parametrize("column", ["runner_id", "side", "arm", "age_y", "tightness_nrs", "Bein"])
@pytest.mark.parametrize(("kind", "secret"), [(k, s) for k, some in SECRETS.items() for s in some])
def test_content_is_refused_in_any_column(column, kind, secret):
    cells = ["1", secret, None, secret, secret, "2"]
    found = search(**{column: cells})
    (finding,) = found.findings
    assert finding.rule.startswith(f"this looks like {kind}, and is not shown")
    assert (finding.row, finding.column, finding.found) == (3, column, None)
    assert "Also in 2 more rows: 5-6." in finding.mend
    assert found.hidden[0].tolist() == [False, True, False, True, True, False]
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
    assert (finding.row, finding.found) == (3, None)
    assert search(arm=[name] * 5).findings == (), "an arm may have such a name"


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
