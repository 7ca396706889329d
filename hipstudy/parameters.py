"""The evidence table as values and draws: every number of the model, with its unit and source.

``data/parameters.csv`` is the truth. A value is a mode (law ``pert``), a mean (``normal``), the
number of one of several options (``choice``, its spread their weights), a mean with a mass at one
end (``spike``) or just itself (``fixed``);
its spread says how far it could be off, never how much runners differ. These laws are priors.
Parameters that the calibration trials bear on are drawn together from stored draws
(``hipstudy.calibrated_draws``); all others from their laws.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hipstudy import calibrated_draws, random_streams
from hipstudy.arrays import Array
from hipstudy.calibrated_draws import CalibratedDraws
from hipstudy.errors import DataProblems, Problem, UsageProblems, nearest
from hipstudy.resources import place
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd

LAWS = ("fixed", "pert", "normal", "choice", "spike")
COLUMNS = ("name", "value", "unit", "spread", "law", "source", "label", "note")
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"^({_NUMBER}) to ({_NUMBER})$")
_SPIKE = re.compile(rf"^({_NUMBER}) at ({_NUMBER}), else to ({_NUMBER})$")


@dataclass(frozen=True)
class Parameter:
    """One row of the table.

    ``low`` and ``high`` are the bounds of a ``pert`` or ``spike`` law; for ``normal`` they are one
    spread either side of the value; for ``choice`` the numbers of the first and the last option;
    for ``fixed`` both are the value.
    """

    name: str
    value: float
    unit: str
    spread: str
    law: str
    source: str
    label: str
    note: str
    low: float
    high: float

    @property
    def assumed(self) -> bool:
        """True when the row's source is the word assumption."""
        return self.source == "assumption"

    @property
    def weights(self) -> list[float]:
        """Weights of a choice's options; empty for any other law."""
        return _weights(self.spread) if self.law == "choice" else []

    @property
    def mass_at_low(self) -> float:
        """Probability of exactly ``low``; 0 for any law but ``spike``."""
        match = _SPIKE.match(self.spread) if self.law == "spike" else None
        return float(match[1]) if match else 0.0

    @property
    def law_digest(self) -> str:
        """Fingerprint of the law: of value, spread and kind, not of the words about them."""
        return calibrated_draws.digest([self.value, self.spread, self.law])

    def quantile(self, u: Array) -> Array:
        """Value at probability ``u``.

        Notes
        -----
        Spike: ``low`` with a given probability, else any value up to ``high`` alike (a spike and
        slab; Mitchell and Beauchamp 1988, doi:10.2307/2290129).
        """
        if self.law == "fixed":
            return np.full_like(u, self.value)
        if self.law == "choice":
            return np.searchsorted(np.cumsum(self.weights)[:-1], u, side="right") * 1.0
        if self.law == "spike":
            part = (u - self.mass_at_low) / (1 - self.mass_at_low)
            return self.low + (self.high - self.low) * np.maximum(part, 0)
        if self.law == "normal":
            from scipy import special  # a file can be checked without it

            return self.value + (self.high - self.value) * special.ndtri(u)
        return pert_quantile(u, self.low, self.value, self.high)


def pert_quantile(u: Array, low: float, mode: float, high: float) -> Array:
    """Value at probability ``u`` of a PERT law: a beta law on (low, high) of shape 4.

    Notes
    -----
    Malcolm et al. 1959, doi:10.1287/opre.7.5.646.
    """
    from scipy import special  # a file can be checked without it

    width = high - low
    a, b = 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width
    return low + width * special.betaincinv(a, b, u)


class Values(ShortRepr, Mapping[str, Array]):
    """Parameter values by name, each of shape (draws, 1), so that they broadcast over limbs."""

    def __init__(self, values: Mapping[str, Array], seed: int) -> None:
        self._values = dict(values)
        self.seed = seed
        self.n_draws = len(next(iter(self._values.values())))

    def holding(self, **overrides: float) -> "Values":
        """The same values, but for some that are held at one value in every draw."""
        held = {name: np.full((self.n_draws, 1), float(one)) for name, one in overrides.items()}
        return Values({**self, **held}, self.seed)

    def take(self, draws: slice) -> "Values":
        """Some of the draws."""
        return Values({name: one[draws] for name, one in self._values.items()}, self.seed)

    def facts(self) -> dict[str, object]:
        """How many parameters and draws."""
        return {"parameters": len(self), "draws": self.n_draws, "seed": self.seed}

    def __getitem__(self, name: str) -> Array:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _weights(spread: str) -> list[float]:
    """Weights of the options of a choice; empty where they break their rule."""
    weights = [_number(part) or 0.0 for part in spread.split(",")]
    return weights if min(weights) > 0 and abs(sum(weights) - 1) < 1e-9 else []


