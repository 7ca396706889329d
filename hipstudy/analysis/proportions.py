"""Shares of runners in two arms with their difference, and p-values of several outcomes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shares:
    """Runners of whom something is true, in two arms."""

    # (how many, of how many).
    treatment: tuple[int, int]
    control: tuple[int, int]
    # Share in treatment minus share in control, with Newcombe's interval.
    difference: float
    ci_low: float
    ci_high: float


def compare_shares(treatment: tuple[int, int], control: tuple[int, int], alpha: float) -> Shares:
    """Difference of two shares with Newcombe's hybrid score interval.

    Notes
    -----
    Newcombe 1998, method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> shares = compare_shares((56, 70), (48, 80), 0.05)  # Newcombe's first example
    >>> round(shares.difference, 4), round(shares.ci_low, 4), round(shares.ci_high, 4)
    (0.2, 0.0524, 0.3339)
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        *treatment, *control, method="newcomb", compare="diff", alpha=alpha
    )
    difference = treatment[0] / treatment[1] - control[0] / control[1]
    return Shares(treatment, control, difference, float(low), float(high))


def holm(p: list[float]) -> list[float]:
    """Adjusted p-values by Holm's step-down (Holm 1979, doi:10.2307/4615733).

    A planned test that gave no p counts as one of the family that found nothing; its own is NaN.

    Examples
    --------
    >>> [round(one, 3) for one in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    import numpy as np
    from statsmodels.stats.multitest import multipletests

    if not p:
        return []
    values = np.asarray(p, dtype=float)
    adjusted = multipletests(np.nan_to_num(values, nan=1.0), method="holm")[1]
    return np.where(np.isnan(values), np.nan, adjusted).tolist()
