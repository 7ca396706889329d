"""The comparison: the contract's tables, intervals from parameters, break-even, settings."""

import math

import numpy as np
import pytest

from hipstudy.analysis import sample_size
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.prescription import design
from hipstudy.studies import (
    compare_decisions,
    compare_study,
    compare_tables,
    sensitivity,
    settings,
    torque_curves,
)

SMALL = {"n_runners": 10, "weeks": 4}


@pytest.fixture(scope="module")
def study():
    return compare_study.run(**SMALL)


def test_trajectories_are_the_contracts(study):
    frame = compare_tables.trajectories(study)
    assert list(frame) == ("world arm outcome week mean low high n_runners n_limbs".split())
    assert set(frame["world"]) == {*WORLDS, PRIOR}
    assert tuple(dict.fromkeys(frame["arm"])) == design.CONTRACT_ARMS
    assert sorted(set(frame["week"])) == list(range(5))
    assert not frame.isna().any().any()
    assert (frame["low"] <= frame["mean"]).all()
    assert (frame["mean"] <= frame["high"]).all()
    assert (frame["n_limbs"] == 2 * frame["n_runners"]).all()
    starts = frame[(frame["week"] == 0) & (frame["outcome"] == "tightness_nrs")]
    assert starts["mean"].max() - starts["mean"].min() < 1e-12


def test_effects_are_the_contracts(study):
    frame = compare_tables.effects(study)
    assert list(frame) == (
        "world outcome week contrast model estimate se ci_low ci_high p n_runners n_limbs".split()
    )
    assert set(frame["contrast"]) == {
        "strength_plus_stretch - stretch_only",
        "strength_plus_stretch - stretch_only_time_matched",
        "strength_plus_stretch_time_matched - stretch_only",
    }
    assert frame["p"].isna().all()
    assert set(frame["model"]) == {"simulated"}
    assert (frame["week"] == 4).all()
    assert not frame.duplicated(["world", "outcome", "contrast"]).any()


def test_whoever_changes_a_table_of_effects_changes_nobody_else_s(study):
    mine = compare_tables.effects(study)
    mine["estimate"] = 0.0
    del mine["week"]
    again = compare_tables.effects(study)
    assert (again["estimate"] != 0).any()
    assert "week" in again
    assert again.equals(compare_tables.effects_anew(study))


def test_effects_are_differences_of_trajectories(study):
    ends = compare_tables.trajectories(study).query("week == 4")
    means = ends.set_index(["world", "arm", "outcome"])["mean"]
    for row in compare_tables.effects(study).itertuples():
        treatment, control = row.contrast.split(" - ")
        by_hand = means[row.world, treatment, row.outcome] - means[row.world, control, row.outcome]
        assert row.estimate == pytest.approx(by_hand, abs=1e-12)


def test_same_settings_same_tables_and_another_seed_others(study):
    again = compare_study.run(**SMALL)
    for table in (compare_tables.trajectories, compare_tables.effects):
        assert table(again).to_csv() == table(study).to_csv()
    other = compare_study.run(**SMALL, seed=1)
    assert compare_tables.effects(other).to_csv() != compare_tables.effects(study).to_csv()


def test_more_runners_do_not_narrow_intervals():
    """Twice the runners: widths of the primary interval stay within what other luck gives.

    The band is over parameters on the same runners. Were it a standard error, twice the runners
    would bring it to 0.71. Bands of 200 draws have their ends at the 5th value: over seeds their
    widths vary by about a tenth, so 0.85 lies far from both.
    """
    widths = []
    for n in (40, 80):
        frame = compare_tables.effects(compare_study.run(n_runners=n, weeks=4, causal_share=1.0))
        row = frame[(frame["world"] == "weak") & (frame["outcome"] == "tightness_nrs")].iloc[0]
        widths.append(row["ci_high"] - row["ci_low"])
    assert widths[1] / widths[0] > 0.85


def test_blocks_of_runners_do_not_matter(study, monkeypatch):
    monkeypatch.setattr(compare_study, "BLOCK", 3)
    blocks = compare_tables.effects(compare_study.run(**SMALL))
    assert blocks["estimate"].to_numpy() == pytest.approx(
        compare_tables.effects(study)["estimate"].to_numpy(), abs=1e-12
    )


