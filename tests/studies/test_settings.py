"""What a physio can set besides the prescriptions: lever, stretching, adherence, start, speed."""

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.model import adherence, cohort
from hipstudy.model.simulate import OUTCOMES
from hipstudy.pages import compare_report
from hipstudy.pages.compare_report.arms import prescription
from hipstudy.pages.compare_report.over_weeks import measures
from hipstudy.prescription import design
from hipstudy.studies import compare_study
from hipstudy.studies.compare_study import preflight
from hipstudy.studies.settings import check

TWO = "stretch_only, strength_plus_stretch"


def refused(**given):
    with pytest.raises(UsageProblems) as caught:
        preflight(given)
    return str(caught.value)


def test_lever_and_stretching_change_every_arm_that_has_them():
    made = check(lever="trunk-lever", stretch_min_wk=41.0).design()
    for name in ("stretch_only", "strength_plus_stretch"):
        assert made.arm(name).stretch_min_wk == pytest.approx(41)
    assert made.arm("strength_only").strength.lever == "trunk-lever"
    assert made.arm("strength_only").stretch is None
    assert made.arm("usual_running").clock_min_wk == 0
    matched = made.arm("stretch_only_time_matched")
    assert matched.clock_min_wk == pytest.approx(made.arm("strength_plus_stretch").clock_min_wk)


def test_no_stretching_leaves_none():
    made = design.build(["stretch_only", "strength_plus_stretch"], stretch_min_wk=0)
    assert [arm.stretch for arm in made.arms] == [None, None]


@pytest.mark.parametrize("share", [0.05, 0.6, 0.95])
def test_adherence_that_is_set_is_the_mean_of_every_week(share):
    runners = cohort.draw(400, seed=0)
    values = parameters.central(**check(adherence=share).parameter_values)
    own = adherence.habits(runners, values, weeks=20, seed=0)
    by_week = own.chance[0].mean(axis=0)
    assert not own.stopped.any()
    assert np.ptp(by_week) < 1e-12
    # The chances are quantiles of a beta law at luck that is drawn once per runner.
    error = own.chance[0, :, 0].std(ddof=1) / np.sqrt(400)
    assert abs(by_week[0] - share) < 4 * error


def test_full_adherence_does_every_session():
    runners = cohort.draw(9, seed=3)
    values = parameters.draw(6, seed=3, **check(adherence=1.0).parameter_values)
    arm = design.preset("strength_only")
    done = adherence.attend(runners, arm, values, weeks=arm.weeks, seed=3)
    assert (done.strength.sum(axis=-1) == arm.strength.sessions_per_week * arm.weeks).all()


def test_the_table_s_own_adherence_keeps_its_spread():
    mean, sd = (parameters.number(f"adherence_{what}") for what in ("mean", "sd"))
    assert check(adherence=mean).parameter_values["adherence_sd"] == pytest.approx(sd)


def test_the_start_is_where_it_was_set_against_the_norm():
    """The angle moves by as much in every draw, and deficits of range with it; how it feels not."""
    usual = compare_study.run(protocols=TWO, n_runners=8, weeks=2, n_draws=5)
    moved = compare_study.run(protocols=TWO, n_runners=8, weeks=2, n_draws=5, start_rom_deg=3.0)
    shift = usual.values["thomas_mean_deg"] - 3.0
    for (arm, outcome), runs in usual.means.items():
        if outcome in ("thomas_ext_deg", "tightness_nrs", "discomfort_nrs"):
            off = shift if outcome == "thomas_ext_deg" else 0.0
            first = moved.means[arm, outcome][..., :1]
            np.testing.assert_allclose(runs[..., :1] - off, first, atol=1e-9)
    assert (moved.values["thomas_mean_deg"] == 11.2).all(), "the norm stays"


@pytest.mark.parametrize(("name", "value"), [("entry_nrs", 5.0), ("causal_share", 0.0),
                                             ("programme_effect_nrs", 2.0)])  # fmt: skip
