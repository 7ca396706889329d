"""What a drafted mapping asks where a file leaves something open: weeks, units, signs, headings."""

import openpyxl
import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.cohort_file.mapping import beside

HEAD = ["runner_id", "side", "thomas_ext_deg", "mass_kg"]
SIDES = ("left", "right")


@pytest.fixture
def csv(tmp_path):
    def csv(head, rows):
        path = tmp_path / "cohort.csv"
        lines = [",".join(map(str, row)) for row in (head, *rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return csv


def visits(extra, n=3):
    """Rows of runners at three visits, each with what ``extra`` says of the visit."""
    return [
        [f"R{k}", side, 3 + k, 70, *extra(visit)]
        for k in range(n)
        for visit in range(3)
        for side in SIDES
    ]


def answered(path, draft, answers=()):
    """The check of a file with every question of its draft answered with yes."""
    text, lines = draft.text, []
    for line in text.splitlines():
        is_line = line.startswith("# ") and " = " in line and "QUESTION" not in line
        is_default = "thomas_sign" in line or "ignore" in line or '"..."' in line
        lines.append(line.removeprefix("# ") if is_line and not is_default else line)
    text = "\n".join(lines)
    for old, new in answers:
        assert old in text
        text = text.replace(old, new)
    beside(path).write_text(text, encoding="utf-8")
    return check_file(path)


def test_a_week_that_nothing_is_near_to_is_asked_for(csv):
    path = csv([*HEAD, "Col7"], visits(lambda visit: [6 * visit]))
    draft = draft_from(path)
    (question,) = draft.questions
    assert question.startswith("which column has the visit, in weeks since baseline?")
    result = answered(path, draft, [('# "..." = "week"', 'Col7 = "week"'), ('# Col7 = "..."', "")])
    assert sorted(set(result.frame["week"])) == [0, 6, 12]


def test_no_week_is_asked_for_where_a_runner_and_side_have_one_row(csv):
    rows = [["R1", "left", 3, 70, 1], ["R1", "right", 3, 70, 2]]
    assert not any("weeks since" in one for one in draft_from(csv([*HEAD, "Hose"], rows)).questions)


def test_dates_of_visits_are_named_with_what_to_do(csv):
    dates = ["2024-01-08", "2024-02-19", "2024-04-01"]
    path = csv([*HEAD, "Messung"], visits(lambda visit: [dates[visit]]))
    (question,) = draft_from(path).questions
    assert '"Messung" looks like dates' in question
    assert 'plan (date = "...")' in question
    path = csv([*HEAD, "Messung", "Beginn"], visits(lambda visit: [dates[visit], dates[0]]))
    (question,) = draft_from(path).questions
    assert '"Messung" and "Beginn" look like dates' in question
    assert "(visit - start) / 7" in question


def test_dates_of_birth_are_never_named(csv):
    path = csv([*HEAD, "Geburtsdatum"], visits(lambda _: ["1987-03-04"]))
    draft = draft_from(path)
    assert all("Geburtsdatum" not in one and "1987" not in one for one in draft.questions)
    assert any("weeks since baseline" in one for one in draft.questions)


def test_a_unit_in_a_row_below_the_head_is_the_one_that_is_asked_about(csv):
    head = ["runner_id", "side", "week", "Kraft", "mass_kg", "Hebelarm"]
    rows = [["R1", side, 0, 140, 70, 35] for side in SIDES]
    path = csv(head, [["", "", "wk", "N", "kg", "cm"], *rows])
    draft = draft_from(path)
    column, force = draft.questions
    assert "looks like N here, not Nm/kg" in column
    assert "[units]" in column
    assert "a force in this unit" in force
    assert '# lever_arm_cm = "Hebelarm"' in draft.text
    result = answered(path, draft, [('# Hebelarm = "..."', "")])
    assert not [one for one in result.findings if one.level == "error"]
    assert result.frame["end_range_torque_nm_kg"].tolist() == pytest.approx([0.7, 0.7])


def test_lever_arms_in_two_columns_are_said(csv):
    head = ["runner_id", "Kraft (N) L", "Kraft (N) R", "mass_kg", "Lever L", "Lever R"]
    draft = draft_from(csv(head, [["R1", 140, 150, 70, 35, 36]]))
    assert any("lever arms stand in several columns" in one for one in draft.questions)
    assert '# lever_arm_cm = "..."' in draft.text


@pytest.mark.parametrize(
    "name",
    ["Extension deficit (°)", "Extensionsdefizit [°]", "hip flexion contracture deg",
     "Flessum hanche (°)"],
)  # fmt: skip
def test_degrees_of_flexion_are_asked_about_and_never_drafted_as_sure(csv, name):
    path = csv(["runner_id", "side", "week", name], [["R1", side, 0, 12] for side in SIDES])
    draft = draft_from(path)
    assert len(draft.questions) == 2
    assert "degrees of flexion" in draft.questions[1]
    assert not any(line.startswith(('"', "Ext", "hip")) for line in draft.text.splitlines())
    result = answered(path, draft)
    assert result.frame["thomas_ext_deg"].tolist() == [-12, -12]


def test_a_deficit_in_per_cent_is_still_no_angle(csv):
    path = csv([*HEAD, "Kraftdefizit %", "Deficit (%)"], [["R1", "left", 3, 70, 12, 12]])
    assert any("deficit in per cent" in one for one in draft_from(path).questions)


def test_sessions_of_adherence_are_asked_about_as_adherence(csv):
    path = csv(["week", *HEAD, "Adherence (sessions)"], [["0", "R1", "left", 3, 70, 5]])
    (question,) = draft_from(path).questions
    assert question.startswith("is this adherence_pct")
    (warning,) = [one for one in check_file(path).findings if "no column" in one.rule]
    assert "Did you mean adherence_pct?" in warning.mend


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def grouped(arms):
    rows = [HEAD]
    for arm, runners in arms.items():
        rows.append([arm])
        rows += [[runner, side, 3.0, 70] for runner in runners for side in SIDES]
    return rows


def test_headings_of_several_sheets_are_drafted(tmp_path):
    arms = {"Stretching": ["R1", "R2"], "Strength": ["R3", "R4"]}
    path = workbook(tmp_path / "cohort.xlsx", dict.fromkeys(("Baseline", "Week 6"), grouped(arms)))
    draft = draft_from(path)
    (question,) = draft.questions
    assert question.startswith("what are the rows below these rows?")
    result = answered(path, draft)
    assert not [one for one in result.findings if one.level == "error"]
    assert len(result.frame) == 16
    assert set(result.frame.groupby("arm", observed=True).size()) == {8}


def test_headings_that_differ_between_sheets_are_said(tmp_path):
    first = grouped({"Stretching": ["R1", "R2"], "Strength": ["R3", "R4"]})
    second = grouped({"Stretching": ["R1"], "Strength": ["R3", "R4"]})
    path = workbook(tmp_path / "cohort.xlsx", {"Baseline": first, "Week 6": second})
    draft = draft_from(path)
    assert "[headings]" not in draft.text
    assert any("not at the same place in each" in one for one in draft.questions)


def test_noise_is_told_what_can_be_read(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_bytes(b"runner_id,s\x81\x8d\xff\n")
    with pytest.raises(Exception, match="SPSS") as caught:
        draft_from(path)
    assert ".ods" in str(caught.value)
    assert "save the table as CSV (UTF-8) or XLSX" in str(caught.value)
