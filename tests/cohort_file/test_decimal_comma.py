"""A cohort file as spreadsheets of other countries save it is read to the same numbers."""

import pandas as pd
import pytest

import hipstudy as hs
from hipstudy import csv_locale
from hipstudy.cli import main
from hipstudy.cohort_file.check import check_file
from hipstudy.resources import place
from hipstudy.spreadsheet import as_csv

EXAMPLE = place("data", "example_cohort.csv")


@pytest.mark.parametrize("locale", csv_locale.DECIMAL_COMMA)
def test_what_a_locale_writes_the_door_reads_back(locale, tmp_path):
    path = tmp_path / "clinic.csv"
    path.write_text(csv_locale.in_locale(EXAMPLE.read_text(), locale), encoding="utf-8")
    first = path.read_text(encoding="utf-8-sig").splitlines()
    assert first[0].count(";") > 5
    assert any("," in cell for cell in first[1].split(";"))
    plain, own = check_file(EXAMPLE), check_file(path)
    pd.testing.assert_frame_equal(own.frame, plain.frame)
    assert [one.rule for one in own.findings] == [one.rule for one in plain.findings]


def test_what_a_clinic_would_see_goes_out_and_in_again(tmp_path):
    runners = hs.draw_runners(12, seed=1)
    seen = hs.observe(hs.simulate(runners, "stretch_only", seed=1), weeks=(0, 6), seed=1)
    for locale in ("en", "de"):
        text = csv_locale.in_locale(as_csv(seen), locale)
        (tmp_path / f"{locale}.csv").write_text(text, encoding="utf-8")
    tables = [check_file(tmp_path / f"{locale}.csv").frame for locale in ("en", "de")]
    pd.testing.assert_frame_equal(*tables)


def test_the_command_finds_nothing_in_it_that_it_does_not_find_in_the_other(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    text = csv_locale.in_locale(EXAMPLE.read_text(), "de")
    (tmp_path / "clinic.csv").write_text(text, encoding="utf-8")
    assert main(["check", "clinic.csv"]) == main(["check", str(EXAMPLE)]) == 0
    assert "decimal" not in capsys.readouterr().out
