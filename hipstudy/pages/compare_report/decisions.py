"""Page 6: the same runner under both, regret, who improves, a trial's size, the prior mean."""

import numpy as np

from hipstudy import figures, show
from hipstudy.labels import (
    WORLD_LABELS,
    arm_label,
    contrast_label,
    count_phrase,
    format_number,
    interval,
    percent,
)
from hipstudy.model.causes import PRIOR, WORLDS, expected_shares
from hipstudy.pages.shared import factor_label, leading_factors
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.sensitivity import SensitivityResult, strongest, tightness
from hipstudy.studies.sensitivity_model import SHARES


def same_runner(study: CompareStudy) -> show.Figure | show.Text:
    """How runners' own differences between the two primary arms spread."""
    if not compare_decisions.spread_shown(study):
        return show.Text(
            f"How {study.cohort.n_runners} runners' own differences spread is not shown: with so "
            "few it would tell about single people."
        )
    frame = compare_decisions.same_runner(study)
    ax = figures.same_runner(frame, margin=parameter("margin_small_nrs"), arms=study.primary)
    wide = frame.pivot_table(index="world", columns="quantile", values="difference", sort=False)
    said = "; ".join(
        f"{WORLD_LABELS[world]} {interval(row.iloc[2], row.iloc[0], row.iloc[4])}"
        for world, row in wide.iterrows()
    )
    caption = (
        f"The same {study.cohort.n_runners} modelled runners under both arms "
        f"({contrast_label(' - '.join(study.primary))}), with the same luck and every parameter at "
        "its value: median, middle half and middle 95 % of runners. The spread comes from what "
        "they did and where they started, not from error."
    )
    return show.Figure(ax.figure, caption, f"Own difference in tightness. {said}.", "same-runner")


def regret(study: CompareStudy) -> show.Table:
    """What each arm costs against the best one, were the cause known."""
    import pandas as pd

    rows = compare_decisions.regret(study)
    first = rows[rows["world"] == WORLDS[0]]
    arms = zip(first["arm"], first["clock_min_wk"], strict=True)
    columns = {"Arm, minutes a week": [f"{arm_label(arm)}, {m:.0f}" for arm, m in arms]}
    for world, part in rows.groupby("world", sort=False):
        if part["high"].max() < 5e-3:
            continue
        columns[WORLD_LABELS[world]] = [
            interval(r.regret, r.low, r.high) for r in part.itertuples()
        ]
    caption = (
        f"Regret: NRS points of tightness more than under the best arm at week "
        f"{study.design.weeks}, if tight from that cause; 95 % band. A cause under which no arm "
        "loses anything is left out. The prior mix stands last and depends on the prior."
    )
    return show.Table(pd.DataFrame(columns), caption, "regret")


def improved(study: CompareStudy) -> show.Table:
    """Share of runners who improve by the MCID, in points and as a part of their baseline."""
    import pandas as pd

    rows = compare_decisions.improved(study)
    rules = {
        "points": count_phrase(study.settings.mcid_nrs, "point"),
        "share": percent(parameter("mcid_share")),
    }
    columns: dict[str, list[str]] = {
        "Arm": [arm_label(arm.name) for arm in study.design.arms for _ in rules],
        "Fall of": [words for _ in study.design.arms for words in rules.values()],
    }
    for world, part in rows.groupby("world", sort=False):
        columns[f"{WORLD_LABELS[world]}, %"] = [
            interval(r.share * 100, r.low * 100, r.high * 100, 0) for r in part.itertuples()
        ]
    caption = (
        "Share of runners whose own tightness truly falls by the smallest change a person is taken "
        f"to call worthwhile (from pain: 2 points or 30 %), by week {study.design.weeks}, both "
        f"limbs' mean; n = {study.cohort.n_runners}, 95 % band. {_look_improved(study)}"
    )
    return show.Table(pd.DataFrame(columns), caption, "improved", align={"Fall of": "left"})


def _look_improved(study: CompareStudy) -> str:
    """How many would look improved by errors of rating and natural course alone."""
    low, middle, high = np.quantile(compare_decisions.look_improved(study), (*study.band, 0.5))[
        [0, 2, 1]
    ]
    throws = f"{percent(middle)} ({percent(low)} to {percent(high)} from one throw of the errors"
    return (
        "Rated in whole numbers, with the error of rating, a runner's two ratings going together, "
        f"{throws} to the next) would look improved by "
        f"{count_phrase(study.settings.mcid_nrs, 'point')} even if nothing that training moves made "
        "hips tight."
    )


