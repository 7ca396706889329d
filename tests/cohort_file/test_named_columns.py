"""Columns that a plan names: cells that are no numbers are said, and what may tell is not shown."""

from pathlib import Path

from hipstudy.cohort_file.named_columns import read_named
from hipstudy.cohort_file.sheet import read_sheet


def test_a_cell_that_may_tell_about_somebody_is_not_shown(tmp_path):
    path = Path(tmp_path / "a.csv")
    cells = ["3", "4", "5", "6", "7", "8", "Zebulon", "23.04.1987", "12 kg"]
    rows = [f"K{k},left,{cell}" for k, cell in enumerate(cells, start=1)]
    path.write_text("\n".join(["runner_id,side,jumps", *rows]) + "\n", encoding="utf-8")
    sheet = read_sheet(path)
    _, problems = read_named(sheet, sheet.rows, ["jumps"])
    told = [(one.row, one.value) for one in problems]
    assert told == [(8, None), (9, None), (10, "12 kg")]
