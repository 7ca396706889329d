"""Where the model meets published trials: cases that calibrate it, and cases that test it.

A calibration case's published value must lie in its 95 % predictive interval. A validation case has
its verdict stored in data/trials.toml, and a test fails only when that verdict changes: then change
it there, and say so in the changelog. It guards change, not truth.
"""

import ast
import re
from pathlib import Path

import lone
import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.evidence import interval_coverage, predictive_score, sources, validation
from hipstudy.evidence import trials as trial_file
from hipstudy.evidence.trials import HIT, MISS, citation, second_hand
from hipstudy.evidence.validation import average_person, every_session
from hipstudy.labels import format_number, percent
from hipstudy.model import adaptation, limb_state
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import protocol

CASES = {case.name: case for case in trial_file.shipped()}
CALIBRATION = [name for name, case in CASES.items() if case.role == "calibration"]
VALIDATION = [name for name, case in CASES.items() if case.role == "validation"]
CAUSES = "(Structure|Heterogeneity|Reading)(:| and )"
PACKAGE = Path(validation.__file__).parent


def verdict(case):
    return HIT if case.holds(validation.central(case)) else MISS


# Known answers: one case by hand, and the two the project began with another way.


def test_a_steady_stretch_by_hand():
    """Daily stretching brings tolerance, and no tissue; half of it is left after one half-life.

    4 x 30 s a day: 14 minutes a week, below the 15 from which tissue changes. A session closes the
    gap to its target as 2.3 days of a time constant of 1.5 weeks do; a day loses by a half-life of
    4 weeks. Tolerance is 0.8 of 3 deg.
    """
    v = parameters.central(from_priors=True)
    state = 0.0
    for day in range(1, 84 + 1):
        state *= 0.5 ** (1 / 28)
        target = 1 - np.exp(-2 * min(day, 7) / 3.34)
        state += max(target - state, 0) * (1 - np.exp(-2.3 / (1.5 * 7)))
    found = float(validation.predict(CASES["arntz_2023_range"], v)[0])
    assert found == pytest.approx(3.0 * 0.8 * state / 3.1, abs=1e-12)
    left = float(validation.predict(CASES["konrad_2025"], v)[0])
    assert left == pytest.approx(0.5, abs=1e-12)


def test_hip_flexor_bands_another_way():
    """Thorborg 2016 (doi:10.1007/s00167-015-3583-y): put together by hand it is the same."""
    v = parameters.central(runner_gain_factor=1, from_priors=True)
    arm = lone.changed(protocol.preset("strength_only"), unloaded_weeks=0)
    arm = arm.model_copy(update={"weeks": 6})
    runners, start = lone.runner()
    done = lone.fully(arm, 6)
    aims = adaptation.targets(doses(arm, done, v), v)
    gain = adaptation.torque_gain(arm, runners, start, aims, v).at(0)[-1, 0, 0]
    mixed = 2.0 * (1 - 0.45 * 0.16)  # 45 % women, who have 0.84 of men's torque
    settled = v.holding(angle_shift_deg=0.0)
    found = float(validation.predict(CASES["thorborg_2016"], settled)[0])
    assert found == pytest.approx(mixed * gain, abs=1e-12)
    assert found == pytest.approx(0.30, abs=0.005)
    # At the end of week 6 two of the 18 days have passed in which the shift of 7 deg fades.
    read = limb_state.relative_torque(-7 * (1 - 2 / 18), v).item()
    shifted = float(validation.predict(CASES["thorborg_2016"], v)[0])
    assert shifted == pytest.approx(mixed * (read * (1 + gain) - 1), abs=1e-12)
    assert shifted == pytest.approx(0.41, abs=0.005)


def test_the_person_is_on_the_norm_and_does_everything():
    v = parameters.central(from_priors=True)
    runners, start = average_person(v, women_share=0.0)
    assert runners.n_runners == 1
    at_test = v["end_range_test_angle_deg"]
    assert start.torque(at_test, v) == pytest.approx(start.norm(at_test, v))
    women = average_person(v, women_share=1.0)[1].torque(0, v)
    assert women / start.torque(0, v) == pytest.approx(0.84)
    arm = CASES["kerrigan_2003"].arm()
    done = every_session(arm, on=[True, False, True], n_draws=2)
    assert done.stretch.shape == (2, 1, 21)
    assert done.stretch.reshape(2, 3, 7).sum(axis=2).tolist() == [[14, 0, 14]] * 2
    assert done.strength.sum() == 0


# What must hold of the gallery.


