"""The types of arrays that equations take and return."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floating-point numbers; the shape is in the docstring of whatever takes or returns them."""
Flags = NDArray[np.bool_]
