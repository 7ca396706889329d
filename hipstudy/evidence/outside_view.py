"""The outside view: what trials elsewhere found of what is felt, by class and by which rows count.

An estimate is made several ways, each named: ``reported`` takes the rows with a number of their
own; ``with_nulls`` adds the trials that reported no difference and no number, as 0;
``without_low_quality`` and ``with_other_scales`` leave out of and add to the reported rows what
their names say, ``without_low_quality_with_nulls`` leaves it out of those with the nulls; and each
of the first two is made again without each trial in turn. Nothing of the model is in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hipstudy import result_store
from hipstudy.evidence import symptom_trials
from hipstudy.evidence.pooling import PooledEffect, pool
from hipstudy.evidence.symptom_trials import (
    CLASSES,
    NULL,
    OTHER_SCALE,
    POOLED,
    SymptomTrial,
)
from hipstudy.prescription.protocol import Protocol

if TYPE_CHECKING:
    import pandas as pd

REPORTED, WITH_NULLS = "reported", "with_nulls"
WITHOUT_LOW_QUALITY, WITH_OTHER_SCALES = "without_low_quality", "with_other_scales"
ALL_BUT_LOW_QUALITY = "without_low_quality_with_nulls"
VARIANTS = (REPORTED, WITH_NULLS, WITHOUT_LOW_QUALITY, ALL_BUT_LOW_QUALITY, WITH_OTHER_SCALES)
AT_BASELINE = "at_cohort_baseline"
WITHOUT = "_without_"  # between a variant and the code of the trial that is left out
COLUMNS = "class variant k estimate ci_low ci_high tau pi_low pi_high".split()


@dataclass(frozen=True)
class RelativeEffect:
    """A pooled effect as if relief were in proportion to the rating at the start.

    Parameters
    ----------
    effect
        In NRS points at the baseline asked for.
    n_read
        Trials whose baseline was read.
    trials_nrs
        Their mean baseline.
    baseline_nrs
        The one asked for.
    """

    effect: PooledEffect
    n_read: int
    trials_nrs: float
    baseline_nrs: float


@dataclass(frozen=True, eq=False)
class OutsideView:
    """Trials, and what they say together."""

    trials: tuple[SymptomTrial, ...]

    def rows(self, contrast: str, variant: str) -> tuple[SymptomTrial, ...]:
        """Trials of a class that a variant counts."""
        base, _, left_out = variant.partition(WITHOUT)
        uses = {
            WITH_NULLS: (POOLED, NULL),
            ALL_BUT_LOW_QUALITY: (POOLED, NULL),
            WITH_OTHER_SCALES: (POOLED, OTHER_SCALE),
        }
        is_choosy = base in (WITHOUT_LOW_QUALITY, ALL_BUT_LOW_QUALITY)
        return tuple(
            one
            for one in self.trials
            if one.contrast == contrast
            and one.use in uses.get(base, (POOLED,))
            and not (is_choosy and one.is_low_quality == "yes")
            and one.id != left_out
        )

    def variants(self, contrast: str) -> tuple[str, ...]:
        """Variants that count other rows than those before them, the reported ones first."""
        counted: dict[str, tuple[SymptomTrial, ...]] = {}
        for one in VARIANTS:
            rows = self.rows(contrast, one)
            if rows and rows not in counted.values():
                counted[one] = rows
        return tuple(counted)

    def main(self, contrast: str) -> str:
        """The variant that counts most trials of the contrast itself; empty where there is none."""
        there = self.variants(contrast)
        return WITH_NULLS if WITH_NULLS in there else REPORTED if there else ""

    def pooled(self, contrast: str, variant: str) -> PooledEffect:
        """The trials of a class as one, negative favours the first arm."""
        known = self._kept.get((contrast, variant))
        return self._pool(contrast, variant) if known is None else known

    def _pool(self, contrast: str, variant: str) -> PooledEffect:
        rows = self.rows(contrast, variant)
        return pool(
            [one.difference_nrs for one in rows],
            [one.standard_error**2 for one in rows],
            names=[one.id for one in rows],
        )

    @cached_property
    def _kept(self) -> Mapping[tuple[str, str], PooledEffect]:
        """What the shipped trials say by class and variant, kept from one run to the next."""
        if self.trials != symptom_trials.shipped():
            return {}

        def find() -> result_store.Arrays:
            every = [(c, v) for c in CLASSES for v in self.variants(c)]
            every += [(c, name) for c, v in every for name in self._without_each(c, v)]
            return {one: np.array(astuple(self._pool(*one))) for one in every}

        found = result_store.result("pooled trials", {}, find)
        return {one: PooledEffect(int(k), *map(float, rest)) for one, (k, *rest) in found.items()}

    def _without_each(self, contrast: str, variant: str) -> list[str]:
        """Names of the variant without each of its trials."""
        rows = self.rows(contrast, variant)
        return [f"{variant}{WITHOUT}{one.id}" for one in rows] if len(rows) > 1 else []

    def leave_one_out(self, contrast: str, variant: str) -> dict[str, PooledEffect]:
        """Name of the variant without each of its trials -> what the others say."""
        return {name: self.pooled(contrast, name) for name in self._without_each(contrast, variant)}

    def at_baseline(
        self, contrast: str, variant: str, baseline_nrs: float
    ) -> RelativeEffect | None:
        """The estimate in proportion to another baseline; None where no trial's was read.

        Relief is taken to be in proportion to the rating at the start, which no trial tested.
        """
        read = [one.baseline_nrs for one in self.rows(contrast, variant) if one.baseline_nrs]
        if not read:
            return None
        mean = float(np.mean(read))
        effect = self.pooled(contrast, variant).times(baseline_nrs / mean)
        return RelativeEffect(effect, len(read), mean, baseline_nrs)

    def _asked(self) -> Iterator[tuple[str, str]]:
        """Every class and variant, in the order of the table."""
        for contrast in CLASSES:
            variants = self.variants(contrast)
            yield from ((contrast, variant) for variant in variants)
            for variant in (one for one in (REPORTED, WITH_NULLS) if one in variants):
                yield from ((contrast, name) for name in self._without_each(contrast, variant))

    @cached_property
    def _table(self) -> "pd.DataFrame":
        return as_frame([(*one, self.pooled(*one)) for one in self._asked()])

    def frame(self, baseline_nrs: float | None = None) -> "pd.DataFrame":
        """Every class and variant, a row each, in NRS points; columns as ``COLUMNS``.

        Parameters
        ----------
        baseline_nrs
            Mean rating of a cohort at the start; with it, each class's main estimate stands there
            once more in proportion to it (``at_cohort_baseline``).
        """
        import pandas as pd

        if baseline_nrs is None:
            return self._table.copy()
        relative = [
            (contrast, AT_BASELINE, scaled.effect)
            for contrast in CLASSES
            if (main := self.main(contrast))
            and (scaled := self.at_baseline(contrast, main, baseline_nrs))
        ]
        parts = [one for one in (self._table, as_frame(relative)) if len(one)]
        return pd.concat(parts, ignore_index=True) if parts else self._table.copy()


def as_frame(effects: "Iterator[tuple[str, str, PooledEffect]] | Sequence") -> "pd.DataFrame":
    """Class, variant and effect as rows with the columns of ``tables/outside.csv``."""
    import pandas as pd

    rows = [
        [contrast, variant, *(getattr(effect, name) for name in COLUMNS[2:])]
        for contrast, variant, effect in effects
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def read(file: str = "") -> OutsideView:
    """The shipped trials, and those of a file of one's own after them.

    Raises
    ------
    UsageProblems
        Every problem of the file.
    """
    shipped = symptom_trials.shipped()
    own = symptom_trials.read(Path(file), beside=shipped) if file else ()
    return OutsideView((*shipped, *own))


def class_of(treatment: Protocol, control: Protocol) -> tuple[str, bool] | None:
    """The class of trials that a contrast belongs to, and whether its arms are the other way round.

    None where no class compares such arms: strength with and without stretching, or one kind of
    exercise in two doses.
    """
    kinds = [("strength" if arm.strength else "stretch" if arm.stretch else "none")
             for arm in (treatment, control)]  # fmt: skip
    one, other = kinds
    for name, is_swapped in ((f"{one}_vs_{other}", False), (f"{other}_vs_{one}", True)):
        if name in CLASSES:
            return name, is_swapped
    return None
