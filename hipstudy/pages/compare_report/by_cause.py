"""The four causes; and the contract's tables."""

from hipstudy import figures, show
from hipstudy.figures.style import canvas
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    attainable_share,
    contrast_label,
    count_phrase,
    interval,
    percent,
)
from hipstudy.model.causes import PRIOR
from hipstudy.pages.compare_report.comparison import (
    band_of,
    comparison_of,
    in_words,
    pick_effects,
    words,
)
from hipstudy.pages.compare_report.cost_statement import with_cost
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import UNMATCHED
from hipstudy.studies import compare_tables
from hipstudy.studies.compare_study import CompareStudy

DIGITS = {"thomas_ext_deg": 1, "economy_pct": 1}  # 2 for all others


def trajectories(study: CompareStudy) -> show.Download:
    """The truth over weeks, for ``tables/trajectories.csv``."""
    return table_file(compare_tables.trajectories(study), "trajectories")


def effects(study: CompareStudy) -> show.Download:
    """Differences at the last week, for ``tables/effects.csv``."""
    return table_file(compare_tables.effects(study), "effects")


def causes(study: CompareStudy) -> show.Figure:
    """Difference by cause for every contrast, with the break-even line beside it."""
    rows, margin = pick_effects(study, "tightness_nrs"), parameter("margin_small_nrs")
    extra = 7 * max(len(study.design.contrasts) - 3, 0)
    figure, (left, right) = canvas(84 + extra, ncols=2, gridspec_kw={"width_ratios": [1.5, 1]})
    figures.causes(rows, margin=margin, ax=left)
    figures.break_even(
        compare_tables.break_even_curve(study, study.primary), margin=margin, ax=right
    )
    bands = [
        band_of(f"{contrast_label(row.contrast)}, {WORLD_LABELS[row.world]}:", row)
        for row in rows.itertuples()
    ]
    alt = in_words("Difference in tightness by cause.", bands)
    caption = with_cost(study, words("causes", comparison_of(study)))
    return show.Figure(figure, caption, alt, "causes")


def differences(study: CompareStudy, outcome: str) -> show.Table:
    """Difference of every contrast under every cause, one outcome; the prior comes later."""
    import pandas as pd

    rows = pick_effects(study, outcome)
    rows = rows[rows["world"] != PRIOR]
    columns = {"If tight from": [WORLD_LABELS[w] for w in dict.fromkeys(rows["world"])]}
    for contrast, part in rows.groupby("contrast", sort=False):
        columns[contrast_label(contrast)] = [
            interval(r.estimate, r.ci_low, r.ci_high, DIGITS.get(outcome, 2))
            for r in part.itertuples()
        ]
    frame = pd.DataFrame(columns)
    same = len(frame.iloc[:, 1:].drop_duplicates()) == 1
    if same:
        frame = frame.head(1).assign(**{"If tight from": "any cause"})
    label, weeks = OUTCOME_LABELS[outcome], study.design.weeks
    caption = words("differences", outcome=label, weeks=weeks, is_same_for_all=same)
    return show.Table(frame, caption, f"differences-{outcome}")


def break_even(study: CompareStudy) -> show.Table:
    """The break-even share for every contrast and margin."""
    import pandas as pd

    rows = compare_tables.break_even(study)
    matched = rows["contrast"] != " - ".join(UNMATCHED)
    rows = (rows[matched] if matched.any() else rows).reset_index(drop=True)
    lows, highs = (rows[end].map(attainable_share) for end in ("ci_low", "ci_high"))
    frame = pd.DataFrame(
        {
            "Contrast": rows["contrast"].map(contrast_label),
            "Margin, NRS points": [f"{m:g}" if m else "any at all" for m in rows["margin_nrs"]],
            "Break-even share": rows["share"].map(attainable_share),
            "95 % band": [
                words("break_even_band", low=low, high=high, is_reached=share <= 1)
                for low, high, share in zip(lows, highs, rows["ci_high"], strict=True)
            ],
            "Draws with no such share": rows["never"].map(percent),
        }
    )
    align = {"Margin, NRS points": "left"}
    return show.Table(frame, words("break_even"), "break-even", align=align)


def chances(study: CompareStudy) -> show.Table:
    """Chance that the mean difference is a benefit of at least a margin, primary contrast."""
    import pandas as pd

    contrast = " - ".join(study.primary)
    rows = compare_tables.chances(study)
    rows = rows[(rows["contrast"] == contrast) & (rows["world"] != PRIOR)]
    columns = {"If tight from": [WORLD_LABELS[w] for w in dict.fromkeys(rows["world"])]}
    for margin, part in rows.groupby("margin_nrs", sort=False):
        columns[f"Benefit of {count_phrase(margin, 'point')} or more"] = [
            percent(v) for v in part["chance"]
        ]
    return show.Table(pd.DataFrame(columns), words("chances", contrast_label(contrast)), "chances")
