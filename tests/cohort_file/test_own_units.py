"""Columns in units of a clinic's own: what they become, and that nothing missing is guessed."""

from pathlib import Path

import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.mapping import beside, read_mapping
from hipstudy.cohort_file.mapping_draft import draft_mapping
from hipstudy.cohort_file.own_units import LEVER, units_of
from hipstudy.cohort_file.schema import columns
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.errors import UsageProblems

HEAD = "runner_id,side,week,end_range_torque_nm_kg,mass_kg,Lever (cm)\n"
ROWS = "A,left,0,200,70,35\nA,right,0,210,,35\nB,left,0,,60,\nB,right,0,150,60,38\n"


@pytest.fixture
def check(tmp_path):
    def check(units, text=HEAD + ROWS, more=""):
        path = tmp_path / "cohort.csv"
        path.write_text(text)
        beside(path).write_text(f"{more}\n[units]\n{units}\n")
        return check_file(path)

    return check


def torque(result):
    return [None if one != one else one for one in result.frame["end_range_torque_nm_kg"].tolist()]


def refused(check, units, *words, more=""):
    with pytest.raises(UsageProblems) as caught:
        check(units, more=more)
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert "cohort.mapping.toml, [units]" in said


# By hand: 200 N x 0.35 m / 70 kg = 1 Nm/kg; 1 kgf is 9.80665 N, 1 lb (of force) 4.448222 N.
@pytest.mark.parametrize(
    ("unit", "lever", "right"),
    [
        ("N", "35", [1.0, 1.05, None, 0.875]),
        ("N", '"Lever (cm)"', [1.0, 1.05, None, 0.95]),
        ("N", '"lever(CM)"', [1.0, 1.05, None, 0.95]),
        ("kgf", "35", [9.80665, 10.296983, None, 8.580819]),
        ("lb", "35", [4.448222, 4.670633, None, 3.892194]),
    ],
)
def test_a_force_is_a_torque_by_its_lever_arm_and_body_mass(check, unit, lever, right):
    result = check(f'end_range_torque_nm_kg = "{unit}"\nlever_arm_cm = {lever}')
    assert torque(result) == [one and pytest.approx(one, abs=1e-6) for one in right]
    (note,) = result.sheet.notes
    said = f"column {lever[1:-1]}, in cm" if '"' in lever else f"{lever} cm"
    assert note.startswith(f"end_range_torque_nm_kg: {unit} times ")
    assert f"times the lever arm ({said}) and over body mass in kg" in note


def test_a_moment_is_divided_by_mass_and_mass_may_be_in_pounds(check):
    text = (
        "runner_id,side,end_range_torque_nm_kg,mass_kg\nA,left,70,154.3236\nA,right,35,154.3236\n"
    )
    result = check('end_range_torque_nm_kg = "Nm"\nmass_kg = "lb"', text)
    assert torque(result) == [pytest.approx(1, abs=1e-6), pytest.approx(0.5, abs=1e-6)]
    assert result.frame["mass_kg"].tolist() == [pytest.approx(70, abs=1e-4)] * 2
    assert [note.partition(":")[0] for note in result.sheet.notes] == [
        "mass_kg",
        "end_range_torque_nm_kg",
    ]


@pytest.mark.parametrize(
    ("column", "unit", "cell", "right"),
    [
        ("thomas_ext_deg", "deg flexion", "-12.5", 12.5),
        ("torque_angle_ext_deg", "deg flexion", "5", -5),
        ("thomas_ext_deg", "rad", "0.2", 11.459156),
        ("week", "days", "42", 6),
        ("age_y", "months", "372", 31),
        ("tightness_nrs", "mm", "55", 5.5),
        ("discomfort_nrs", "mm", "12", 1.2),
        ("adherence_pct", "share", "0.85", 85),
        ("own_stretching_min_wk", "h", "1.5", 90),
        ("hours_since_stretch", "days", "2", 48),
        ("hours_since_session", "days", "3", 72),
        ("passive_torque_nm_kg", "Nm", "35", 0.5),
        ("mass_kg", "g", "70000", 70),
    ],
)
def test_every_unit_becomes_that_of_the_format(check, column, unit, cell, right):
    mass = "" if column == "mass_kg" else ",mass_kg"
    head = f"runner_id,side,{column}{mass}\n"
    result = check(f'{column} = "{unit}"', f"{head}A,left,{cell}{mass and ',70'}\n")
    assert result.frame[column].tolist() == [pytest.approx(right, abs=1e-5)]
    (note,) = result.sheet.notes
    assert note.startswith(f"{column}: {unit} ")
    assert note.endswith(columns()[column].unit)


def test_units_are_of_columns_of_numbers():
    for name, column in columns().items():
        assert not units_of(name) or column.kind == "number"


def test_a_row_without_a_number_that_is_needed_is_an_error_and_has_no_torque(check):
    units = 'end_range_torque_nm_kg = "N"\nlever_arm_cm = "Lever (cm)"'
    text = HEAD + "A,left,0,200,70,\nA,right,0,200,70,35\nB,left,0,150,,35\nB,right,0,,,35\n"
    result = check(units, text)
    lever, mass = sorted(result.errors, key=lambda one: one.row)[:2]
    assert (lever.row, mass.row) == (2, 4)
    assert "lever arm" in lever.rule
    assert "body mass" in mass.rule
    assert torque(result) == [None, 1.0, None, None]


