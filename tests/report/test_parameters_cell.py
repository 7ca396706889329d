"""Parameters of a notebook: read, listed, and checked against what was typed."""

import json

import pytest
import tiny

from hipstudy.errors import UsageProblems
from hipstudy.report.parameter_list import listing, table
from hipstudy.report.parameters_cell import NotebookParameter, check, injected_values, read


@pytest.fixture
def parameters():
    return read(tiny.notebook(*tiny.GOOD))


def problems(parameters, *given):
    with pytest.raises(UsageProblems) as caught:
        check(parameters, given)
    return [str(problem) for problem in caught.value.problems]


def test_reads_name_type_default_unit_range_and_meaning(parameters):
    by_name = {p.name: p for p in parameters}
    assert list(by_name) == ["cohort", "weeks", "mcid_nrs", "paired", "label", "report_date"]
    assert by_name["weeks"] == NotebookParameter(
        "weeks", int, None, "weeks", 1, 52, "empty: as prescribed"
    )
    assert by_name["mcid_nrs"].default == 2.0
    assert by_name["paired"].type is bool
    assert by_name["cohort"].unit == "file"


def test_a_text_default_may_hold_what_papermill_stumbles_over(parameters):
    assert {p.name: p.default for p in parameters}["label"] == "a#b = c"


def test_source_may_be_kept_as_lines():
    notebook = tiny.notebook(*tiny.GOOD)
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    assert len(read(json.loads(json.dumps(notebook)))) == 6


def test_no_parameters_cell_means_no_parameters():
    assert read(tiny.notebook(tiny.TITLE)) == ()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("weeks = 3  # weeks | 1 to 52 | how long", "name: type = default"),
        ("weeks: int = 3", "name: type = default"),
        ("weeks: int = 3  # weeks | how long", "name: type = default"),
        ("weeks: dict = 3  # | | how long", "one of str, int, float, bool"),
        ("weeks: int = 3.5  # | | how long", "not of type int"),
        ("weeks: int = True  # | | how long", "not of type int"),
        ("weeks: int = 3  # weeks | from 1 to 52 | how long", "low to high"),
        ("weeks: int = 3  # weeks | 52 to 1 | how long", "low to high"),
        ("weeks: int = 3  # weeks | 0.5 to 52 | how long", "numbers of the type"),
        ("weeks: int = 60  # weeks | 1 to 52 | how long", "not within 1 to 52"),
        ("weeks: int = 3 * 4  # weeks | | how long", "not a calculation"),
        ("import numpy as np", "name: type = default"),
        ("%matplotlib inline", "name: type = default"),
    ],
)
def test_a_line_that_is_not_understood_is_named(line, rule):
    with pytest.raises(UsageProblems) as caught:
        read(tiny.notebook(("parameters", f'a: str = ""  # | | a\n{line}')), "mine.ipynb")
    assert "mine.ipynb, parameters cell, line 2" in str(caught.value)
    assert rule in str(caught.value)


def test_all_bad_lines_at_once():
    source = "a = 1\nb: int = 1  # | | fine\nc: int\nb: int = 2  # | | again"
    with pytest.raises(UsageProblems) as caught:
        read(tiny.notebook(("parameters", source)))
    assert len(caught.value.problems) == 3


def test_values_of_an_earlier_run_are_the_defaults():
    notebook = tiny.notebook(
        *tiny.GOOD, ("injected-parameters", '# Parameters\nweeks = 6\ncohort = "x.csv"')
    )
    assert injected_values(notebook) == {"weeks": 6, "cohort": "x.csv"}
    assert {p.name: p.default for p in read(notebook)}["weeks"] == 6


def test_values_have_their_real_types(parameters):
    given = [("weeks", "6"), ("mcid_nrs", "1e0"), ("paired", "no"), ("report_date", "2031-04-09")]
    values = check(parameters, given)
    assert values == {"weeks": 6, "mcid_nrs": 1.0, "paired": False, "report_date": "2031-04-09"}
    assert [type(v) for v in values.values()] == [int, float, bool, str]