def _bounds(law: str, value: float, spread: str) -> tuple[float, float] | str:
    """Bounds of a law, or the rule that its spread breaks."""
    if law == "pert":
        match = _RANGE.match(spread)
        low, high = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
        if low <= value <= high and low < high:
            return low, high
        return "the rule is 'LOW to HIGH' around the value"
    if law == "spike":
        match = _SPIKE.match(spread)
        mass, low, high = (float(part) for part in match.groups()) if match else (0.0, 0.0, 0.0)
        mean = mass * low + (1 - mass) * (low + high) / 2
        if 0 < mass < 1 and low < high and abs(value - mean) < 1e-9:
            return low, high
        return "the rule is 'SHARE at LOW, else to HIGH', and the value is the mean of that law"
    if law == "choice":
        last = len(_weights(spread)) - 1
        if last > 0 and value in range(last + 1):
            return 0.0, float(last)
        return "the rule is the options' weights above 0, which add to 1, and one option's number"
    if law == "normal":
        sd = _number(spread)
        if sd and sd > 0:
            return value - sd, value + sd
        return "the rule is one number above 0, the standard deviation"
    return "a fixed value has no spread" if spread else (value, value)


def _parse(row: Mapping[str, str], where: str) -> tuple[Parameter | None, list[Problem]]:
    problems = []
    if None in row:
        rule = "a row has as many cells as the header"
        problems.append(Problem(where, "too many cells", rule, "Quote a text that has commas."))
    if not row["source"].strip():
        rule = "the rule is an evidence id with its DOI or URL, or the word assumption"
        problems.append(Problem(f"{where}, source", "", rule))
    value = _number(row["value"])
    if value is None:
        problems.append(Problem(f"{where}, value", row["value"], "the rule is a number"))
        return None, problems
    if row["law"] not in LAWS:
        rule = f"the rule is one of {', '.join(LAWS)}"
        problems.append(Problem(f"{where}, law", row["law"], rule))
        return None, problems
    bounds = _bounds(row["law"], value, row["spread"])
    if isinstance(bounds, str):
        problems.append(Problem(f"{where}, spread", row["spread"], bounds))
        return None, problems
    keep = {name: row[name] for name in COLUMNS if name != "value"}
    return Parameter(**keep, value=value, low=bounds[0], high=bounds[1]), problems