@pytest.mark.parametrize("place", range(4))
def test_a_prior_of_one_cause_is_that_world(place):
    prior = ", ".join("1" if i == place else "0" for i in range(4))
    found = compare_study.run(**SMALL, cause_prior=prior)
    for arm in design.CONTRACT_ARMS:
        mixed = found.mean(arm, "tightness_nrs", PRIOR)
        assert mixed == pytest.approx(found.mean(arm, "tightness_nrs", WORLDS[place]), abs=1e-12)
    assert np.isfinite(compare_tables.break_even_curve(found, found.primary)["mean"]).all()


def test_at_the_break_even_share_the_mixed_difference_is_the_margin(study):
    pair, ends = study.primary, {}
    for world in WORLDS:
        ends[world] = study.difference(pair, "tightness_nrs", world)[:, -1]
    rest = sum(ends[w] for w in WORLDS[1:]) / 3
    for margin in (0.0, 0.05):
        share = compare_tables.break_even_draws(study, pair, margin)
        inside = np.isfinite(share) & (share > 0)
        assert inside.any()
        mixed = share[inside] * ends["weak"][inside] + (1 - share[inside]) * rest[inside]
        assert mixed == pytest.approx(-margin, abs=1e-12)
        assert ((share >= 0) & ((share <= 1) | np.isinf(share))).all()
    assert np.isinf(compare_tables.break_even_draws(study, pair, 9.0)).all()


def test_time_matched_contrasts_come_first(study):
    assert study.primary == ("strength_plus_stretch", "stretch_only_time_matched")
    assert study.design.contrasts[-1] == ("strength_plus_stretch", "stretch_only")


def test_regret_is_zero_for_the_best_arm(study):
    frame = compare_decisions.regret(study)
    assert (frame["regret"] >= 0).all()
    best = frame.groupby("world")["low"].min()
    assert (best == 0).all()
    none = frame[frame["world"] == "nonspecific"].set_index("arm")
    assert (none.drop("usual_running")["high"] < 1e-9).all()
    assert none.loc["usual_running", "low"] > 0.1, "without any programme"


def test_same_runner_shows_quantiles_only(study):
    frame = compare_decisions.same_runner(study)
    assert set(frame.columns) == {"world", "quantile", "difference", "n_runners"}
    assert len(frame) == 20


def test_share_improved_counts_runners():
    """With a tiny MCID everyone whose tightness falls at all has improved."""
    frame = compare_decisions.improved(
        compare_study.run(settings.check(**SMALL).model_copy(update={"mcid_nrs": 1e-9}))
    )
    assert frame[frame["world"] != "prior"]["share"].between(0, 1).all()
    usual = frame[(frame["arm"] == "usual_running") & (frame["world"] == "weak")]
    usual = usual.set_index("rule")["share"]
    assert 0.5 < usual["points"] < 0.9  # most fall back, some are worse that week
    assert usual["share"] < usual["points"]  # fewer by 30 % of their own baseline


def test_torque_angle_curve_agrees_with_the_outcome(study):
    frame = torque_curves.torque_angle(study, study.primary)
    start = frame[(frame["arm"] == "strength_plus_stretch") & (frame["week"] == 0)]
    tested = start.set_index("angle_ext_deg")["mean"]
    assert tested.between(0.5, 5).all(), "three curves that contradict each other, in Nm/kg"
    assert tested[10] != tested[0] != tested[-30] != tested[-105]
    assert set(frame["week"]) == {0, 2, 4}


def test_size_of_a_trial_is_the_textbooks():
    # Cohen 1988, table 2.4.1: d = 0.50, two-sided 5 %, power 0.80 needs 64 per group.
    assert sample_size.runners_per_arm(0.5, 1, 0) == 64
    # ANCOVA at r = 0.5 leaves 0.75 of the variance: d' = 0.577, 48 (Borm 2007).
    assert sample_size.runners_per_arm(0.5, 1, 0.5) == pytest.approx(49, abs=1)
    assert math.isinf(sample_size.runners_per_arm(1e-9, 1, 0))


