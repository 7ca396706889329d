"""Benefit beside harm, each model's own n, and which secondary outcome may speak: against scipy."""

from dataclasses import replace

import pandas as pd
import pytest
from scipy import stats

from hipstudy.analysis.proportions import holm
from hipstudy.labels import chance
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

EXAMPLE = place("data", "example_cohort.csv")
PLAN = """
primary = "tightness_nrs"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
margin = 0.5
secondary = ["thomas_ext_deg", "end_range_torque_nm_kg", "discomfort_nrs"]
"""


def planned(tmp_path, *more, swap=False, rows=None, **given):
    text = PLAN
    if swap:
        text = text.replace("strength_plus_stretch", "x").replace("stretch_only", "y")
        text = text.replace('"x"', '"stretch_only"').replace('"y"', '"strength_plus_stretch"')
    plan, file = tmp_path / "plan.toml", tmp_path / "clinic.csv"
    plan.write_text("\n".join([text, *more]), encoding="utf-8")
    (example() if rows is None else rows).to_csv(file, index=False)
    return cohort_study.run(cohort=str(file), analysis_plan=str(plan), **given)


def example():
    rows = pd.read_csv(EXAMPLE, dtype={"runner_id": str})
    return rows.astype({"tightness_nrs": float, "thomas_ext_deg": float})


@pytest.fixture(scope="module")
def study():
    return cohort_study.run(cohort=str(EXAMPLE))


@pytest.fixture(scope="module")
def swapped(tmp_path_factory):
    """The arms the other way round: the treatment did worse."""
    return planned(tmp_path_factory.mktemp("swapped"), swap=True)


# ---- Benefit beside harm


def test_the_chance_of_harm_stands_beside_that_of_benefit(study, swapped):
    one = swapped.primary
    law = stats.t(one.df, loc=one.estimate, scale=one.se)  # tightness: lower is better
    rows = cohort_report.margin(swapped).frame.set_index("Difference, points")
    for name, size in (("any", 0), ("0.5 or more", 0.5), ("1 or more", 1)):
        assert rows.loc[name, "Chance of benefit"] == chance(law.cdf(-size))
        assert rows.loc[name, "Chance of disadvantage"] == chance(law.sf(size))
    other = cohort_report.margin(study).frame
    assert other["Chance of benefit"].tolist() == rows["Chance of disadvantage"].tolist()


def test_page_1_says_the_chance_of_harm_where_the_treatment_did_worse(study, swapped):
    said = f"A disadvantage as large: {chance(swapped.harm_chance(0.5))}."
    assert said in cohort_report.answer(swapped).basis
    assert "disadvantage" not in cohort_report.answer(study).basis


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Ein ebenso großer Nachteil: 81 %."), ("es", "Una desventaja igual: 81 %.")],
)
def test_it_is_said_in_every_language(tmp_path, language, said):
    assert said in cohort_report.answer(planned(tmp_path, swap=True, language=language)).basis


def test_who_got_worse_is_counted_beside_who_improved():
    rows = example()
    means = rows[rows["week"].isin([0, 12])].groupby(["arm", "runner_id", "week"])
    ends = means["tightness_nrs"].mean().unstack().dropna()
    rose = (ends[12] - ends[0] >= 0.5).groupby("arm").agg(["sum", "size"])
    told = cohort_study.run(cohort=str(EXAMPLE), mcid_nrs=0.5, small_cells=True)
    shown = cohort_report.improved(told).frame.set_index("Arm")["Worse by as much"]
    for arm, name in (("stretch_only", "Stretch only"),
                      ("strength_plus_stretch", "Strength + stretch")):  # fmt: skip
        n, of = rose.loc[arm]
        assert n > 0
        assert shown[name].endswith(f"({n} of {of})")
    assert told.worsened().treatment == tuple(rose.loc["strength_plus_stretch"])


def test_no_chance_of_a_mean_is_none_or_all(tmp_path):
    rows = example()
    better = rows["arm"].eq("strength_plus_stretch") & rows["week"].gt(0)
    rows.loc[better, "tightness_nrs"] = (rows.loc[better, "tightness_nrs"] - 4).clip(lower=0)
    study = planned(tmp_path, rows=rows)
    assert study.benefit_chance(0) > 0.9999
    shown = cohort_report.margin(study).frame
    assert shown["Chance of benefit"].iloc[0] == "over 99 %"
    assert shown["Chance of disadvantage"].iloc[0] == "under 1 %"


# ---- Each model's own n


def test_every_analysis_has_its_own_n(study):
    sizes = {one.model: one.n_runners for one in study.strip}
    assert sizes["ancova"] == 39
    assert sizes["mixed"] == 42
    made = cohort_report.strip(study)
    drawn = [text.get_text() for text in made.figure.axes[0].texts]
    printed = [words.rsplit(" ", 1)[1] for words in drawn if words.endswith("]")]
    assert printed == [f"[{sizes[one.model]}]" for one in study.strip]
    assert "Mixed model, all visits −0.81 (−1.71 to 0.09) [42]" in made.alt
    table = cohort_report.effect(study).frame.set_index("Outcome")
    torque = table.loc["End-range torque (Nm/kg)"]
    assert torque["ANCOVA, runner means"].endswith("[37]")
    # Some have no baseline of it, so it is a response here, and all of whom it is known are in.
    assert torque["Mixed model, all visits"].endswith("[48]")