def test_mass_of_another_visit_is_taken_only_where_it_is_one_and_the_same(check):
    text = HEAD + "A,left,0,200,70,35\nA,left,6,200,72,35\nA,left,12,200,,35\n"
    result = check('end_range_torque_nm_kg = "N"\nlever_arm_cm = 35', text)
    assert [one.row for one in result.errors] == [4]


def test_a_file_without_mass_or_without_that_lever_says_so_once(check):
    text = "runner_id,side,end_range_torque_nm_kg\nA,left,70\nA,right,80\n"
    (one,) = check('end_range_torque_nm_kg = "Nm"', text).errors
    assert "no column mass_kg" in one.rule
    result = check('end_range_torque_nm_kg = "N"\nlever_arm_cm = "Hebel"')
    assert "there is none of this name" in result.errors[0].rule
    assert "cohort.mapping.toml" in result.errors[0].rule


def test_a_lever_arm_in_metres_is_asked_about(check):
    text = (HEAD + ROWS).replace(",35", ",0.35").replace(",38", ",0.38")
    result = check('end_range_torque_nm_kg = "N"\nlever_arm_cm = "Lever (cm)"', text)
    assert any("lever arm is 5 to 80 cm" in one.rule for one in result.errors)


def test_a_value_past_its_range_is_shown_as_it_was_read_and_as_it_stands(check):
    text = HEAD + "A,left,0,2000,70,35\nA,right,0,200,70,35\n"
    result = check('end_range_torque_nm_kg = "N"\nlever_arm_cm = 35', text)
    (one,) = result.errors
    assert one.value == "10 (from 2000)"


def test_a_date_of_birth_in_days_is_not_shown_beside_its_weeks(check):
    text = "runner_id,side,week,tightness_nrs\nA,left,30211,3\nA,right,30211,4\n"
    said = " ".join(map(str, check('week = "days"', text).findings))
    assert "30211" not in said


def test_the_lever_is_a_column_that_is_read(check):
    result = check('end_range_torque_nm_kg = "N"\nlever_arm_cm = "Lever (cm)"')
    assert not [one for one in result.findings if one.column == "Lever (cm)"]


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ('end_range_torque_nm_kg = "N"', ["lever_arm_cm = 38"]),
        ('end_range_torque_nm_kg = "% deficit"', ["no torque can be told", "both sides"]),
        ('end_range_torque_nm_kg = "stone"\nlever_arm_cm = 30', ["Nm, N, kgf, lb", "Nm/kg"]),
        ('side = "m"', ["side", "no column of this name"]),
        ("lever_arm_cm = 0.38", ["5 to 80 cm"]),
        ("lever_arm_cm = true", ["5 to 80 cm"]),
    ],
    ids="lever deficit unit column metres truth".split(),
)
def test_lines_that_are_no_units(check, units, words):
    refused(check, units, *words)


def test_a_sign_is_turned_once(check):
    sign = 'thomas_sign = "extension-negative"'
    refused(check, 'thomas_ext_deg = "deg flexion"', "thomas_sign", more=sign)


def test_a_unit_of_a_column_that_is_not_there_is_an_error(check):
    result = check('thomas_ext_deg = "deg flexion"')
    assert any(one.value == "thomas_ext_deg" for one in result.errors)


def test_units_stand_in_a_mapping(tmp_path):
    path = tmp_path / "a.mapping.toml"
    path.write_text('[units]\nmass_kg = "lb"\nlever_arm_cm = 35.5\n')
    assert read_mapping(path).units == {"mass_kg": "lb", LEVER: 35.5}


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("Kraft (N)", ['end_range_torque_nm_kg = "N"', "lever_arm_cm = 38"]),
        ("Hip flexor strength kgf", ['end_range_torque_nm_kg = "kgf"', "lever_arm_cm = 38"]),
        ("Torque [Nm]", ['end_range_torque_nm_kg = "Nm"']),
        ("Torque [Nm/kg]", []),
        ("Thomas test, deg flexion", ['thomas_ext_deg = "deg flexion"']),
        ("end_range_torque_nm_kg", []),
    ],
)
def test_a_unit_in_a_name_is_asked_about_and_never_drafted_as_sure(tmp_path, head, lines):
    path = tmp_path / "cohort.csv"
    rows = "".join(f"K{k:02},{side},{100 + k}\n" for k in range(9) for side in ("left", "right"))
    path.write_text(f'runner_id,side,"{head}"\n{rows}')
    text = draft_mapping(read_sheet(path)).text
    _, has_units, rest = text.partition("\n[units]\n")
    assert bool(has_units) == bool(lines)
    said = [line for line in rest.splitlines() if line and "QUESTION" not in line]
    assert said[: len(lines)] == [f"# {line}" for line in lines]


def test_a_deficit_in_per_cent_is_asked_about(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_text("runner_id,side,Torque deficit %\n" + "A,left,12\nA,right,0\n" * 6)
    text = draft_mapping(read_sheet(path)).text
    assert "deficit in per cent, of which no torque can be told" in text


def test_the_page_of_the_documentation_has_every_unit():
    page = Path(__file__).parents[2] / "docs" / "your-files.md"
    _, _, table = page.read_text(encoding="utf-8").partition("| column | units |")
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    for name in columns():
        said = "".join(row[2] for row in rows if f"`{name}`" in row[1])
        assert all(f"`{unit}`" in said for unit in units_of(name))