@pytest.mark.parametrize("name", CALIBRATION)
def test_a_calibration_case_lies_in_its_predictive_interval(name):
    (found,) = predictive_score.scores([validation.find(CASES[name], seed=0)])
    said = f"{name}: {found.case.point}, predicted {found.low:.3f} to {found.high:.3f}"
    assert found.low <= found.case.point <= found.high, said


@pytest.mark.parametrize("name", VALIDATION)
def test_verdicts_are_the_stored_ones(name):
    case = CASES[name]
    assert case.verdict, f'{name}: write verdict = "{verdict(case)}" into data/trials.toml'
    assert verdict(case) == case.verdict, f"{name}: was a {case.verdict}, is a {verdict(case)}"


def test_a_wrong_number_puts_a_calibration_case_outside():
    """Without any range to gain, no interval of a range case holds a gain that was read."""
    case = CASES["arntz_2023_range"]
    draws = validation.predict(case, parameters.draw(50, seed=0, rom_reservoir_deg=0.0))
    (found,) = predictive_score.scores([validation.CaseResult(case, float(draws[0]), draws)])
    assert not found.inside(95)


@pytest.mark.parametrize("name", CASES)
def test_changed_published_numbers_flip_the_verdict(name):
    """A hit's interval moved off the prediction, a miss's moved onto it."""
    case, found = CASES[name], validation.central(CASES[name])
    moved = (found + 1, found + 2) if verdict(case) == HIT else (found - 1, found + 1)
    other = case.model_copy(update={"estimate": None, "low": moved[0], "high": moved[1]})
    (finding,) = validation.find_all([other], seed=0, n_draws=4)
    assert finding.verdict != verdict(case)


@pytest.mark.parametrize("name", CASES)
def test_a_prediction_knows_no_published_number(name):
    """Nothing is fitted: without its numbers the case is predicted the same."""
    case = CASES[name]
    blind = case.model_copy(update=dict.fromkeys(("estimate", "low", "high", "verdict")))
    assert validation.central(blind) == validation.central(case)


def test_nothing_in_the_gallery_is_fitted():
    for module in ("validation", "trials", "sources", "number_basis", "predictive_score"):
        tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not any("optimize" in n or "statsmodels" in n for n in names)


def test_the_issue_is_covered():
    """What a release must be run on, and what could embarrass the model."""
    assert len(CASES) >= 12
    trials = {case.trial for case in CASES.values()}
    assert {
        "thorborg_2016", "kerrigan_2003", "ingram_2025", "alizadeh_2023", "kay_2023",
        "ralston_2017", "halonen_2024", "tseng_2016", "mchugh_2003", "indiana_2006",
        "moreside_2013", "aquino_2010", "longo_2021", "nakamura_2021",
    } <= trials  # fmt: skip


def test_first_verdicts_are_kept():
    """The four cases the project began with. The shift of the curve after work at length, which the
    second version of the mechanics has in what a test reads, turned the first two round."""
    first = {"indiana_2006": MISS, "aquino_2010": HIT, "longo_2021": MISS, "nakamura_2021": MISS}
    assert {name: CASES[name].verdict for name in first} == first


@pytest.mark.parametrize("name", CASES)
def test_what_was_published_can_be_looked_up(name):
    """Shipped cases rest on rows that were read; name and year are those of the citation."""
    case = CASES[name]
    assert case.evidence
    words = citation(case).lower()
    author, year = case.trial.rsplit("_", 1)
    assert author in words
    assert year in words
    for number in (case.estimate, case.low, case.high):
        if case.interval == "read" and number is not None:
            rows = [sources.rows()[i] for i in case.evidence]
            text = " ".join(f"{row.value} {row.interval}" for row in rows)
            assert f"{abs(number):.2f}" in text, f"{number} was not read in {case.evidence}"


def test_every_stored_miss_is_discussed_and_no_hit_is():
    for case in CASES.values():
        assert bool(case.discussion) == (case.verdict == MISS), case.name
        if case.verdict == MISS:
            assert re.match(CAUSES, case.discussion), f"{case.name}: by which cause it is one"
            assert case.discussion.endswith("."), case.name


def rows_cited(parameter):
    """Ids of evidence that a number's row names, those between two ends among them."""
    text = f"{parameter.source} {parameter.note}"
    ids = set(re.findall(r"\b[A-Z]+\d+\b", text))
    for letters, first, last in re.findall(r"\b([A-Z]+)(\d+) to [A-Z]+(\d+)\b", text):
        ids |= {f"{letters}{n:0{len(first)}}" for n in range(int(first), int(last) + 1)}
    return ids


