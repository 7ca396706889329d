"""Statistical models and the size of trials: the only room that knows statsmodels.

``estimate`` says what is asked and what was found; ``layout`` turns a long frame into arrays;
``ancova``, ``mixed`` (by ``ladder`` and ``rungs``), ``slope`` and ``tipping`` answer;
``least_squares`` and ``reml`` do the arithmetic, for many trials at once.
"""

from hipstudy.analysis.sample_size import runners_per_arm

__all__ = ["runners_per_arm"]
