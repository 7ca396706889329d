"""Decisions: the same runner under both, the wrong choice, who improves, a trial's size."""

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
from hipstudy.pages.compare_report.comparison import Band, comparison_of, in_words, words
from hipstudy.pages.compare_report.cost_statement import with_cost
from hipstudy.pages.shared import carrying, factor_label, leading_factors
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.sensitivity import SensitivityResult, tightness
from hipstudy.studies.sensitivity_model import SHARES


def same_runner(study: CompareStudy) -> show.Figure | show.Text:
    """How runners' own differences between the two primary arms spread."""
    if not compare_decisions.spread_shown(study):
        return show.Text(words("too_few_to_spread", study.cohort.n_runners))
    frame = compare_decisions.same_runner(study)
    ax = figures.same_runner(frame, margin=parameter("margin_small_nrs"), arms=study.primary)
    wide = frame.pivot_table(index="world", columns="quantile", values="difference", sort=False)
    bands = [
        Band(WORLD_LABELS[world], row.iloc[2], row.iloc[0], row.iloc[4])
        for world, row in wide.iterrows()
    ]
    alt = in_words("Own difference in tightness.", bands)
    caption = with_cost(study, words("same_runner", comparison_of(study)))
    return show.Figure(ax.figure, caption, alt, "same-runner")


def regret(study: CompareStudy) -> show.Table:
    """What each arm costs against the best one, were the cause known."""
    import pandas as pd

    rows = compare_decisions.regret(study)
    first = rows[rows["world"] == WORLDS[0]]
    arms = zip(first["arm"], first["clock_min_wk"], strict=True)
    columns = {
        "Arm, minutes a week": [f"{arm_label(arm)}, {format_number(m, 0)}" for arm, m in arms]
    }
    for world, part in rows.groupby("world", sort=False):
        if part["high"].max() < 5e-3:
            continue
        columns[WORLD_LABELS[world]] = [
            interval(r.regret, r.low, r.high) for r in part.itertuples()
        ]
    caption = with_cost(study, words("regret", study.design.weeks))
    return show.Table(pd.DataFrame(columns), caption, "wrong-choice")


def improved(study: CompareStudy) -> show.Table:
    """Share of runners who improve by the MCID, in points and as a part of their baseline."""
    import pandas as pd

    rows, mcid_nrs = compare_decisions.improved(study), study.settings.mcid_nrs
    rules = (count_phrase(mcid_nrs, "point"), percent(parameter("mcid_share")))
    columns: dict[str, list[str]] = {
        "Arm": [arm_label(arm.name) for arm in study.design.arms for _ in rules],
        "Fall of": [rule for _ in study.design.arms for rule in rules],
    }
    for world, part in rows.groupby("world", sort=False):
        columns[f"{WORLD_LABELS[world]}, %"] = [
            interval(r.share * 100, r.low * 100, r.high * 100, 0) for r in part.itertuples()
        ]
    caption = words("improved", weeks=study.design.weeks, n_runners=study.cohort.n_runners)
    caption = with_cost(study, caption)
    return show.Table(pd.DataFrame(columns), caption, "improved", align={"Fall of": "left"})


def trial(study: CompareStudy) -> show.Table:
    """Runners a real trial would need."""
    import pandas as pd

    rows = compare_decisions.trial_sizes(study)
    names = [
        WORLD_LABELS.get(basis) or words("margin_to_see", abs(difference))
        for basis, difference in zip(rows["basis"], rows["difference"], strict=True)
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
    contrast = contrast_label(" - ".join(study.primary))
    power, alpha = parameter("trial_power"), parameter("trial_alpha")
    sd, r = compare_decisions.rating_spread(study)
    caption = words("trial", contrast=contrast, power=power, alpha=alpha, sd=sd, r=r)
    return show.Table(frame, caption, "trial", align={"Runners per arm": "right"})


def prior_mean(study: CompareStudy) -> show.Text:
    """The mean over the prior, last and labelled."""
    draws = study.difference(study.primary, "tightness_nrs", PRIOR)[:, -1]
    low, high = np.quantile(draws, study.band)
    labels = [WORLD_LABELS[world].lower() for world in WORLDS]
    shares = list(zip(labels, expected_shares(study.settings.prior), strict=True))
    weeks, mean = study.design.weeks, draws.mean()
    text = words("prior_mean", shares=shares, weeks=weeks, value=mean, low=low, high=high)
    return show.Text(with_cost(study, text))


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
    under_first_cause = leading_factors(driven, _WEAK, 3) if _WEAK in moving else ""
    over_prior = leading_factors(driven, _PRIOR, 2) if _PRIOR in moving else ""
    if not under_first_cause and not over_prior:
        return show.Text(words("hangs_on_nothing"))
    text = words(
        "hangs_on",
        under_first_cause=under_first_cause,
        over_prior=over_prior,
        n_numbers=sum(name not in SHARES for name in driven.main[:-1]),
        n_shares=sum(name in SHARES for name in driven.main),
        n_draws=study.values.n_draws,
        n_runs=driven.n_runs,
        n_runners=driven.question.cohort.n_runners,
    )
    return show.Text(text)


def hangs_on_figure(driven: SensitivityResult) -> show.Figure | show.Text:
    """The shares of variance as dots and lines; empty where nothing varies."""
    import pandas as pd

    moving = _moving(driven)
    if not moving:
        return show.Text("")
    parts = [carrying(driven, answer, _ROWS).assign(panel=_PANELS[answer]) for answer in moving]
    frame = pd.concat(parts)
    if frame.empty:
        return show.Text("")
    frame["label"] = [factor_label(name) for name in frame["factor"]]
    axs = figures.variance(frame)
    question = driven.question
    contrast = contrast_label(f"{question.treatment.name} - {question.control.name}")
    panels = "; ".join(
        f"{_PANELS[answer]}: {leading_factors(driven, answer, _ROWS)}" for answer in moving
    )
    caption = words("hangs_on_figure", weeks=question.weeks, contrast=contrast, n_rows=_ROWS)
    return show.Figure(axs[0].figure, caption, f"Shares of variance. {panels}.", "hangs-on")
