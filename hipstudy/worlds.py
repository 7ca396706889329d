r"""Why is it tight? Four causes, one link, and their shares of runners.

In the *weak* world tightness follows end-range torque, in *short* tissue length, in *guarded*
tolerance of end range, in *nonspecific* nothing that training moves. The link is one law for all:

.. math:: \Delta\text{tightness} = -\lambda \, s_\text{tightness} \, \Delta z_\text{driver}

with :math:`\Delta z` the driver's change in its own standard deviations and :math:`\lambda` the
same in every cause. An assumption in every cause alike.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy import luck
from hipstudy.parameters import Values

Array = NDArray[np.float64]
WORLDS = ("weak", "short", "guarded", "nonspecific")
PRIOR = "prior"


def tightness_change(world: str, drivers: Mapping[str, Array], values: Values) -> Array:
    """Change in true tightness (NRS) that a change of drivers brings in a world.

    Parameters
    ----------
    world
        One of ``WORLDS``.
    drivers
        Change of each cause's driver in its standard deviations, shape (draws, limbs, weeks).
    values
        Parameters.
    """
    if world not in drivers:
        return np.zeros_like(next(iter(drivers.values())))
    scale = values["link_sd_per_sd"] * values["tightness_sd_nrs"]
    return -scale[..., np.newaxis] * drivers[world]


def latent_correlations(world: str, values: Values) -> Mapping[str, Array]:
    """Correlations at baseline between tightness, Thomas angle, torque and tissue length.

    Tightness goes with its own cause's driver at ``-link``. Torque and tissue go together at
    ``torque_tissue_r`` in every world, so a tight runner who is also weak at length exists in all
    of them. The Thomas angle is tissue and tolerance in the shares of ``rom_tolerance_share``.

    Returns
    -------
    dict
        Pair name -> array of shape (draws, 1).
    """
    link, r = values["link_sd_per_sd"], values["torque_tissue_r"]
    tissue, tolerance = 1 - values["rom_tolerance_share"], values["rom_tolerance_share"]
    zero = np.zeros_like(link)
    tight_torque = {"weak": -link, "short": -link * r}.get(world, zero)
    tight_tissue = {"weak": -link * r, "short": -link}.get(world, zero)
    tight_tolerance = {"guarded": -link}.get(world, zero)
    return {
        "tight_torque": tight_torque,
        "tight_tissue": tight_tissue,
        "tight_thomas": np.sqrt(tissue) * tight_tissue + np.sqrt(tolerance) * tight_tolerance,
        "thomas_torque": np.sqrt(tissue) * r,
        "thomas_tissue": np.sqrt(tissue),
        "torque_tissue": r,
    }


def cause_shares(concentration: Sequence[float], n_draws: int, *, seed: int) -> Array:
    """Draws of the causes' shares of runners from a Dirichlet law, shape (draws, 4).

    A concentration of 0 keeps a cause out.
    """
    weights = np.asarray(concentration, float)
    stream = luck.uniform(
        seed=seed, stream="cause shares", by=[np.arange(n_draws)[:, None], np.arange(len(WORLDS))]
    )
    shape = np.where(weights > 0, weights, 1)
    gamma = special.gammaincinv(shape, stream)
    # Small concentrations give numbers too small to be held; their logarithm is the law's own
    # first term there.
    tiny = (np.log(stream) + special.gammaln(shape + 1)) / shape
    with np.errstate(divide="ignore"):
        log = np.where(gamma > np.finfo(float).tiny, np.log(gamma), tiny)
    log = np.where(weights > 0, log, -np.inf)
    gamma = np.exp(log - log.max(axis=1, keepdims=True))
    return gamma / gamma.sum(axis=1, keepdims=True)
