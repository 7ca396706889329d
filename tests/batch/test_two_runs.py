"""Two runs of a simulated report: settings, noise and code are told apart by reruns."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tiny

from hipstudy.batch import comparison_tables, two_runs
from hipstudy.errors import UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.report import run_record
from hipstudy.report.make_report import report
from hipstudy.report.named_run import named_run
from hipstudy.report.table_differences import numbers, plain_table

SETTINGS = (
    "parameters",
    "\n".join(
        [
            "weeks: int = 4  # weeks | 1 to 52 | how long",
            "seed: int = 0  # | 0 to 99 | of the luck",
            'report_date: str = ""  # date | | printed',
        ]
    ),
)
DRAWS = """\
import numpy as np
import pandas as pd
from hipstudy import show
luck = np.random.default_rng(seed).normal()
frame = pd.DataFrame({"arm": ["a", "b"], "week": weeks, "mean": [weeks / 2 + luck, luck]})
show.Table(frame, "The means.", "mean")"""
PARTS = ["new_data", "edited_data", "settings", "code", "noise"]


def luck(seed):
    return np.random.default_rng(seed).normal()


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        cells = (tiny.TITLE, SETTINGS, ("code", DRAWS), ("code", 'show.Download(frame, "means")'))
        tiny.write(home / "mine.ipynb", *cells)
        made = {}
        for name, weeks, seed in (("old", 4, 0), ("luck", 4, 1), ("longer", 6, 1)):
            pairs = [("weeks", str(weeks)), ("seed", str(seed))]
            report("mine.ipynb", pairs, out=home / name, run_name=name)
            made[name] = named_run(str(home / name), "A").stored
        yield made


def compared(then, now):
    return two_runs.compare_runs(then, now, Progress())


def values(found):
    return {row["headline"]: row for row in found.since.to_dict("records")}


def test_another_seed_alone_is_noise_and_nothing_runs_again(runs, monkeypatch):
    def never(*_):
        raise AssertionError("nothing is run again")

    monkeypatch.setattr("hipstudy.report.make_report.executed_notebook", never)
    found = compared(runs["old"], runs["luck"])
    assert found.settings == (("seed", "0", "1"),)
    row = values(found)["means: a, mean"]
    assert row["noise"] == pytest.approx(luck(1) - luck(0))
    assert (row["settings"], row["code"], row["new_data"]) == (0, 0, 0)


def test_with_another_seed_too_settings_are_what_the_seed_leaves(runs, monkeypatch):
    monkeypatch.chdir(runs["old"].folder.parent)
    found = compared(runs["old"], runs["longer"])
    row = values(found)["means: a, mean"]  # of the last week, whichever it is
    assert row["noise"] == pytest.approx(luck(1) - luck(0))
    assert row["settings"] == pytest.approx(1.0)
    assert row["now"] - row["then"] == pytest.approx(sum(row[name] for name in PARTS))
    assert values(found)["means: b, mean"]["settings"] == pytest.approx(0)
    assert not found.notes


def test_what_an_older_version_printed_otherwise_is_code(runs, tmp_path, monkeypatch):
    home = runs["old"].folder.parent
    monkeypatch.chdir(home)
    shutil.copytree(home / "old", tmp_path / "old")
    path = tmp_path / "old" / "tables" / "means.csv"
    frame = pd.read_csv(path).assign(mean=lambda frame: frame["mean"] - 0.25)
    path.write_text(frame.to_csv(index=False), encoding="utf-8")
    (table,) = run_record.tables(tmp_path / "old").values()
    table = {n: v for n, v in table.items() if n != run_record.SEAL}
    table["outputs"]["tables/means.csv"] = run_record.sha256(path.read_bytes())
    table["code_sha256"] = "0" * 64
    own = run_record.text({"mine": table})
    (tmp_path / "old" / "run.toml").write_text(own, encoding="utf-8")
    found = compared(named_run(str(tmp_path / "old"), "A").stored, runs["luck"])
    row = values(found)["means: b, mean"]
    assert row["code"] == pytest.approx(0.25)
    assert row["noise"] == pytest.approx(luck(1) - luck(0))
    assert any(name == "hipstudy, digest of its code" for name, _, _ in found.versions)
    (home / "mine.ipynb").rename(home / "gone.ipynb")
    try:
        found = compared(named_run(str(tmp_path / "old"), "A").stored, runs["luck"])
    finally:
        (home / "gone.ipynb").rename(home / "mine.ipynb")
    assert [code for code, _ in found.notes] == ["not_rerun"]
    assert np.isnan(values(found)["means: b, mean"]["code"])


def test_a_table_that_is_not_as_it_was_left_is_not_compared(runs, tmp_path):
    shutil.copytree(runs["old"].folder, tmp_path / "old")
    (tmp_path / "old/tables/means.csv").write_text("arm,mean\na,99\n", encoding="utf-8")
    found = compared(named_run(str(tmp_path / "old"), "A").stored, runs["luck"])
    assert found.altered == ("means",)


def test_runs_of_two_reports_are_refused(runs):
    other = replace(runs["luck"], record=replace(runs["luck"].record, report="other"))
    with pytest.raises(UsageProblems, match="two runs of one report are needed"):
        compared(runs["old"], other)


def test_every_number_that_moved_is_in_the_table(runs):
    found = compared(runs["old"], runs["luck"])
    tables = comparison_tables.comparison_tables(found)
    assert set(tables) == {"tables/moved.csv", "tables/since.csv"}
    lines = tables["tables/moved.csv"].splitlines()
    assert lines[0] == "table,row,column,then,now"
    assert len(lines) == 3


def test_numbers_are_found_by_their_rows_in_any_order_and_locale():
    then = plain_table("arm,week,mean\na,0,0.5\nb,0,1.5\n")
    now = plain_table("\ufeffarm;week;mean\nb;0;1,5\na;0;0,75\nc;0;2\n")
    moved = [(one.name, one.then, one.now) for one in numbers({"t": then}, {"t": now})
             if one.has_moved]  # fmt: skip
    assert ("t: a, mean", "0.5", "0.75") in [(n.replace(", week", ""), a, b) for n, a, b in moved]
    assert not [one for one in moved if one[0].startswith("t: b")]
    assert [one for one in moved if one[0].startswith("t: c")]