def test_trials_grow_with_rating_error(study):
    frame = compare_decisions.trial_sizes(study)
    seen = frame[np.isfinite(frame["n_per_arm"])]
    assert len(seen) >= 3
    assert (seen["fewest"] < seen["n_per_arm"]).all()
    assert (seen["n_per_arm"] < seen["most"]).all()
    none = frame.set_index("basis").loc["nonspecific"]
    assert none["difference"] == 0
    assert np.isinf(none["n_per_arm"])


def test_influence_finds_what_matters(study):
    frame = sensitivity.influence(study).set_index("name")
    assert frame.loc["causal_share", "weak"] < -0.7
    assert frame.index[0] == "causal_share"
    assert frame.loc["share weak", "prior"] < -0.1
    inert = frame.loc[["soreness_per_set_nrs", "loss_time_constant_d"], "weak"].abs()
    assert (inert < frame["noise"].iloc[0]).all()
    unused = {"chest_load_share", "cross_education_share", "short_length_bout_share"}
    assert not unused & set(frame.index), "nothing here uses them"
    assert unused <= sensitivity.unused(study)


def test_every_wrong_setting_is_listed():
    with pytest.raises(UsageProblems) as caught:
        compare_study.preflight(
            {"weaks": 3, "sets": "3", "reps": 99, "cause_prior": "1, 2", "report_date": "May"}
        )
    text = str(caught.value)
    for said in (
        "parameter: found 'weaks'; there is no parameter of this name. Did you mean weeks?",
        "parameter sets: found '3'",
        "parameter reps: found '99'",
        "parameter cause_prior: found '1, 2'; the rule: 4 numbers of 0 or more, not all 0",
        "parameter report_date: found 'May'; the rule: a date such as 2026-01-31",
    ):
        assert said in text


def test_preflight_checks_arms_and_cohort_together(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(UsageProblems) as caught:
        compare_study.preflight({"protocols": "stretch_onl, strength_only", "cohort": str(bad)})
    assert "Did you mean stretch_only" in str(caught.value)
    assert "bad.csv: " in str(caught.value)
    with pytest.raises(DataProblems, match=r"bad\.csv: there is no column runner_id"):
        compare_study.preflight({"cohort": str(bad)})
    with pytest.raises(UsageProblems, match="load"):
        compare_study.preflight({"load": "heavy"})


def test_arms_of_ones_own_are_compared_with_the_first():
    found = compare_study.run(**SMALL, protocols="article_low, article_high")
    assert found.design.contrasts == (("article_high", "article_low"),)
    assert set(compare_tables.effects(found)["contrast"]) == {"article_high - article_low"}


def test_everything_wrong_is_said_at_once(tmp_path):
    """A wrong number, a misspelt name, a misspelt arm, a load and a cohort file together."""
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    given = {"weaks": 3, "reps": 99, "load": "heavy", "cohort": str(bad)}
    with pytest.raises(UsageProblems) as caught:
        compare_study.preflight(given | {"protocols": "stretch_onl, strength_only"})
    text = str(caught.value)
    for said in (
        "'weaks'",
        "parameter reps",
        "stretch_onl",
        "parameter load: found 'heavy'",
        "bad.csv: ",
    ):
        assert said in text, said


def test_what_never_varies_has_no_influence():
    """Shares held at a corner, and an answer that is the same in every draw: no false ranks."""
    frame = sensitivity.influence(compare_study.run(**SMALL, cause_prior="0, 0, 0, 1"))
    assert not frame["name"].str.startswith("share").any()
    assert (frame["prior"] == 0).all()
    assert (frame["weak"] != 0).any()


def test_an_arm_of_ones_own_beside_the_usual_ones_is_compared_too():
    made = design.build(["stretch_only", "strength_plus_stretch", "article_low"])
    assert made.contrasts == (
        ("strength_plus_stretch", "stretch_only"),
        ("article_low", "stretch_only"),
    )
    assert design.build(design.CONTRACT_ARMS).contrasts == design.CONTRASTS
