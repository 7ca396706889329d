"""The size of trials: runners per arm that see a difference."""

from math import ceil, inf, sqrt

from hipstudy.parameters import number

LARGEST_TRIAL = 1_000_000


def runners_per_arm(difference: float, sd: float, baseline_r: float) -> float:
    """Runners per arm that a two-arm trial with ANCOVA on baseline needs to see a difference.

    Parameters
    ----------
    difference
        Mean difference to be seen, in the outcome's unit.
    sd
        Standard deviation of the outcome between runners, measurement error included.
    baseline_r
        Correlation of baseline with outcome; ANCOVA leaves ``sd * sqrt(1 - r**2)`` (Borm et al.
        2007, doi:10.1016/j.jclinepi.2007.02.006).

    Returns
    -------
    float
        A whole number, or infinity past a million.
    """
    from statsmodels.stats.power import tt_ind_solve_power

    effect = abs(difference) / (sd * sqrt(1 - baseline_r**2))
    # From the normal approximation: past a million it is not worth solving.
    if effect < sqrt(2 * (1.96 + 0.84) ** 2 / LARGEST_TRIAL):
        return inf
    n = tt_ind_solve_power(
        effect_size=effect, alpha=number("trial_alpha"), power=number("trial_power"), ratio=1
    )
    return float(ceil(n))
