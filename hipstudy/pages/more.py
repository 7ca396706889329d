"""Page 6: the same runner under both, regret, who improves, a trial's size, the prior mean."""

import numpy as np

from hipstudy import figures, readings, show
from hipstudy.compare import Study
from hipstudy.labels import (
    WORLD_LABELS,
    arm_label,
    contrast_label,
    counted,
    interval,
    number,
    percent,
)
from hipstudy.parameters import number as parameter
from hipstudy.worlds import PRIOR, WORLDS, expected_shares


def same_runner(study: Study) -> show.Figure | show.Text:
    """How runners' own differences between the two primary arms spread."""
    if not readings.spread_shown(study):
        return show.Text(
            f"How {study.cohort.n_runners} runners' own differences spread is not shown: with so "
            "few it would tell about single people."
        )
    frame = readings.same_runner(study)
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


def regret(study: Study) -> show.Table:
    """What each arm costs against the best one, were the cause known."""
    import pandas as pd

    rows = readings.regret(study)
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


def improved(study: Study) -> show.Table:
    """Share of runners who improve by the MCID, in points and as a part of their baseline."""
    import pandas as pd

    rows = readings.improved(study)
    rules = {
        "points": counted(study.settings.mcid_nrs, "point"),
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


def _look_improved(study: Study) -> str:
    """How many would look improved by errors of rating and natural course alone."""
    low, middle, high = np.quantile(readings.look_improved(study), (*study.band, 0.5))[[0, 2, 1]]
    throws = f"{percent(middle)} ({percent(low)} to {percent(high)} from one throw of the errors"
    return (
        "Rated in whole numbers, with the error of rating, a runner's two ratings going together, "
        f"{throws} to the next) would look improved by "
        f"{counted(study.settings.mcid_nrs, 'point')} even if nothing that training moves made "
        "hips tight."
    )


def trial(study: Study) -> show.Table:
    """Runners a real trial would need."""
    import pandas as pd

    rows = readings.trial_sizes(study)
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
            "Mean difference, NRS points": [number(d) for d in rows["difference"]],
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


def prior_mean(study: Study) -> show.Text:
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
