"""GRID.toml: what is read of it, and everything that is wrong with it at once."""

import pytest

from hipstudy.batch.setting_grid import read_grid
from hipstudy.errors import UsageProblems

GRID = """\
report = "compare"

[settings]
n_runners = 40

[grid]
sets = [1, 2]
load = ["near-failure", "unloaded"]
"""


def read(tmp_path, text):
    path = tmp_path / "my grid.toml"
    path.write_text(text, encoding="utf-8")
    return read_grid(path)


def test_every_combination_the_last_changing_first(tmp_path):
    grid = read(tmp_path, GRID)
    assert (grid.report, grid.settings) == ("compare", {"n_runners": "40"})
    assert [tuple(one.values()) for one in grid.combinations()] == [
        ("1", "near-failure"), ("1", "unloaded"), ("2", "near-failure"), ("2", "unloaded"),
    ]  # fmt: skip
    assert grid.places()[0] == "sets-1_load-near-failure"
    assert len(set(grid.places())) == 4


def test_files_count_from_the_folder_of_the_grid(tmp_path):
    (tmp_path / "hill.csv").write_text("x")
    (tmp_path / "mine.toml").write_text("x")
    text = GRID + 'cohort = ["hill.csv"]\nprotocols = ["stretch_only, mine.toml"]\n'
    (last, *_) = read(tmp_path, text).combinations()
    assert last["cohort"] == str(tmp_path / "hill.csv")
    assert last["protocols"] == f"stretch_only, {tmp_path / 'mine.toml'}"


WRONG = [
    ('report = "x"', "no such report"),
    ("grid = 3", "has to name a report"),
    ("not toml", "no TOML"),
    (GRID + "weaks = [1]", "Did you mean weeks"),
    (GRID + "weeks = 6", "a list of values"),
    (GRID + "weeks = [6, 6]", "twice"),
    (GRID + "weeks = [6, 900]", "within 1 to"),
    (GRID + "weeks = [[6]]", "a number or true or false"),
    (GRID + "n_runners = [6]", r"stands in \[settings\] as well"),
    (GRID + f"seed = {list(range(300))}", "1200 combinations"),
    (GRID + "weeks = []", "a list of values"),
    (GRID + 'cohort = ["nowhere.csv"]', "no such file"),
    ('report = "compare"\nextra = 1', "no field extra"),
    ('report = "compare"\n', "nothing in it to vary"),
    ('report = "compare"\n[settings]\nsets = [1]\n', "no list"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_said_before_anything_runs(tmp_path, text, said):
    with pytest.raises(UsageProblems, match=said):
        read(tmp_path, text)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    with pytest.raises(UsageProblems) as error:
        read(tmp_path, GRID + "weeks = [900]\nreps = [0]\nsomething = [1]\n")
    assert len(error.value.problems) == 3


def test_a_file_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(UsageProblems, match="cannot be read"):
        read_grid(tmp_path / "none.toml")