def read(path: Path) -> dict[str, Parameter]:
    """Read a table of parameters.

    Raises
    ------
    DataProblems
        Listing every row that breaks a rule.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="")  # for a row that is too short
        rows = list(reader)
    if not rows or tuple(reader.fieldnames or ()) != COLUMNS:
        heads = ", ".join(reader.fieldnames or ()) if rows else "no rows"
        rule = f"the rule is the columns {', '.join(COLUMNS)}"
        raise DataProblems([Problem(path.name, heads, rule)])
    table: dict[str, Parameter] = {}
    problems, names = [], set()
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}, row {number}"
        parameter, row_problems = _parse(row, where)
        problems += row_problems
        if row["name"] in names:
            problems.append(Problem(f"{where}, name", row["name"], "the name stands there twice"))
        names.add(row["name"])
        if parameter:
            table[row["name"]] = parameter
    if problems:
        raise DataProblems(problems)
    return table


@cache
def shipped() -> Mapping[str, Parameter]:
    """The table that travels with the package."""
    return read(place("data", "parameters.csv"))


def frame() -> "pd.DataFrame":
    """The table that travels with the package, one row a parameter.

    Columns: name, value, unit, low, high (bounds of ``Parameter``), law, source, label, note.
    """
    import pandas as pd

    columns = ["name", "value", "unit", "low", "high", "law", "source", "label", "note"]
    return pd.DataFrame([vars(row) for row in shipped().values()])[columns]


def _table_for(overrides: Mapping[str, float]) -> Mapping[str, Parameter]:
    """The shipped table, which has to have every name that is given a value."""
    table, rule = shipped(), "there is no parameter of this name"
    unknown = [name for name in overrides if name not in table]
    if unknown:
        raise UsageProblems(Problem("parameter", n, rule, nearest(n, table)) for n in unknown)
    return table


@cache
def calibrated() -> CalibratedDraws:
    """The stored draws that travel with the package.

    Raises
    ------
    DataProblems
        When the table of parameters has changed since they were made.
    """
    laws = {name: row.law_digest for name, row in shipped().items()}
    return calibrated_draws.read(place("data"), laws)


def central(*, seed: int = 0, from_priors: bool = False, **overrides: float) -> Values:
    """Every parameter at its value, as one draw; any may be given another value.

    A calibrated parameter stands at the median of its stored draws, a choice at the table's option.

    Parameters
    ----------
    seed
        Kept with the values; nothing is drawn.
    from_priors
        Whether calibrated parameters stand at the table's value as well, not at their median.
    **overrides
        Parameters to hold at a value.

    Raises
    ------
    UsageProblems
        When a given name is not in the table.
    """
    table = _table_for(overrides)
    values = {name: row.value for name, row in table.items()}
    if not from_priors:  # the median of options' numbers would be one by chance of their order
        medians = calibrated().medians.items()
        values |= {name: one for name, one in medians if table[name].law != "choice"}
    return Values({n: np.array([[one]]) for n, one in (values | overrides).items()}, seed)


def draw(n_draws: int, *, seed: int, from_priors: bool = False, **overrides: float) -> Values:
    """Draws of every parameter: calibrated ones together, all others each from its own law.

    Parameters
    ----------
    n_draws
        How many.
    seed
        Of the order in which stored draws are taken. Each other parameter has its own stream,
        named after it: a new parameter moves no other's draws.
    from_priors
        Whether calibrated parameters are drawn from their laws as well, as before any trial.
    **overrides
        Parameters to hold at a value.

    Raises
    ------
    UsageProblems
        When a given name is not in the table.

    Notes
    -----
    Draws from a law are stratified, so that few of them cover it evenly. Stored draws are dealt
    like cards: each comes once before any comes again.
    """
    table = _table_for(overrides)
    fixed = {name: row.value for name, row in table.items() if row.law == "fixed"}
    held = {name: np.full(n_draws, float(one)) for name, one in (fixed | overrides).items()}
    columns = held if from_priors else _dealt(n_draws, seed) | held
    for name in table.keys() - columns.keys():
        columns[name] = _from_law(table[name], n_draws, seed)
    return Values({name: columns[name][:, np.newaxis] for name in table}, seed)


@lru_cache(maxsize=256)
def _from_law(parameter: Parameter, n_draws: int, seed: int) -> Array:
    """Draws of one parameter from its law, (draws,): read only, since they are handed out again.

    The same draws are asked for by every trial and every variant of a score, and the quantiles of a
    beta law are slow.
    """
    index, name = np.arange(n_draws), parameter.name
    order = random_streams.uniform(seed=seed, stream=f"parameter order {name}", by=[index])
    within = random_streams.uniform(seed=seed, stream=f"parameter {name}", by=[index])
    drawn = parameter.quantile((np.argsort(np.argsort(order)) + within) / n_draws)
    drawn.flags.writeable = False
    return drawn


def _dealt(n_draws: int, seed: int) -> dict[str, Array]:
    """Rows of the stored draws in an order that belongs to the seed; from the first one again."""
    stored = calibrated()
    deck = np.arange(stored.n_rows)
    order = np.argsort(random_streams.uniform(seed=seed, stream="calibrated rows", by=[deck]))
    rows = order[np.arange(n_draws) % stored.n_rows]
    return {name: column[rows] for name, column in stored.columns.items()}


def number(name: str) -> float:
    """The shipped value of one parameter, for numbers that are never drawn."""
    return shipped()[name].value
