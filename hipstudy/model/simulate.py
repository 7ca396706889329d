"""Cohort x completed sessions x days: the truth, before anyone measures it. Deterministic.

What is felt in a week is a usual level and the week's fluctuation, less a bounded course of its
own, less what any programme brings, less what closing a deficit of the cause's driver relieves.
All else is at rest: no acute effect of stretching, no fatigue and no passing shift of the curve;
``Recent`` holds what ``observe`` needs to add them. Soreness is its own outcome: it adds to
discomfort while running, never to tightness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy.arrays import Array
from hipstudy.model import adaptation, adherence, causes, range_gain
from hipstudy.model.adaptation import SATURATING, TargetCourse, TorqueCourse, TorqueGain
from hipstudy.model.adherence import DAYS, Completed, Habits
from hipstudy.model.baseline import Baseline, draw_worlds, thomas_sd
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SIDES, SPEEDS, Cohort
from hipstudy.model.felt_weeks import FeltWeeks
from hipstudy.model.range_gain import RangeCourse, RangeStates
from hipstudy.model.soreness import LatestDay
from hipstudy.model.trajectories import (
    Recent,
    SimulatedArm,
    TightnessFalls,
    Trajectories,
)
from hipstudy.model.usual_level import NRS_MAX
from hipstudy.model.weekly_dose import DoseWalk
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol

RESERVES = tuple(f"reserve_{speed}" for speed in SPEEDS)
OUTCOMES = (
    "tightness_nrs",
    "discomfort_nrs",
    "thomas_ext_deg",
    "end_range_torque_nm_kg",
    *RESERVES,
    "soreness_nrs",
    "economy_pct",
)
READ_AT_VISITS = (  # what ``observe`` reads
    "tightness_nrs",
    "discomfort_nrs",
    "thomas_ext_deg",
    "end_range_torque_nm_kg",
)
MOVED = ("weak", "short", "guarded")  # worlds whose driver training moves
BY_RANGE = ("short", "guarded")  # worlds whose driver is a part of range


def run(
    cohort: Cohort,
    protocol: Protocol,
    values: Values,
    worlds: Sequence[str] = WORLDS,
    *,
    weeks: int,
    seed: int,
    outcomes: Sequence[str] = OUTCOMES,
    starts: Mapping[str, Baseline] | None = None,
    own: Habits | None = None,
    with_recent: bool = True,
) -> SimulatedArm:
    """Draw where runners start and which sessions they do, and simulate one arm.

    Parameters
    ----------
    cohort, protocol, values
        Runners, their prescription, and parameters, one row a draw.
    worlds
        Causes of tightness, each a world of its own; ``starts`` goes before it.
    weeks
        Horizon; a shorter prescription stops earlier.
    seed
        Of the runners' luck.
    outcomes
        Which to simulate.
    starts, own
        Baselines by world and habits, where other arms have drawn them already.
    with_recent
        As in ``simulate``.
    """
    if starts is None:
        starts = draw_worlds(cohort, values, seed=seed, worlds=worlds)
    completed = adherence.attend(cohort, protocol, values, weeks=weeks, seed=seed, own=own)
    truth = simulate(
        cohort, starts, protocol, completed, values, outcomes=outcomes, with_recent=with_recent
    )
    return SimulatedArm(cohort, protocol, values, completed, starts, truth)


def simulate(
    cohort: Cohort,
    starts: Mapping[str, Baseline],
    protocol: Protocol,
    completed: Completed,
    values: Values,
    *,
    outcomes: Sequence[str] = OUTCOMES,
    shape: str = SATURATING,
    with_recent: bool = True,
) -> Trajectories:
    """Run one arm in every world.

    Parameters
    ----------
    cohort
        Runners.
    starts
        World -> baseline of every limb.
    protocol
        The arm's prescription.
    completed
        The sessions that happened, of whole weeks.
    values
        Parameters, one row a draw.
    outcomes
        Which to compute; ``recent`` is there when all of ``READ_AT_VISITS`` are.
    shape
        Of torque's dose-response, one of ``adaptation.SHAPES``.
    with_recent
        Whether ``observe`` is to look at the runners: False leaves ``recent`` out.

    Returns
    -------
    Trajectories
        The truth at rest, at every whole week from 0.
    """
    with_recent = with_recent and {*READ_AT_VISITS} <= {*outcomes}
    dose = DoseWalk([protocol], [completed], values)
    return respond(
        cohort, starts, protocol, dose, values,
        outcomes=outcomes, shape=shape, with_recent=with_recent,
    )  # fmt: skip


def respond(
    cohort: Cohort,
    starts: Mapping[str, Baseline],
    protocol: Protocol,
    dose: DoseWalk,
    values: Values,
    *,
    outcomes: Sequence[str] = OUTCOMES,
    shape: str = SATURATING,
    with_recent: bool = False,
) -> Trajectories:
    """Outcomes of doses in every world: the part of ``simulate`` after doses, same parameters."""
    names = [name for name in OUTCOMES if name in outcomes]
    ratings = [name for name in causes.LINKS if name in names]
    by_torque = not {*names} <= {*causes.LINKS, "thomas_ext_deg", "soreness_nrs"}
    torque_in = {
        world: start
        for world, start in starts.items()
        if by_torque or (ratings and world == "weak")
    }
    walked = _walk(dose, cohort, torque_in, protocol, values, shape, with_recent=with_recent)
    of_range = walked.of_range
    rom = range_gain.rom_gain(of_range, values)
    sore = walked.soreness[..., cohort.runner] * _trained_limbs(protocol, cohort)
    beside = np.ascontiguousarray(sore)  # as the ratings lie
    felt = FeltWeeks(ratings, dose, len(rom), values)
    shape = (len(starts), *rom.shape)
    truth = {name: np.empty(shape) for name in names if name != "soreness_nrs"}
    eased = np.zeros((len(starts), *rom.shape[1:]))  # by the last week
    for place, (world, start) in enumerate(starts.items()):
        here = {name: runs[place] for name, runs in truth.items()}
        gain = walked.gains.get(world)
        possible = rom
        if world in BY_RANGE or "thomas_ext_deg" in here:
            possible = np.minimum(rom, _room_deg(start, values))
        if ratings:
            only = (world,) if world in MOVED else ()
            part = _part(possible, rom) if world in BY_RANGE else None
            changes = drivers(gain, of_range, values, only, possible=part)
            eased[place] = _of_felt(world, start, felt, changes, values, here)
        if "discomfort_nrs" in here:
            here["discomfort_nrs"] += beside
            np.minimum(here["discomfort_nrs"], NRS_MAX, out=here["discomfort_nrs"])
        if "thomas_ext_deg" in here:
            np.add(start.thomas_ext_deg, possible, out=here["thomas_ext_deg"])
        if gain is not None:
            _of_torque(start, gain, values, here)
    if "soreness_nrs" in names:
        truth["soreness_nrs"] = np.broadcast_to(sore, shape)
    return Trajectories(
        tuple(starts),
        {name: np.moveaxis(truth[name], 1, -1) for name in names},
        recent=walked.recent,
        falls=TightnessFalls(felt.course[-1], felt.programme[-1], eased),
    )


def _of_felt(
    world: str,
    start: Baseline,
    felt: FeltWeeks,
    changes: Mapping[str, Array],
    values: Values,
    truth: dict[str, Array],
) -> Array | float:
    """Fill in the ratings in ``truth``; by how much relief lowers tightness in the last week."""
    eased: Array | float = 0.0
    for name in (name for name in causes.LINKS if name in truth):
        relief = causes.change(name, world, changes, start.deficit, values)
        np.add(felt.of(start)[name], relief, out=truth[name])
        np.clip(truth[name], 0, NRS_MAX, out=truth[name])
        if name == "tightness_nrs":
            eased = -np.broadcast_to(relief, truth[name].shape)[-1]
    return eased


def _of_torque(start: Baseline, gain: TorqueGain, values: Values, truth: dict[str, Array]) -> None:
    """Fill in those outcomes in ``truth`` that follow torque."""
    if "end_range_torque_nm_kg" in truth:
        angle = tested_angle(values)
        torque = gain.at(angle, out=truth["end_range_torque_nm_kg"])
        torque += 1
        torque *= start.torque(angle, values)
    _reserves(start, gain, truth)
    if "economy_pct" in truth:
        truth["economy_pct"][:] = _economy(gain, values)


def tested_angle(values: Values) -> Array:
    """Angle of the end-range torque test on the limb's own scale, (draws, 1)."""
    return values["end_range_test_angle_deg"] + values["test_angle_offset_deg"]


