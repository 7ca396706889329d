"""What trials elsewhere found of what is felt: words, forest, variants, certainty, every row."""

import math
from typing import Any

from hipstudy import figures, show
from hipstudy.evidence.certainty import Certainty, certainty
from hipstudy.evidence.outside_view import REPORTED, WITH_NULLS
from hipstudy.evidence.pooling import pool
from hipstudy.evidence.symptom_trials import CLASSES, LISTED, NULL, SymptomTrial
from hipstudy.labels import format_number, interval
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.pages.trials_elsewhere import WORDS, contrast_facts, effect_cells, trial_cell
from hipstudy.studies.evidence_study import EvidenceStudy

DOMAINS = {
    "Risk of bias": "risk_of_bias",
    "Inconsistency": "inconsistency",
    "Indirectness": "indirectness",
    "Imprecision": "imprecision",
    "Publication bias": "publication_bias",
}


def outside_summary(study: EvidenceStudy) -> show.Text:
    """What each class of trials found, a list item each."""
    every = (contrast_facts(study.outside, contrast) for contrast in CLASSES)
    return show.Text("\n".join(WORDS("item", facts) for facts in every if facts))


def _trial_row(one: SymptomTrial) -> dict[str, Any]:
    alone = pool([one.difference_nrs], [one.standard_error**2])
    return {
        "label": one.study.partition(",")[0],
        "estimate": alone.estimate,
        "low": alone.ci_low if one.low_nrs is None else one.low_nrs,
        "high": alone.ci_high if one.high_nrs is None else one.high_nrs,
        "kind": "null" if one.use == NULL else "trial",
        "pi_low": math.nan,
        "pi_high": math.nan,
    }


def _panel_rows(study: EvidenceStudy, contrast: str) -> list[dict[str, Any]]:
    """Trials of a class, then what they say together, with the reported nulls and without."""
    view = study.outside
    main = view.main(contrast)
    trials = sorted(view.rows(contrast, main), key=lambda one: one.use == NULL)
    rows = [_trial_row(one) for one in trials]
    for variant in (one for one in (REPORTED, WITH_NULLS) if one in view.variants(contrast)):
        effect = view.pooled(contrast, variant)
        ends = {"low": effect.ci_low, "high": effect.ci_high}
        label = f"{LABELS['variants'][variant]}, {effect.k}"
        rows.append(
            {"label": label, "estimate": effect.estimate, **ends, "kind": "pooled",
             "pi_low": effect.pi_low, "pi_high": effect.pi_high}
        )  # fmt: skip
    return rows


def outside_forest(study: EvidenceStudy) -> show.Figure:
    """Every trial that an estimate counts, and the estimates, a panel a class."""
    import pandas as pd

    panels = [
        {"title": LABELS["contrasts"][contrast], "rows": _panel_rows(study, contrast)}
        for contrast in CLASSES
        if study.outside.main(contrast)
    ]
    rows = [{"panel": one["title"], **row} for one in panels for row in one["rows"]]
    axs = figures.pooled_forest(pd.DataFrame(rows), xlabel=LABELS["axes"]["outside"])
    words = (WORDS("forest_caption"), WORDS("forest_alt", panels))
    return show.Figure(axs[0].figure, *words, "outside-forest")


def outside_variants(study: EvidenceStudy) -> show.Table:
    """Every class and variant, with tau and what leaving one trial out does."""
    import pandas as pd

    cells = []
    for contrast in CLASSES:
        for i, variant in enumerate(study.outside.variants(contrast)):
            effect = study.outside.pooled(contrast, variant)
            others = list(study.outside.leave_one_out(contrast, variant).values())
            tau = interval(effect.tau, effect.tau_low, effect.tau_high, 1) if effect.k > 1 else "–"
            cells.append(
                {"Contrast": LABELS["short_contrasts"][contrast] if i == 0 else ""}
                | effect_cells(LABELS["variants"][variant], effect)
                | {"Tau": tau}
                | {"Leaving one out": WORDS("one_left_out", others) if others else "–"}
            )
    frame = pd.DataFrame(cells)
    align = dict.fromkeys(
        ("Difference (95 %)", "Prediction (95 %)", "Tau", "Leaving one out"), "left"
    )
    return show.Table(frame, WORDS("variants_caption"), "outside-variants", align=align)


def _domains(one: Certainty) -> list[str]:
    reasons = [WORDS(passage, one) for passage in DOMAINS.values()]
    return ["high", *reasons, one.level]


def outside_certainty(study: EvidenceStudy) -> show.Table:
    """GRADE, a row a domain and a column a class, with the reasons."""
    import pandas as pd

    grades = {one: certainty(study.outside, one) for one in CLASSES}
    columns = {
        LABELS["contrasts"][contrast]: _domains(one) for contrast, one in grades.items() if one
    }
    frame = pd.DataFrame({"Domain": ["Randomised trials", *DOMAINS, "Certainty"], **columns})
    align = dict.fromkeys(columns, "left")
    return show.Table(frame, WORDS("certainty_caption"), "outside-certainty", align=align)


def _difference(one: SymptomTrial) -> str:
    if one.difference_nrs is None:
        return ""
    if one.low_nrs is not None and one.high_nrs is not None:
        return interval(one.difference_nrs, one.low_nrs, one.high_nrs)
    se = "" if one.se_nrs is None else f", SE {format_number(one.se_nrs)}"
    return f"{format_number(one.difference_nrs)}{se}"


def outside_rows(study: EvidenceStudy) -> show.Table:
    """Every row: what was compared in whom, what was read, and how it is used."""
    import pandas as pd

    order = {contrast: i for i, contrast in enumerate(CLASSES)}
    rows = sorted(study.outside.trials, key=lambda one: (order[one.contrast], one.use == LISTED))
    frame = pd.DataFrame(
        {
            "Trial": [trial_cell(one) for one in rows],
            "Compared": [f"{one.first} / {one.second}" for one in rows],
            "In whom": [one.people for one in rows],
            "Week": ["" if one.weeks is None else f"{one.weeks:g}" for one in rows],
            "Difference (95 %)": [_difference(one) for one in rows],
            "Used": [LABELS["uses"][one.use] for one in rows],
            "How, and why": ["; ".join(filter(None, (one.how, one.note))) for one in rows],
        }
    )
    align = {"Difference (95 %)": "left", "Week": "number"}
    return show.Table(frame, WORDS("rows_caption"), "outside-rows", align=align)


def outside_file(study: EvidenceStudy) -> show.Download:
    """Every class and variant at full precision, for ``tables/outside.csv``."""
    return table_file(study.outside.frame(), "outside")
