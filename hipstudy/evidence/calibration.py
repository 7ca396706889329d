"""What the calibration trials leave likely of the unknown numbers, all of them together.

Draws of the prior laws are weighted by how likely each makes what the calibration trials published,
and rows are resampled by these weights (importance resampling: Rubin 1987, doi:10.2307/2289460).
``make calibrate`` does it and stores the rows in ``data/``; a report only reads them. Validation
trials are not looked at, and a fingerprint says from what the stored rows were made.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import calibrated_draws, parameters, random_streams, result_store, spreadsheet
from hipstudy.arrays import Array
from hipstudy.errors import DataProblems, Problem
from hipstudy.evidence import trials
from hipstudy.evidence.calibration_basis import CalibrationBasis, basis
from hipstudy.evidence.likelihood import joint_log_likelihood
from hipstudy.evidence.trials import Case
from hipstudy.parameters import shipped
from hipstudy.resources import place
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

N_PRIOR, N_ROWS, SEED = 200_000, 1024, 0
BLOCK = 5_000  # draws carried at once: bounds memory


def _sampling(n_prior: int = N_PRIOR, n_rows: int = N_ROWS, seed: int = SEED) -> dict[str, int]:
    return {"prior_draws": n_prior, "rows": n_rows, "seed": seed, "block": BLOCK}


def weights(log_likelihoods: Array) -> Array:
    """Weights that add up to 1, in proportion to the likelihoods."""
    relative = np.exp(log_likelihoods - np.max(log_likelihoods))
    return relative / relative.sum()


def effective_size(weight: Array) -> float:
    """How many equal weights would say as much (Kish 1965): 1 over the sum of squares."""
    return float(1 / np.sum(weight**2))


def resample(weight: Array, n: int, *, seed: int) -> NDArray[np.intp]:
    """Places of ``n`` draws, each as often as its weight says, but for less than one.

    Notes
    -----
    Systematic resampling (Kitagawa 1996, doi:10.2307/1390750): one number of luck for all.
    """
    luck = random_streams.uniform(seed=seed, stream="calibration resampling")
    at = (np.arange(n) + luck) / n
    return np.searchsorted(np.cumsum(weight)[:-1], at)


def quantiles(draws: Array, weight: Array, shares: Sequence[float]) -> Array:
    """Quantiles of weighted draws, a straight line between the middles of neighbours' weights."""
    order = np.argsort(draws)
    middles = np.cumsum(weight[order]) - weight[order] / 2
    return np.interp(shares, middles, draws[order])


@dataclass(frozen=True, eq=False)
class Calibration:
    """Weighted prior draws, and the rows resampled from them.

    Parameters
    ----------
    basis
        What it follows from.
    draws
        Prior draws of the calibrated parameters, (draws, parameters).
    weight
        Of each draw, adding up to 1.
    rows
        Resampled draws, (rows, parameters).
    seed
        Of everything that was drawn.
    """

    basis: CalibrationBasis
    draws: Array
    weight: Array
    rows: Array
    seed: int

    @property
    def effective_size(self) -> float:
        """Effective sample size, in draws."""
        return effective_size(self.weight)

    def facts(self) -> dict[str, Any]:
        """What ``calibration.toml`` says."""
        return {
            "fingerprint": self.basis.fingerprint,
            "prior_draws": len(self.weight),
            "rows": len(self.rows),
            "seed": self.seed,
            "effective_size": round(self.effective_size),
            "effective_share": round(self.effective_size / len(self.weight), 4),
            "trials": list(self.basis.trials),
            "digests": dict(self.basis.digests),
            "priors": self.basis.priors,
        }

    def frame(self) -> "pd.DataFrame":
        """How the trials moved each calibrated parameter from its prior law.

        Columns: name, prior_mean, prior_low, prior_high, mean, median, low, high (95 % ends), all
        in the parameter's unit; shrinkage (1 less the SD over the prior law's SD).
        """
        import pandas as pd

        level = parameters.number("band_level")
        shares = [(1 - level) / 2, 0.5, (1 + level) / 2]
        even = (np.arange(N_ROWS * 10) + 0.5) / (N_ROWS * 10)
        table = []
        for name, draws in zip(self.basis.names, self.draws.T, strict=True):
            prior = shipped()[name].quantile(even)
            prior_low, _, prior_high = quantiles(prior, np.full(even.size, 1 / even.size), shares)
            low, median, high = quantiles(draws, self.weight, shares)
            mean = self.weight @ draws
            sd = np.sqrt(self.weight @ (draws - mean) ** 2)
            table.append(
                {
                    "name": name,
                    "prior_mean": prior.mean(), "prior_low": prior_low, "prior_high": prior_high,
                    "mean": mean, "median": median, "low": low, "high": high,
                    "shrinkage": 1 - sd / prior.std(),
                }
            )  # fmt: skip
        return pd.DataFrame(table)