def trial(study: CompareStudy) -> show.Table:
    """Runners a real trial would need."""
    import pandas as pd

    rows = compare_decisions.trial_sizes(study)
    names = [
        WORLD_LABELS.get(basis, basis.replace("margin", "A margin of") + " points")
        for basis in rows["basis"]
    ]
    sizes = [
        f"{n:,.0f} ({few:,.0f} to {most:,.0f})" if np.isfinite(most) else "no size would do"
        for n, few, most in zip(rows["n_per_arm"], rows["fewest"], rows["most"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "To see": names,
            "Mean difference, NRS points": [format_number(d) for d in rows["difference"]],
            "Runners per arm": sizes,
        }
    )
    caption = (
        f"Runners per arm of a trial that would see such a mean difference "
        f"({contrast_label(' - '.join(study.primary))}) with {percent(parameter('trial_power'))} "
        f"power at a two-sided {percent(parameter('trial_alpha'))}: ANCOVA on one rating before "
        "and one after, nobody lost; in brackets with rating error and correlation at the ends of "
        "their ranges. Add those who will be lost."
    )
    align = {"Runners per arm": "right"}
    return show.Table(frame, caption, "trial", align=align)


def prior_mean(study: CompareStudy) -> show.Text:
    """The mean over the prior, last and labelled."""
    draws = study.difference(study.primary, "tightness_nrs", PRIOR)[:, -1]
    low, high = np.quantile(draws, study.band)
    shares = ", ".join(
        f"{WORLD_LABELS[world].lower()} {percent(share)}"
        for world, share in zip(WORLDS, expected_shares(study.settings.prior), strict=True)
    )
    return show.Text(
        f"**Prior-dependent:** mixed over the prior ({shares} on average), the difference at week "
        f"{study.design.weeks} is {interval(float(draws.mean()), low, high)} points. Another prior "
        "gives another number; the differences by cause above do not depend on it."
    )


_WEAK, _PRIOR = tightness(WORLDS[0]), tightness(PRIOR)
_PANELS = {
    _WEAK: "Difference in tightness if end-range torque is the cause",
    _PRIOR: "The same, mixed over the prior",
}
_ROWS = 6


def _moving(driven: SensitivityResult) -> list[str]:
    return [answer for answer in _PANELS if answer not in driven.constant_answers]


def hangs_on(study: CompareStudy, driven: SensitivityResult) -> show.Text:
    """The sentence, and how it was found."""
    moving = _moving(driven)
    if not moving:
        return show.Text(
            "The answer hangs on nothing that is not known: under the first cause and mixed over "
            "the prior, there is no difference for any number to move."
        )
    said = []
    if _WEAK in moving:
        said.append(f"on {leading_factors(driven, _WEAK, 3)} where end-range torque is the cause")
    if _PRIOR in moving:
        said.append(f"on {leading_factors(driven, _PRIOR, 2)} mixed over the prior")
    numbers = [name for name in driven.main[:-1] if name not in SHARES]
    shares = [name for name in driven.main if name in SHARES]
    others = f", {count_phrase(len(shares), 'share')} of the causes" if shares else ""
    return show.Text(
        f"**The answer hangs {', and '.join(said)}** (per cent of the variance of the difference "
        "in tightness that goes with each, in total, 95 % interval). These are Sobol's indices of "
        f"{len(numbers)} numbers, every other held at its value: those whose rank correlations "
        f"with the difference are strongest over {study.values.n_draws} draws{others}, and a "
        f"dummy; {driven.n_runs:,} runs "
        f"on {driven.question.cohort.n_runners} of the runners. What carries most would be most "
        "worth measuring. `hipstudy report evidence` screens every number, for the preset "
        "comparison."
    )


def hangs_on_figure(driven: SensitivityResult) -> show.Figure | show.Text:
    """The shares of variance as dots and lines; empty where nothing varies."""
    import pandas as pd

    moving = _moving(driven)
    if not moving:
        return show.Text("")
    parts = [strongest(driven, answer, _ROWS).assign(panel=_PANELS[answer]) for answer in moving]
    frame = pd.concat(parts)
    frame["label"] = [factor_label(name) for name in frame["factor"]]
    axs = figures.variance(frame)
    pair = f"{driven.question.treatment.name} - {driven.question.control.name}"
    caption = (
        f"What the difference at week {driven.question.weeks} ({contrast_label(pair)}) hangs on: "
        f"the {_ROWS} numbers that carry most. Dot and line: share of the variance in total, with "
        "95 % interval; open: alone."
    )
    said = "; ".join(
        f"{_PANELS[answer]}: {leading_factors(driven, answer, _ROWS)}" for answer in moving
    )
    return show.Figure(axs[0].figure, caption, f"Shares of variance. {said}.", "hangs-on")
