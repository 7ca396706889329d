"""The numbers behind the explorer's pictures, as tidy frames; every one follows from a study."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.explore.cache import ModelCache
from hipstudy.explore.state import RESERVE, PageState
from hipstudy.model.causes import PRIOR, WORLDS, expected_shares
from hipstudy.studies import compare_tables, torque_curves
from hipstudy.studies.compare_decisions import QUANTILES, spread_shown
from hipstudy.studies.compare_study import CompareStudy

Array = NDArray[np.float64]
SHOWN_FROM_DEG = -60


@dataclass(frozen=True, eq=False)
class View:
    """One state of a page with its comparison.

    Parameters
    ----------
    page_state, model_cache
        The settings on screen, and the results that are remembered.
    """

    page_state: PageState
    model_cache: ModelCache

    @cached_property
    def study(self) -> CompareStudy:
        """The comparison that the page's settings ask for."""
        return self.model_cache.study(self.page_state.settings())

    @property
    def outcome(self) -> str:
        """Name of the chosen outcome in the library."""
        name = self.page_state.outcome
        return self.study.settings.reserve if name == RESERVE else name

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, A first."""
        return tuple(arm.name for arm in self.study.design.arms)


def change(runs: Array, outcome: str) -> Array:
    """Change since the start along the last axis; torque in per cent of it."""
    start = runs[..., :1]
    return (runs / start - 1) * 100 if outcome.endswith("_nm_kg") else runs - start


def over_weeks(here: View, outcome: str) -> pd.DataFrame:
    """Both arms over weeks, mixed over the causes' weights.

    Columns: arm, week, level, level_low, level_high (mean over limbs with its 95 % band over
    draws), change, change_low, change_high (since baseline; torque in per cent of it).
    """
    frames = [
        _frame(arm, here.study.mean(arm, outcome, PRIOR), outcome, here.study.band)
        for arm in here.arms
    ]
    return pd.concat(frames, ignore_index=True)


def _frame(arm: str, runs: Array, outcome: str, band: tuple[float, float]) -> pd.DataFrame:
    columns: dict[str, object] = {"arm": arm, "week": np.arange(runs.shape[1])}
    for name, draws in (("level", runs), ("change", change(runs, outcome))):
        low, high = np.quantile(draws, band, axis=0)
        columns |= {name: draws.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns)


def without(here: View, outcome: str) -> pd.DataFrame:
    """Without any exercise, as ``over_weeks`` has it for one arm: what happens anyway."""
    weeks = here.study.design.weeks
    nobody = here.study.design.arms[0].model_copy(
        update={"strength": None, "stretch": None, "contact_min_wk": 0.0}
    )
    runs = here.model_cache.mean(here.study.settings, weeks, nobody, outcome)
    mixed = np.einsum("dw,wdt->dt", here.study.shares, runs)
    return _frame("without", mixed, outcome, here.study.band)


def spread(here: View, outcome: str) -> pd.DataFrame:
    """How runners differ in their change by the last week, parameters at their values.

    Each runner counts in each cause by the cause's expected share. Columns: arm, low, high (middle
    95 % of runners). No rows for few measured runners, of whom it would tell single people.
    """
    rows = []
    share = np.array(expected_shares(here.study.settings.prior))
    for arm in here.arms if spread_shown(here.study) else ():
        both = np.stack(here.model_cache.ends(here.study, arm, outcome), axis=-1)
        own = change(both, outcome)[..., 1]
        weight = np.repeat(share / own.shape[1], own.shape[1])
        low, high = _weighted(own.ravel(), weight, (QUANTILES[0], QUANTILES[-1]))
        rows.append((arm, low, high))
    return pd.DataFrame(rows, columns=["arm", "low", "high"])


def _weighted(values: Array, weight: Array, at: tuple[float, ...]) -> Array:
    """Quantiles of weighted values: the smallest with at least that much weight up to it."""
    order = np.argsort(values, kind="stable")
    up_to = np.cumsum(weight[order])
    place = np.searchsorted(up_to, np.array(at) * up_to[-1])
    return values[order][np.minimum(place, len(values) - 1)]


def differences(here: View, outcome: str) -> pd.DataFrame:
    """B minus A at the last week in each cause, and mixed over their weights.

    Columns: world, estimate, ci_low, ci_high.
    """
    rows = []
    for world in (*WORLDS, PRIOR):
        draws = here.study.difference(here.study.primary, outcome, world)[:, -1]
        rows.append((world, draws.mean(), *np.quantile(draws, here.study.band)))
    return pd.DataFrame(rows, columns=["world", "estimate", "ci_low", "ci_high"])


def break_even(here: View) -> pd.DataFrame:
    """Share of runners tight from end-range torque at which B wins on tightness, by margin."""
    return compare_tables.break_even(here.study).drop(columns=["contrast", "n_runners", "n_limbs"])


def torque(here: View) -> pd.DataFrame:
    """Torque along the range at the start and at the chosen week, with the norm.

    Columns: arm, week, angle_ext_deg, mean, low, high (Nm/kg), as in ``curves.torque_angle``.
    """
    weeks = (0, here.page_state.shown_week)
    curves = torque_curves.torque_angle(
        here.study, here.arms, weeks=weeks, gain_of=here.model_cache.gain
    )
    return curves[curves["angle_ext_deg"] >= SHOWN_FROM_DEG].reset_index(drop=True)


def minutes(here: View) -> pd.DataFrame:
    """Clock minutes a week of both arms. Columns: arm, strength, stretch, both."""
    rows = [
        (arm.name, arm.strength_min_wk, arm.stretch_min_wk, arm.clock_min_wk)
        for arm in here.study.design.arms
    ]
    return pd.DataFrame(rows, columns=["arm", "strength", "stretch", "both"])


def is_even(here: View) -> bool:
    """Whether both arms take the same minutes a week."""
    a, b = here.study.design.arms
    return abs(a.clock_min_wk - b.clock_min_wk) < 1e-6


def sessions_done(here: View) -> tuple[float, float, float]:
    """Share of sessions done, mean over runners, weeks and draws, and its band."""
    shares = here.model_cache.attendance(here.study)
    return shares.mean(), *np.quantile(shares, here.study.band)
