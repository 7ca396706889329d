"""What is understood of a file is said, and never more than may be said."""

import subprocess
import sys
from pathlib import Path

import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.mapping import beside
from hipstudy.cohort_file.reading_lines import column_lines, first_rows, shape_lines

OWN = (
    "Runner_ID;Side;Gruppe;Week;Thomas_Ext_Deg;E-Mail;Anna Schmidt;note\n"
    "SECRET1;left;Stretching;Baseline;14.4;a@b.org;1;x\n"
    "SECRET1;right;Anna Quux;Week 6;999;a@b.org;1;y\n"
    "SECRET2;left;SECRET1;6 wk;3,5;a@b.org;1;z\n"
)
MAPPING = '[columns]\n"Gruppe" = "arm"\n'


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "clinic.csv"
    path.write_text(OWN, encoding="utf-8")
    return path


def all_lines(result):
    return [*map(str, column_lines(result)), *shape_lines(result), *first_rows(result)]


def test_a_line_a_column_and_three_rows(own):
    beside(own).write_text(MAPPING, encoding="utf-8")
    result = check_file(own)
    lines = list(map(str, column_lines(result)))
    assert len(lines) == 8
    assert lines[0].startswith("Runner_ID -> runner_id, as codes, which are not shown, its name")
    assert lines[2] == "Gruppe -> arm, as the name of an arm, the mapping file says so"
    assert "thomas_ext_deg, as numbers in deg extension" in lines[4]
    assert lines[5] == "E-Mail -> not read, it is refused, its name may tell who somebody is"
    rows = first_rows(result)
    assert len(rows) == 3
    assert rows[0].startswith(
        "row 2 as read: runner_id runner 1, side left, arm Stretching, week 0"
    )
    assert "thomas_ext_deg not shown" in rows[1], "what is possible for nobody may be another thing"


@pytest.mark.parametrize("mapping", ["", MAPPING])
def test_nothing_that_says_who_somebody_is(own, mapping):
    if mapping:
        beside(own).write_text(mapping, encoding="utf-8")
    text = "\n".join(all_lines(check_file(own)))
    for secret in ("SECRET", "Anna", "Quux", "a@b.org", "999"):
        assert secret not in text


def test_a_guess_is_not_read(own):
    lines = [str(one) for one in column_lines(check_file(own))]
    assert lines[2] == (
        "Gruppe -> not read, it may be arm, clinics call it so, and a mapping file has to say so"
    )


def run(*arguments, cwd):
    command = [sys.executable, "-m", "hipstudy", "check", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_the_command_and_the_page_say_it(tmp_path):
    Path(tmp_path, "a.csv").write_text(
        "Code,Side,Thomas_Ext_Deg\n" + "".join(f"QQCODE{k},left,{k}\n" for k in range(9)), "utf-8"
    )
    first = run("a.csv", "--show-reading", "--out", "a.html", cwd=tmp_path)
    assert first.returncode == 1
    assert "Code -> not read, it may be runner_id" in first.stdout
    drafted = run("a.csv", "--suggest-mapping", cwd=tmp_path)
    assert drafted.returncode == 0
    assert "row 2 as read: runner_id runner 1, side left, thomas_ext_deg 0" in drafted.stderr
    second = run("a.csv", "--show-reading", "--out", "a.html", cwd=tmp_path)
    assert second.returncode == 0
    assert "Code -> runner_id, as codes" in second.stdout
    page = Path(tmp_path, "a.html").read_text(encoding="utf-8")
    assert "What was read" in page
    assert "runner 1" in page
    assert "QQCODE" not in first.stdout + second.stdout + page + drafted.stdout + drafted.stderr
    assert run("a.csv", "--show-reading", "--suggest-mapping", cwd=tmp_path).returncode == 2
