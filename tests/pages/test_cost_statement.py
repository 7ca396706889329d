"""Page 1's cost: with its band, by cause where causes differ, nothing counted twice, to a study."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.model.causes import WORLDS
from hipstudy.pages import compare_report as pages
from hipstudy.pages.compare_report import cost_statement
from hipstudy.pages.compare_report.front_figures import programme_part
from hipstudy.pages.compare_report.front_words import FRONT
from hipstudy.studies import compare_decisions, compare_study
from hipstudy.studies.responder_sources import TOTAL, gap_of_ten, parts_of_ten

SMALL = {"n_runners": 6, "n_draws": 8, "weeks": 3}
NAMES = ("A", "B")
ALIKE = dict.fromkeys(WORLDS, (0.15, 0.04, 0.34))
NOTHING = dict.fromkeys(WORLDS, (0.0, 0.0, 0.0))
ONE = "“Strength + stretch”"


@pytest.fixture(scope="module")
def study():
    return compare_study.run(**SMALL)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (
            ALIKE,
            (
                f"Discomfort while running, soreness included, ends 0.15 points higher with {ONE} "
                "(0.04 to 0.34 higher)."
            ),
        ),
        (
            ALIKE | {"weak": (0.11, -0.07, 0.30)},
            (
                f"Discomfort while running, soreness included, ends 0.15 points higher with {ONE} "
                "(0.04 to 0.34 higher). If end-range torque is the cause: 0.11 points higher "
                "(0.07 lower to 0.30 higher)."
            ),
        ),
        (
            ALIKE | {"short": (0.14, 0.03, 0.33), "guarded": (-0.2, -0.4, 0.0)},
            (
                f"Discomfort while running, soreness included, ends 0.14 to 0.15 higher with {ONE} "
                "(0.03 to 0.34 higher). If guarding is the cause: 0.20 points lower "
                "(0.40 lower to 0.00)."
            ),
        ),
        (
            dict.fromkeys(WORLDS, (-0.5, -0.9, -0.1)),
            (
                "Discomfort while running, soreness included, ends 0.50 points higher with "
                "“Stretch only, same minutes” (0.10 to 0.90 higher)."
            ),
        ),
        (
            dict.fromkeys(WORLDS, (0.004, -0.2, 0.2)),
            (
                "Discomfort while running, soreness included, ends the same "
                "(0.20 lower to 0.20 higher)."
            ),
        ),
        (NOTHING, "Discomfort while running: no difference."),
    ],
)
def test_discomfort_is_said_with_its_band_and_by_cause_where_causes_differ(
    study, monkeypatch, ends, said
):
    module = sys.modules["hipstudy.pages.compare_report.cost_statement"]
    monkeypatch.setattr(
        module, "ends_by_cause", lambda _, name: ends if name == "discomfort_nrs" else NOTHING
    )
    assert pages.cost(study).markdown.startswith(f"**Cost.** {said} Soreness")


NUMBER = st.floats(-3, 3)
ENDS = st.fixed_dictionaries(
    {world: st.tuples(NUMBER, NUMBER, NUMBER).map(sorted) for world in WORLDS}
).map(lambda of: {world: (mean, low, high) for world, (low, mean, high) in of.items()})


@given(ENDS)
def test_what_is_told_of_several_causes_holds_for_each_of_them(ends):
    told = cost_statement.told_by_cause(ends, NAMES)
    sign = (1, -1)[NAMES.index(told["name"])]
    rest, apart = told["rest"], told["apart"]
    for world, (mean, low, high) in ends.items():
        low, high = sorted((sign * low, sign * high))
        part = apart if apart and apart["cause"] == world else rest
        assert part["lowest"] <= sign * mean <= part["highest"]
        assert part["low"] <= low <= high <= part["high"]
    alike = [end[0] for world, end in ends.items() if not (apart and apart["cause"] == world)]
    assert sign * max(alike, key=abs) >= 0, "told from the arm with more"


def test_causes_a_hundredth_apart_as_printed_are_told_together():
    near = ALIKE | {"weak": (0.144, 0.036, 0.345)}
    assert cost_statement.told_by_cause(near, NAMES)["apart"] is None
    assert cost_statement.told_by_cause(ALIKE | {"weak": (0.15, 0.02, 0.34)}, NAMES)["apart"]


def test_soreness_is_that_of_the_study_in_its_last_and_its_worst_week(study):
    facts = cost_statement.soreness_facts(study, NAMES)
    weeks = study.difference(study.primary, "soreness_nrs", "weak")
    assert facts["name"] == "A", "the arm with strength work"
    assert facts["highest"] == pytest.approx(weeks[:, -1].mean())
    assert facts["high"] == pytest.approx(np.quantile(weeks[:, -1], study.band[1]))
    assert facts["worst"]["week"] == weeks.mean(axis=0).argmax() == 1
    assert facts["worst"]["size"] == pytest.approx(weeks[:, 1].mean())
    said = pages.cost(study).markdown
    assert f"Soreness alone ends {facts['highest']:.2f} points higher (" in said
    assert f". At worst {weeks[:, 1].mean():.2f}, in week 1." in said


def test_a_sore_arm_that_is_no_longer_sore_at_the_end_is_named():
    soreness = {"name": "A", "lowest": 0.0, "highest": 0.0, "low": 0.0, "high": 0.0,
                "is_none": True, "worst": {"name": "B", "size": 0.3, "week": 1}}  # fmt: skip
    discomfort = cost_statement.told_by_cause(NOTHING, NAMES)
    minutes = [("A", 20.0), ("B", 30.0)]
    facts = {"discomfort": discomfort, "soreness": soreness, "minutes": minutes, "shorter": None}
    said = FRONT("cost", facts)
    assert "Soreness alone ends the same (0.00 to 0.00). At worst 0.30 with “B”, in week 1." in said
    last = soreness | {"worst": None}
    assert "Soreness: no difference." in FRONT("cost", facts | {"soreness": last})


def test_shorter_arms_are_said_where_they_end_within_the_margin(study):
    facts = cost_statement.shorter_arms(study)
    shorter = ("stretch_only", "strength_only", "strength_plus_stretch_time_matched")
    behind = max(
        study.difference((arm, one), "tightness_nrs", world)[:, -1].mean()
        for arm in shorter
        for one in study.primary
        for world in WORLDS
    )
    assert facts["n"] == len(shorter)
    assert facts["is_all"]
    assert behind <= facts["behind"] < behind + 0.01
    minutes = [study.design.arm(arm).clock_min_wk for arm in shorter]
    assert (facts["fewest"], facts["most"]) == (min(minutes), max(minutes))
    said = pages.cost(study).markdown
    assert (
        f"Shorter programmes ({min(minutes):.0f} to {max(minutes):.0f} min) leave at most" in said
    )


def test_shorter_arms_are_not_said_where_there_are_none_or_they_do_worse(study, monkeypatch):
    two = compare_study.run(**SMALL, protocols="stretch_only, strength_only")
    assert cost_statement.shorter_arms(two) is None
    assert "horter arm" not in pages.cost(two).markdown
    against_nothing = "usual_running, stretch_only, strength_only"
    assert (
        cost_statement.shorter_arms(compare_study.run(**SMALL, protocols=against_nothing)) is None
    )
    module = sys.modules["hipstudy.pages.compare_report.cost_statement"]
    far = {"stretch_only": 0.6}
    monkeypatch.setattr(module, "_behind", lambda _, arm, __: far.get(arm, 0.2))
    facts = cost_statement.shorter_arms(study)
    assert (facts["n"], facts["is_all"], facts["behind"]) == (2, False, 0.2)
    assert "Some shorter programmes (28 to 36 min) leave at most 0.20" in pages.cost(study).markdown
    monkeypatch.setattr(module, "_behind", lambda *_: 0.6)
    assert cost_statement.shorter_arms(study) is None


def test_the_fall_against_no_exercise_is_split_by_what_any_programme_brings(study):
    """Under none of the causes an arm brings nothing but that: held at 0, nothing is left."""
    part = programme_part(study, "weak")
    ends = study.difference(("strength_plus_stretch", "usual_running"), "tightness_nrs", "weak")
    assert part["fall"] == pytest.approx(-ends[:, -1].mean())
    assert 0 < part["programme"] < part["fall"]
    caption = pages.front_weeks(study).caption
    assert f"leaves {part['fall']:.2f} points less tightness than no exercise;" in caption
    assert f"; {part['programme']:.2f} of that is the assumed effect of any programme." in caption
    none = compare_study.run(**SMALL, programme_effect_nrs=0.0)
    assert programme_part(none, "nonspecific") is None, "nothing falls"
    assert programme_part(none, "weak")["programme"] == pytest.approx(0, abs=1e-9)
    assert "none of that is an effect of any programme." in pages.front_weeks(none).caption
    fixed = compare_study.run(**SMALL, programme_effect_nrs=1.0)
    gained = programme_part(fixed, "weak")["programme"]
    assert gained == pytest.approx(programme_part(fixed, "short")["programme"])
    assert 0.5 < gained < 1, "of one point, as far as it has come in three weeks"


def test_the_programme_s_part_is_that_of_the_arm_that_exercises():
    made = compare_study.run(**SMALL, protocols="stretch_only, usual_running")
    names = [name for name in made.primary if name != "usual_running"]
    assert names == ["stretch_only"]
    assert (
        programme_part(compare_decisions.with_no_exercise(made), "weak")["name"] == "Stretch only"
    )


def test_of_ten_runners_the_gap_is_what_was_computed(study):
    gap = abs(gap_of_ten(study, "points").mean)
    first = max((parts_of_ten(study, arm, "points")[TOTAL] for arm in study.primary),
                key=lambda one: one.mean)  # fmt: skip
    said = pages.noticed(study).markdown
    assert f"Gap: {f'{gap:.1f}' if gap >= 0.05 else 'under 0.1'}; " in said
    assert f"{first.low:.1f} to {first.high:.1f}" in said


@pytest.mark.parametrize(
    ("gap", "high", "said"),
    [
        (0.03, 4.8, "Gap: under 0.1; both bands: 2.5 to 4.8."),
        (0.18, 4.9, "Gap: 0.2; bands: 2.5 to 4.8, 2.5 to 4.9."),
        (0.0, 4.8, "Gap: none; both bands: 2.5 to 4.8."),
    ],
)
def test_a_gap_that_rounding_would_widen_is_said_as_it_is(gap, high, said):
    first = {"name": "A", "all": 3.66, "low": 2.54, "high": 4.82}
    second = {"name": "B", "all": 3.63, "low": 2.54, "high": high}
    facts = {"mcid_nrs": 2.0, "first": first, "second": second, "gap": gap, "wobble": 1.6}
    assert said in FRONT("noticed", facts)


def test_a_trial_of_disability_is_not_called_one_of_pain(study):
    rows = study.settings.outside().rows("strength_vs_stretch", "with_nulls")
    assert [one.sensation for one in rows].count("disability") == 1
    assert "points less pain or disability than stretching" in pages.answer(study).sentence
    assert "none measured tightness, one disability; one had runners;" in (
        pages.outside(study).markdown
    )
    assert f"Trials elsewhere ({len(rows)}): " in pages.answer_figure(study).alt
    two = compare_study.run(**SMALL, protocols="usual_running, stretch_only")
    assert "points less pain than no exercise" in pages.answer(two).sentence
    assert "Trials of pain (" in pages.answer_figure(two).alt
    assert "disability" not in pages.outside(two).markdown


def test_the_details_name_the_cost_that_is_clear(study):
    said = cost_statement.with_cost(study, "Less.")
    assert said.startswith("Less. The cost: “Strength + stretch” brings up to ")
    rows = study.effects()
    rows = rows[(rows["contrast"] == " - ".join(study.primary)) & rows["world"].isin(WORLDS)]
    sore = rows[(rows["outcome"] == "soreness_nrs") & (rows["ci_low"] >= 0.005)]["estimate"].max()
    assert f"and {sore:.2f} more soreness." in said or f"{sore:.2f} points more soreness." in said
