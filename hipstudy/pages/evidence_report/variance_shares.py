"""What the answer hangs on: the screen, the indices, one figure and one sentence."""

from typing import Any

import pandas as pd

from hipstudy import figures, show
from hipstudy.labels import format_number, interval
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.pages.evidence_report.cases import WORDS
from hipstudy.pages.shared import answer_label, factor_label, leading_factors
from hipstudy.pages.table_files import table_file
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import LEAST, TRAJECTORIES, strongest, tightness
from hipstudy.studies.sensitivity_model import BREAK_EVEN, DUMMY, TORQUE

MAIN_ANSWERS = (
    *(tightness(world) for world in (*WORLDS[:3], PRIOR)),
    f"{TORQUE} {WORLDS[0]}",
    BREAK_EVEN,
)
ROWS = 4
LISTED_FROM = 0.01  # of the largest effect on an answer: what moves less is in tables/morris.csv


def varying(study: EvidenceStudy, *answers: str) -> list[str]:
    """Those of the answers that some number moves."""
    return [answer for answer in answers if answer not in study.sensitivity.constant_answers]


def variance_facts(study: EvidenceStudy) -> dict[str, Any]:
    """What is said of the shares of variance of a study."""
    result = study.sensitivity
    answers = varying(study, *MAIN_ANSWERS)
    constant = [a for a in result.constant_answers if a in map(tightness, WORLDS)]
    return {
        "weeks": result.question.weeks,
        "rows": ROWS,
        "n_factors": len(result.main),
        "n_runs": result.n_runs,
        "n_runners": result.question.cohort.n_runners,
        "never_even_share": result.never_even_share,
        "leading_factors": {answer_label(a): leading_factors(result, a, 3) for a in answers},
        "constant_answers": [answer_label(answer).lower() for answer in constant],
    }


def leading(study: EvidenceStudy) -> show.Text:
    """The answer hangs on these: each cause, the prior mix, strength and the break-even share."""
    return show.Text(WORDS("leading_factors", variance_facts(study)))


def variance(study: EvidenceStudy) -> show.Figure:
    """The strongest numbers of each answer."""
    parts = [
        strongest(study.sensitivity, answer, ROWS).assign(panel=answer_label(answer))
        for answer in varying(study, *MAIN_ANSWERS)
    ]
    frame = pd.concat(parts)
    frame["label"] = frame["factor"].map(factor_label)
    axs = figures.variance(frame)
    facts = variance_facts(study)
    words = (WORDS("variance_caption", facts), WORDS("variance_alt", facts))
    return show.Figure(axs[0].figure, *words, "variance")


def screen(study: EvidenceStudy) -> show.Table:
    """The Morris screen: how far each number moves each answer, those kept first."""
    result = study.sensitivity
    rows = result.screen
    wide = rows.pivot_table(index="factor", columns="answer", values="effect", sort=False)
    largest = rows.groupby("factor", sort=False)["of_largest"].max()
    order = largest[largest >= LISTED_FROM].sort_values(ascending=False, kind="stable").index
    main = set(result.main) - {DUMMY}
    columns = {"Number": [factor_label(name) for name in order]}
    for answer in MAIN_ANSWERS:
        columns[answer_label(answer)] = [format_number(wide.loc[name, answer], 3) for name in order]
    columns["Kept"] = ["yes" if name in main else "no" for name in order]
    caption = WORDS(
        "screen_caption",
        n_numbers=len(result.screened) - 1,
        n_main=len(main),
        n_unlisted=len(largest) - len(order),
        trajectories=TRAJECTORIES,
        least=LEAST,
        listed_from=LISTED_FROM,
    )
    return show.Table(pd.DataFrame(columns), caption, "screen")


def indices(study: EvidenceStudy) -> show.Table:
    """First and total order of the main numbers, every cause and the prior."""
    result = study.sensitivity
    tight = map(tightness, (*WORLDS, PRIOR))
    answers = varying(study, *tight, f"{TORQUE} {PRIOR}", BREAK_EVEN)
    rows = result.indices.set_index(["answer", "factor"])
    best = result.indices[result.indices["answer"].isin(answers)]
    best = best.groupby("factor", sort=False)["total"].max().drop(DUMMY)
    order = [*best.sort_values(ascending=False, kind="stable").index, DUMMY]
    columns = {"Number": [factor_label(name) for name in order]}
    for answer in answers:
        columns[answer_label(answer)] = [_index(rows.loc[(answer, name)]) for name in order]
    left = dict.fromkeys(columns, "left")
    caption = WORDS("indices_caption", result.base)
    return show.Table(pd.DataFrame(columns), caption, "indices", align=left)


def _index(row: pd.Series) -> str:
    total = interval(100 * row.total, 100 * row.total_low, 100 * row.total_high, 0)
    return f"{format_number(100 * row['first'], 0)} | {total}"


def sobol(study: EvidenceStudy) -> show.Download:
    """Every index at full precision, for ``tables/sobol.csv``."""
    return table_file(study.sensitivity.indices, "sobol")


def morris(study: EvidenceStudy) -> show.Download:
    """The screen at full precision, for ``tables/morris.csv``."""
    return table_file(study.sensitivity.screen, "morris")
