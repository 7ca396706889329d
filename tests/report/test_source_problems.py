"""All that is wrong with a notebook, said before it runs."""

from pathlib import Path

import pytest
import tiny

from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.report.catalogue import NotebookSource
from hipstudy.report.make_report import plan, report
from hipstudy.report.parameters_cell import read
from hipstudy.report.source_problems import setting_problems, source_problems


@pytest.fixture(autouse=True)
def no_kernel(monkeypatch, tmp_path):
    def started(*_args, **_kwargs):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("hipstudy.report.execute.execute", started)
    monkeypatch.chdir(tmp_path)


def said(*cells):
    return [str(one) for one in source_problems(tiny.notebook(*cells))]


BAD = (
    ("markdown", "# A title\n\nA run \U0001f3c3 of 力."),
    ("code", "x = 1\ny = = 2"),
    ("markdown", "$\\nosuchthing$ ![a](b.png)"),
    ("markdown", "#### Deep"),
    ("markdown", "# Another"),
)


def test_every_problem_of_the_cells_is_said_in_one_go():
    lines = said(*BAD)
    expected = [
        ("cell 1", "U+1F3C3", "U+529B", "typeface"),
        ("cell 2", "y = = 2", "line 2 of the cell cannot be read as Python"),
        ("cell 3", "nosuchthing", "cannot be set"),
        ("cell 3", "b.png", "no caption"),
        ("cell 5", "Another", "one title"),
        ("cell 4", "Deep", "level is skipped"),
    ]
    assert len(lines) == len(expected)
    for line, parts in zip(lines, expected, strict=True):
        assert all(part in line for part in parts), line


@pytest.mark.parametrize(
    "source",
    ["%matplotlib inline\nx = 1", "!ls", "%%bash\nls -l | wc", "x?", "await f()", "", "a = %who_ls",
     "print('\\d')"],
)  # fmt: skip
def test_what_ipython_reads_is_right(source):
    assert said(tiny.TITLE, ("code", source)) == []


def test_magics_do_not_hide_what_is_wrong():
    (line,) = said(tiny.TITLE, ("code", "%time 1\nif"))
    assert "cannot be read as Python" in line


def test_levels_are_left_to_the_end_where_code_may_put_out_headings():
    code = ("code", "show.Text('## Made by code')")
    assert said(tiny.TITLE, code, ("markdown", "### Below it")) == []


def test_a_marked_title_is_left_to_the_end_and_listed():
    cells = (("code", "pages.title(study)"), ("markdown", "### Below it"))
    assert "no title" in said(*cells)[0]
    marked = tiny.notebook(*cells, title="Two arms")
    assert source_problems(marked) == []
    assert NotebookSource("two", Path("two.ipynb"), marked).title == "Two arms"
    assert NotebookSource("two", Path("two.ipynb"), tiny.notebook(*cells)).title == "two"


def test_letters_of_a_fallback_face_are_right():
    assert said(("markdown", "# Title\n\n\u2713 \u2192 \u0531 \u0416 \u03a9 \u2264")) == []


def test_the_cell_s_and_the_setting_s_problems_come_together(tmp_path):
    path = tiny.write(tmp_path / "bad.ipynb", *BAD, tiny.SETTINGS)
    with pytest.raises(UsageProblems) as caught:
        report(str(path), [("weaks", "6")])
    assert len(caught.value.problems) == 7
    with pytest.raises(DataProblems) as only_data:
        plan(str(path), [])
    assert len(only_data.value.problems) == 6


def test_settings_and_the_files_they_name_are_read_for_letters(tmp_path):
    parameters = read(tiny.notebook(tiny.TITLE, tiny.SETTINGS))
    (tmp_path / "mine.toml").write_text('name = "力"\n[a]\nb = ["fine", "量"]\n', encoding="utf-8")
    (tmp_path / "torn.toml").write_text("no toml at all")
    values = {"label": "stretch_only | mine.toml, torn.toml, 拉", "cohort": "数据.csv"}
    lines = [str(one) for one in setting_problems(parameters, values)]
    assert len(lines) == 3
    assert lines[0].startswith("mine.toml: found '力'")
    assert lines[1].startswith("mine.toml: found '量'")
    assert lines[2].startswith("parameter label: found '拉'")


def test_arms_of_a_cohort_without_letters_are_refused(tmp_path):
    from hipstudy.resources import place
    from hipstudy.studies.cohort_study import CohortSettings

    text = place("data", "example_cohort.csv").read_text(encoding="utf-8")
    (tmp_path / "clinic.csv").write_text(text.replace("stretch_only", "拉伸"), encoding="utf-8")
    with pytest.raises(DataProblems) as caught:
        CohortSettings.preflight({"cohort": str(tmp_path / "clinic.csv")})
    assert "column arm: found '拉伸'" in str(caught.value)
