"""Page 3: the four causes; and the contract's tables."""

from typing import TYPE_CHECKING

from hipstudy import figures, show
from hipstudy.figures.style import canvas
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    contrast_label,
    count_phrase,
    interval,
    percent,
)
from hipstudy.model.causes import PRIOR
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import UNMATCHED
from hipstudy.studies import compare_tables
from hipstudy.studies.compare_study import CompareStudy

if TYPE_CHECKING:
    import pandas as pd

DIGITS = {"thomas_ext_deg": 1, "economy_pct": 1}  # 2 for all others


def trajectories(study: CompareStudy) -> show.Download:
    """The truth over weeks, for ``tables/trajectories.csv``."""
    return show.Download(compare_tables.trajectories(study), "trajectories")


def effects(study: CompareStudy) -> show.Download:
    """Differences at the last week, for ``tables/effects.csv``."""
    return show.Download(compare_tables.effects(study), "effects")


def _tightness(study: CompareStudy) -> "pd.DataFrame":
    rows = compare_tables.effects(study)
    return rows[rows["outcome"] == "tightness_nrs"]


def causes(study: CompareStudy) -> show.Figure:
    """Difference by cause for every contrast, with the break-even line beside it."""
    rows, margin = _tightness(study), parameter("margin_small_nrs")
    extra = 7 * max(len(study.design.contrasts) - 3, 0)
    figure, (left, right) = canvas(84 + extra, ncols=2, gridspec_kw={"width_ratios": [1.5, 1]})
    figures.causes(rows, margin=margin, ax=left)
    figures.break_even(
        compare_tables.break_even_curve(study, study.primary), margin=margin, ax=right
    )
    said = "; ".join(
        f"{contrast_label(r.contrast)}, {WORLD_LABELS[r.world]}: "
        f"{interval(r.estimate, r.ci_low, r.ci_high)}"
        for r in rows.itertuples()
    )
    caption = (
        f"Left: difference in tightness at week {study.design.weeks} if all runners were tight "
        "from one cause; the prior mix last, dashed, because it depends on how likely one holds "
        "each cause. Right: the primary difference against the share of runners whose tightness "
        f"follows end-range torque. Lines and ribbon: 95 % bands from {study.values.n_draws} "
        f"draws; n = {study.cohort.n_runners} runners. Grey: less than {margin:g} points either "
        "way."
    )
    return show.Figure(figure, caption, f"Difference in tightness by cause. {said}.", "causes")


def differences(study: CompareStudy, outcome: str) -> show.Table:
    """Difference of every contrast in every pure world, one outcome; the prior comes later."""
    import pandas as pd

    rows = compare_tables.effects(study)
    rows = rows[(rows["outcome"] == outcome) & (rows["world"] != PRIOR)]
    columns = {"If tight from": [WORLD_LABELS[w] for w in dict.fromkeys(rows["world"])]}
    for contrast, part in rows.groupby("contrast", sort=False):
        columns[contrast_label(contrast)] = [
            interval(r.estimate, r.ci_low, r.ci_high, DIGITS.get(outcome, 2))
            for r in part.itertuples()
        ]
    frame = pd.DataFrame(columns)
    caption = f"{OUTCOME_LABELS[outcome]}: difference at week {study.design.weeks}, 95 % band."
    if len(frame.iloc[:, 1:].drop_duplicates()) == 1:
        frame = frame.head(1).assign(**{"If tight from": "any cause"})
        caption += " Every cause gives the same to the last digit shown."
    return show.Table(frame, caption, f"differences-{outcome}")


def _share(value: float) -> str:
    return percent(value) if value <= 1 else "no share"


def break_even(study: CompareStudy) -> show.Table:
    """The break-even share for every contrast and margin."""
    import pandas as pd

    rows = compare_tables.break_even(study)
    matched = rows["contrast"] != " - ".join(UNMATCHED)
    rows = rows[matched] if matched.any() else rows
    frame = pd.DataFrame(
        {
            "Contrast": [contrast_label(c) for c in rows["contrast"]],
            "Margin, NRS points": [f"{m:g}" if m else "any at all" for m in rows["margin_nrs"]],
            "Break-even share": [_share(v) for v in rows["share"]],
            "95 % band": [
                f"{_share(low)} to {_share(high)}" if low != high else _share(low)
                for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
            ],
            "Draws with no such share": [percent(v) for v in rows["never"]],
        }
    )
    caption = (
        "Break-even share: what part of runners must be tight from end-range torque before the "
        "first arm's mean tightness is lower by a margin; the other runners keep the prior's "
        "proportions, or equal ones where it has none. Median and band over draws."
    )
    return show.Table(frame, caption, "break-even", align={"Margin, NRS points": "left"})


def chances(study: CompareStudy) -> show.Table:
    """Chance that the mean difference is a benefit of at least a margin, primary contrast."""
    import pandas as pd

    rows = compare_tables.chances(study)
    rows = rows[(rows["contrast"] == " - ".join(study.primary)) & (rows["world"] != PRIOR)]
    columns = {"If tight from": [WORLD_LABELS[w] for w in dict.fromkeys(rows["world"])]}
    for margin, part in rows.groupby("margin_nrs", sort=False):
        columns[f"Benefit of {count_phrase(margin, 'point')} or more"] = [
            percent(v) for v in part["chance"]
        ]
    caption = (
        f"{contrast_label(' - '.join(study.primary))}: chance, over draws of the parameters, that "
        "the mean difference in tightness is a benefit of at least a margin."
    )
    return show.Table(pd.DataFrame(columns), caption, "chances")
