"""Runners: one row per limb, drawn from published summary figures or read from a file.

Runners are the independent units; a limb is a runner and a side. What a file does not hold is
drawn later, given what it does hold (``baseline``), and stays a modelled quantity: it is never
shown for a single runner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.errors import Finding
from hipstudy.finding_kinds import finding_kinds
from hipstudy.parameters import number
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("left", "right")
DRAWN = "drawn"
MEASURED = (
    "thomas_ext_deg",
    "tightness_nrs",
    "discomfort_nrs",
    "torque_nm_kg",
    "torque_angle_ext_deg",
)
SPEEDS = ("2_5", "3_5", "4_5")  # m/s, as in the names of parameters and outcomes


@dataclass(frozen=True, eq=False, repr=False)
class Cohort(ShortRepr):
    """Limbs, runner by runner, left then right.

    Parameters
    ----------
    key
        Luck key of each runner, shape (runners,); made from the runner's id.
    sex
        ``F`` or ``M``, shape (runners,).
    age_y, mass_kg
        Shape (runners,).
    thomas_ext_deg
        Measured modified Thomas angle, shape (limbs,): NaN where it was not, None when
        nobody's was.
    ran
        Whether the runner ran at each of ``SPEEDS``, shape (runners, 3): whoever did had the
        torque for it.
    source
        ``drawn``, or what kind of file it is.
    sha256
        Fingerprint of the file; empty when drawn.
    tightness_nrs, discomfort_nrs, torque_nm_kg, torque_angle_ext_deg
        Likewise measured: ratings at baseline, torque and the angle it was tested at.
    n_known
        Trait (``sex``, ``age_y``, ``mass_kg``) -> how many runners it is known of; empty stands for
        all, or for none of drawn runners.
    warnings
        What the check of the file warned of; every report of these runners says it again.
    """

    key: NDArray[np.uint64]
    sex: NDArray[np.str_]
    age_y: Array
    mass_kg: Array
    thomas_ext_deg: Array | None
    ran: NDArray[np.bool_]
    source: str
    sha256: str = ""
    tightness_nrs: Array | None = None
    discomfort_nrs: Array | None = None
    torque_nm_kg: Array | None = None
    torque_angle_ext_deg: Array | None = None
    n_known: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()

    def facts(self) -> dict[str, object]:
        """What is shown of the runners: where they come from and counts."""
        women = int((self.sex == "F").sum())
        angles = 0 if self.thomas_ext_deg is None else int((~np.isnan(self.thomas_ext_deg)).sum())
        return {
            "runners": self.n_runners,
            "limbs": self.n_limbs,
            "women": women,
            "source": self.source,
            "Thomas angles measured": angles,
            "warnings": len(finding_kinds(self.warnings)),
        }

    @property
    def n_runners(self) -> int:
        """Number of runners, the independent units."""
        return len(self.key)

    @property
    def n_limbs(self) -> int:
        """Number of limbs."""
        return len(SIDES) * self.n_runners

    @property
    def runner(self) -> NDArray[np.int64]:
        """Index of each limb's runner, shape (limbs,)."""
        return np.repeat(np.arange(self.n_runners), len(SIDES))

    @property
    def is_measured(self) -> bool:
        """True when Thomas angles were measured, of some limbs at least."""
        return self.thomas_ext_deg is not None

    def check_drawn(self) -> None:
        """Refuse real runners where rows would be of single ones.

        Raises
        ------
        ValueError
            When the runners are real: a row would give one of them strength and tightness that
            nobody measured in that runner.
        """
        if self.source != DRAWN:
            rule = "only drawn runners are looked at one by one; give means of real ones"
            raise ValueError(f"cohort: found real runners ({self.source}); the rule: {rule}")

    def reading(self, name: str) -> Array:
        """What was measured of each limb, (limbs,); NaN where it was not."""
        readings = getattr(self, name)
        return np.full(self.n_limbs, np.nan) if readings is None else readings

    def blocks(self, size: int) -> Iterator["Cohort"]:
        """The same runners in blocks of at most ``size``, to bound memory."""
        for start in range(0, self.n_runners, size):
            yield self.take(np.arange(start, min(start + size, self.n_runners)))

    def take(self, who: NDArray[np.int64]) -> "Cohort":
        """Some of the runners, by their places."""
        limbs = (len(SIDES) * who[:, np.newaxis] + np.arange(len(SIDES))).ravel()
        of_limbs = {name: getattr(self, name) for name in MEASURED}
        return replace(
            self,
            key=self.key[who],
            sex=self.sex[who],
            age_y=self.age_y[who],
            mass_kg=self.mass_kg[who],
            ran=self.ran[who],
            **{
                n: None if readings is None else readings[limbs] for n, readings in of_limbs.items()
            },
        )

    def frame(self) -> "pd.DataFrame":
        """One row per limb, runners by run-local number."""
        import pandas as pd

        runner = self.runner
        return pd.DataFrame(
            {
                "runner": runner + 1,
                "side": np.tile(SIDES, self.n_runners),
                "sex": self.sex[runner],
                "age_y": self.age_y[runner],
                "mass_kg": self.mass_kg[runner],
                "thomas_ext_deg": np.nan if self.thomas_ext_deg is None else self.thomas_ext_deg,
            }
        )


def draw(n_runners: int, *, seed: int) -> Cohort:
    """Draw virtual runners: sex, age and body mass; the rest is drawn with the baseline.

    The first 50 of 200 runners are the same 50 runners.

    Parameters
    ----------
    n_runners
        How many.
    seed
        Of the runners' luck.
    """
    return people(random_streams.keys(f"virtual runner {i}" for i in range(n_runners)), seed=seed)


def people(
    key: NDArray[np.uint64],
    *,
    seed: int,
    traits: Mapping[str, NDArray[Any]] | None = None,
    source: str = DRAWN,
    sha256: str = "",
    **readings: Array | None,
) -> Cohort:
    """Runners of whom something is known; what is not is drawn.

    Parameters
    ----------
    key
        Luck key of each runner.
    seed
        Of the runners' luck.
    traits
        ``sex`` (``F``, ``M``, or empty), ``age_y``, ``mass_kg`` (NaN where unknown), each
        (runners,).
    source, sha256, **readings
        As in ``Cohort``.
    """
    z = {
        trait: scipy.special.ndtri(random_streams.uniform(seed=seed, stream=trait, by=[key]))
        for trait in ("age_y", "mass_kg")
    }
    woman = random_streams.uniform(seed=seed, stream="sex", by=[key]) < number("women_share")
    own: dict[str, NDArray[Any]] = {
        "sex": np.where(woman, "F", "M"),
        "age_y": number("age_mean_y") + number("age_sd_y") * z["age_y"],
        "mass_kg": number("mass_mean_kg") + number("mass_sd_kg") * z["mass_kg"],
    }
    count = {}
    for trait, values in (traits or {}).items():
        there = values != "" if trait == "sex" else ~np.isnan(values)
        own[trait] = np.where(there, values, own[trait])
        count[trait] = int(there.sum())
    fast = random_streams.uniform(seed=seed, stream="fastest run", by=[key])
    shares = np.array([1, number("ran_3_5_share"), number("ran_4_5_share")])
    return Cohort(
        key=key,
        **own,
        ran=fast[:, np.newaxis] < shares,
        source=source,
        sha256=sha256,
        n_known=count,
        **({"thomas_ext_deg": None} | readings),
    )
