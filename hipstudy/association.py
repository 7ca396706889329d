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

Guarded by (tests/test_association.py): test_the_example_cannot_tell,
test_what_is_too_often_found_or_too_seldom_cannot_tell,
test_it_is_said_when_no_cohort_size_would_do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import luck, mock_cohorts, parameters
from hipstudy.analysis import changes
from hipstudy.analysis.changes import ChangesAssociation, Rows
from hipstudy.analysis.estimate import level, margin
from hipstudy.instruments import Instruments
from hipstudy.labels import counted, interval, number, percent
from hipstudy.mock_cohorts import TRUTHS

if TYPE_CHECKING:
    import pandas as pd

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
class Found:
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
    guarded: Found | None = None
    weak: Found | None = None
    cohorts: int = 0
    arms: tuple[tuple[str, int], ...] = ()
    large: tuple[Found, Found] | None = None

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


def _cannot(guarded: Found, weak: Found) -> str:
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
        f"{number(abs(one.value))} points {way} (difference "
        f"{interval(one.value, one.ci_low, one.ci_high)}, 95 % interval), at equal change of the "
        f"Thomas angle, baseline tightness, arm{dose}; {counted(found.n_runners, 'runner')}."
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
    tools = mock_cohorts.tools_of(frame)
    found = changes.associate(frame, week, tools)
    if np.isnan(found.raw.value):
        return Judgement(found)
    limbs = changes.per_runner(frame, week).groupby("arm")["limbs"]
    arms = mock_cohorts.arms_of(limbs.size().to_dict())
    one_limb = mock_cohorts.arms_of(limbs.agg(lambda m: int((m == 1).sum())).to_dict())

    def asked(size: Mapping[str, int], deals: int, draws: int) -> tuple[Found, Found]:
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
) -> tuple[Found, Found]:
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
    values = parameters.drawn(draws, seed=seed, **given) if vary else None
    flags = {world: np.zeros((draws, 4, deals), bool) for world in TRUTHS}
    for draw in range(draws):
        own = int(luck.uniform(seed=seed, stream="association", by=[draw])[0] * 2**52)
        one = parameters.central(**given) if values is None else mock_cohorts.one(values, draw)
        dealt = mock_cohorts.deal(
            arms, week, one, deals, held=tools.pelvis_controlled, seed=own, one_limb=one_limb
        )
        for world, data in dealt.items():
            data = data if dosed else data.without_dose()
            flags[world][draw] = _slopes(data, tools, one_sided=world == "weak")
    guarded, weak = (Found(*(rate(flags[w][:, k]) for k in range(4))) for w in TRUTHS)
    return guarded, weak


def _slopes(data: Rows, tools: Instruments, *, one_sided: bool) -> NDArray[np.bool_]:
    """Whether a slope is found by rule, ordinary and corrected; whether it could be, (4, cohorts).

    With ``one_sided`` only less tightness with more torque counts: the sign that is true there.
    """
    df = data.y.shape[1] - data.z.shape[-1] - data.x.shape[-1]
    raw, raw_se = changes.ordinary(data)
    own, own_se = changes.unflattened(data, tools)
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
