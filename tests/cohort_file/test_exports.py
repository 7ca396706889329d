"""Exports of REDCap, forms and Qualtrics: what they are read as, and that nothing is lost."""

import clean_cohorts
import export_writers as writers
import numpy as np
import pandas as pd
import pytest

from hipstudy.cli import main
from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.exports.redcap_dictionary import COLUMNS
from hipstudy.cohort_file.exports.redcap_template import redcap_rows, write_redcap_template
from hipstudy.cohort_file.mapping import beside
from hipstudy.cohort_file.mapping_draft import draft_mapping
from hipstudy.cohort_file.schema import columns
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.cohort_file.template import dictionary

KEYS = ["runner_id", "week", "side"]
SECRET = "zoe.quux@example.org"


@pytest.fixture
def check(tmp_path):
    def check(content, name="export.csv", mapping=""):
        path = tmp_path / name
        path.write_bytes(content)
        beside(path).unlink(missing_ok=True)
        if mapping:
            beside(path).write_text(mapping)
        return check_file(path)

    return check


def cohort(k):
    """A cohort as measured, with cells that nobody filled in; of persons what a person has."""
    frame = clean_cohorts.clean(k)
    rng = np.random.default_rng(k)
    once = [name for name in writers.ONCE if name in frame]
    for name in frame.columns.difference([*KEYS, *once]):
        frame[name] = frame[name].astype(object).where(rng.random(len(frame)) > 0.1, None)
    for name in once:
        frame[name] = frame.groupby("runner_id")[name].transform("first")
    frame["runner_id"] = [f"K{code:03}" for code in frame["runner_id"].astype("category").cat.codes]
    return frame


def observations(result):
    frame = result.frame.drop(columns=["runner", "file_row"]).sort_values(KEYS, ignore_index=True)
    return frame[sorted(frame)]


def same_as_csv(check, frame, result):
    right = check(frame.to_csv(index=False).encode(), "right.csv")
    assert not right.errors
    assert not result.errors, result.errors
    pd.testing.assert_frame_equal(observations(result), observations(right))


# --- round trips ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*writers.FORMATS, "redcap_raw", "redcap_labels"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_cohort_is_the_same_when_it_comes_back(check, name, k):
    frame = cohort(k)
    result = check((writers.FORMATS | writers.EXPORTS)[name](frame))
    same_as_csv(check, frame, result)
    kinds = {one.rule for one in result.warnings} - {one.rule for one in check(
        frame.to_csv(index=False).encode(), "right.csv").warnings}  # fmt: skip
    assert not kinds, "nothing is warned of that the same table as CSV is not"


@pytest.fixture
def draft(check, tmp_path):
    """The mapping that is drafted for a file; it asks of nothing but empty cells."""

    def draft(content):
        check(content)
        made = draft_mapping(read_sheet(tmp_path / "export.csv"))
        assert all("empty cells" in one for one in made.questions)
        return made.text

    return draft


@pytest.mark.parametrize("name", ["google_forms", "microsoft_forms", "qualtrics"])
@pytest.mark.parametrize("k", [1, 2])
def test_answers_of_a_form_are_the_same_with_the_mapping_that_is_drafted(check, draft, name, k):
    frame = cohort(k)
    content = writers.EXPORTS[name](frame)
    same_as_csv(check, frame, check(content, mapping=draft(content)))


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("k", [1, 2])
def test_what_the_redcap_template_collects_is_read_as_it_is(check, tmp_path, labels, k):
    frame = cohort(k)
    write_redcap_template(tmp_path / "hips_DataDictionary_2026-03-01.csv")
    result = check(writers.as_redcap_project(frame, redcap_rows(), labels=labels))
    same_as_csv(check, frame, result)
    assert "as hips_DataDictionary_2026-03-01.csv has them" in result.sheet.notes[0]


# --- REDCap ---------------------------------------------------------------------------------------

