r"""What a cohort of this size can tell of strength and tightness: the analysis put to the model.

The association of changes (``analysis.changes``) is asked of simulated cohorts that have this
file's number of runners in each arm and its end visit, read with the instruments' errors. In
*guarded* cohorts tightness does not follow strength: a slope found there is a false positive. In
*weak* ones it does: the share in which a slope of that sign is found is the power. Parameters are
drawn from their laws, so what is not known of the model is in both. Who is lost in the model is
lost whatever his changes: loss takes runners and nothing else, so cohorts are as many as were
measured at both visits here, none of them lost again.

The rule, fixed in advance: the corrected slope where the correction can be made, else the ordinary
one, found when its interval leaves out zero. The cohort cannot tell when the false-positive rate
exceeds the error rate of a trial beyond doubt (the whole Monte Carlo interval above it), or when
the power is below one half. Where it cannot, cohorts larger than any that is likely to be recruited
are asked by the same rule: if they cannot tell either, more runners are not what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, random_streams
from hipstudy.analysis import change_association
from hipstudy.analysis.change_association import MEASURED, STEP, ChangesAssociation, Rows
from hipstudy.analysis.estimate import level, margin
from hipstudy.arrays import Array
from hipstudy.labels import count_phrase, format_number, interval, percent
from hipstudy.model import adherence, baseline, cohort
from hipstudy.model.observe import Instruments, Run, Visits, instruments, observe
from hipstudy.model.simulate import Trajectories, simulate
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
    said = frame["pelvis_controlled"].dropna() if "pelvis_controlled" in frame else []
    held = len(said) > 0 and all(map(bool, said))
    return instruments(parameters.central(), pelvis_controlled=held)


def arms_of(sizes: Mapping[str, int]) -> dict[str, int]:
    """Arms to simulate: the file's where all are known by name, else the shipped two, halved."""
    if set(sizes) <= set(design.CONTRACT_ARMS):
        return dict(sorted(sizes.items()))
    total = sum(sizes.values())
    return dict(zip(SHIPPED, (total - total // 2, total // 2), strict=True))


def mock_cohort(values: Values, draw: int) -> Values:
    """One draw of the parameters."""
    return Values({name: values[name][draw : draw + 1] for name in values}, values.seed)


def deal(
    arms: Mapping[str, int],
    week: int,
    values: Values,
    cohorts: int,
    *,
    held: bool,
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
    held
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
    known = design.build(design.CONTRACT_ARMS)
    tools = replace(instruments(values, pelvis_controlled=held), lost_per_wk=0)
    parts: dict[str, list[tuple[Array, Array, Array]]] = {world: [] for world in TRUTHS}
    limbs = {name: np.where(np.arange(n) < (one_limb or {}).get(name, 0), 1.0, 2.0)
             for name, n in arms.items()}  # fmt: skip
    for place, (name, n) in enumerate(arms.items()):
        own = int(
            random_streams.uniform(seed=seed, stream="association arm", by=[place])[0] * 2**52
        )
        for world, seen in _seen(known.arm(name), n * cohorts, week, values, tools, own).items():
            parts[world].append(_measured(seen, limbs[name]))
    of_arm = np.repeat(np.arange(len(arms)), list(arms.values()))
    exact = [np.ones(len(of_arm)), *(of_arm == k for k in range(1, len(arms)))]
    found = {}
    for world, measured in parts.items():
        y, x, dose = (np.concatenate(part, axis=1) for part in zip(*measured, strict=True))
        z = [*(np.broadcast_to(column, y.shape) for column in exact), dose]
        of_each = np.broadcast_to(np.concatenate(list(limbs.values())), y.shape)
        found[world] = Rows(y, x, np.stack(z, axis=-1).astype(float), of_each)
    return found


def _seen(
    arm: Protocol, n: int, week: int, values: Values, tools: Instruments, seed: int
) -> dict[str, "pd.DataFrame"]:
    """Readings of many runners in one arm at baseline and at the visit, by cause."""
    runners = cohort.draw(n, seed=seed)
    starts = {world: baseline.draw(runners, world, values, seed=seed) for world in TRUTHS}
    done = adherence.attend(runners, arm, values, weeks=week, seed=seed)
    truth = simulate(runners, starts, arm, done, values)
    found = {}
    for place, world in enumerate(TRUTHS):
        own = {name: worlds[place : place + 1] for name, worlds in truth.outcomes.items()}
        run = Run(runners, arm, done, starts[world],
                  Trajectories((world,), own, truth.recent), values)  # fmt: skip
        found[world] = observe(run, Visits(weeks=(0, week)), tools, seed=seed)
    return found


def _measured(seen: "pd.DataFrame", limbs: Array) -> tuple[Array, Array, Array]:
    """Changes as ``changes.Rows`` has them, and dose: (cohorts, n, ...), means of so many limbs."""
    weights = np.stack([1 / limbs, 1 - 1 / limbs], axis=-1)

    def at_visits(name: str) -> Array:  # rows go by visit, runner, side
        return seen[name].to_numpy(float).reshape(2, -1, len(limbs), 2)

    def mean(values: Array) -> Array:
        return (values * weights).sum(axis=-1)

    felt, torque, thomas = (at_visits(name) for name in MEASURED)
    grown = mean(np.log(torque[1] / torque[0])) / STEP
    x = np.stack([grown, mean(thomas[1] - thomas[0]), mean(felt[0])], axis=-1)
    dose = np.nan_to_num(at_visits("adherence_pct")[1, ..., 0]) / 100
    return mean(felt[1] - felt[0]), x, dose


CANNOT = "This cohort cannot tell."
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
    """

    rule: Rate
    ordinary: Rate
    corrected: Rate
    correctable: Rate


@dataclass(frozen=True)
class Judgement:
    """What a cohort's association of changes says, and whether it can say anything.

    Parameters
    ----------
    found
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

    found: ChangesAssociation
    guarded: DetectionRate | None = None
    weak: DetectionRate | None = None
    cohorts: int = 0
    arms: tuple[tuple[str, int], ...] = ()
    large: tuple[DetectionRate, DetectionRate] | None = None

    @property
    def why_not(self) -> str:
        """Why the cohort cannot tell; empty where it can."""
        if self.guarded is None or self.weak is None:
            return f"{self.found.note[0].upper()}{self.found.note[1:]}."
        why = _cannot(self.guarded, self.weak)
        return f"In simulated cohorts of this size {why}.{self._of_larger}" if why else ""

    @property
    def _of_larger(self) -> str:
        """Whether more runners would do."""
        if self.large is None:
            return ""
        guarded, weak = self.large
        why = _cannot(guarded, weak)
        if why:
            return (
                " **No cohort size that is likely to be recruited would do**: in simulated cohorts "
                f"of {LARGE} runners per arm, too, {why}."
            )
        return (
            f" A larger cohort would do: in simulated cohorts of {LARGE} runners per arm a slope "
            f"is found in {_said(weak.rule)} where tightness is weakness at end range, and in "
            f"{_said(guarded.rule)} where strength has no part in tightness."
        )

    @property
    def sentence(self) -> str:
        """The answer: ``CANNOT`` and why, whatever the slope; else the slope in words."""
        return f"{CANNOT} {self.why_not}" if self.why_not else _in_words(self.found)


def _cannot(guarded: DetectionRate, weak: DetectionRate) -> str:
    """Why cohorts with such rates cannot tell, by the rule; empty where they can."""
    why = []
    if guarded.rule.ci_low > 1 - level():
        why.append(
            f"a slope is found in {_said(guarded.rule)} where strength has no part in "
            f"tightness, more than {percent(1 - level())} beyond doubt"
        )
    if weak.rule.share < HALF:
        why.append(
            f"a slope is found in only {_said(weak.rule)} where tightness is weakness at "
            "end range, fewer than one half"
        )
    return "; and ".join(why)


def _said(rate: Rate) -> str:
    ends = f"{percent(rate.ci_low)} to {percent(rate.ci_high)}"
    return f"{percent(rate.share)} ({ends})"


def _in_words(found: ChangesAssociation) -> str:
    one = found.answer
    way = "lower" if one.value < 0 else "higher"
    dose = " and completed dose as they report it" if found.dosed else ""
    return (
        f"Association of changes: runners whose end-range torque rose by 10 % more had tightness "
        f"{format_number(abs(one.value))} points {way} (difference "
        f"{interval(one.value, one.ci_low, one.ci_high)}, 95 % interval), at equal change of the "
        f"Thomas angle, baseline tightness, arm{dose}; {count_phrase(found.n_runners, 'runner')}."
    )


def judge(
    frame: "pd.DataFrame", week: int, *, seed: int, draws: int = 60, vary: bool = True
) -> Judgement:
    """Associate changes in a cohort, and ask the model whether that can tell anything.

    Parameters
    ----------
    frame, week
        As ``changes.per_runner`` takes them.
    seed
        Of the simulated cohorts.
    draws
        Draws of the parameters; each gives eight cohorts of every cause.
    vary
        Draw the parameters from their laws; at their values otherwise.
    """
    tools = tools_of(frame)
    found = change_association.associate(frame, week, tools)
    if np.isnan(found.raw.value):
        return Judgement(found)
    limbs = change_association.per_runner(frame, week).groupby("arm")["limbs"]
    arms = arms_of(limbs.size().to_dict())
    one_limb = arms_of(limbs.agg(lambda m: int((m == 1).sum())).to_dict())

    def asked(
        size: Mapping[str, int], deals: int, draws: int
    ) -> tuple[DetectionRate, DetectionRate]:
        few = {name: round(one_limb[name] * n / max(arms[name], 1)) for name, n in size.items()}
        return false_positives_and_power(
            size, week, tools, seed=seed, draws=draws, vary=vary, dosed=found.dosed, deals=deals,
            one_limb=few,
        )  # fmt: skip

    guarded, weak = asked(arms, DEALS, draws)
    large = None
    if _cannot(guarded, weak):
        large = asked(dict.fromkeys(arms, LARGE), LARGE_DEALS, -(-draws // LARGE_PART))
    return Judgement(found, guarded, weak, draws * DEALS, tuple(arms.items()), large)


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
    **given: float,
) -> tuple[DetectionRate, DetectionRate]:
    """How often the analysis finds a slope in *guarded* and in *weak* cohorts.

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
    **given
        Parameters to hold at a value.
    """
    values = parameters.draw(draws, seed=seed, **given) if vary else None
    flags = {world: np.zeros((draws, 4, deals), bool) for world in TRUTHS}
    for draw in range(draws):
        own = int(random_streams.uniform(seed=seed, stream="association", by=[draw])[0] * 2**52)
        one = parameters.central(**given) if values is None else mock_cohort(values, draw)
        dealt = deal(
            arms, week, one, deals, held=tools.pelvis_controlled, seed=own, one_limb=one_limb
        )
        for world, data in dealt.items():
            data = data if dosed else data.without_dose()
            flags[world][draw] = _slopes(data, tools, one_sided=world == "weak")
    guarded, weak = (DetectionRate(*(rate(flags[w][:, k]) for k in range(4))) for w in TRUTHS)
    return guarded, weak


def _slopes(data: Rows, tools: Instruments, *, one_sided: bool) -> NDArray[np.bool_]:
    """Whether a slope is found by rule, ordinary and corrected; whether it could be, (4, cohorts).

    With ``one_sided`` only less tightness with more torque counts: the sign that is true there.
    """
    df = data.y.shape[1] - data.z.shape[-1] - data.x.shape[-1]
    raw, raw_se = change_association.ordinary(data)
    own, own_se = change_association.unflattened(data, tools)
    half = margin(1.0, df)
    ordinary, corrected = (
        (b < -half * se) | ((b > half * se) & (not one_sided))
        for b, se in ((raw, raw_se), (own, own_se))
    )
    could = ~np.isnan(own)
    return np.stack([np.where(could, corrected, ordinary), ordinary, corrected, could])


def rate(found: NDArray[np.bool_]) -> Rate:
    """Share of cohorts, (draws, cohorts of a draw), with its Monte Carlo interval.

    Notes
    -----
    Wilson's interval (Wilson 1927, doi:10.1080/01621459.1927.10502953) at the effective number of
    cohorts: those of one draw are alike, so the number is p (1 - p) over the variance of the mean
    of the draws' shares, and never more than there are.
    """
    from scipy import stats

    p, n = float(found.mean()), float(found.size)
    draws = found.mean(axis=1)
    if len(draws) > 1 and 0 < p < 1:
        variance = float(draws.var(ddof=1)) / len(draws)
        n = min(n, p * (1 - p) / variance) if variance > 0 else n
    z = stats.norm.ppf((1 + level()) / 2)
    middle, width = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = (float((middle + sign * width) / (1 + z**2 / n)) for sign in (-1, 1))
    return Rate(p, low if p > 0 else 0.0, high if p < 1 else 1.0)
