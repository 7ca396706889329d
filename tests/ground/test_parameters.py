"""The evidence table: every number has a law and a source, and none lives in code."""

import ast
import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import lone
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import calibrated_draws, parameters
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.model import cohort, observe, simulate
from hipstudy.model import observe as instruments
from hipstudy.prescription import protocol
from hipstudy.resources import place

PACKAGE = Path(parameters.__file__).parent
TABLE = parameters.shipped()
_LINES = place("data", "evidence.csv").read_text(encoding="utf-8").splitlines()
EVIDENCE = {row["id"]: row for row in csv.DictReader(_LINES)}
# Mathematics and units, nothing about bodies. In every module: nothing, one, two (squares, halves,
# the two limbs of a pair, an axis), and the last (-1).
EVERYWHERE = {0, 1, 2, -1}
# Beside these, module by module:
MATHEMATICS = {
    "model/equations": set(),
    "model/causes": set(),
    "model/cohort": set(),
    "model/paired_limbs": set(),
    "model/limb_state": set(),
    # The upper end of the NRS, by definition; half of half a step of it; standard deviations past
    # which no law has anything to the digits held.
    "model/baseline": {10, 0.25, 8},
    "model/intensity": set(),
    "model/adherence": {7},  # days of a week
    "model/soreness": set(),
    "model/weekly_dose": set(),
    "model/load_path": {0.025, 0.975},  # quantiles shown
    "model/adaptation": set(),
    "model/simulate": {60},  # minutes of an hour
    # Hours of a day; per cent; when visits are by default, a choice and no fact about bodies.
    "model/observe": {24, 100, 6, 12, 48, 72},
    "studies/compare_study": {50},  # runners carried at once, a matter of speed
    "studies/compare_tables": {0.5, 21},  # the median; points of a plotted line
    "studies/compare_decisions": {100, 0.025, 0.25, 0.5, 0.75, 0.975},  # per cent; quantiles shown
    "studies/torque_curves": {100},  # per cent
    # 1.96, 0.84 and 1e6 only tell when a trial is too large to be worth solving for.
    "analysis/sample_size": {1.96, 0.84, 1e6},
}


@pytest.mark.parametrize("name", TABLE)
def test_source_is_evidence_that_was_read_or_the_word_assumption(name):
    row = TABLE[name]
    if row.assumed:
        return
    parts = [part.split(" ", 1) for part in row.source.split("; ")]
    for evidence_id, where in parts:
        found = EVIDENCE[evidence_id]
        assert found["read"] != "second-hand", f"{name}: {evidence_id} was read second-hand only"
        assert where.removeprefix("doi:") in found["doi_or_url"]
        assert where.startswith(("doi:10.", "http"))


def test_ids_named_in_notes_are_carried_over():
    ids = {i for row in TABLE.values() for i in re.findall(r"\b(?:S|ROM)\d{3}\b", row.note)}
    assert ids <= set(EVIDENCE)


class Watched(parameters.Values):
    """Values that remember which names they were asked for, however the name was put together."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)


def asked_by_running():
    """Names asked for in a run of arms with both levers, and in looking at it, both ways."""
    values = Watched(dict(parameters.central().items()), seed=0)
    Watched.asked.clear()
    runners = cohort.draw(3, seed=0)
    preset = protocol.preset("strength_plus_stretch")
    for strength in ({"lever": "trunk-lever"}, {"sides": "left"}, {"trained_to_ext_deg": -5.0}):
        arm = lone.changed(preset, **strength)
        run = simulate.run(runners, arm, values, ["weak"], weeks=12, seed=0)
        for held in (True, False):
            tools = instruments.instruments(values, pelvis_controlled=held)
            observe.observe(run, instruments.Visits(), tools, seed=0)
    return set(Watched.asked)


def test_every_parameter_is_used_and_every_used_one_exists():
    by_name = {name for file in PACKAGE.rglob("*.py") for name in asked_for(file)}
    used = by_name | asked_by_running()
    code = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    assert {name for name in TABLE if name not in used and f'"{name}"' not in code} == set()
    assert len(used) > len(TABLE) / 2
    assert used <= set(TABLE)


def asked_for(file):
    """Names in `number("name")` and `values["name"]`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="number"), args=[ast.Constant(value=str(name))]):
                yield name
            case ast.Subscript(value=ast.Name(id="values"), slice=ast.Constant(value=str(name))):
                if file.stem in MATHEMATICS:
                    yield name


