"""What the model predicts for a published case, and whether that is what the trial measured.

Each case is one person on the norm who does every session, under each draw of the parameters. What
was measured, how it is counted and what it is set against are three fields of the entry, so a new
trial needs no code. Nothing is fitted, and no published number is looked at before the verdict.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, result_store
from hipstudy.evidence.trial_setting import POPULATION_SD, in_setting, population_parameters
from hipstudy.evidence.trials import AT_A_DAY, AT_AN_ANGLE, HIT, MISS, Case, citation, shipped
from hipstudy.model import adaptation, cohort, limb_state, soreness
from hipstudy.model.adherence import DAYS, Completed
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.limb_state import Baseline
from hipstudy.model.simulate import simulate
from hipstudy.model.weekly_dose import Doses, doses, reaches_end_range
from hipstudy.parameters import Values, number
from hipstudy.prescription.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def average_person(values: Values, *, women_share: float) -> tuple[Cohort, Baseline]:
    """The person and where his limbs start, under every draw.

    Parameters
    ----------
    values
        Parameters, (draws, 1) each.
    women_share
        Share of women in the trial, 0 to 1: the norm's torque is mixed by it.
    """
    runners = replace(
        cohort.draw(1, seed=0),
        mass_kg=np.array([number("mass_mean_kg")]),
        ran=np.zeros((1, len(cohort.SPEEDS)), dtype=bool),
    )
    limbs = np.ones((values.n_draws, len(SIDES)))
    still = np.zeros(len(SIDES))
    sexes = 1 - women_share * (1 - values["women_to_men_torque"])
    start = Baseline(
        tightness_nrs=values["tightness_mean_nrs"][0] * np.ones(len(SIDES)),
        discomfort_nrs=values["discomfort_mean_nrs"][0] * np.ones(len(SIDES)),
        thomas_ext_deg=values["thomas_mean_deg"] * limbs,
        norm_neutral_nm_kg=values["torque_neutral_nm_kg"] * sexes * limbs,
        end_range=values["torque_runner_cv"] / 2 * limbs,  # the mean of a log law is the norm
        elsewhere=still,
        demands=limb_state.running_demands(0 * limbs, still, still, still, values=values),
    )
    own = start.torque(start.demands.angle_ext_deg, values)
    return runners, replace(start, demands=replace(start.demands, active_nm_kg=own))


def every_session(protocol: Protocol, *, on: Sequence[bool], n_draws: int = 1) -> Completed:
    """Every prescribed session of the weeks that are trained, spread evenly over each week.

    Parameters
    ----------
    protocol
        What is prescribed; its own weeks are not looked at.
    on
        Whether each week is trained.
    n_draws
        Of the parameters: the same under each.
    """
    sessions = {}
    for part, field in (("strength", "sessions_per_week"), ("stretch", "times_per_week")):
        often = getattr(getattr(protocol, part), field) if getattr(protocol, part) else 0
        week = np.bincount([k * DAYS // often for k in range(often)], minlength=DAYS)
        days = np.outer(np.asarray(on, float), week).reshape(1, 1, -1)
        sessions[part] = np.repeat(days, n_draws, axis=0)
    return Completed(**sessions)


_WORLD = "nonspecific"  # no case looks at tightness; every other outcome is the same in all


@dataclass(frozen=True, eq=False)
class CaseResult:
    """A case with what the model gives for it.

    Parameters
    ----------
    case
        As published.
    predicted
        With every parameter at its value.
    draws
        Under every draw of the parameters and of the trial's setting.
    population_sd
        By which draws are counted, (draws, 1); None where the case is not counted in SD.
    """

    case: Case
    predicted: float
    draws: Array
    population_sd: Array | None = None

    @property
    def band(self) -> tuple[float, float]:
        """95 % band over draws of the parameters."""
        half = (1 - number("band_level")) / 2
        low, high = np.quantile(self.draws, (half, 1 - half))
        return float(low), float(high)

    @property
    def verdict(self) -> str:
        """``hit`` when the central prediction lies inside the published interval."""
        return HIT if self.case.holds(self.predicted) else MISS


def _weeks_on(case: Case, protocol: Protocol) -> list[bool]:
    return [True] * protocol.weeks + [False] * case.pause_wk + [True] * case.again_wk


def _course(case: Case, protocol: Protocol, values: Values) -> Array:
    """The outcome at the end of every week from 0, or on every day; (times, draws)."""
    runners, start = average_person(values, women_share=case.women_share)
    sessions = every_session(protocol, on=_weeks_on(case, protocol), n_draws=values.n_draws)
    if case.outcome in (*AT_AN_ANGLE, "peak_torque_angle_ext_deg", AT_A_DAY):
        dose = doses(protocol, sessions, values)
        if case.outcome == AT_A_DAY:
            return 100 * dose.fatigue[..., 0]
        aims = adaptation.targets(dose, values)
        gain = adaptation.torque_gain(protocol, runners, start, aims, values)
        shift = _shift(protocol, dose, values)
        if case.outcome in AT_AN_ANGLE:
            torque = _measured(case.angle_ext_deg, start, gain, shift, values)
            if case.of_angle_ext_deg is None:
                return torque
            return torque / _measured(case.of_angle_ext_deg, start, gain, shift, values)
        angles = np.arange(number("angle_from_deg"), number("angle_to_deg") + 1)
        curves = [_measured(angle, start, gain, shift, values) for angle in angles]
        return angles[np.argmax(curves, axis=0)]
    run = simulate(runners, {_WORLD: start}, protocol, sessions, values, outcomes=(case.outcome,))
    return np.moveaxis(run.outcomes[case.outcome][0, :, 0], -1, 0)


def _shift(protocol: Protocol, dose: Doses, values: Values) -> Array:
    """Shift of the curve towards length at the end of every week, (weeks from 0, draws, 1)."""
    if not reaches_end_range(protocol.strength):
        return np.zeros(1)
    _, since_d = soreness.latest(dose.strain)
    return soreness.passing_shift_deg(since_d, values)


def _measured(
    angle_deg: float, start: Baseline, gain: adaptation.TorqueGain, shift: Array, values: Values
) -> Array:
    """Torque that a test would read at an angle, the passing shift included, (weeks, draws)."""
    torque = start.norm(angle_deg - shift, values) * start.to_norm(angle_deg, values)
    return (torque * (1 + gain.at(angle_deg)))[..., 0]


def _change(case: Case, protocol: Protocol, values: Values, at: int | None = None) -> Array:
    """Change since the start as the case counts it, (draws,)."""
    course = _course(case, protocol, values)
    last = course[-1 if at is None else at]
    if case.outcome == AT_A_DAY:
        return last
    if case.scale == "raw":
        return last - course[0]
    if case.scale == "percent":
        return 100 * (last / course[0] - 1)
    spread = values[POPULATION_SD][:, 0] if POPULATION_SD in values else case.sd
    return (last - course[0]) / spread  # of the trial's own people


def predict(case: Case, values: Values) -> Array:
    """What the model gives for a case, (draws,), in the case's own unit.

    Parameters
    ----------
    case
        Its published numbers are not looked at.
    values
        Parameters as they are in the trial: ``trial_setting.in_setting`` gives them, and at the
        centre ``trial_setting.population_parameters``.
    """
    arm = case.arm()
    at = case.at_d if case.outcome == AT_A_DAY else case.at_wk
    change = _change(case, arm, values, at)
    if case.form == "change":
        return change
    if case.form == "course":
        other = _change(case, arm, values, case.of_wk)
    else:
        other = _change(case, case.arm("comparator"), values, at)
        if case.form == "difference":
            return change - other
    return np.divide(change, other, out=np.full_like(change, np.nan), where=other != 0)


def central(case: Case, **values: float) -> float:
    """The prediction with every parameter at its value, but for those that are named."""
    return float(predict(case, parameters.central(**{**population_parameters(case), **values}))[0])


def find(case: Case, *, seed: int, n_draws: int | None = None) -> CaseResult:
    """Predict one case, with its band over draws of the parameters."""
    n_draws = n_draws or parameters.calibrated().n_rows  # fewer leave luck in the scores
    values = in_setting(case, parameters.draw(n_draws, seed=seed))
    return CaseResult(case, central(case), predict(case, values), values.get(POPULATION_SD))


def find_all(
    cases: Iterable[Case], *, seed: int, n_draws: int | None = None
) -> tuple[CaseResult, ...]:
    """Predict every case; predictions of the shipped cases are kept from one run to the next."""
    cases, known = tuple(cases), shipped()
    if cases[: len(known)] != known:
        return tuple(find(case, seed=seed, n_draws=n_draws) for case in cases)
    own = tuple(find(case, seed=seed, n_draws=n_draws) for case in cases[len(known) :])
    return (*_of_shipped(known, seed, n_draws), *own)


def _of_shipped(cases: tuple[Case, ...], seed: int, n_draws: int | None) -> Iterator[CaseResult]:
    """Predictions of the shipped cases, which follow from the seed and the number of draws."""

    def predictions() -> dict[str, Array]:
        made: dict[str, Array] = {}
        for case in cases:
            one = find(case, seed=seed, n_draws=n_draws)
            made[f"{case.name} central"] = np.array(one.predicted)
            made[f"{case.name} draws"] = one.draws
            if one.population_sd is not None:
                made[f"{case.name} population_sd"] = one.population_sd
        return made

    found = result_store.result("cases", {"seed": seed, "n_draws": n_draws}, predictions)
    for case in cases:
        central, draws = found[f"{case.name} central"], found[f"{case.name} draws"]
        yield CaseResult(case, float(central), draws, found.get(f"{case.name} population_sd"))


def frame(findings: Iterable[CaseResult]) -> "pd.DataFrame":
    """The gallery as a tidy table.

    Columns: case, trial, role, independent (no parameter was chosen with it in view), citation,
    unit, published, published_low, published_high, interval, predicted, predicted_low,
    predicted_high (of the parameters alone), verdict, stored.
    """
    import pandas as pd

    rows = [
        {
            "case": f.case.name,
            "trial": f.case.trial,
            "role": f.case.role,
            "independent": f.case.role == "validation" and not f.case.numbers_in_view,
            "citation": citation(f.case),
            "unit": f.case.unit,
            "published": f.case.estimate,
            "published_low": f.case.low,
            "published_high": f.case.high,
            "interval": f.case.interval,
            "predicted": f.predicted,
            "predicted_low": f.band[0],
            "predicted_high": f.band[1],
            "verdict": f.verdict,
            "stored": f.case.verdict or "",
        }
        for f in findings
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Score:
    """Trials that hit, of how many: a trial is a hit when all its cases are."""

    hits: int
    trials: int

    def __str__(self) -> str:
        return f"{self.hits} of {self.trials}"


def score(findings: Iterable[CaseResult], role: str, *, independent: bool = False) -> Score:
    """Count trials of one role, each once; ``independent``: only those nothing was chosen by."""
    verdicts: dict[str, bool] = {}
    in_view: set[str] = set()
    for one in findings:
        if one.case.role == role:
            trial = one.case.trial
            verdicts[trial] = verdicts.get(trial, True) and one.verdict == HIT
            in_view |= {trial} if one.case.numbers_in_view else set()
    hits = [hit for trial, hit in verdicts.items() if not (independent and trial in in_view)]
    return Score(sum(hits), len(hits))