def test_empty_where_empty_is_allowed(parameters):
    assert check(parameters, [("weeks", ""), ("report_date", "")]) == {
        "weeks": None,
        "report_date": "",
    }
    assert "a value is needed" in problems(parameters, ("mcid_nrs", ""))[0]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("weeks", "3.5", "a whole number is needed"),
        ("weeks", "three", "a whole number is needed"),
        ("weeks", "3.0", "Write 3."),
        ("weeks", "1_0", "a whole number is needed"),
        ("weeks", "\u0663", "a whole number is needed"),
        ("weeks", "9" * 5000, "a whole number is needed"),
        ("weeks", "1e400", "a whole number is needed"),
        ("weeks", "12 weeks", "Write 12."),
        ("weeks", "12wk", "Write 12."),
        ("weeks", "3 months", "Write the number of weeks alone."),
        ("weeks", "2-3", "Write 2 or 3."),
        ("mcid_nrs", "1,5 points", "Write 1.5."),
        ("mcid_nrs", "−1", "a number is needed"),
        ("weeks", "0", "within 1 to 52 weeks"),
        ("weeks", "53", "within 1 to 52 weeks"),
        ("mcid_nrs", "1,5", "Write a decimal point: 1.5."),
        ("mcid_nrs", "nan", "a number is needed"),
        ("mcid_nrs", "inf", "a number is needed"),
        ("mcid_nrs", "-0.1", "within 0 to 10 NRS points"),
        ("paired", "maybe", "yes or no"),
        ("report_date", "2031-02-30", "year-month-day"),
        ("report_date", "20310209", "year-month-day"),
        ("weaks", "3", "Did you mean weeks?"),
    ],
)
def test_a_wrong_value_is_refused_with_the_rule(parameters, name, text, said):
    (found,) = problems(parameters, (name, text))
    assert said in found


SHARE = NotebookParameter("adherence", float, None, "share", 0.05, 1.0)
RUNNERS = NotebookParameter("n_runners", int, 100, "runners", 2, 2000)
DOSE_RUNNERS = NotebookParameter("n_runners", int, 60, "runners", 2, 500)
WEEKS = NotebookParameter("weeks", int, 12, "weeks", 1, 52)
PAIN = NotebookParameter("entry_nrs", float, None, "NRS points", 0.0, 9.0)
METRES = NotebookParameter("distance", float, 5.0, "", 0.0, 5000.0)
ANGLE = NotebookParameter("start_rom_deg", float, None, "deg extension", -20.0, 40.0)


@pytest.mark.parametrize("text", ["80", "80%", "80 %", "0,8", "80 percent"])
def test_a_share_in_per_cent_is_answered_with_the_share(text):
    rule = "a share from 0.05 to 1 is needed, where 0.8 is 80 %. Write 0.8."
    assert problems([SHARE], ("adherence", text)) == [f"adherence: found '{text}'; {rule}"]


@pytest.mark.parametrize("text", ["0", "400", "much", "0,8 %", "inf", "1.2"])
def test_of_what_is_no_share_either_way_the_rule_alone_is_said(text):
    (found,) = problems([SHARE], ("adherence", text))
    assert found.endswith("a share from 0.05 to 1 is needed, where 0.8 is 80 %")


@pytest.mark.parametrize(
    ("parameter", "text", "said"),
    [
        (RUNNERS, "1 000", "Write 1000."),
        (RUNNERS, "1,000", "Write 1000."),
        (RUNNERS, "1.000", "Write 1000."),  # 1 is too few
        (RUNNERS, "2.000", "Write 2 or 2000."),
        (RUNNERS, "12.", "Write 12."),
        (ANGLE, "−5", "Write -5."),
        (ANGLE, "5°", "Write 5."),
        (ANGLE, "5 mm", "Write the number in deg extension alone."),
    ],
)
def test_a_number_as_it_is_written_elsewhere_is_answered_with_the_number(parameter, text, said):
    (found,) = problems([parameter], (parameter.name, text))
    assert found.endswith(said)