def _trained_limbs(protocol: Protocol, cohort: Cohort) -> NDArray[np.bool_]:
    return np.tile(adaptation.trained_sides(protocol.strength), cohort.n_runners)


@dataclass(frozen=True, eq=False)
class _ArmEnd:
    """What the days of an arm leave behind."""

    gains: Mapping[str, TorqueGain]
    of_range: RangeStates
    soreness: Array
    recent: Recent | None


def _walk(
    dose: DoseWalk,
    cohort: Cohort,
    torque_in: Mapping[str, Baseline],
    protocol: Protocol,
    values: Values,
    shape: str,
    *,
    with_recent: bool,
) -> _ArmEnd:
    """Take all days once: every state moves a day on, and no day is held.

    Torque is followed in the worlds of ``torque_in``, which start differently.
    """
    width, n_days = dose.width, dose.n_days
    aims = TargetCourse(width, n_days, values, shape=shape) if torque_in else None
    torque = {
        world: TorqueCourse(protocol, cohort, start, values, n_days)
        for world, start in torque_in.items()
    }
    of_range = RangeCourse(protocol, width, n_days, values)
    sore, week_sore = np.zeros((n_days // DAYS + 1, *width)), np.empty((DAYS, *width))
    strain, stretch = (LatestDay(width, n_days) if with_recent else None for _ in range(2))
    for day, today in enumerate(dose.days()):
        if aims is not None:
            aims.step(today)
            for course in torque.values():
                course.step(aims.by_load, aims.by_light, aims.learned_now)
        of_range.step(today)
        if strain is not None and stretch is not None:
            strain.step(today.strain)
            stretch.step(today.stretched)
        week, into_week = divmod(day, DAYS)
        week_sore[into_week] = today.soreness
        if into_week == DAYS - 1:
            week_sore.mean(axis=0, out=sore[week + 1])
    gains = (
        {}
        if aims is None
        else {world: course.gain(aims.stretched) for world, course in torque.items()}
    )
    recent = _recent(strain, stretch, cohort, protocol) if strain and stretch else None
    return _ArmEnd(gains, of_range.states(), sore, recent)


def _recent(session: LatestDay, stretch: LatestDay, cohort: Cohort, protocol: Protocol) -> Recent:
    strain, since_session, since_stretch = (
        np.moveaxis(np.repeat(per_week, len(SIDES), axis=-1), 0, -1)
        for per_week in (session.amount, session.since, stretch.since)
    )
    own = _trained_limbs(protocol, cohort)[:, np.newaxis]
    strain *= own
    return Recent(strain, np.where(own, since_session, np.inf), since_stretch)


def _part(possible: Array, whole: Array) -> Array:
    """Share of a gain that there is room for: where anatomy ends range, it ends the driver."""
    return np.divide(possible, whole, out=np.ones_like(whole), where=whole > 0)


def _room_deg(start: Baseline, values: Values) -> Array:
    """How much further a limb can go before anatomy ends it, (draws, limbs)."""
    return np.maximum(values["hip_extension_limit_deg"] - start.thomas_ext_deg, 0)


def drivers(
    gain: TorqueGain | None,
    states: RangeStates,
    values: Values,
    only: Sequence[str] = MOVED,
    *,
    possible: Array | None = None,
) -> dict[str, Array]:
    """Change of each cause's driver in its own standard deviations, (weeks, draws, limbs).

    Torque counts on the log scale that its spread between runners has. Tissue and tolerance split
    the true Thomas angle's variance as they split its gain: the tolerance that a test of range sees
    is the tolerance that guarding withholds. ``possible`` is the share of the gain of range that a
    limb's anatomy leaves room for; all of it when None.
    """
    return {world: _driver(world, gain, states, values, possible) for world in only}


def _driver(
    world: str,
    gain: TorqueGain | None,
    states: RangeStates,
    values: Values,
    possible: Array | None,
) -> Array:
    if world == "weak" and gain is not None:
        gained = gain.at(tested_angle(values))
        np.log1p(gained, out=gained)
        return np.divide(gained, values["torque_runner_cv"], out=gained)
    tissue, tolerance = 1 - values["rom_tolerance_share"], values["rom_tolerance_share"]
    most = range_gain.most_range_deg(values) / thomas_sd(values)
    ways = {
        "short": (tissue, states.tissue),
        "guarded": (tolerance, states.tolerance),
    }
    share, state = ways[world]
    change = np.sqrt(share) * most * state
    return change if possible is None else np.multiply(change, possible, out=change)


def _reserves(start: Baseline, gain: TorqueGain, truth: dict[str, Array]) -> None:
    """End-range reserve at each speed: torque, passive included, over the net moment of running.

    The smaller of that at peak extension and at the peak moment.
    """
    asks, other = start.demands, np.empty(gain.stretched.shape[1:])
    by_speed = zip(
        RESERVES, asks.angle_ext_deg, asks.moment_nm_kg, asks.active_nm_kg, asks.passive_nm_kg,
        strict=True,
    )  # fmt: skip
    for name, angle, moment, active, passive in by_speed:
        if name not in truth:
            continue
        loads = moment > 0  # what asks for nothing leaves all of it
        where = True if loads.all() else loads  # a mask takes seven times as long
        own = np.divide(active, moment, out=np.zeros_like(moment), where=where)
        rest = np.divide(passive, moment, out=np.ones_like(moment), where=where)
        points = [(gain.kernel(angle[at]), own[at], own[at] + rest[at]) for at in (0, 1)]
        for week, reserve in enumerate(truth[name]):  # a week stays near the processor
            for place, (kernel, share, start_reserve) in zip((reserve, other), points, strict=True):
                gain.weighed(kernel, week, out=place)
                place *= share
                place += start_reserve
            np.minimum(reserve, other, out=reserve)


def _economy(gain: TorqueGain, values: Values) -> Array | float:
    """Better running economy, per cent: by how much of its ceiling hip-flexor work has reached."""
    if gain.state is None:
        return 0.0
    top = adaptation.ceiling(values) + adaptation.learning(values)
    reached = np.divide(gain.state, np.where(top > 0, top, np.inf))  # nothing to reach: nothing
    np.minimum(reached, 1, out=reached)
    return np.multiply(values["economy_full_pct"], reached, out=reached)