RAW = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,arm,age_y,\
adverse_event___1,hip_complete,side,tightness_nrs,hips_complete
7,baseline_arm_1,,,stretch_only,31,0,2,,,
7,baseline_arm_1,hips,1,,,,,left,7,2
7,baseline_arm_1,hips,2,,,,,right,6,2
7,week_6_arm_1,,,,,1,2,,,
7,week_6_arm_1,hips,1,,,,,left,4,2
7,week_6_arm_1,shoes,1,,,,,,,2
"""


def test_an_event_is_a_week_and_a_record_says_what_holds_for_its_rows(check):
    result = check(RAW.encode())
    assert not result.errors
    assert result.frame["week"].tolist() == [0, 0, 6]
    assert result.frame["runner_id"].tolist() == ["7", "7", "7"]
    assert result.frame["arm"].tolist() == ["stretch_only"] * 3, "the same at every event"
    assert result.frame["age_y"].tolist() == [31, 31, 31]
    assert result.frame["adverse_event"].tolist() == [False, False, True], "of that event only"
    assert result.frame["file_row"].tolist() == [3, 4, 6]
    (note,) = result.sheet.notes
    assert note.startswith("read as an export of REDCap: record_id is runner_id; ")
    assert "rows of hips have arm, age_y, adverse_event___1 from the row of their record" in note
    assert "rows of other instruments are left out (shoes: 1)" in note
    assert note.endswith("hip_complete, hips_complete")


def test_what_is_asked_once_holds_at_every_event_of_a_record(check):
    text = "record_id,redcap_event_name,group,age_y,side,tightness_nrs,adherence_pct\n"
    rows = "1,baseline_arm_1,stretch_only,31,left,5,\n1,week_6_arm_1,,,left,4,80\n"
    other = "2,baseline_arm_1,strength_only,,left,5,\n2,week_6_arm_1,stretch_only,,left,4,\n"
    more = "2,week_12_arm_1,,,left,4,\n"
    result = check(f"{text}{rows}{other}{more}".encode(), mapping='[columns]\ngroup = "arm"\n')
    arms = result.frame["arm"].tolist()
    assert arms[:4] == ["stretch_only", "stretch_only", "strength_only", "stretch_only"]
    assert arms[4] is None, "of two it is not told which"
    assert result.frame["age_y"].tolist()[:2] == [31, 31]
    assert result.frame["adherence_pct"].isna().tolist() == [True, False, True, True, True]
    assert "group, age_y of a record hold at all its events" in result.sheet.notes[0]


def test_a_mapping_of_the_names_that_redcap_gives_is_followed(check):
    names = '[columns]\n"record_id" = "runner_id"\n"redcap_event_name" = "week"\n'
    for mapping in (names, f'ignore = ["hip_complete", "hips_complete"]\n{names}'):
        result = check(RAW.encode(), mapping=mapping)
        assert not result.errors
        assert result.frame["week"].tolist() == [0, 0, 6]


def test_a_code_of_ones_own_and_a_week_go_before_record_and_event(check):
    head = "record_id,redcap_event_name,runner_id,side,week,tightness_nrs\n"
    result = check(f"{head}1,visit_2_arm_1,K1,left,6,3\n".encode())
    assert not result.errors
    assert result.frame[["runner_id", "week"]].to_numpy().tolist() == [["K1", 6]]
    assert "set aside as no data: record_id, redcap_event_name" in result.sheet.notes[0]


@pytest.mark.parametrize(
    ("events", "arms"),
    [
        (["baseline_arm_1", "baseline_arm_2"], ["arm_1", "arm_2"]),
        (["Baseline (Arm 1: Stretch)", "Baseline (Arm 2: Strength)"], ["Stretch", "Strength"]),
    ],
)
def test_arms_of_events_are_arms_where_nothing_else_says_them(check, events, arms):
    rows = "".join(f"{k},{event},left,{k}\n" for k, event in enumerate(events, start=1))
    head = "record_id,redcap_event_name,side,tightness_nrs\n"
    result = check(f"{head}{rows}".encode())
    assert not result.errors
    assert result.frame["arm"].tolist() == arms
    assert "arm is the arm that redcap_event_name names" in result.sheet.notes[0]


def test_an_event_that_says_no_week_asks_for_one(check):
    result = check(RAW.replace("week_6", "visit_two").encode())
    assert {one.column for one in result.errors} == {"redcap_event_name"}
    assert all("weeks since baseline" in one.mend for one in result.errors)


def test_choices_of_a_data_dictionary_say_what_codes_mean(check, tmp_path):
    rows = [
        COLUMNS,
        ("record_id", "a", "", "text", "Record ID"),
        ("leg", "a", "", "radio", "Leg", "1, Left | 2, Right"),
        ("tightness_nrs", "a", "", "radio", "Tightness", "0, not at all | 1, hardly"),
        ("pain", "a", "", "checkbox", "Pain", "1, Left | 2, Right"),
    ]
    (tmp_path / "my_DataDictionary.csv").write_bytes(writers._csv(rows))
    text = "record_id,leg,tightness_nrs,pain___1,pain___2,a_complete\nA,1,1,1,0,2\nA,2,0,1,0,2\n"
    result = check(text.encode(), mapping='[columns]\nleg = "side"\n')
    assert not result.errors
    assert result.frame["side"].tolist() == ["left", "right"]
    assert result.frame["tightness_nrs"].tolist() == [1, 0], "a rating stays a number"
    assert result.sheet.header[-2:] == ("pain Left", "pain Right")
    (tmp_path / "other_DataDictionary.csv").write_bytes(writers._csv(rows))
    assert "DataDictionary" not in check(text.encode()).sheet.notes[0], (
        "which of two is not guessed"
    )


def test_a_file_with_moved_cells_is_left_as_it_is(check):
    result = check(RAW.replace("left,7,2", "left,7,5,2,1").encode())
    assert result.sheet is not None
    assert not result.sheet.notes
    assert any("more cells than" in one.rule for one in result.errors)


def test_a_cohort_file_is_no_export(check):
    text = "runner_id,side,week,tightness_nrs,course_complete\nA,left,0,3,80\n"
    result = check(text.encode())
    assert result.sheet.notes == ()
    assert "course_complete" in result.sheet.header


# --- forms and surveys ----------------------------------------------------------------------------

SMALL = pd.DataFrame(
    {
        "runner_id": [f"K{k // 2 + 1:02}" for k in range(24)],
        "side": ["left", "right"] * 12,
        "tightness_nrs": [3, 4, 5] * 8,
    }
)


def test_columns_that_forms_add_are_set_aside(check, draft):
    for name in ("google_forms", "microsoft_forms"):
        content = writers.EXPORTS[name](SMALL)
        result = check(content, mapping=draft(content))
        assert not result.findings or {one.level for one in result.findings} == {"warning"}
        assert not [one for one in result.warnings if "no column of this name" in one.rule]
        assert "set aside as no data: " in result.sheet.notes[0]


def test_mail_and_name_of_a_form_are_refused_and_not_shown(check):
    text = f"Timestamp,Email Address,Your code\n2026/03/01 9:12:01 AM GMT+1,{SECRET},A\n"
    german = f"ID;Startzeit;Fertigstellungszeit;E-Mail;Name;Code\n1;1;2;{SECRET};Zoe Quux;A\n"
    for one in (text, german):
        result = check(one.encode())
        refused = [one for one in result.errors if "direct identifiers" in one.rule]
        assert refused
        said = " ".join(str(finding) for finding in result.findings)
        assert not any(word in said for word in ("zoe", "Zoe", "Quux", "example.org"))
        assert result.sheet.notes[0].startswith("read as answers of ")
        assert "Zoe" not in result.sheet.notes[0]


def test_the_heads_of_qualtrics_are_one_and_a_preview_is_no_answer(check, draft):
    content = writers.as_qualtrics(SMALL)
    mapping = draft(content)
    row = content.decode("utf-8-sig").splitlines()[-1]
    preview = row.replace("IP Address,", "Survey Preview,")
    assert preview != row
    result = check(f"{content.decode('utf-8-sig')}{preview}\r\n".encode(), mapping=mapping)
    assert not result.errors
    assert result.frame["file_row"].tolist() == list(range(4, 4 + len(SMALL)))
    (note,) = result.sheet.notes
    assert "the first 3 rows are its head" in note
    assert "answers of a preview of the survey are left out (1)" in note


def test_names_of_ones_own_in_qualtrics_stay(check):
    content = writers.as_qualtrics(SMALL, [*SMALL])
    assert not check(content).errors


def test_persons_in_qualtrics_are_refused_with_the_columns_to_delete(check, draft):
    mapping = draft(writers.as_qualtrics(SMALL))
    content = writers.as_qualtrics(SMALL, persons=("192.0.2.7", "Quux", "Zoe", SECRET))
    result = check(content, mapping=mapping)
    refused = {one.column for one in result.errors}
    assert refused == {"IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail"}
    (note,) = result.sheet.notes
    assert f"delete {', '.join(sorted(refused, key=note.find))} from the file" in note
    said = " ".join([note, *map(str, result.findings)])
    assert not any(word in said for word in ("192.0.2.7", "Quux", "Zoe", SECRET))


# --- the data dictionary --------------------------------------------------------------------------


def test_the_data_dictionary_says_of_every_column_what_the_table_says(tmp_path):
    path = write_redcap_template(tmp_path / "a.csv")
    assert path.read_bytes().isascii()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert tuple(frame.columns) == COLUMNS
    assert len(COLUMNS) == 18
    rows = frame.set_index("Variable / Field Name")
    assert sorted(rows.index) == sorted(name for name in columns() if name != "hagos_")
    assert set(rows["Form Name"]) == {"runner", "hip"}
    assert frame["Field Label"].is_unique, "labels tell columns apart in an export with labels"
    thomas = rows.loc["thomas_ext_deg"]
    assert thomas["Field Type"] == "text"
    assert thomas["Text Validation Type OR Show Slider Number"] == "number"
    assert (thomas["Text Validation Min"], thomas["Text Validation Max"]) == ("-60", "60")
    assert rows.loc["pelvis_controlled", "Field Type"] == "yesno"
    choices = "Choices, Calculations, OR Slider Labels"
    assert rows.loc["side", ["Field Type", choices]].tolist() == [
        "radio",
        "left, Left | right, Right",
    ]
    assert set(rows[rows["Required Field?"] == "y"].index) == {"runner_id", "side"}
    for name, _, unit, *_ in dictionary():
        if name in rows.index and unit:
            assert rows.loc[name, "Field Note"].startswith(unit)


def test_the_names_of_the_data_dictionary_are_those_that_redcap_allows():
    for row in redcap_rows()[1:]:
        assert row[0].isidentifier()
        assert row[0] == row[0].lower()
        assert len(row[0]) <= 26


def test_a_draft_of_an_export_begins_with_what_it_was_read_as(check, tmp_path):
    check(RAW.encode())
    text = draft_mapping(read_sheet(tmp_path / "export.csv")).text
    assert (
        "# read as an export of REDCap: record_id is runner_id; redcap_event_name is week" in text
    )


def test_what_an_export_was_read_as_is_said_once(tmp_path, capsys):
    path, page = tmp_path / "export.csv", tmp_path / "page.html"
    path.write_text(RAW)
    for flags in ([], ["--show-reading"]):
        assert main(["check", str(path), "--out", str(page), *flags]) == 0
        said = capsys.readouterr()
        assert (said.out + said.err).count("read as an export of REDCap: record_id is") == 1
        assert page.read_text(encoding="utf-8").count("read as an export of REDCap") == 1
    assert "record_id -> runner_id, " in said.out
    assert "redcap_event_name -> week, " in said.out


def test_a_conversion_is_stated_on_the_terminal_and_on_the_page(tmp_path, capsys):
    path, page = tmp_path / "cohort.csv", tmp_path / "page.html"
    path.write_text(
        "runner_id,side,end_range_torque_nm_kg,mass_kg\nA,left,200,70\nA,right,210,70\n"
    )
    beside(path).write_text('[units]\nend_range_torque_nm_kg = "N"\nlever_arm_cm = 35\n')
    assert main(["check", str(path), "--out", str(page)]) == 0
    words = "N times the lever arm (35 cm) and over body mass in kg is Nm/kg"
    assert words in capsys.readouterr().err
    assert words in page.read_text(encoding="utf-8")


def test_whom_a_survey_of_redcap_was_sent_to_is_refused_and_not_shown(check):
    text = "record_id,redcap_survey_identifier,side,week,tightness_nrs,hip_timestamp,hip_complete\n"
    empty = check(f"{text}1,,left,0,3,2026-03-01 09:12,2\n".encode())
    assert not empty.errors
    assert "redcap_survey_identifier, hip_timestamp, hip_complete" in empty.sheet.notes[0]
    result = check(f"{text}1,Zoe Quux,left,0,3,2026-03-01 09:12,2\n".encode())
    (one,) = result.errors
    assert one.column == "redcap_survey_identifier"
    assert "Quux" not in " ".join(map(str, result.findings))