def _weighted_blocks(
    cases: tuple[Case, ...], names: tuple[str, ...], n_prior: int, seed: int
) -> Iterator[tuple[Array, Array]]:
    """Prior draws of the calibrated parameters and their log likelihoods, a block at a time."""
    for start in range(0, n_prior, BLOCK):
        own = int(random_streams.key(f"calibration {seed}, draws from {start}"))
        values = parameters.draw(min(BLOCK, n_prior - start), seed=own, from_priors=True)
        draws = np.column_stack([values[name] for name in names])
        yield draws, joint_log_likelihood(cases, values)


def calibrate(
    cases: Iterable[Case], *, n_prior: int = N_PRIOR, n_rows: int = N_ROWS, seed: int = SEED
) -> Calibration:
    """Weight draws of the prior laws by the calibration trials, and resample.

    Parameters
    ----------
    cases
        In any order; those of another role are not looked at.
    n_prior
        Draws of the prior laws.
    n_rows
        Rows to keep.
    seed
        The same seed gives the same rows.

    Raises
    ------
    DataProblems
        When the effective sample size is less than half of the rows: they would repeat each other.
    """
    cases = tuple(cases)
    made_from = basis(cases, sampling=_sampling(n_prior, n_rows, seed))
    blocks = list(_weighted_blocks(cases, made_from.names, n_prior, seed))
    draws = np.concatenate([block for block, _ in blocks])
    weight = weights(np.concatenate([likely for _, likely in blocks]))
    size = effective_size(weight)
    if not size >= n_rows / 2:
        rule = f"the rule: at least {n_rows / 2:g}, half of the {n_rows} rows"
        mend = "Draw more of the priors, or look for trials that contradict each other."
        raise DataProblems(
            [Problem("calibration, effective sample size", f"{size:.4g}", rule, mend)]
        )
    return Calibration(made_from, draws, weight, draws[resample(weight, n_rows, seed=seed)], seed)


def _basis_now(cases: tuple[Case, ...]) -> CalibrationBasis:
    """What a calibration would follow from; that of the shipped cases is kept between runs.

    It takes half a second, in the command and again in its kernel.
    """
    sampling = _sampling()
    if cases != trials.shipped():
        return basis(cases, sampling=sampling)

    def find() -> result_store.Arrays:
        made = basis(cases, sampling=sampling)
        digests = {part: np.array([one]) for part, one in made.digests.items()}
        return {"names": np.array(made.names), "trials": np.array(made.trials), "digests": digests}

    found = result_store.result("basis of a calibration", sampling, find)
    return CalibrationBasis(
        tuple(found["names"].tolist()),
        tuple(found["trials"].tolist()),
        {part: str(one[0]) for part, one in found["digests"].items()},
    )


def check(cases: Iterable[Case]) -> None:
    """Refuse stored draws that were made from other trials, priors, mechanics or settings.

    Parameters
    ----------
    cases
        All that travel with the package.

    Raises
    ------
    DataProblems
        Everything that has changed since, and that ``make calibrate`` mends it.
    """
    stored, now = parameters.calibrated().facts, _basis_now(tuple(cases))
    changes = [part for part, one in now.digests.items() if stored["digests"][part] != one]
    changes += ["priors"] if stored["priors"] != now.priors else []
    if changes or stored["fingerprint"] != now.fingerprint:
        rule = (
            "the rule: the stored draws were made from the trials, priors and mechanics as they are"
        )
        where = f"data/{calibrated_draws.FACTS}, {', '.join(changes) or 'fingerprint'}"
        raise DataProblems([Problem(where, stored["fingerprint"], rule, calibrated_draws.MEND)])


def write(calibration: Calibration, folder: Path) -> None:
    """Store the draws, the table and the facts; the same calibration gives the same bytes."""
    facts = calibration.facts()
    tables = {name: facts.pop(name) for name in ("digests", "priors")}
    lines = ["# Written by `make calibrate`, with the two tables beside it; not by hand."]
    lines += [f"{name} = {json.dumps(one)}" for name, one in facts.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {json.dumps(one)}" for key, one in table.items())]
    text = "\n".join(lines) + "\n"
    (folder / calibrated_draws.FACTS).write_text(text, encoding="utf-8", newline="\n")
    with (folder / calibrated_draws.DRAWS).open("w", encoding="utf-8", newline="\n") as file:
        names = ",".join(calibration.basis.names)
        np.savetxt(file, calibration.rows, "%.6g", ",", header=names, comments="")
    frame = calibration.frame()
    numbers = frame.select_dtypes("number").map(lambda number: float(f"{number:.6g}"))
    text = spreadsheet.as_csv(frame.assign(**numbers))
    (folder / calibrated_draws.TABLE).write_text(text, encoding="utf-8", newline="\n")


def stored_frame() -> "pd.DataFrame":
    """The stored table, as ``Calibration.frame`` made it."""
    import pandas as pd

    return pd.read_csv(place("data", calibrated_draws.TABLE))


def main() -> None:
    """Calibrate, store, and say what the trials moved: ``make calibrate``."""
    calibration = calibrate(trials.shipped())
    write(calibration, place("data"))
    words = Wording("hipstudy.evidence", "calibration")("summary", calibration.facts())
    table = calibration.frame().to_string(index=False, float_format="{:.3g}".format)
    sys.stdout.write(f"{words}\n\n{table}\n")


if __name__ == "__main__":
    main()