def test_a_number_chosen_with_a_trial_in_view_is_said():
    """What a row of the table cites, of any row of that trial, was in view when it was chosen."""
    of_instruments = {"S004"}  # the error of a dynamometer, behind rules of no change
    seen, cited = {}, {}
    for case in (CASES[name] for name in VALIDATION):
        who = {sources.rows()[i].citation for i in set(case.evidence) - of_instruments}
        rows = {i for i, row in sources.rows().items() if row.citation in who}
        names = {n for n, row in parameters.shipped().items() if rows & rows_cited(row)}
        seen.setdefault(case.trial, set()).update(case.numbers_in_view)
        cited.setdefault(case.trial, set()).update(names)
    assert seen == cited
    assert seen["nakamura_2021"] == {"tolerance_half_life_wk"}
    assert rows_cited(parameters.shipped()["tolerance_half_life_wk"]) >= {"ROM060", "ROM063"}


def test_no_trial_both_calibrates_and_tests():
    by_role = [{CASES[name].trial for name in names} for names in (CALIBRATION, VALIDATION)]
    assert not by_role[0] & by_role[1]


def test_no_citation_is_two_trials():
    of = {}
    for case in CASES.values():
        assert of.setdefault(citation(case), case.trial) == case.trial


def test_score_counts_a_trial_once_and_only_when_all_its_cases_hit():
    inside, outside = (
        [
            validation.CaseResult(CASES[name], value, np.array([value]))
            for name, value in (("ingram_2025", 0.96), ("ingram_2025_dose", other), ("kay_2023", 0))
        ]
        for other in (1.0, 2.0)
    )
    assert str(validation.score(inside, "validation")) == "1 of 2"
    assert str(validation.score(outside, "validation")) == "0 of 2"
    assert str(validation.score(inside, "validation", independent=True)) == "0 of 1"
    assert str(validation.score(inside, "calibration")) == "0 of 0"


def test_the_changelog_has_the_score_of_this_release():
    found = validation.find_all(CASES.values(), seed=0, n_draws=4)
    text = " ".join((PACKAGE.parents[1] / "CHANGELOG.md").read_text(encoding="utf-8").split())
    newest = text[text.index("## [") :].split(" ## [")[0]
    tested, alone = (validation.score(found, "validation", independent=i) for i in (False, True))
    assert f"{tested} trials that test the model" in newest
    assert f"{alone} of those by which no parameter was chosen" in newest
    scores = predictive_score.scores(validation.find_all(CASES.values(), seed=0))
    table = predictive_score.frame(scores)
    for rival in predictive_score.RIVALS:
        skill = predictive_score.skill(table, "validation", rival)
        size = format_number(abs(skill.difference))
        assert f"{size} a trial (standard error {format_number(skill.se)})" in newest
    kept = [one for one in scores if one.case.role == "calibration"]
    assert all(one.inside(95) for one in kept)
    assert f"all {len(kept)} calibration cases" in newest
    (held,) = interval_coverage.coverage(table, "validation", [80])
    assert f"80 % predictive intervals, {percent(held.share)} hold" in newest
    for case in CASES.values():
        if case.verdict == MISS:
            assert case.name.split("_")[0].capitalize() in newest, f"{case.name} is a miss"


def test_the_band_is_that_of_the_parameters():
    """Wider priors, wider band; the same seed, the same band; 0 and 1 are two seeds."""
    case = CASES["kerrigan_2003"]
    one, again, other = (validation.find(case, seed=s, n_draws=40) for s in (0, 0, 1))
    assert one.band == again.band != other.band
    assert one.band[0] < one.predicted < one.band[1]
    assert one.predicted == other.predicted, "the central prediction has no luck in it"


def test_the_table_names_every_column():
    found = validation.frame(validation.find_all([CASES["gribble_1999"]], seed=0, n_draws=4))
    assert list(found) == [
        "case", "trial", "role", "independent", "citation", "unit", "published", "published_low",
        "published_high", "interval", "predicted", "predicted_low", "predicted_high", "verdict",
        "stored",
    ]  # fmt: skip
    assert second_hand(CASES["konrad_2025"])
    assert not second_hand(CASES["gribble_1999"])


def test_a_ratio_to_nothing_is_no_hit():
    """What would divide by no change at all has no prediction, and so no hit."""
    case = next(case for case in CASES.values() if case.form == "ratio")
    nothing = case.model_copy(update={"comparator": "no exercise x 12 wk", "low": 0.0, "high": 1.0})
    assert np.isnan(validation.central(nothing))
    assert verdict(nothing) == MISS
