"""Two codes with the readings of one person.

Only pairs that share a visit's readings, or sex, age and mass, are looked at: few, in a file of any
length. Of the M readings that both have, m are equal. By chance m or more of them are with at most
(M over m) times the product of ``equal_by_chance``; equal sex, age and mass have the chance of
their shares in the file. Times the number of pairs of runners, that is the expected number of such
pairs; where it is below the level, the pair is said. A ratings' file alone says nothing here.
"""

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.reading_grid import ReadingGrid, equal_by_chance
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look
from hipstudy.cohort_file.integrity.row_keys import Keys, keys_of, n_pairs

CHECK = "same_person"
_TRAITS = ("sex", "age_y", "mass_kg")
_MOST_ALIKE = 32  # runners who share a key: more of them say nothing
_BETWEEN_TRAITS = 2.0  # mass goes with sex


def find_same_people(cells: ReadingGrid) -> list[IntegrityResult]:
    """The pair that chance has least, and the rows of all who are beyond the limit."""
    n = cells.n_runners
    if n < 2 or not cells.instruments or not cells.weeks:
        return []
    values = {name: cells.values(name).reshape(n, -1) for name in cells.instruments}
    traits = _traits(cells)
    one, other = _candidates(values, traits, n)
    pairs = np.log10(n * (n - 1) / 2)
    evidence = np.zeros(len(one))
    shared, equal = (np.zeros(len(one), dtype=np.int64) for _ in range(2))
    for name, each in values.items():
        both = np.isfinite(each[one]) & np.isfinite(each[other])
        alike = both & (each[one] == each[other])
        shared += both.sum(axis=1)
        equal += alike.sum(axis=1)
        evidence -= alike.sum(axis=1) * np.log10(equal_by_chance(cells, name))
    ways = scipy.special.gammaln(shared + 1) - scipy.special.gammaln(equal + 1)
    ways -= scipy.special.gammaln(shared - equal + 1)
    evidence -= ways / np.log(10)
    evidence += _by_traits(traits, one, other)
    evidence = np.where(equal > 0, evidence, 0.0)
    limit = pairs - np.log10(level(1))
    beyond = evidence > limit
    copies = np.unique(other[beyond])
    rows = cells.rows.index[cells.rows["runner"].isin(np.append(one[beyond], copies))]
    result = look(
        CHECK, cells.instruments, "pairs of runners", statistic=evidence.max(initial=0.0),
        limit=limit, n=n, places=rows.to_numpy(), is_beyond=bool(beyond.any()),
    )  # fmt: skip
    return [result]


def _traits(cells: ReadingGrid) -> list[Array]:
    """Sex, age and mass of every runner as numbers, the first of each; those that the file has."""
    firsts = cells.rows.groupby("runner", sort=True)
    traits = []
    for name in _TRAITS:
        if name in cells.rows and cells.rows[name].notna().any():
            first = firsts[name].first()
            if name == "sex":
                first = first.map({"F": 0.0, "M": 1.0})
            traits.append(first.to_numpy(float))
    return traits


def _candidates(values: dict[str, Array], traits: list[Array], n: int) -> tuple[Keys, Keys]:
    """Pairs of runners who share a key: a visit's readings of both sides or of one, or traits."""
    columns = np.stack(list(values.values()), axis=-1)  # (runners, cells, instruments)
    n_cells = columns.shape[1]
    sets = [[columns[:, cell, k] for k in range(columns.shape[2])] for cell in range(n_cells)]
    sets += [sets[at] + sets[at + 1] for at in range(0, n_cells - 1, 2)]
    if len(traits) == len(_TRAITS):
        sets.append(traits)
    numbers = []
    for each in sets:
        known = np.any([np.isfinite(one) for one in each], axis=0)
        who = np.flatnonzero(known)
        numbers.append(_pairs(keys_of([one[who] for one in each], len(who)), who, n))
    together = np.unique(np.concatenate(numbers)) if numbers else np.zeros(0, dtype=np.int64)
    return together // n, together % n


def _pairs(keys: Keys, who: Keys, n: int) -> Keys:
    """Pairs of runners of the same key, each as one number: the earlier times n, and the later."""
    order = np.argsort(keys, kind="stable")
    keys, who = keys[order], who[order]
    size = np.bincount(keys)[keys] if len(keys) else keys
    keys, who = keys[size <= _MOST_ALIKE], who[size <= _MOST_ALIKE]
    pairs = []
    for apart in range(1, _MOST_ALIKE):
        same = keys[apart:] == keys[:-apart]
        if not same.any():
            break
        pairs.append(who[:-apart][same] * n + who[apart:][same])
    return np.concatenate(pairs) if pairs else np.zeros(0, dtype=np.int64)


def _by_traits(traits: list[Array], one: Keys, other: Keys) -> Array:
    """Evidence of equal sex, age and mass: the chance of a pair that has all of them, as -log10."""
    if len(traits) < len(_TRAITS):
        return np.zeros(len(one))
    chance = _BETWEEN_TRAITS
    alike = np.ones(len(one), dtype=bool)
    for each in traits:
        alike &= each[one] == each[other]
        known = each[np.isfinite(each)]
        pairs = max(1.0, len(known) * (len(known) - 1) / 2)
        chance *= max(n_pairs(keys_of([known], len(known))), 1.0) / pairs
    return np.where(alike, -np.log10(min(chance, 1.0)), 0.0)
