"""A fingerprint of the cases that calibrate the model: another case among them changes it."""

import hashlib
import json
from collections.abc import Iterable

from hipstudy.evidence.trials import Case

# What a likelihood of a case depends on, beside its published value and the error of that.
_FIELDS = (
    "name", "women_share", "is_trained", "protocol", "comparator", "pause_wk", "again_wk",
    "outcome", "angle_ext_deg", "form", "scale", "at_wk", "of_wk", "at_d", "sd",
)  # fmt: skip


def fingerprint(cases: Iterable[Case]) -> str:
    """SHA-256 of the names and contents of the calibration cases, in hexadecimal digits.

    Parameters
    ----------
    cases
        In any order; those of another role leave it as it is. Words about a case do, too: its
        title, its sources, how its error was derived, what is said of it.
    """
    contents = [
        {field: getattr(case, field) for field in _FIELDS}
        | {"point": case.point, "se": case.standard_error, "noise_ratio": case.noise_ratio}
        for case in cases
        if case.role == "calibration"
    ]
    contents.sort(key=lambda content: content["name"])
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
