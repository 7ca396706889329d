"""Which files of a folder are cohort files, and what their reports' folders are called."""

import os
from pathlib import Path

import batched
import pytest

from hipstudy.batch.cohort_folder import cohort_folder, report_places
from hipstudy.cohort_file.exports.redcap_dictionary import PATTERN
from hipstudy.cohort_file.mapping import beside
from hipstudy.companion_files import DICTIONARIES, companions
from hipstudy.errors import UsageProblems


def names(folder, results="nowhere"):
    found = cohort_folder(folder, folder / results)
    return [found.name(file) for file in found.files], list(found.passed_over)


def test_files_of_inner_folders_count_and_the_rest_is_told(tmp_path):
    for name in ("b.csv", "a ü.CSV", "lake/b.csv", "lake/deep/c.csv"):
        batched.cohort(tmp_path / name)
    for name in ("notes.md", "b.mapping.toml", "lake/plan.toml"):
        (tmp_path / name).write_text("x")
    files, others = names(tmp_path)
    assert files == ["a ü.CSV", "b.csv", "lake/b.csv", "lake/deep/c.csv"]
    assert others == ["b.mapping.toml", "notes.md", "lake/plan.toml"]


def test_results_hidden_files_and_what_lies_open_elsewhere_are_none(tmp_path):
    batched.cohort(tmp_path / "b.csv")
    for name in (".hidden.csv", "~$b.xlsx", ".~lock.b.csv#", ".old/c.csv", "here/c.csv",
                 "reports/compare/tables/effects.csv", "x/y/tables/effects.csv",
                 "X_DataDictionary_2031.csv"):  # fmt: skip
        batched.cohort(tmp_path / name)
    (tmp_path / "reports/compare/run.toml").write_text("")
    (tmp_path / "x/y/batch.toml").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path, "here")[0] == ["b.csv"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_without_a_cohort_file_is_wrong_use(tmp_path, is_there):
    folder = tmp_path if is_there else tmp_path / "x.csv"
    with pytest.raises(UsageProblems, match="cohort file"):
        cohort_folder(folder, tmp_path / "out")


def test_reports_do_not_come_among_the_files_that_they_are_of(tmp_path):
    batched.cohort(tmp_path / "reports.csv")
    with pytest.raises(UsageProblems, match="among the files"):
        cohort_folder(tmp_path, tmp_path / "x" / "..")


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_shown_and_told_apart(tmp_path):
    for ending in (b"\xe9", b"\xe8"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf" + ending + b".csv")).write_text("x")
    found = cohort_folder(tmp_path, tmp_path / "out")
    assert [found.name(file) for file in found.files] == ["caf\ufffd.csv"] * 2
    assert len(set(report_places([found.place_name(file) for file in found.files]))) == 2


def test_no_two_reports_have_one_folder():
    every = ["a b.csv", "a-b.csv", "a/b.csv", "A b.csv", "ü.csv", "u\u0308.csv", "x" * 300 + ".csv"]
    places = report_places(every)
    assert len({place.casefold() for place in places}) == len(every)
    assert max(map(len, places)) < 120
    assert not any(set(place) & set("/\\ .") for place in places)
    assert report_places(["a b.csv"]) == ("a-b-csv",)


def test_what_is_read_with_a_file_is_what_the_readers_take(tmp_path):
    file = batched.cohort(tmp_path / "hill.csv")
    assert DICTIONARIES == PATTERN
    assert companions(file) == ()
    beside(file).write_text("")
    batched.cohort(tmp_path / "Hill_DataDictionary.csv")
    assert [path.name for path in companions(file)] == [
        "hill.mapping.toml",
        "Hill_DataDictionary.csv",
    ]


def test_any_change_of_a_file_or_of_what_is_read_with_it_is_noticed(tmp_path):
    file = batched.cohort(tmp_path / "lake/hill.csv")
    found = cohort_folder(tmp_path, tmp_path / "out")
    stands = [found.stand()]
    file.write_text("another")
    stands.append(found.stand())
    beside(file).write_text("")
    stands.append(found.stand())
    assert len({str(sorted(stand.items())) for stand in stands}) == 3
    assert found.stand() == stands[-1]
