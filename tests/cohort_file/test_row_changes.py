"""What changed between two states of a file: every planted edit is named, and none is invented."""

from itertools import pairwise

import monthly_files
import numpy as np
import pytest

from hipstudy.cohort_file.clinic import read_with_codes
from hipstudy.cohort_file.row_changes import CHANGED, GONE, NEW, row_changes


def changes(then, now):
    (old, rows_then), (new, rows_now) = (read_with_codes(one, seed=0) for one in (then, now))
    return row_changes(rows_then, rows_now, old.names, new.names)


def edits(found):
    columns = ["runner", "visit", "column", "kind", "side"]
    lines = [tuple(row) for row in found.edits[columns].to_numpy()]
    assert len(lines) == len(set(lines)), "an edit is named once"
    return set(lines)


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    return monthly_files.months(tmp_path_factory.mktemp("months"))


def test_of_twelve_months_and_forty_edits_every_one_is_named_and_none_invented(months):
    assert len(months) == monthly_files.MONTHS
    assert sum(month.n_planted for month in months) == monthly_files.EDITS
    for before, month in pairwise(months):
        assert edits(changes(before.path, month.path)) == set(month.edits), month.path.name


def test_rows_of_then_are_known_in_the_file_of_now(months):
    before, month = months[3], months[4]
    found = changes(before.path, month.path)
    _, rows = read_with_codes(month.path, seed=0)
    keys = {tuple(one) for one in before.rows[monthly_files.KEYS].to_numpy()}
    told = zip(rows["runner_id"], rows["side"], rows["week"], strict=True)
    expected = [(r, s, f"{w:g}") in keys for r, s, w in told]
    assert found.is_old.tolist() == expected
    assert (found.n_then, found.n_now) == (len(before.rows), len(month.rows))


def test_the_other_way_round_what_is_new_is_gone(months):
    there, back = (changes(months[a].path, months[b].path) for a, b in ((2, 3), (3, 2)))
    swapped = {NEW: GONE, GONE: NEW, CHANGED: CHANGED}
    assert edits(back) == {(r, w, c, swapped[k], s) for r, w, c, k, s in edits(there)}
    assert (back.new_runners, back.gone_runners) == (there.gone_runners, there.new_runners)


def written(rows, path):
    path.write_text(rows.to_csv(index=False), encoding="utf-8")
    return path


@pytest.fixture
def then(tmp_path):
    return written(monthly_files.example(), tmp_path / "then.csv")


def test_the_same_file_twice_has_no_edit(then):
    found = changes(then, then)
    assert not len(found.edits)
    assert found.is_old.all()


def test_a_code_that_is_spelt_otherwise_is_another_runner_and_is_said(then, tmp_path):
    rows = monthly_files.example()
    rows["runner_id"] = rows["runner_id"].replace({"SYN-001": "syn-001", "SYN-002": "SYN-0002"})
    found = changes(then, written(rows, tmp_path / "now.csv"))
    assert (found.new_runners, found.gone_runners, found.respelled) == (2, 2, 2)
    assert set(found.edits["kind"]) == {NEW, GONE}


def test_codes_that_look_the_same_are_the_same_runner(then, tmp_path):
    rows = monthly_files.example()
    rows["runner_id"] = rows["runner_id"].str.replace("-", "\u2011")
    assert not len(changes(then, written(rows, tmp_path / "now.csv")).edits)


def test_a_column_that_one_file_has_alone_is_one_edit(then, tmp_path):
    rows = monthly_files.example().drop(columns="discomfort_nrs").assign(hagos_pain="50")
    found = changes(then, written(rows, tmp_path / "now.csv"))
    told = found.other_columns[["column", "kind"]].to_numpy().tolist()
    assert ["discomfort_nrs", GONE] in told
    assert len(found.edits) == len(told)


def test_words_that_say_the_same_are_no_edit_and_others_are(then, tmp_path):
    rows = monthly_files.example()
    rows["sex"] = rows["sex"].replace({"F": "female", "M": " m"})
    rows["arm"] = rows["arm"].replace({"stretch_only": "Stretch Only"})
    rows["stopped_exercise"] = rows["stopped_exercise"].replace({"no": "0", "yes": "TRUE"})
    assert not len(changes(then, written(rows, tmp_path / "now.csv")).edits)
    at = rows.index[rows["stopped_exercise"] == "0"][-1]
    rows.loc[at, "stopped_exercise"] = "yes"
    found = changes(then, written(rows, tmp_path / "then2.csv"))
    assert found.edits[["column", "kind"]].to_numpy().tolist() == [["stopped_exercise", CHANGED]]


def test_names_of_arms_of_ones_own_may_be_written_otherwise(tmp_path):
    rows, names = monthly_files.example(), ("stretch_only", "strength_plus_stretch")
    paths = [
        written(rows.replace({"arm": dict(zip(names, own, strict=True))}), tmp_path / f"{at}.csv")
        for at, own in enumerate((("alpha way", "beta"), ("Alpha  way", "BETA"), ("alpha", "beta")))
    ]
    assert not len(changes(*paths[:2]).edits)
    assert set(changes(paths[0], paths[2]).edits["column"]) == {"arm"}


def test_values_stand_in_the_owners_table_only_where_they_are_asked_for(then, tmp_path):
    rows = monthly_files.example()
    rows.loc[0, "tightness_nrs"] = "9"
    found = changes(then, written(rows, tmp_path / "now.csv"))
    plain = found.owners_table(show_values=False)
    assert list(plain) == ["runner", "visit", "column", "kind", "side"]
    told = found.owners_table(show_values=True)
    assert told[["then", "now"]].to_numpy().tolist() == [["4", "9"]]


def test_units_that_are_converted_are_the_same_value(then, tmp_path):
    rows = monthly_files.example()
    rows["mass_kg"] = [repr(float(kg) / 0.45359237) if kg else "" for kg in rows["mass_kg"]]
    path = written(rows.rename(columns={"mass_kg": "Weight"}), tmp_path / "pounds.csv")
    mapping = '[columns]\n"Weight" = "mass_kg"\n[units]\nmass_kg = "lb"\n'
    (tmp_path / "pounds.mapping.toml").write_text(mapping, encoding="utf-8")
    assert not len(changes(then, path).edits)


def test_random_edits_of_cells_are_named(then, tmp_path):
    rng, rows = np.random.default_rng(3), monthly_files.example()
    at = rng.choice(rows.index, 30, replace=False)
    rows.loc[at, "thomas_ext_deg"] = [str(int(float(v or 5)) + 2) for v in
                                      rows.loc[at, "thomas_ext_deg"]]  # fmt: skip
    found = changes(then, written(rows, tmp_path / "now.csv"))
    expected = {(r, w, "thomas_ext_deg", CHANGED, s)
                for r, s, w in rows.loc[at, monthly_files.KEYS].to_numpy()}  # fmt: skip
    assert edits(found) == expected