def test_secondary_outcomes_say_whom_they_keep(tmp_path):
    rows = example()
    gone = rows["runner_id"].isin(sorted(rows["runner_id"].unique())[:6]) & rows["week"].eq(0)
    rows.loc[gone, "thomas_ext_deg"] = None
    study = planned(tmp_path, rows=rows)
    table = cohort_report.missing_baseline(study).frame
    table = table[table["Outcome"] == "Modified Thomas angle (deg extension)"]
    arms = rows[gone].groupby("arm")["runner_id"].nunique()
    shown = table.set_index("Arm")["Without a baseline"]
    assert shown["Strength + stretch"] == str(arms.get("strength_plus_stretch", 0))
    assert shown["Stretch only"] == str(arms.get("stretch_only", 0))
    one = study.planned_estimate("thomas_ext_deg", "strength_plus_stretch")
    plain = cohort_study.run(cohort=str(EXAMPLE))
    whole = plain.planned_estimate("thomas_ext_deg", "strength_plus_stretch")
    assert one.n_runners == whole.n_runners, "who has no baseline stays"
    cells = cohort_report.results_by_arm(study).frame
    thomas = cells[cells["Outcome"].str.startswith("Thomas")]["Difference"].iloc[0]
    assert thomas.endswith(f"[{one.n_runners}]")


# ---- Both models


def test_one_interval_over_zero_is_no_disagreement(study):
    """ANCOVA's ends at -0.001, the mixed model's at 0.087: 0.08 apart is no disagreement."""
    text = cohort_report.agreement(study).markdown
    assert "disagree**" not in text
    assert "are 0.082 apart" in text
    assert "The interval of “ANCOVA on runner means” leaves out zero" in text
    assert "that of “Mixed model, all visits” holds it" in text
    half = study.primary.se / 2
    assert f"from {half:.3f} on, half a standard error" in text


def test_models_far_apart_disagree(study):
    far = [replace(one, estimate=one.estimate + one.se) if one.model == "mixed" else one
           for one in study.strip]  # fmt: skip
    text = cohort_report.agreement(replace(study, strip=tuple(far))).markdown
    assert "**disagree**" in text


# ---- Which secondary outcome may speak


def test_a_secondary_outcome_is_silent_behind_a_shut_gate(tmp_path):
    study = planned(tmp_path, "alpha = 0.01")
    assert study.primary.p > 0.01
    caption = cohort_report.effect(study).caption
    assert "The primary question is not answered at this level" in caption
    assert "may speak" not in caption


def test_behind_an_open_gate_it_speaks_by_its_holm_p(tmp_path):
    study = planned(tmp_path, "alpha = 0.051")
    assert study.verdict(study.primary).is_shown
    outcomes = study.plan.secondary
    own = [study.planned_estimate(one, study.plan.treatment).p for one in outcomes]
    speaking = [one for one, p in zip(outcomes, holm(own), strict=True) if p < 0.051]
    caption = cohort_report.effect(study).caption
    named = [one for one in outcomes if study.plan.label(one) in caption.partition("may speak")[2]]
    assert named == speaking
    assert named == ["end_range_torque_nm_kg"]


def test_without_a_plan_nothing_speaks(study):
    assert study.verdict(study.primary).is_shown
    assert "speak" not in cohort_report.effect(study).caption


@pytest.mark.parametrize(("margin", "opens"), [(0.01, False), (0.3, True)])
def test_non_inferiority_opens_the_gate_by_half_of_alpha(tmp_path, margin, opens):
    """One-sided: a p between half of alpha and alpha leaves its question open."""
    rows = example()
    worse = rows["arm"].eq("strength_plus_stretch") & rows["week"].gt(0)
    rows.loc[worse, "tightness_nrs"] = (rows.loc[worse, "tightness_nrs"] + 0.13).clip(upper=10)
    more = ('margin_is = "non-inferiority"', f"margin = {margin}")
    plan = PLAN.replace("margin = 0.5", more[1]) + more[0] + "\n"
    file, clinic = tmp_path / "plan.toml", tmp_path / "clinic.csv"
    file.write_text(plan, encoding="utf-8")
    rows.to_csv(clinic, index=False)
    study = cohort_study.run(cohort=str(clinic), analysis_plan=str(file))
    verdict = study.verdict(study.primary)
    assert verdict.p < 0.05
    assert verdict.is_shown == opens == (verdict.case == "not_worse")
    caption = cohort_report.effect(study).caption
    assert ("The primary question is not answered" in caption) != opens
