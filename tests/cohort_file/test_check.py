"""The check of a cohort file: every rule with its words, all at once, nothing changed."""

import csv
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from hipstudy.cohort_file.check import STAGES, check_file
from hipstudy.cohort_file.findings import MOST
from hipstudy.cohort_file.reading_lines import first_rows
from hipstudy.errors import UsageProblems

NEEDED = ("runner_id", "side", "arm", "week", "thomas_ext_deg")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def visits(runners=6, weeks=(0, 6), **more):
    """Rows of a file without any problem; a callable gets the row's place."""
    rows = []
    for runner in range(runners):
        for week in weeks:
            for side in ("left", "right"):
                row = {"runner_id": f"R{runner:02}", "side": side, "arm": "stretch_only"}
                row |= {"week": week, "thomas_ext_deg": 5 + runner % 20 + week / 6, **more}
                at = len(rows)
                rows.append({k: v(at) if callable(v) else v for k, v in row.items()})
    return rows


def write(rows, name="a.csv", **changes):
    """Write rows; ``column__3=value`` changes the column in row 3 of the file."""
    for key, value in changes.items():
        column, row = key.rsplit("__", 1)
        rows[int(row) - 2][column] = value
    head = list(dict.fromkeys(k for row in rows for k in row)) or list(NEEDED)
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(rows)
    return Path(name)


def check(rows, **changes):
    return check_file(write(rows, **changes))


def said(findings):
    return [(f.row, f.column, f.value, f.rule) for f in findings]


def one(findings, words):
    """The one finding whose rule has these words."""
    (found,) = [finding for finding in findings if words in finding.rule]
    return found


