"""The plain models that the notebook fits by statsmodels, beside the same models fitted here."""

import math
from typing import Any

import pandas as pd

from hipstudy import show
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.labels import format_number
from hipstudy.pages.cohort_report.design_details import plain_formula
from hipstudy.pages.cohort_report.primary_question import digits_of, words
from hipstudy.studies.cohort_study import CohortStudy

TERM = "treated"  # the coefficient that is the difference between the arms


def plain_models(study: CohortStudy, ols: Any, mixedlm: Any) -> show.Table | show.Text:
    """Fits by statsmodels beside those of the report, and how far they are apart.

    Parameters
    ----------
    study
        The study.
    ols, mixedlm
        Results of statsmodels with a coefficient ``treated``; None where it was not fitted.
    """
    if not study.is_parallel:
        return plain_formula(study)
    ancova, limbs, mixed = (study.by_model(m) for m in ("ancova", "random_intercept", "mixed"))
    if ols is None:
        return show.Text(words("no_plain_models"))
    fits = [
        ("ANCOVA on runner means", "statsmodels OLS", ols.params[TERM], ols.bse[TERM]),
        *_here("ANCOVA on runner means", "least squares", ancova),
    ]
    if mixedlm is not None:
        end = "Limbs within runners, end visit"
        fits += [(end, "statsmodels MixedLM", mixedlm.params[TERM], mixedlm.bse[TERM])]
        fits += _here(end, "exact REML", limbs)
    fits += _here("Mixed model, all visits", "REML, Kenward-Roger", mixed)
    df = {"statsmodels OLS": ols.df_resid, "statsmodels MixedLM": math.inf}
    df |= {"least squares": ancova.df, "exact REML": limbs.df, "REML, Kenward-Roger": mixed.df}
    sizes = {"least squares": ancova.n_runners, "exact REML": limbs.n_runners}
    sizes |= {"statsmodels OLS": int(ols.nobs), "REML, Kenward-Roger": mixed.n_runners}
    if mixedlm is not None:
        sizes["statsmodels MixedLM"] = len(mixedlm.model.group_labels)
    digits = digits_of(study.plan.primary) + 2
    frame = pd.DataFrame(
        [
            (
                model, how, format_number(estimate, digits), format_number(se, digits),
                format_number(df[how], 1) if math.isfinite(df[how]) else "normal law",
                f"{sizes[how]}",
            )
            for model, how, estimate, se in fits
        ],
        columns=["Model", "Fitted by", "Difference", "Standard error", "Degrees of freedom",
                 "Runners"],
    )  # fmt: skip
    rungs = (part for part in mixed.note.split("; ") if part.startswith("rung reached"))
    caption = words(
        "plain_models",
        ols=_apart(ols, ancova),
        mixedlm=None if mixedlm is None else _apart(mixedlm, limbs),
        rung=next(rungs, ""),
        of_person=study.is_of_person,
        is_imputed=study.plan.missing != AS_MODELLED,
    )
    align = {"Fitted by": "left", "Degrees of freedom": "right", "Runners": "right"}
    return show.Table(frame, caption, "plain-models", align=align)


def _here(model: str, how: str, one: Estimate) -> list[tuple[str, str, float, float]]:
    return [] if math.isnan(one.estimate) else [(model, how, one.estimate, one.se)]


def _apart(fit: Any, one: Estimate) -> dict[str, str]:
    """How far two fits of one model are apart."""
    apart = {"estimate": fit.params[TERM] - one.estimate, "se": fit.bse[TERM] - one.se}
    return {name: f"{abs(gap):.1e}".replace("-", "−") for name, gap in apart.items()}
