r"""What a cohort of this size can tell of strength and tightness: the analysis put to the model.

The association of changes (``analysis.change_association``) is asked of simulated cohorts that
have this file's number of runners in each arm and its end visit, read with the instruments' errors.
In *guarded* cohorts tightness does not follow strength: a slope found there is a false positive. In
*weak* ones it does, by a link that is wholly causal: the share in which a slope of that sign is
found is the power. A hip that is felt more on the day is tested weaker, in both. Parameters are
drawn, so what is not known of the model is in both. Who is lost in the model is lost whatever his
changes: loss takes runners and nothing else, so cohorts are as many as were measured at both visits
here, none of them lost again.

The rule, fixed in advance: the corrected slope where the correction can be made, else the ordinary
one, found when its interval leaves out zero. The cohort cannot tell when the false-positive rate
exceeds the error rate of a trial beyond doubt (the whole Monte Carlo interval above it), or when
the power is below one half. Where it cannot, cohorts larger than any that is likely to be recruited
are asked by the same rule: if they cannot tell either, more runners are not what is missing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, random_streams, result_store
from hipstudy.analysis import change_association
from hipstudy.analysis.change_association import MEASURED, STEP, ChangesAssociation, Rows
from hipstudy.analysis.estimate import level, margin
from hipstudy.arrays import Array
from hipstudy.model import cohort, simulate
from hipstudy.model.observe import Instruments, Visits, instruments, observe
from hipstudy.parameters import Values
from hipstudy.prescription import design
from hipstudy.prescription.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd

TRUTHS = ("guarded", "weak")  # where a slope is false, and where it is true
SHIPPED = (design.STRETCH, design.BOTH)


def tools_of(frame: "pd.DataFrame") -> Instruments:
    """The shipped instruments, the Thomas test as the file says that it was done.

    The pelvis counts as free unless every row that says something says that it was held.
    """
    answers = frame["pelvis_controlled"].dropna() if "pelvis_controlled" in frame else []
    controlled = len(answers) > 0 and all(map(bool, answers))
    return instruments(parameters.central(), pelvis_controlled=controlled)


def arms_of(sizes: Mapping[str, int]) -> dict[str, int]:
    """Arms to simulate, with their sizes.

    Those of the file where all are presets; otherwise stretch only and strength plus stretch, with
    the runners split evenly.
    """
    if set(sizes) <= set(design.CONTRACT_ARMS):
        return dict(sorted(sizes.items()))
    total = sum(sizes.values())
    return dict(zip(SHIPPED, (total - total // 2, total // 2), strict=True))


def simulate_cohorts(
    arms: Mapping[str, int],
    week: int,
    values: Values,
    cohorts: int,
    *,
    pelvis_held: bool,
    seed: int,
    one_limb: Mapping[str, int] | None = None,
) -> dict[str, Rows]:
    """Cohorts of each cause, from one draw of the parameters.

    Parameters
    ----------
    arms
        Name of each arm, and its runners in a cohort.
    week
        End visit.
    values
        One draw.
    cohorts
        How many; no runner is in two.
    pelvis_held
        Whether the pelvis was held at the Thomas test.
    seed
        Of everything that is drawn.
    one_limb
        Of how many runners of each arm one limb only is measured; of none where it is not given.

    Returns
    -------
    dict
        Cause -> rows; dose is the last of ``z``.
    """
    arms_by_name = design.build(design.CONTRACT_ARMS)
    tools = replace(instruments(values, pelvis_controlled=pelvis_held), lost_per_wk=0)
    parts: dict[str, list[tuple[Array, Array, Array]]] = {world: [] for world in TRUTHS}
    limbs = {name: np.where(np.arange(n) < (one_limb or {}).get(name, 0), 1.0, 2.0)
             for name, n in arms.items()}  # fmt: skip
    for place, (name, n) in enumerate(arms.items()):
        own = int(
            random_streams.uniform(seed=seed, stream="association arm", by=[place])[0] * 2**52
        )
        read = _readings(arms_by_name.arm(name), n * cohorts, week, values, tools, own)
        for world, readings in read.items():
            parts[world].append(_as_rows(readings, limbs[name]))
    of_arm = np.repeat(np.arange(len(arms)), list(arms.values()))
    exact = [np.ones(len(of_arm)), *(of_arm == k for k in range(1, len(arms)))]
    rows = {}
    for world, of_arms in parts.items():
        y, x, dose = (np.concatenate(part, axis=1) for part in zip(*of_arms, strict=True))
        z = [*(np.broadcast_to(column, y.shape) for column in exact), dose]
        of_each = np.broadcast_to(np.concatenate(list(limbs.values())), y.shape)
        rows[world] = Rows(y, x, np.stack(z, axis=-1).astype(float), of_each)
    return rows


def _readings(
    arm: Protocol, n: int, week: int, values: Values, tools: Instruments, seed: int
) -> dict[str, dict[str, Array]]:
    """Readings of many runners in one arm, by cause and column: (2 visits, runners, 2 limbs)."""
    parts: dict[str, dict[str, list[Array]]] = {
        world: {name: [] for name in (*MEASURED, "adherence_pct")} for world in TRUTHS
    }
    for block in cohort.draw(n, seed=seed).blocks(BLOCK):
        run = simulate.run(
            block, arm, values, TRUTHS, weeks=week, seed=seed, outcomes=simulate.READ_AT_VISITS
        )
        for world, columns in parts.items():
            frame = observe(run.in_world(world), Visits(weeks=(0, week)), tools, seed=seed)
            for name, read in columns.items():  # rows go by visit, runner, side
                read.append(frame[name].to_numpy(float).reshape(2, -1, 2))
    return {
        world: {name: np.concatenate(read, axis=1) for name, read in columns.items()}
        for world, columns in parts.items()
    }


def _as_rows(readings: Mapping[str, Array], limbs: Array) -> tuple[Array, Array, Array]:
    """Changes as ``Rows`` has them, and dose: (cohorts, n, ...), means of so many limbs."""
    weights = np.stack([1 / limbs, 1 - 1 / limbs], axis=-1)

    def at_visits(name: str) -> Array:
        return readings[name].reshape(2, -1, len(limbs), 2)

    def mean(values: Array) -> Array:
        return (values * weights).sum(axis=-1)

    tightness, torque, thomas = (at_visits(name) for name in MEASURED)
    torque_steps = mean(np.log(torque[1] / torque[0])) / STEP
    x = np.stack([torque_steps, mean(thomas[1] - thomas[0]), mean(tightness[0])], axis=-1)
    dose = np.nan_to_num(at_visits("adherence_pct")[1, ..., 0]) / 100
    return mean(tightness[1] - tightness[0]), x, dose


BLOCK = 2_000  # runners at once, so that memory does not grow; frames of fewer take longer to make
HALF = 0.5  # power below which a cohort cannot tell
DEALS = 8  # cohorts dealt from the runners of one draw of the parameters: a numerical choice
LARGE = 500  # runners an arm: more than such a cohort is likely ever to have
LARGE_PART, LARGE_DEALS = 4, 2  # a fourth of the draws, two cohorts each: large ones are slow


@dataclass(frozen=True)
class Rate:
    """Share of simulated cohorts with its Monte Carlo interval."""

    share: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class DetectionRate:
    """How often a slope is found in simulated cohorts of one cause.

    Parameters
    ----------
    rule
        By the rule: corrected where that can be done, else ordinary.
    ordinary, corrected
        By one of them alone; where no correction can be made, none is found.
    correctable
        Cohorts in which a correction can be made.
    alpha
        How often a trial errs.
    """

    rule: Rate
    ordinary: Rate
    corrected: Rate
    correctable: Rate
    alpha: float = 1 - level()

    @property
    def too_often(self) -> bool:
        """Whether a slope is found more often than a trial errs, beyond doubt."""
        return self.rule.ci_low > self.alpha

    @property
    def too_seldom(self) -> bool:
        """Whether a slope is found in fewer than half of the cohorts."""
        return self.rule.share < HALF


@dataclass(frozen=True)
class Judgement:
    """What a cohort's association of changes says, and whether it can say anything.

    Parameters
    ----------
    association
        The association in the cohort.
    guarded, weak
        False positives and power in simulated cohorts; None where the cohort itself has no slope.
    cohorts
        Simulated cohorts of each cause.
    arms
        Arms simulated, and the runners in each.
    large
        False positives and power in cohorts of ``LARGE`` runners an arm; None where that was not
        asked.
    """

    association: ChangesAssociation
    guarded: DetectionRate | None = None
    weak: DetectionRate | None = None
    cohorts: int = 0
    arms: tuple[tuple[str, int], ...] = ()
    large: tuple[DetectionRate, DetectionRate] | None = None

    @property
    def is_simulated(self) -> bool:
        """Whether cohorts were simulated: not where the cohort itself has no slope."""
        return self.guarded is not None and self.weak is not None

    @property
    def can_tell(self) -> bool:
        """Whether a cohort of this size can tell, by the rule."""
        return self.is_simulated and not cannot_tell(self.guarded, self.weak)


def cannot_tell(guarded: DetectionRate, weak: DetectionRate) -> bool:
    """Whether false positives are too many or power is too low."""
    return guarded.too_often or weak.too_seldom


def judge(
    frame: "pd.DataFrame",
    week: int,
    *,
    seed: int,
    draws: int = 60,
    vary: bool = True,
    alpha: float | None = None,
) -> Judgement:
    """Associate changes in a cohort, and ask the model whether that can tell anything.

    Parameters
    ----------
    frame, week
        As ``change_association.per_runner`` takes them.
    seed
        Of the simulated cohorts.
    draws
        Draws of the parameters; each gives eight cohorts of every cause.
    vary
        Draw the parameters; at their central values otherwise.
    alpha
        Intervals are of 1 - alpha; that of every plan that says nothing where none is given.
    """
    tools = tools_of(frame)
    association = change_association.associate(frame, week, tools, alpha)
    if np.isnan(association.raw.value):
        return Judgement(association)
    limbs = change_association.per_runner(frame, week).groupby("arm")["limbs"]
    arms = arms_of(limbs.size().to_dict())
    one_limb = arms_of(limbs.agg(lambda m: int((m == 1).sum())).to_dict())

    def rates(
        size: Mapping[str, int], deals: int, draws: int
    ) -> tuple[DetectionRate, DetectionRate]:
        few = {name: round(one_limb[name] * n / max(arms[name], 1)) for name, n in size.items()}
        return false_positives_and_power(
            size, week, tools, seed=seed, draws=draws, vary=vary, dosed=association.dosed,
            deals=deals, one_limb=few, alpha=alpha,
        )  # fmt: skip

    guarded, weak = rates(arms, DEALS, draws)
    large = None
    if cannot_tell(guarded, weak):
        large = rates(dict.fromkeys(arms, LARGE), LARGE_DEALS, -(-draws // LARGE_PART))
    return Judgement(association, guarded, weak, draws * DEALS, tuple(arms.items()), large)


def false_positives_and_power(
    arms: Mapping[str, int],
    week: int,
    tools: Instruments,
    *,
    seed: int,
    draws: int,
    vary: bool = True,
    dosed: bool = True,
    deals: int = DEALS,
    one_limb: Mapping[str, int] | None = None,
    alpha: float | None = None,
    **fixed: float,
) -> tuple[DetectionRate, DetectionRate]:
    """How often the analysis finds a slope in *guarded* and in *weak* cohorts.

    Cohorts are drawn, and follow from these numbers alone: what is found is kept from run to run.

    Parameters
    ----------
    arms
        Name of each arm, and its runners.
    week
        End visit.
    tools
        Errors that the analysis corrects for; the readings have those of each draw.
    seed, draws, vary
        As in ``judge``.
    dosed
        Whether completed dose is held equal.
    deals
        Cohorts of each draw.
    one_limb
        Of how many runners of each arm one limb only is measured.
    alpha
        As in ``judge``.
    **fixed
        Parameters to hold at a value; a link is wholly causal unless it is said here.
    """
    fixed = {"causal_share": 1.0} | fixed
    asked = {
        "arms": [*arms.items()], "week": week, "tools": asdict(tools), "seed": seed,
        "draws": draws, "vary": vary, "dosed": dosed, "deals": deals,
        "one_limb": [*(one_limb or {}).items()], "fixed": fixed,
    }  # fmt: skip

    def find() -> result_store.Arrays:  # what any alpha is asked of
        values = parameters.draw(draws, seed=seed, **fixed) if vary else parameters.central(**fixed)
        slopes = {world: np.zeros((draws, 4, deals)) for world in TRUTHS}
        df = np.zeros(draws, int)
        for draw in range(draws):
            own = int(random_streams.uniform(seed=seed, stream="association", by=[draw])[0] * 2**52)
            at = slice(draw, draw + 1) if vary else slice(1)
            one = Values({name: values[name][at] for name in values}, values.seed)
            cohorts = simulate_cohorts(
                arms, week, one, deals, pelvis_held=tools.pelvis_controlled, seed=own,
                one_limb=one_limb,
            )  # fmt: skip
            for world, data in cohorts.items():
                data = data if dosed else replace(data, z=data.z[..., :-1])
                slopes[world][draw] = _slopes(data, tools)
                df[draw] = data.y.shape[1] - data.z.shape[-1] - data.x.shape[-1]
        return {**slopes, "df": df}

    found = result_store.result("slopes of simulated cohorts", asked, find)
    halves = {df: margin(1.0, df, alpha) for df in set(found["df"].tolist())}
    flags = {
        world: np.stack([_detected(slopes, halves[df], one_sided=world == "weak")
                         for slopes, df in zip(found[world], found["df"].tolist(), strict=True)])
        for world in TRUTHS
    }  # fmt: skip
    errs = 1 - level(alpha)
    guarded, weak = (
        DetectionRate(*(rate(flags[w][:, k], alpha) for k in range(4)), errs) for w in TRUTHS
    )
    return guarded, weak


def _slopes(data: Rows, tools: Instruments) -> Array:
    """Slopes of cohorts, ordinary with its standard error and corrected with its, (4, cohorts)."""
    return np.stack([*change_association.ordinary(data),
                     *change_association.unflattened(data, tools)])  # fmt: skip


def _detected(slopes: Array, half: float, *, one_sided: bool) -> NDArray[np.bool_]:
    """Whether a slope is found by rule, ordinary and corrected; whether it could be, (4, cohorts).

    An interval is ``half`` standard errors either side. With ``one_sided`` only less tightness with
    more torque counts: the sign that is true there.
    """
    raw, raw_se, own, own_se = slopes
    ordinary, corrected = (
        (b < -half * se) | ((b > half * se) & (not one_sided))
        for b, se in ((raw, raw_se), (own, own_se))
    )
    correctable = ~np.isnan(own)
    rule = np.where(correctable, corrected, ordinary)
    return np.stack([rule, ordinary, corrected, correctable])


def rate(flags: NDArray[np.bool_], alpha: float | None = None) -> Rate:
    """Share of cohorts, (draws, cohorts of a draw), with its Monte Carlo interval.

    Notes
    -----
    Wilson's interval (Wilson 1927, doi:10.1080/01621459.1927.10502953) at the effective number of
    cohorts: those of one draw are alike, so the number is p (1 - p) over the variance of the mean
    of the draws' shares, and never more than there are.
    """
    from scipy import stats

    p, n = float(flags.mean()), float(flags.size)
    draws = flags.mean(axis=1)
    if len(draws) > 1 and 0 < p < 1:
        variance = float(draws.var(ddof=1)) / len(draws)
        n = min(n, p * (1 - p) / variance) if variance > 0 else n
    z = stats.norm.ppf((1 + level(alpha)) / 2)
    middle, width = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = (float((middle + sign * width) / (1 + z**2 / n)) for sign in (-1, 1))
    return Rate(p, low if p > 0 else 0.0, high if p < 1 else 1.0)