@pytest.mark.parametrize("text", ["2,000", "2.000", "2 000"])
def test_of_thousands_that_are_too_many_no_single_figures_are_offered(text):
    rule = "a whole number is needed, within 2 to 500 runners"
    assert problems([DOSE_RUNNERS], ("n_runners", text)) == [f"n_runners: found '{text}'; {rule}"]
    (found,) = problems([WEEKS], ("weeks", "12,000"))
    assert found.endswith("a whole number is needed, within 1 to 52 weeks")


@pytest.mark.parametrize("text", ["12,5", "99,5", "1,200,000", "9,001"])
def test_a_number_with_a_comma_that_is_out_of_range_is_not_offered(text):
    rule = "a number is needed, within 0 to 9 NRS points"
    assert problems([PAIN], ("entry_nrs", text)) == [f"entry_nrs: found '{text}'; {rule}"]


def test_a_comma_among_thousands_is_answered_with_what_is_in_range():
    assert problems([METRES], ("distance", "6,5"))[0].endswith("Write a decimal point: 6.5.")
    assert problems([NotebookParameter("d", float, 50.0, "", 20.0, 5000.0)],
                    ("d", "1,200"))[0].endswith("a number is needed. Write 1200.")  # fmt: skip


def test_the_limits_themselves_are_allowed(parameters):
    assert check(parameters, [("weeks", "1")]) == {"weeks": 1}
    assert check(parameters, [("weeks", "52")]) == {"weeks": 52}


def test_every_problem_is_listed_at_once(parameters):
    given = [("weeks", "x"), ("sets", "3"), ("paired", "yes"), ("paired", "no"), ("weeks", "x")]
    found = problems(parameters, *given)
    assert len(found) == 3
    assert "'yes and no'; one value is needed. Give it once." in found[2]


def test_the_same_value_twice_is_no_problem(parameters):
    assert check(parameters, [("weeks", "6"), ("weeks", "6")]) == {"weeks": 6}


def test_a_missing_file_is_named_with_the_nearest(parameters, tmp_path):
    (tmp_path / "RBDSinfo.txt").write_text("x")
    (found,) = problems(parameters, ("cohort", str(tmp_path / "RBDSinf.txt")))
    assert "found 'RBDSinf.txt'; no such file" in found
    assert f"Did you mean {tmp_path / 'RBDSinfo.txt'}?" in found
    assert "this is a folder" in problems(parameters, ("cohort", str(tmp_path)))[0]
    assert "not there either" in problems(parameters, ("cohort", str(tmp_path / "a" / "b")))[0]


def test_listing_cuts_nothing_without_a_width_and_wraps_the_meaning_with_one(parameters):
    meaning = "word " * 40 + "end"
    long = NotebookParameter("weeks", int, None, "weeks", 1, 52, meaning)
    assert listing([long])[1].endswith("end")
    wrapped = listing([long], 80)
    assert max(len(line) for line in wrapped) <= 80
    assert " ".join(" ".join(wrapped[1:]).split()).endswith(meaning)
    assert listing(parameters)[2].split("  ")[0] == "weeks"
    assert "1 to 52" in listing(parameters)[2]


def test_a_range_keeps_every_digit():
    source = "seed: int = 0  # | 0 to 9223372036854775807 | luck"
    (seed,) = read(tiny.notebook(("parameters", source)))
    assert seed.range == "0 to 9223372036854775807"
    assert check([seed], [("seed", "9223372036854775807")]) == {"seed": 2**63 - 1}
    assert "must be within" in problems([seed], ("seed", "9223372036854775808"))[0]


def test_a_very_long_cell_pushes_only_its_own_row():
    rows = [("name", "default", "meaning"), ("a", "x, " * 40 + "y", "long"), ("b", "1", "short")]
    piped = table(rows)
    assert [len(line) for line in piped][::2] == [len("name  default  meaning"), 20]
    assert piped[1].endswith("x, y  long")
    narrow = table(rows, 60)
    assert max(len(line) for line in narrow) <= 60
    assert narrow[-2:] == ["    long", piped[2]]