@pytest.mark.parametrize("name", TABLE)
def test_every_row_has_unit_label_and_a_law_around_its_value(name):
    row = TABLE[name]
    assert row.unit
    assert row.label
    assert row.law in parameters.LAWS
    assert row.low <= row.value <= row.high
    assert (row.low < row.high) == (row.law != "fixed")


@pytest.mark.parametrize("name", EVIDENCE)
def test_every_evidence_row_can_be_looked_up(name):
    row = EVIDENCE[name]
    assert row["doi_or_url"].startswith("http")
    assert None not in row
    assert all(row[column] for column in ("quantity", "value", "citation", "read"))


def numbers(tree):
    """Numbers in code, with their lines; those of type hints and docstrings are none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield node.lineno, node.value


@pytest.mark.parametrize("module", MATHEMATICS)
def test_no_physiological_number_in_code(module):
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    allowed = EVERYWHERE | MATHEMATICS[module]
    found = {(line, value) for line, value in numbers(tree) if value not in allowed}
    assert not found, f"{module}: belongs in data/parameters.csv with its source: {found}"


def test_pert_known_answers():
    # Mean (low + 4 mode + high) / 6 (Malcolm et al. 1959, doi:10.1287/opre.7.5.646).
    row = TABLE["gain_ceiling_untrained"]
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = row.quantile(u)
    assert drawn.mean() == pytest.approx((row.low + 4 * row.value + row.high) / 6, abs=1e-6)
    assert drawn.min() > row.low
    assert drawn.max() < row.high


def test_normal_known_answer():
    row = TABLE["thomas_mean_deg"]
    assert row.quantile(np.array([0.5, 0.8413447460685429])) == pytest.approx([11.2, 12.7])


@given(st.integers(0, 50), st.integers(1, 40))
def test_a_held_parameter_moves_no_other(seed, n):
    free, held = parameters.draw(n, seed=seed), parameters.draw(n, seed=seed, link_sd_per_sd=0)
    assert (held["link_sd_per_sd"] == 0).all()
    for name in TABLE:
        assert name == "link_sd_per_sd" or (free[name] == held[name]).all()
        assert free[name].shape == (n, 1)


def test_a_misspelt_parameter_names_the_nearest():
    with pytest.raises(UsageProblems, match="Did you mean gain_time_constant_wk"):
        parameters.central(gain_time_constant_w=3)


def test_every_broken_row_is_listed(tmp_path):
    file = tmp_path / "parameters.csv"
    rows = ["name,value,unit,spread,law,source,label,note"]
    rows += ["a,x,m,,fixed,assumption,,", "b,1,m,2 to 3,pert,assumption,,", "c,1,m,,odd,,,"]
    rows += ["c,1,m,0.1,fixed,assumption,,", "d,1,m,wide,normal,assumption,,"]
    file.write_text("\n".join(rows))
    with pytest.raises(DataProblems) as caught:
        parameters.read(file)
    text = str(caught.value)
    for said in (
        "row 2, value: found 'x'; the rule is a number",
        "row 3, spread: found '2 to 3'; the rule is 'LOW to HIGH' around the value",
        "row 4, law: found 'odd'; the rule is one of fixed, pert, normal",
        "row 4, source: found ''",
        "row 5, name: found 'c'; the name stands there twice",
        "row 5, spread: found '0.1'; a fixed value has no spread",
        "row 6, spread: found 'wide'; the rule is one number",
    ):
        assert said in text


def test_rows_cut_short_too_long_and_no_numbers_are_listed(tmp_path):
    file = tmp_path / "parameters.csv"
    rows = ["name,value,unit,spread,law,source,label,note", "a,1,m", "b,nan,m,,fixed,assumption,,"]
    rows += ["c,1,m,1.2.3 to 4,pert,assumption,,", "d,1,m,-2,normal,assumption,,"]
    rows += ["e,1,m,,fixed,assumption,x,one, two", "e,2,m,,fixed,assumption,x,y"]
    file.write_text("\n".join(rows))
    with pytest.raises(DataProblems) as caught:
        parameters.read(file)
    text = str(caught.value)
    for said in (
        "row 2, law: found ''",
        "row 2, source: found ''",
        "row 3, value: found 'nan'",
        "row 4, spread: found '1.2.3 to 4'; the rule is 'LOW to HIGH'",
        "row 5, spread: found '-2'; the rule is one number above 0",
        "row 6: found 'too many cells'",
        "row 7, name: found 'e'; the name stands there twice",
    ):
        assert said in text, said


def test_calibrated_columns_are_dealt_together_and_the_rest_is_drawn_from_its_laws():
    stored, n = parameters.calibrated(), 300
    drawn, prior = parameters.draw(n, seed=4), parameters.draw(n, seed=4, from_priors=True)
    rows = np.column_stack([drawn[name] for name in stored.columns])
    known = np.column_stack(list(stored.columns.values()))
    assert len({*map(tuple, rows)} - {*map(tuple, known)}) == 0, "rows stay whole"
    assert len(np.unique(rows, axis=0)) > n / 2, "a row comes again only where it is stored twice"
    smooth = [name for name in stored.columns if TABLE[name].law != "choice"]
    assert not any((drawn[name] == prior[name]).any() for name in smooth)
    for name in TABLE.keys() - stored.columns.keys():
        assert (drawn[name] == prior[name]).all()


def test_every_stored_row_comes_once_before_any_comes_again():
    stored = parameters.calibrated()
    name, column = next(iter(stored.columns.items()))
    before = None
    for seed in range(31):
        more = 1 + 7 * seed % 40  # every number to 40 but nine
        drawn = parameters.draw(stored.n_rows + more, seed=seed)[name][:, 0]
        assert sorted(drawn[: stored.n_rows]) == sorted(column)
        assert (drawn[stored.n_rows :] == drawn[:more]).all()
        assert (drawn[:more] == parameters.draw(more, seed=seed)[name][:, 0]).all()
        assert before is None or not (before == drawn[: stored.n_rows]).all()
        before = drawn[: stored.n_rows]


def test_an_override_replaces_a_calibrated_column_and_leaves_the_others():
    stored = parameters.calibrated()
    name, other, *_ = stored.columns
    free, held = parameters.draw(20, seed=1), parameters.draw(20, seed=1, **{name: 0.3})
    assert (held[name] == 0.3).all()
    assert (held[other] == free[other]).all()
    assert parameters.central(**{name: 0.3})[name] == 0.3


def test_the_centre_is_the_median_of_what_is_calibrated_and_else_the_table():
    centre, before = parameters.central(), parameters.central(from_priors=True)
    medians = parameters.calibrated().medians
    for name, row in TABLE.items():
        assert before[name] == row.value
        if row.law == "choice":
            assert centre[name] == row.value, "a middle of options' numbers says nothing"
        else:
            assert centre[name] == medians.get(name, row.value)
            assert name not in medians or row.low < medians[name] < row.high or row.law == "normal"


def stored_files(folder, change=None):
    for name in ("calibrated_draws.csv", "calibration.csv", "calibration.toml"):
        text = place("data", name).read_text(encoding="utf-8")
        (folder / name).write_text(change(name, text) if change else text, encoding="utf-8")
    return folder


def test_stale_draws_are_refused_with_every_changed_row_and_the_way_to_mend_it(tmp_path):
    laws = {name: row.law_digest for name, row in TABLE.items()}
    one, two, *rest = parameters.calibrated().columns
    folder = stored_files(tmp_path)
    assert calibrated_draws.read(folder, laws).n_rows == parameters.calibrated().n_rows
    changed = {name: law for name, law in laws.items() if name != two} | {one: "other"}
    with pytest.raises(DataProblems) as caught:
        calibrated_draws.read(folder, changed)
    text = str(caught.value)
    assert f"data/calibration.toml, priors, {one}: found 'another value, spread or law'" in text
    assert f"priors, {two}: found 'no such parameter'" in text
    assert text.count("Run `make calibrate`") == 2
    assert rest[0] not in text


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    def without_the_last(name, text):
        return "\n".join(text.splitlines()[:-1]) if name == "calibration.csv" else text

    laws = {name: row.law_digest for name, row in TABLE.items()}
    with pytest.raises(DataProblems, match=r"data/calibrated_draws.csv: found .*the same paramet"):
        calibrated_draws.read(stored_files(tmp_path, without_the_last), laws)


def test_a_law_is_its_numbers_and_not_the_words_about_it():
    row = TABLE["rom_reservoir_deg"]
    assert replace(row, note="other", label="x", source="y").law_digest == row.law_digest
    for change in ({"value": 3.1}, {"spread": "1 to 7"}, {"law": "normal"}):
        assert replace(row, **change).law_digest != row.law_digest
