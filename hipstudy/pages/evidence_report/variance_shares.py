"""What the answer hangs on: the screen, the indices, one figure and one sentence."""

import pandas as pd

from hipstudy import figures, show
from hipstudy.labels import count_phrase, format_number, interval, percent
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.pages.shared import answer_label, factor_label, leading_factors
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import LEAST, TRAJECTORIES, strongest, tightness
from hipstudy.studies.sensitivity_model import BREAK_EVEN, DUMMY, TORQUE

DRAWN = (
    *(tightness(world) for world in WORLDS[:3]),
    tightness(PRIOR),
    f"{TORQUE} {WORLDS[0]}",
    BREAK_EVEN,
)
ROWS = 4
SHOWN_FROM = 0.01  # of the largest effect on an answer: what moves less is in tables/morris.csv


def hangs_on(study: EvidenceStudy) -> show.Text:
    """The answer hangs on these: each cause, the prior mix, strength and the break-even share."""
    driven = study.driven
    lines = [
        f"- {answer_label(answer)}: {leading_factors(driven, answer, 3)}."
        for answer in DRAWN
        if answer not in driven.still
    ]
    still = [answer_label(a).lower() for a in driven.still if a in map(tightness, WORLDS)]
    same = f"\n\nIt hangs on nothing for {', '.join(still)}: the difference is 0." if still else ""
    return show.Text(
        "The time-matched difference hangs on (share of its variance in total, 95 % interval):\n\n"
        + "\n".join(lines)
        + same
    )


def variance(study: EvidenceStudy) -> show.Figure:
    """The strongest numbers of each answer."""
    driven = study.driven
    parts = [
        strongest(driven, answer, ROWS).assign(panel=answer_label(answer))
        for answer in DRAWN
        if answer not in driven.still
    ]
    frame = pd.concat(parts)
    frame["label"] = [factor_label(name) for name in frame["factor"]]
    axs = figures.variance(frame)
    never = "; ".join(
        f"by {count_phrase(margin, 'point')} in {percent(share)}" if margin
        else f"by any difference at all in {percent(share)}"
        for margin, share in driven.never.items()
    )  # fmt: skip
    caption = (
        f"Shares of variance of the time-matched differences at week {driven.question.weeks}, "
        f"the {ROWS} largest: dot and line, total order with 95 % interval; open, first order. "
        f"{len(driven.main)} factors, a dummy among them, {driven.n_runs:,} runs on "
        f"{driven.question.cohort.n_runners} drawn runners. The break-even share is that for any "
        "difference at all, and counts as 1 where no share of runners does it; no share breaks "
        f"even {never} of runs, so that at a margin hardly anything is left to vary."
    )
    said = "; ".join(
        f"{answer_label(a)}: {leading_factors(driven, a, 3)}"
        for a in DRAWN
        if a not in driven.still
    )
    return show.Figure(axs[0].figure, caption, f"Shares of variance. {said}.", "variance")


def screen(study: EvidenceStudy) -> show.Table:
    """The Morris screen: how far each number moves each answer, those kept first."""
    driven = study.driven
    rows = driven.screen
    wide = rows.pivot_table(index="factor", columns="answer", values="effect", sort=False)
    largest = rows.groupby("factor", sort=False)["of_largest"].max()
    order = largest[largest >= SHOWN_FROM].sort_values(ascending=False, kind="stable").index
    columns = {"Number": [factor_label(name) for name in order]}
    for answer in (*map(tightness, (*WORLDS[:3], PRIOR)), f"{TORQUE} {WORLDS[0]}", BREAK_EVEN):
        columns[answer_label(answer)] = [format_number(wide.loc[name, answer], 3) for name in order]
    columns["Kept"] = ["yes" if name in driven.main and name != DUMMY else "no" for name in order]
    kept = len(driven.main) - 1
    caption = (
        f"Morris screen of all {len(driven.screened) - 1} unknown numbers and a dummy: mean "
        f"absolute effect over the middle 98 % of each law, {TRAJECTORIES} trajectories; NRS "
        "points, per cent of torque, share of runners. Kept for the indices: the "
        f"{kept} that move some answer at least {percent(LEAST)} as far as the number that moves "
        f"it furthest. Not listed: {len(largest) - len(order)} that move none by "
        f"{percent(SHOWN_FROM)} of that, the dummy among them."
    )
    return show.Table(pd.DataFrame(columns), caption, "screen")


def indices(study: EvidenceStudy) -> show.Table:
    """First and total order of the main numbers, every cause and the prior."""
    driven = study.driven
    answers = [a for a in (*map(tightness, (*WORLDS, PRIOR)), f"{TORQUE} {PRIOR}", BREAK_EVEN)
               if a not in driven.still]  # fmt: skip
    rows = driven.indices.set_index(["answer", "factor"])
    best = driven.indices[driven.indices["answer"].isin(answers)]
    best = best.groupby("factor", sort=False)["total"].max().drop(DUMMY)
    order = [*best.sort_values(ascending=False, kind="stable").index, DUMMY]
    columns = {"Number": [factor_label(name) for name in order]}
    for answer in answers:
        columns[answer_label(answer)] = [_index(rows.loc[(answer, name)]) for name in order]
    caption = (
        "Sobol's indices, per cent of variance: first order | total order (95 % interval of the "
        "total). Total orders add up to more than 100 where numbers act together. Intervals come "
        f"from {driven.base} base samples; strength in every world is in tables/sobol.csv. The "
        "numbers that the screen left out stand at their values."
    )
    return show.Table(
        pd.DataFrame(columns), caption, "indices", align=dict.fromkeys(columns, "left")
    )


def _index(row: pd.Series) -> str:
    total = interval(100 * row.total, 100 * row.total_low, 100 * row.total_high, 0)
    return f"{format_number(100 * row['first'], 0)} | {total}"


def sobol(study: EvidenceStudy) -> show.Download:
    """Every index at full precision, for ``tables/sobol.csv``."""
    return show.Download(study.driven.indices, "sobol")


def morris(study: EvidenceStudy) -> show.Download:
    """The screen at full precision, for ``tables/morris.csv``."""
    return show.Download(study.driven.screen, "morris")