def test_what_is_felt_can_be_set(name, value):
    """Each is held in every draw, moves what it should, and is said on page 1."""
    small = {"protocols": "usual_running, stretch_only", "n_runners": 8, "weeks": 4, "n_draws": 5}
    usual, given = compare_study.run(**small), compare_study.run(**small, **{name: value})
    assert (given.values[name] == value).all()
    ends = {
        key: [s.mean(arm, "tightness_nrs", "guarded").mean(axis=0) for s in (usual, given)]
        for key, arm in (("none", "usual_running"), ("some", "stretch_only"))
    }
    if name == "entry_nrs":
        assert ends["none"][1][0] > ends["none"][0][0] + 0.5
    else:
        assert (ends["none"][0] == ends["none"][1]).all()
    effect = (ends["none"][1] - ends["some"][1])[-1]
    if name == "programme_effect_nrs":
        assert effect > (ends["none"][0] - ends["some"][0])[-1] + 0.3
    said = {"entry_nrs": "a tightness of 5 points at which made-up runners come in",
            "causal_share": "0 % of the link from a cause to tightness as causal",
            "programme_effect_nrs": "an effect of any programme of 2 points"}[name]  # fmt: skip
    assert f"Set for this report: {said}." in compare_report.whom_in_full(given).markdown
    with pytest.raises(UsageProblems, match=f"parameter {name}: found '-1.0'"):
        compare_study.preflight({name: -1.0})


def test_measured_angles_are_not_set(rbds_file):
    said = refused(cohort=str(rbds_file), start_rom_deg=3.0)
    assert said == (
        "parameter start_rom_deg: found '3'; this cohort's Thomas angles were measured; only "
        "drawn ones can be set. Leave start_rom_deg empty, or leave the cohort out."
    )


def test_wrong_settings_are_said_all_at_once():
    said = refused(
        running_speed=3.0, adherence=1.2, lever="knee", stretch_min_wk=-1.0, start_rom_deg=90.0
    )
    assert said.splitlines() == [
        "parameter lever: found 'knee'; the rule: should be 'leg-lever' or 'trunk-lever'",
        "parameter stretch_min_wk: found '-1.0'; the rule: should be greater than or equal to 0",
        "parameter adherence: found '1.2'; the rule: should be less than or equal to 1",
        "parameter start_rom_deg: found '90.0'; the rule: should be less than or equal to 40",
        (
            "parameter running_speed: found '3.0'; the rule: one of 2.5, 3.5, 4.5, where running "
            "was measured"
        ),
    ]


def test_more_stretching_than_a_week_has_room_for_is_said():
    said = refused(protocols="stretch_only, strength_plus_stretch", stretch_min_wk=839.0)
    assert "these parts take 15 hours a week; the rule is at most 14" in said


def test_the_report_says_what_was_set():
    study = compare_study.run(
        protocols=TWO, n_runners=6, weeks=2, n_draws=5,
        adherence=0.8, start_rom_deg=5.0, running_speed=2.5,
    )  # fmt: skip
    said = compare_report.whom_in_full(study).markdown
    assert "Set for this report: a mean of 80 % of sessions done, in all weeks alike and" in said
    assert "a mean modified Thomas angle of 5.0 deg at the start." in said
    said = prescription(study).caption
    assert "the sessions on average, around the 80 % set for this report." in said
    assert "End-range reserve at 2.5 m/s" in measures(study).alt
    # The start and the norm it is held against, and five of adherence.
    assert len(study.settings.parameter_values) == 7
    assert (
        "Set: 80 % of sessions done; Thomas angle at the start 5.0 deg."
        in compare_report.whom(study).markdown
    )


def test_only_what_is_asked_for_is_found(small):
    run = small("strength_plus_stretch", "stretch_only", weeks=3)
    from hipstudy.model.simulate import simulate

    arm = run.design.arms[0]
    whole = run.arms[arm.name].outcomes
    for name in OUTCOMES:
        part = simulate(
            run.cohort, run.starts, arm, run.done[arm.name], run.values, outcomes=(name,)
        )
        assert list(part.outcomes) == [name]
        assert part.recent is None
        np.testing.assert_array_equal(part.outcomes[name], whole[name])


def test_page_1_says_what_arms_of_one_s_own_are():
    lines = (
        "stretch 4x30 s daily x 2 wk; name arm_a, label 'A: Stretch only, changed' | "
        "hip-flexor 2x8, 2/wk x 2 wk; name mine, label 'My *own* arm'"
    )
    said = compare_report.whom_in_full(
        compare_study.run(protocols=lines, n_runners=6, n_draws=4)
    ).markdown
    assert "“Arm A” is stretch only, changed; “mine” is my \\*own\\* arm." in said
    usual = compare_report.whom_in_full(
        compare_study.run(protocols=TWO, n_runners=6, weeks=2, n_draws=4)
    ).markdown
    assert "“" not in usual
