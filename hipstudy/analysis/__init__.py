"""Statistical models and the size of trials: the only package that imports statsmodels.

``estimate`` has questions and answers; ``long_to_arrays`` turns a long frame into arrays;
``ancova``, ``mixed``, ``change_association`` and ``tipping_point`` answer; ``least_squares`` and
``reml`` do the arithmetic, for many trials at once.
"""
