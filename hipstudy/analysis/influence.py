r"""What single runners do to the planned difference: residuals, influence, one left out at a time.

Of a least-squares fit over n runners with hat values :math:`h_i` and residuals :math:`e_i`, the
fit without runner i has, to the last digit and without fitting again (Belsley, Kuh and Welsch 1980,
doi:10.1002/0471725153),

.. math:: \hat\beta_{(i)} = \hat\beta - \frac{(X'X)^{-1} x_i e_i}{1 - h_i}, \qquad
          (X'X)_{(i)}^{-1} = (X'X)^{-1} + \frac{(X'X)^{-1} x_i x_i' (X'X)^{-1}}{1 - h_i}, \qquad
          s_{(i)}^2 = \frac{(n - p) s^2 - e_i^2 / (1 - h_i)}{n - p - 1}

and its externally studentised residual is :math:`e_i / (s_{(i)} \sqrt{1 - h_i})`. The hat values
are those of statsmodels' ``OLSInfluence``, whose own :math:`s_{(i)}` fits the model n times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from hipstudy.analysis.margin_tests import SUPERIORITY, answer_of_ends, interval_rate

LARGE_RESIDUAL_P = 0.05  # of the largest one, by Bonferroni over all runners


@dataclass(frozen=True)
class Influence:
    """What a fit owes to single runners.

    Parameters
    ----------
    n_runners
        Runners of the fit.
    estimate
        The difference with all of them, in the outcome's unit.
    lowest, highest
        Smallest and largest difference with one runner left out.
    n_turning
        Runners without whom the interval would hold zero where it does not, or the reverse; of a
        question about a margin, without whom its answer would be another.
    largest_residual
        The largest externally studentised residual, without its sign.
    residual_p
        Its p-value by Student's t, times the number of runners, 1 at most.
    skewness
        Of the residuals; 0 where they lie evenly.
    """

    n_runners: int
    estimate: float
    lowest: float
    highest: float
    n_turning: int
    largest_residual: float
    residual_p: float
    skewness: float

    @property
    def has_outlier(self) -> bool:
        """Whether the largest residual is larger than chance makes it among so many."""
        return self.residual_p < LARGE_RESIDUAL_P


def influence(
    ols: Any, term: str, *, alpha: float, margin_question: Mapping[str, Any] | None = None
) -> Influence | None:
    """What a fit owes to single runners; None where leaving one out leaves no fit.

    Parameters
    ----------
    ols
        Results of statsmodels' OLS, a row a runner.
    term
        Name of the coefficient that is the difference.
    alpha
        Error rate of the interval, such as 0.05.
    margin_question
        What ``answer_of_ends`` takes beside the interval; None asks about zero.
    """
    margin_question = margin_question or {"kind": SUPERIORITY, "size": 0.0, "better_sign": 1}
    rate = interval_rate(margin_question["kind"], alpha)
    hat, df = ols.get_influence().hat_matrix_diag, ols.df_resid - 1
    if df < 1 or np.any(hat > 1 - 1e-9):
        return None
    resid = np.asarray(ols.resid)
    at = list(ols.params.index).index(term)
    inverse = np.asarray(ols.normalized_cov_params)
    leverage = ols.model.exog @ inverse[at]
    without = ols.params[term] - leverage * resid / (1 - hat)
    spread = (ols.ssr - resid**2 / (1 - hat)) / df
    spread = np.maximum(spread, np.finfo(float).tiny)  # a fit may be perfect but for one runner
    variance = spread * (inverse[at, at] + leverage**2 / (1 - hat))
    half = stats.t.ppf(1 - rate / 2, df) * np.sqrt(variance)
    said = answer_of_ends(*ols.conf_int(rate).loc[term], **margin_question)
    each_ends = zip(without - half, without + half, strict=True)
    others = [answer_of_ends(*ends, **margin_question) for ends in each_ends]
    largest = float(np.abs(resid / np.sqrt(spread * (1 - hat))).max())
    n = int(ols.nobs)
    return Influence(
        n_runners=n,
        estimate=float(ols.params[term]),
        lowest=float(without.min()),
        highest=float(without.max()),
        n_turning=sum(one != said for one in others),
        largest_residual=largest,
        residual_p=min(1.0, n * 2 * float(stats.t.sf(largest, df))),
        skewness=float(stats.skew(ols.resid)),
    )
