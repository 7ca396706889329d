"""What skill and coverage hang on: the same trials scored under other choices.

Each choice was made by the people who wrote the cases down, not read in a trial. The stored draws
are those of ``make calibrate`` in every variant: nothing is calibrated anew.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from hipstudy import parameters, result_store
from hipstudy.arrays import Array
from hipstudy.evidence.trial_setting import REVIEW_COMMON, in_setting
from hipstudy.evidence.trials import Case, shipped
from hipstudy.evidence.validation import CaseResult, predict

Results = tuple[CaseResult, ...]
# deg: before and after in the one trial of hip-flexor stretching read in degrees (ROM021), whose
# root mean square is the case files' mode, and that between runners (RBDS02)
RANGE_SDS_DEG = (2.5, 3.1, 8.0)
CURVE = "torque_curve"


def over_range_sd(results: Iterable[CaseResult], sd_deg: float) -> list[CaseResult]:
    """The same predictions, those of range in SD counted over one SD; nothing is run again."""
    counted = []
    for one in results:
        if one.population_sd is not None and one.case.outcome == "thomas_ext_deg":
            case = one.case.model_copy(update={"sd": sd_deg, "sd_low": None, "sd_high": None})
            central = one.predicted * (one.case.sd or sd_deg) / sd_deg
            one = CaseResult(case, central, one.draws * one.population_sd[:, 0] / sd_deg)
        counted.append(one)
    return counted


def _values_for_rules(results: Results) -> list[CaseResult]:
    """A rule without a value scored as if its middle, or its one end, had been published."""

    def with_value(case: Case) -> Case:
        return case.model_copy(update={"estimate": case.point}) if case.by_rule else case

    return [replace(one, case=with_value(one.case)) for one in results]


def _reviews(results: Results, common: float, seed: int) -> list[CaseResult]:
    """Pooled reviews run again, with another share of the spread common to their trials.

    Those of the shipped cases are kept from one run to the next.
    """
    known = {case.name: case for case in shipped()}

    def run_again(one: CaseResult) -> Array:
        values = parameters.draw(one.draws.size, seed=seed, **{REVIEW_COMMON: common})
        return predict(one.case, in_setting(one.case, values))

    pooled = {one.case.name: one for one in results if one.case.pooled > 1}
    own = {name: one for name, one in pooled.items() if known.get(name) != one.case}
    sizes = {name: one.draws.size for name, one in pooled.items() if name not in own}

    def of_shipped() -> dict[str, Array]:
        return {name: run_again(pooled[name]) for name in sizes}

    settings = {"seed": seed, "common": common, "n_draws": sizes}
    draws = dict(result_store.result("pooled reviews", settings, of_shipped))
    draws |= {name: run_again(one) for name, one in own.items()}
    return [replace(one, draws=draws.get(one.case.name, one.draws)) for one in results]


def _on_curve(results: Results, curve: int, seed: int) -> list[CaseResult]:
    """Draws of one torque-angle curve only."""
    n_draws = results[0].draws.size
    is_it = parameters.draw(n_draws, seed=seed)[CURVE][:, 0] == curve

    def of_it(one: CaseResult) -> CaseResult:
        spread = None if one.population_sd is None else one.population_sd[is_it]
        return replace(one, draws=one.draws[is_it], population_sd=spread)

    return [of_it(one) for one in results]


def variants(results: Iterable[CaseResult], *, seed: int) -> Iterator[tuple[str, Results]]:
    """Every choice by name, with the results under it; the first is as it is.

    Parameters
    ----------
    results
        Of ``validation.find_all``.
    seed
        With which they were found.
    """
    as_it_is = tuple(results)
    choices: dict[str, Callable[[], Iterable[CaseResult]]] = {
        "as_scored": lambda: as_it_is,
        "rules_as_values": lambda: _values_for_rules(as_it_is),
        "review_is_one_setting": lambda: _reviews(as_it_is, 1.0, seed),
        "review_is_mean_of_trials": lambda: _reviews(as_it_is, 0.0, seed),
    }
    for sd_deg in RANGE_SDS_DEG:
        choices[f"range_sd_{sd_deg:g}"] = lambda sd_deg=sd_deg: over_range_sd(as_it_is, sd_deg)
    for curve in range(len(parameters.shipped()[CURVE].weights)):
        choices[f"curve_{curve}"] = lambda curve=curve: _on_curve(as_it_is, curve, seed)
    for name, made in choices.items():
        yield name, tuple(made())