def test_a_good_file_has_no_findings_and_comes_in_types():
    rows = visits(sex="f", pelvis_controlled="Yes", hagos_sport="77", age_y="NA")
    checked = check(rows, sex__3="Male ", runner_id__2=" R00 ")
    assert said(checked.findings) == [(3, "sex", "Male", one(checked.warnings, "sex").rule)]
    assert checked.ok
    frame = checked.frame
    assert frame["runner"].tolist() == [n for n in range(1, 7) for _ in range(4)]
    assert frame["file_row"].tolist() == list(range(2, 26))
    assert frame["sex"].tolist()[:3] == ["F", "M", "F"]
    assert frame["pelvis_controlled"].tolist() == [True] * 24
    assert frame["hagos_sport"].tolist() == [77] * 24
    assert np.isnan(frame["age_y"]).all()
    assert set(frame) == {"runner", "file_row", *rows[0]}
    assert checked.sheet.sha256 == sha256(Path("a.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "rows",
    [
        visits(1, weeks=(0,))[:1],
        visits(6, weeks=(0,)),
        [row | {"side": "left"} for row in visits(6)[::2]],
        [row | {"arm": "abc"[at // 8]} for at, row in enumerate(visits(6))],
        visits(2000),
    ],
    ids=["one runner", "one visit", "one side", "three arms", "2,000 runners"],
)
def test_small_and_large_files_can_be_used(rows):
    assert check(rows).errors == ()


def test_no_rows_yet():
    (found,) = check([]).errors
    assert (found.rule, found.row) == ("no rows yet", None)


def test_the_empty_template_has_no_rows_yet(folder):
    from hipstudy.cohort_file.template import write_template

    for kind in ("csv", "xlsx"):
        (path, *_) = write_template(folder / f"empty.{kind}", kind)
        assert [found.rule for found in check_file(path).errors] == ["no rows yet"]


def test_there_is_no_such_file():
    with pytest.raises(UsageProblems, match="no such file"):
        check_file(Path("no.csv"))


def test_what_cannot_be_read_is_a_finding():
    Path("a.csv").write_bytes(b"")
    checked = check_file(Path("a.csv"))
    assert not checked.ok
    assert (checked.frame, checked.sheet) == (None, None)


def test_missing_columns_name_the_nearest():
    rows = [
        {"Runners ID": r["runner_id"], "Sides": r["side"], "arm": r["arm"], "Thomas": 3}
        for r in visits()
    ]
    errors = check(rows).errors
    assert one(errors, "no column runner_id").mend.startswith("Is it the column Runners ID?")
    assert one(errors, "no column side").mend.startswith("Is it the column Sides?")
    assert "thomas_ext_deg, end_range_torque_nm_kg" in one(errors, "there is no outcome").rule
    assert "--suggest-mapping" in one(errors, "there is no outcome").mend


def test_unknown_columns_are_not_read_and_not_used():
    (found,) = check(visits(tightnes_nrs="x" * 99)).findings
    assert (found.level, found.column, found.value) == ("warning", "tightnes_nrs", None)
    assert found.mend.startswith("Did you mean tightness_nrs?")


def test_a_file_without_a_head_shows_none_of_its_values():
    Path("a.csv").write_text("Zoe Quux,left,zq@clinic.org,0\na@b.org,left,x,0\n", encoding="utf-8")
    text = repr(check_file(Path("a.csv")).findings)
    assert "Quux" not in text
    assert "zq@" not in text


def test_a_name_that_says_who_somebody_is_becomes_its_place():
    checked = check(visits(**{"zq@clinic.org": "", "12.05.1984": 1}))
    assert [found.column for found in checked.findings] == ["column 6", "column 7"]


def test_no_outcome_has_a_value():
    errors = check(visits(thomas_ext_deg="NA")).errors
    assert one(errors, "no outcome has any value").mend == "Fill in what was measured."


def test_text_does_not_hide_what_stands_below_it():
    checked = check(visits(), thomas_ext_deg__3="stiff", thomas_ext_deg__9="612")
    assert said(checked.errors) == [
        (3, "thomas_ext_deg", "stiff", "the rule is a number"),
        (9, "thomas_ext_deg", "612", "the rule is a number from -60 to 60 deg extension"),
    ]


@pytest.mark.parametrize(
    ("value", "rule", "mend"),
    [
        ("5 deg", "without a unit", "Write the number alone"),
        ("7-May", "a number, not a date", "Spreadsheets make dates"),
        ("1,234.5", "nothing between thousands", "Write 1234.5."),
    ],
)
def test_cells_that_are_no_numbers(value, rule, mend):
    (found,) = check(visits(), thomas_ext_deg__5=value).errors
    assert (found.row, found.value) == (5, value)
    assert rule in found.rule
    assert found.mend.startswith(mend)


def test_a_date_as_week_says_how_to_make_weeks_of_it():
    (found,) = check(visits(), week__4="2024-05-07").errors
    assert "days divided by 7" in found.mend


@pytest.mark.parametrize("text", ["she fell off a horse", "Zoe Quux"])
def test_words_about_a_person_in_a_number_column_are_not_shown(text):
    (found,) = check(visits(), thomas_ext_deg__5=text).errors
    assert (found.row, found.value, found.rule) == (5, None, "the rule is a number")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *(("tightness_nrs", one) for one in ("Zebulon said 5", "5 Zebulon", "zebulon")),
        *(("adverse_event", one) for one in ("Zebulon fell", "zeb")),
        *(("sex", "Zebulon"), ("side", "Zebulon"), ("side", "DE89 3704 0044 0532 0130 00")),
        *(("week", one) for one in ("Zebulon", "2024-01-08", "8.1.2024", "7-May")),
    ],
)
def test_what_is_neither_a_number_nor_a_known_word_is_not_shown(column, text):
    found = check(visits(adverse_event="no", sex="F"), **{f"{column}__5": text}).findings
    told = [one for one in found if one.row == 5 and one.level == "error"]
    assert [one.value for one in told] == [None], "its row is said"
    assert not any(text in str(one) for one in found)


@pytest.mark.parametrize("text", ["ja", "nein", "links", "3,5 kg", "8/5", "5 (left)", "a bit"])
def test_known_words_and_what_is_like_a_number_are_shown(text):
    (found,) = check(visits(adverse_event="no"), adverse_event__5=text).errors
    assert found.value == text


@pytest.mark.parametrize("visits_", [("T0", "T1"), ("S0", "S6"), ("2024-01-08", "2024-02-19")])
def test_a_week_that_cannot_be_read_is_no_week(visits_):
    rows = visits()
    for row in rows:
        row["week"] = visits_[0 if row["week"] == 0 else 1]
    checked = check(rows)
    assert {one.column for one in checked.findings} == {"week"}, "no row is there twice"
    assert checked.frame["week"].isna().all()
    assert "week not known" in first_rows(checked)[0]


def test_a_week_that_cannot_be_read_is_not_asked_for_as_an_empty_one():
    checked = check(visits(), week__5="T1", week__7="")
    (found,) = [one for one in checked.warnings if "without a week" in one.rule]
    assert (found.row, found.n_rows) == (7, 1)


def test_decimal_commas_and_points_in_one_column():
    found = one(check(visits(mass_kg="70.5"), mass_kg__7="70,5").errors, "both occur")
    assert (found.row, found.column, found.value) == (7, "mass_kg", "70,5")


def test_impossible_is_an_error_and_implausible_a_warning():
    checked = check(visits(mass_kg=70), mass_kg__3=900, mass_kg__4=150)
    assert said(checked.errors) == [(3, "mass_kg", "900", "the rule is a number from 30 to 200 kg")]
    assert said(checked.warnings) == [
        (4, "mass_kg", "150", "it is possible, but seldom outside 40 to 130 kg")
    ]


def test_words_that_are_not_known():
    checked = check(visits(sex="F", adverse_event="no"), side__2="links", sex__3="d")
    assert said(checked.errors) == [
        (2, "side", "links", "the rule is left or right"),
        (3, "sex", "d", "the rule is F or M"),
    ]
    assert checked.frame["side"][0] is None
    (found,) = check(visits(adverse_event="no"), adverse_event__8="a bit").errors
    assert (found.value, found.rule) == ("a bit", "the rule is yes or no")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("side", ["l", "R", "LEFT", "Right"]),
        ("sex", ["f", "M", "FEMALE", "male"]),
        ("adverse_event", ["yes", "NO", "True", "false", "1", "0"]),
    ],
)
def test_words_in_any_case(column, words):
    rows = visits(8)
    for row, word in zip(rows, words, strict=False):
        row[column] = word
    assert not [f for f in check(rows).findings if f.rule.startswith("the rule is")]


