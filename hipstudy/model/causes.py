r"""Why is it tight? Four causes, one link, how much of it is causal, and their shares of runners.

In the *weak* world tightness follows end-range torque, in *short* tissue length, in *guarded*
tolerance of end range, in *nonspecific* nothing that training moves. The link is one law for all:

.. math:: \Delta\text{tightness} = -\kappa \, \lambda \, s_\text{usual} \, \min(\Delta z, d)

with :math:`\Delta z` the driver's change in its own standard deviations, :math:`d` how far the
limb's driver was below the norm, :math:`\lambda` the link between people, :math:`s_\text{usual}`
the spread of usual levels, and :math:`\kappa` the share of the link that is causal: 0 says that
the two only go together. What is relieved is a deficit; a limb without one has nothing to relieve.
An assumption in every cause alike. Discomfort while running follows the same drivers with a link of
its own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import scipy

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.parameters import Values

WORLDS = ("weak", "short", "guarded", "nonspecific")
PRIOR = "prior"


NAMES = ("tight", "disc", "thomas", "torque", "tissue")
LINKS = {
    "tightness_nrs": ("link_sd_per_sd", "tightness_sd_nrs"),
    "discomfort_nrs": ("discomfort_link_sd_per_sd", "discomfort_sd_nrs"),
}


def change(
    outcome: str,
    world: str,
    drivers: Mapping[str, Array],
    deficit: Array | None,
    values: Values,
) -> Array | float:
    """Change in tightness or discomfort (NRS) that closing a deficit brings in a world.

    Parameters
    ----------
    outcome
        ``tightness_nrs`` or ``discomfort_nrs``: the same law with a link of its own.
    world
        One of ``WORLDS``.
    drivers
        Change of each cause's driver in its standard deviations, shape (..., draws, limbs).
    deficit
        How far the driver was below the norm, likewise, (draws, limbs); None for nowhere.
    values
        Parameters.

    Returns
    -------
    numpy.ndarray or float
        Of the drivers' shape; 0 in a world that no driver moves.
    """
    if world not in drivers or deficit is None:
        return 0.0
    link, sd = LINKS[outcome]
    closed = np.minimum(drivers[world], deficit)
    return np.multiply(-values["causal_share"] * values[link] * values[sd], closed, out=closed)


def latent_correlations(world: str, values: Values) -> Mapping[str, Array]:
    """Correlations between usual tightness, discomfort, Thomas angle, torque and tissue.

    Usual tightness goes with its own cause's driver at ``-link``, discomfort at minus its own, and
    the two with each other. Torque and tissue go together at ``torque_tissue_r`` in every world,
    so a tight runner who is also weak at length exists in all of them. The Thomas angle is tissue
    and tolerance in the shares of ``rom_tolerance_share``.

    Returns
    -------
    dict
        Pair name, in the order of ``NAMES`` -> array of shape (draws, 1).
    """
    r = values["torque_tissue_r"]
    tissue, tolerance = 1 - values["rom_tolerance_share"], values["rom_tolerance_share"]
    shares = {
        "tight_disc": values["tightness_discomfort_r"],
        "thomas_torque": np.sqrt(tissue) * r,
        "thomas_tissue": np.sqrt(tissue),
        "torque_tissue": r,
    }
    for rating, (name, _) in zip(NAMES, LINKS.values(), strict=False):
        link = values[name]
        zero = np.zeros_like(link)
        own_tissue = {"weak": -link * r, "short": -link}.get(world, zero)
        own_tolerance = {"guarded": -link}.get(world, zero)
        shares[f"{rating}_torque"] = {"weak": -link, "short": -link * r}.get(world, zero)
        shares[f"{rating}_tissue"] = own_tissue
        shares[f"{rating}_thomas"] = (
            np.sqrt(tissue) * own_tissue + np.sqrt(tolerance) * own_tolerance
        )
    return shares


def expected_shares(weights: Sequence[float]) -> tuple[float, ...]:
    """Shares of runners that weights of the causes stand for: what every report prints.

    Examples
    --------
    >>> expected_shares((1, 1, 1, 1)), expected_shares((3, 1, 0, 0))
    ((0.25, 0.25, 0.25, 0.25), (0.75, 0.25, 0.0, 0.0))
    """
    return tuple(weight / sum(weights) for weight in weights)


def cause_shares(concentration: Sequence[float], n_draws: int, *, seed: int) -> Array:
    """Draws of the causes' shares of runners from a Dirichlet law, shape (draws, 4).

    Stratified as ``parameters.drawn`` is, so that few draws have nearly the means of the law. What
    is printed as a share is always ``expected_shares``. A concentration of 0 keeps a cause out.
    """
    weights = np.asarray(concentration, float)
    by = [np.arange(n_draws)[:, None], np.arange(len(WORLDS))]
    order = random_streams.uniform(seed=seed, stream="cause shares order", by=by)
    within = random_streams.uniform(seed=seed, stream="cause shares", by=by)
    stream = (order.argsort(axis=0).argsort(axis=0) + within) / n_draws
    shape = np.where(weights > 0, weights, 1)
    gamma = scipy.special.gammaincinv(shape, stream)
    # Small concentrations give numbers too small to be held; their logarithm is the law's own
    # first term there.
    tiny = (np.log(stream) + scipy.special.gammaln(shape + 1)) / shape
    with np.errstate(divide="ignore"):
        log = np.where(gamma > np.finfo(float).tiny, np.log(gamma), tiny)
    log = np.where(weights > 0, log, -np.inf)
    gamma = np.exp(log - log.max(axis=1, keepdims=True))
    return gamma / gamma.sum(axis=1, keepdims=True)
