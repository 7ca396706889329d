"""What a process of its own does: it reads a file of SPSS or Stata with pyreadstat.

The library is written in C, and a damaged file may end the program that reads it; only this one
ends then. The file comes by standard input, its columns go out as JSON::

    python -m hipstudy.cohort_file.other_formats.statistics_process sav < cohort.sav
"""

import json
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import numpy as np

_SINGLE = "float"  # numbers of Stata that have seven digits
_MEMORY = 4_000_000_000  # bytes


def main(kind: str, max_columns: int, max_rows: int, max_cells: int) -> int:
    """Read standard input, and write what is in it, or how much too much it has, as JSON."""
    _take_little()
    import pyreadstat

    content = sys.stdin.buffer.read()
    reader = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    _, about = reader(BytesIO(content), metadataonly=True)
    n_columns, n_rows = about.number_columns, about.number_rows or 0
    answer: dict[str, Any] = {"n_columns": n_columns, "n_rows": n_rows}
    if n_columns <= max_columns and n_rows <= max_rows and n_columns * n_rows <= max_cells:
        data, about = reader(
            BytesIO(content), user_missing=True, row_limit=max_rows + 1, output_format="dict"
        )
        answer["columns"] = [_column(name, data[name], about) for name in data]
    sys.stdout.buffer.write(json.dumps(answer).encode())
    return 0


def _take_little() -> None:
    """No memory without end, and no image of the process where it falls."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _column(name: str, values: Any, about: Any) -> dict[str, Any]:
    single = about.readstat_variable_types.get(name) == _SINGLE
    labels = about.variable_value_labels.get(name, {})
    is_missing = _missing(about, name)
    cells = [_plain(value, single=single) for value in values]
    declared = [k for k, value in enumerate(values) if cells[k] is not None and is_missing(value)]
    return {
        "name": name,
        "cells": cells,
        "labels": [[_plain(key, single=single), str(text)] for key, text in labels.items()],
        "declared_missing": declared,
        "question": about.column_names_to_labels.get(name) or "",
    }


def _missing(about: Any, name: str) -> Callable[[Any], bool]:
    """Whether a value is one that the file declares missing: of SPSS a value or a range of them."""
    ranges = about.missing_ranges.get(name, [])
    letters = set(about.missing_user_values.get(name, []))
    texts = {str(one["lo"]).strip() for one in ranges if isinstance(one["lo"], str)}
    numbers = [(one["lo"], one["hi"]) for one in ranges if not isinstance(one["lo"], str)]

    def is_missing(value: Any) -> bool:
        if isinstance(value, str):
            return value in letters or value.strip() in texts
        return any(low <= value <= high for low, high in numbers)

    return is_missing


def _plain(value: Any, *, single: bool) -> str | float | None:
    """A value as JSON has it; None where there is none. Dates are texts in ISO."""
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, (date, time)):
        return value.isoformat()
    number = float(value)
    if math.isnan(number):
        return None
    return float(str(np.float32(number))) if single else number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