def test_a_row_without_runner_or_side():
    checked = check(visits(), runner_id__2="", side__3="")
    assert said(checked.errors) == [
        (2, "runner_id", None, "every row needs one"),
        (3, "side", None, "every row needs one"),
    ]
    assert checked.frame["runner"][0] == 0


@pytest.mark.parametrize(
    ("column", "value", "mend"),
    [
        ("end_range_torque_nm_kg", lambda at: 60 + at, "Nm: divide by body mass"),
        ("tightness_nrs", lambda at: 5 + 3 * at, "mm of a scale to 100: divide by 10"),
        ("adherence_pct", lambda at: at / 30, "a share from 0 to 1: multiply by 100"),
        ("hagos_sport", lambda at: at / 30, "a share from 0 to 1: multiply by 100"),
        ("mass_kg", lambda at: 120 + 3 * at, "pounds: multiply by 0.4536"),
        ("age_y", lambda at: 1980 + at // 4, "a year of birth: subtract it from"),
        ("week", lambda at: 0 if at % 4 < 2 else 364, "days: divide by 7"),
    ],
)
def test_another_unit_is_said_once_for_the_column(column, value, mend):
    errors = check(visits(**{column: value})).errors
    (found,) = [error for error in errors if error.column == column]
    assert "in another unit, it seems" in found.rule
    assert found.mend.startswith(f"It looks like {mend}")
    assert (found.value is None) == (column == "age_y")


def test_a_typing_error_among_another_unit_is_still_said():
    rows = visits(end_range_torque_nm_kg=lambda at: 60 + at)
    errors = check(rows, end_range_torque_nm_kg__9=99999).errors
    assert [error.value for error in errors] == ["60 to 83", "99999"]


def test_good_columns_are_in_no_other_unit():
    rows = visits(
        mass_kg=lambda at: 60 + 3 * at,
        tightness_nrs=lambda at: at % 11,
        adherence_pct=lambda at: at % 3,
        week=lambda at: 0 if at % 4 < 2 else 26,
    )
    assert check(rows).errors == ()


def test_long_studies_are_not_taken_for_days():
    checked = check(visits(weeks=(0, 110)))
    assert checked.ok
    assert {found.column for found in checked.warnings} == {"week"}


def test_the_same_visit_twice_names_the_first():
    rows = visits()
    checked = check([*rows, rows[0], rows[0]])
    rule = "this runner, side and week are in row 2 already"
    assert said(checked.errors) == [(26, None, None, rule), (27, None, None, rule)]


def test_visits_without_weeks_ask_for_the_column():
    rows = [{k: v for k, v in row.items() if k != "week"} for row in visits()]
    checked = check(rows)
    assert len(checked.errors) == 12
    assert checked.errors[0].mend.startswith("Add the column week")
    assert check(rows[::4] + rows[1::4]).errors == ()


def test_visits_out_of_order_and_parts_of_weeks():
    checked = check(visits(), week__2=6, week__4=0, week__9=2.5)
    assert checked.ok
    assert said(checked.warnings)[:2] == [
        (9, "week", "2.5", "weeks are whole numbers"),
        (4, "week", "0", "an earlier visit stands after week 6 in row 2"),
    ]
    found = one(check(visits(), week__5="").warnings, "rows without a week")
    assert found.row == 5


def test_arms_that_change():
    checked = check(visits(), arm__4="strength_only", arm__5="")
    assert said(checked.errors) == [
        (4, "arm", "strength_only", "a runner stays in one arm; it is different in row 2")
    ]


def test_arms_that_match_no_prescription_name_the_nearest():
    rows = [row | {"arm": "strech_only" if at < 8 else "mine"} for at, row in enumerate(visits())]
    checked = check(rows)
    assert checked.ok
    near, far = checked.warnings
    assert (near.row, near.value) == (2, "strech_only")
    assert "Did you mean stretch_only?" in near.mend
    assert "Also in 7 more rows: 3-9." in near.mend
    assert (far.row, far.value) == (10, "mine")


def test_sex_and_age_that_change():
    checked = check(visits(sex="F", age_y=30), sex__3="M", age_y__4=31)
    assert [(f.level, f.row, f.column) for f in checked.findings] == [
        ("warning", 3, "sex"),
        ("warning", 4, "age_y"),
    ]


def test_runners_are_counted_and_never_named():
    rows = [row for row in visits(4) if row["side"] == "left" or row["runner_id"] == "R01"]
    checked = check([row for row in rows if row["week"] or row["runner_id"] != "R02"])
    assert [found.rule for found in checked.warnings] == [
        "one side only: 3 of 4 runners",
        "no baseline, week 0: 1 of 4 runners",
        "4 of at least 5 runners: a report would tell about single people",
    ]
    assert "R0" not in repr(checked.findings)


def test_too_few_baselines_are_said_as_a_report_would():
    rows = [row for row in visits(7) if row["week"] or row["runner_id"] < "R04"]
    found = one(check(rows).warnings, "4 of at least 5 runners with a row at baseline")
    assert found.mend.startswith("Reports refuse such a file")
    rows = [row for row in visits(7) if row["week"]]
    assert one(check(rows).warnings, "0 of at least 5 runners with a row at baseline")


def test_weeks_that_are_all_blank_are_baseline():
    from hipstudy.cohort_file import clinic

    path = write([row | {"week": ""} for row in visits(weeks=(0,))])
    assert check_file(path).findings == ()
    assert clinic.read(path, seed=0).cohort.n_runners == 6


def test_nothing_measured_at_baseline():
    rows = [row if row["week"] else row | {"thomas_ext_deg": ""} for row in visits()]
    (found,) = check(rows).findings
    assert (found.level, found.rule.partition(":")[0]) == (
        "warning",
        "nothing was measured at baseline",
    )


@pytest.mark.parametrize(("weeks", "count"), [((0, 42, 84), 1), ((0, 28), 1), ((0, 7, 14), 0)])
def test_weeks_that_may_be_days(weeks, count):
    checked = check(visits(weeks=weeks))
    assert checked.ok
    said = [found for found in checked.warnings if "weeks may be days" in found.rule]
    assert len(said) == count


def test_visits_in_words():
    words = {0: "Baseline", 6: "6 Wochen"}
    checked = check([row | {"week": words[row["week"]]} for row in visits()])
    assert checked.findings == ()
    assert checked.frame["week"].unique().tolist() == [0, 6]
    (found,) = check(visits(), week__5="post").errors
    assert found.mend.startswith("Write weeks since baseline as a number")


def test_a_birth_date_in_days_as_week_is_not_shown():
    assert "30815" not in repr(check(visits(), week__4="30815").findings)
    assert "3081" not in repr(check(visits(weeks=(0, 30814))).findings)


def test_a_birth_date_as_a_number_is_not_shown_in_any_column():
    rows = visits(tightness_nrs=3)
    for born in ("230487", "19870423"):
        checked = check(rows, tightness_nrs__4=born)
        assert [one.row for one in checked.errors] == [4]
        assert born not in repr(checked.findings)
    assert "2304" not in repr(check(visits(tightness_nrs=lambda at: 230400 + at)).findings)


@pytest.mark.parametrize("cell", ["(3)", "3-", "8/5"])
def test_a_number_with_marks_is_looked_up_and_not_emptied(cell):
    (found,) = check(visits(tightness_nrs=3), tightness_nrs__4=cell).errors
    assert not found.mend.startswith("Empty")


def test_torque_of_nothing_is_an_error():
    rows = visits(end_range_torque_nm_kg=1.4, torque_angle_ext_deg=5, passive_torque_nm_kg=0)
    (found,) = check(rows, end_range_torque_nm_kg__4="0").errors
    assert (found.row, found.value) == (4, "0")
    assert found.rule == "the rule is a number from 0.05 to 6 Nm/kg"
    assert found.mend == "Empty the cell where nothing was measured."
    errors = check(visits(end_range_torque_nm_kg=0, torque_angle_ext_deg=5)).errors
    assert {found.mend[:14] for found in errors} == {"Empty the cell", "Rows: 22-25."[:14]}


def test_torque_of_a_seated_test_is_an_error():
    rows = visits(end_range_torque_nm_kg=1.4, torque_angle_ext_deg=5)
    (found,) = check(rows, torque_angle_ext_deg__4="-90").errors
    assert found.rule == "the rule is a number from -60 to 40 deg extension"


def test_rows_longer_than_the_head_show_nothing_and_are_not_checked():
    lines = write(visits(30)).read_text(encoding="utf-8").splitlines()
    moved = [line.replace("R", "Zork,R", 1) for line in lines[1:31]]
    Path("a.csv").write_text("\n".join([lines[0], *moved, *lines[31:]]), encoding="utf-8")
    checked = check_file(Path("a.csv"))
    assert {found.rule.partition(" of the head")[0] for found in checked.errors} == {
        "the row has more cells than the 5"
    }
    assert "Zork" not in repr(checked.findings)
    assert "R0" not in repr(checked.findings)
    Path("a.csv").write_text("\n".join([lines[0], *moved]), encoding="utf-8")
    assert "no rows yet" not in repr(check_file(Path("a.csv")).findings)


def test_a_code_in_another_column_is_not_shown():
    rows = visits()
    assert "R0" not in repr(check(rows, side__3="R00", thomas_ext_deg__4="R03 x").findings)
    rows = [row | {"arm": row["runner_id"]} for row in visits()]
    assert "R0" not in repr(check(rows).findings)
    rows = [row | {"runner_id": row["side"], "side": row["runner_id"]} for row in visits()]
    assert "R0" not in repr(check(rows, thomas_ext_deg__4="Quux").findings)
    assert "Quux" not in repr(check(rows, thomas_ext_deg__4="Quux").findings)
    rows = [row | {"runner_id": row["runner_id"][2:]} for row in visits(mass_kg=70)]
    assert one(check(rows, mass_kg__3="4").errors, "kg").value == "4"


def test_columns_and_arms_named_like_a_person_are_not_shown():
    checked = check(visits(**{"Anna Quuxmann": 1, "Shoe Size": 9}), arm__2="Zoe Quux")
    assert [(f.row, f.column) for f in checked.findings if f.column] == [
        (2, "arm"),
        (None, "column 6"),
        (None, "Shoe Size"),
    ]
    assert "Quux" not in repr(checked.findings)


def test_spellings_of_an_arm_are_one_arm():
    checked = check(visits(), arm__2="Stretch Only", arm__3="STRETCH_ONLY", arm__4="stretch-only")
    assert checked.findings == ()
    assert checked.frame["arm"].unique().tolist() == ["stretch_only"]
    checked = check([row | {"arm": "My arm"} for row in visits()], arm__3="my_arm")
    assert len(checked.findings) == 1


def test_codes_that_differ_in_capitals_are_told():
    (found,) = [f for f in check(visits(), runner_id__24="r05").findings if f.column == "runner_id"]
    assert (found.level, found.row, found.value) == ("warning", 24, None)


def test_no_code_is_in_a_finding():
    checked = check(visits(), side__3="x")
    assert "R0" not in repr(checked.findings)


def test_visits_too_soon():
    checked = check(
        visits(hours_since_stretch=48, hours_since_session=72),
        hours_since_stretch__3=47,
        hours_since_session__4=71.5,
    )
    assert [(f.row, f.column, f.value) for f in checked.warnings] == [
        (3, "hours_since_stretch", "47"),
        (4, "hours_since_session", "71.5"),
    ]
    assert all("too soon" in found.rule for found in checked.warnings)
    assert checked.ok


def test_torque_without_its_angle():
    (found,) = check(visits(end_range_torque_nm_kg=1.4)).findings
    assert found.level == "warning"
    assert "torque without torque_angle_ext_deg" in found.rule
    assert "Also in 23 more rows: 3-25." in found.mend


def reversed_sign(**more):
    return visits(thomas_ext_deg=lambda at: -12 + at % 5, **more)


def test_a_reversed_sign_stops_and_says_how_to_declare_it():
    (found,) = check(reversed_sign()).errors
    assert "the sign looks reversed: read as extension-positive" in found.rule
    assert "11 deg, extension positive, in 28 runners (Fukuchi 2017)" in found.rule
    assert 'thomas_sign = "extension-negative"' in found.mend


def test_a_declared_sign_is_turned():
    Path("a.mapping.toml").write_text('thomas_sign = "extension-negative"\n', encoding="utf-8")
    checked = check(reversed_sign())
    assert checked.ok
    assert checked.frame["thomas_ext_deg"][:2].tolist() == [12, 11]
    turned = check(reversed_sign(torque_angle_ext_deg=-10))
    assert turned.frame["torque_angle_ext_deg"][:2].tolist() == [10, 10]
    (found,) = check(visits()).errors
    assert 'thomas_sign = "extension-positive"' in found.mend


def test_own_names_are_what_findings_say():
    rows = [
        {
            "Code": r["runner_id"],
            "Bein": r["side"][0],
            "TT": r["thomas_ext_deg"],
            "E-Mail": "x@y.org",
        }
        | {"week": r["week"]}
        for r in visits()
    ]
    Path("own.toml").write_text(
        'ignore = ["E-Mail"]\n[columns]\nCode = "runner_id"\nBein = "side"\n'
        'TT = "thomas_ext_deg"\n[words.side]\nli = "left"\n',
        encoding="utf-8",
    )
    path = write(rows, TT__4="stiff", Bein__6="li")
    checked = check_file(path, mapping=Path("own.toml"))
    assert [(f.row, f.column, f.value) for f in checked.findings] == [(4, "TT", "stiff")]
    assert checked.frame["side"][4] == "left"


def test_identifiers_come_before_what_they_cause():
    checked = check(visits(age_y=30), runner_id__3="Zoe Quux", age_y__4="12.05.1984", side__5="x")
    assert [f.rule.partition(",")[0] for f in checked.errors] == [
        "this looks like a person's name",
        "this looks like a date of birth",
        "the rule is left or right",
    ]
    assert checked.frame["runner_id"][1] is None
    text = repr(checked.findings)
    assert "Quux" not in text
    assert "1984" not in text


def test_errors_stand_before_warnings():
    levels = [f.level for f in check(visits(mass_kg=150), side__9="x", arm__3="own").findings]
    assert levels == sorted(levels)
    assert set(levels) == {"error", "warning"}


def test_long_lists_are_cut_and_counted():
    rows = visits(40, sex=lambda at: f"q{at}")
    found = [f for f in check(rows).errors if f.column == "sex"]
    assert len(found) == MOST + 1
    assert found[-1].rule == "and 140 more rows: the rule is F or M"
    assert (found[-1].row, found[-1].mend) == (22, "Rows: 22-161.")


def test_the_file_is_never_changed_and_every_stage_is_told():
    path = write(visits(), side__3="x")
    before = path.read_bytes(), path.stat().st_mtime_ns
    told = []

    class Told:
        def step(self, done, total, words):
            told.append((done, total, words))

    check_file(path, progress=Told())
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert told == [(at, len(STAGES), words) for at, words in enumerate(STAGES)]


def test_100_000_rows_give_a_short_list():
    rows = visits(25_000, sex="x", mass_kg="abc", age_y=lambda at: 500 if at % 9 else 30)
    checked = check(rows)
    assert len(checked.frame) == 100_000
    assert len(checked.findings) < 5 * (MOST + 1)


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("690", " It may be kilograms without their decimal point: divide by 10."),
        ("220", " It may be pounds: multiply by 0.4536."),
        ("71000", " It may be grams: divide by 1000."),
        ("9000", ""),
    ],
)
def test_another_unit_of_one_cell_is_named_where_it_can_be(typed, mend):
    (found,) = check(visits(mass_kg=70), mass_kg__3=typed).errors
    assert found.mend == f"Look it up again.{mend}"
