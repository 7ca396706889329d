"""The tables of all reports of a batch: those that name runners stay with their report."""

from datetime import UTC, datetime

from hipstudy.batch.batch_pages import BatchRow, stacked_tables
from hipstudy.batch.report_task import MADE
from hipstudy.report.run_record import RunRecord


def test_the_owners_list_of_edits_is_not_put_together(tmp_path):
    rows = []
    for name in ("hill", "lake"):
        (tmp_path / name / "tables").mkdir(parents=True)
        texts = {"tables/edits.csv": "runner,visit\nP01,0\n", "tables/means.csv": "mean\n1\n"}
        for file, text in texts.items():
            (tmp_path / name / file).write_text(text, encoding="utf-8")
        record = RunRecord("cohort", datetime(2026, 3, 1, tzinfo=UTC), outputs=dict.fromkeys(texts))
        rows.append(BatchRow(name, {"file": f"{name}.csv"}, MADE, record))
    tables = stacked_tables(tmp_path, rows, "en")
    assert set(tables) == {"tables/means.csv"}
    assert "P01" not in "".join(tables.values())
