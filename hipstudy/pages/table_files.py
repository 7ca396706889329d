"""Tables that go beside a report, with what their columns and codes mean."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy import show
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, contrast_label
from hipstudy.pages.shared import LABELS, answer_label, factor_label
from hipstudy.parameters import shipped

if TYPE_CHECKING:
    from pandas import DataFrame

_WITHOUT = "_without_SYM"
_FILE = Path(__file__).parent / "words" / "tables.en.toml"
TABLE_WORDS: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def variant_label(name: str) -> str | None:
    """Words for a variant of the outside view; one may leave out a trial besides.

    Examples
    --------
    >>> variant_label("reported_without_SYM007")
    'With a number, without SYM007'
    """
    base, found, trial = name.partition(_WITHOUT)
    words = LABELS["variants"].get(base)
    return f"{words}, without SYM{trial}" if words and found else words


_LABELS: dict[str, Callable[[str], str | None]] = {
    "world": WORLD_LABELS.get,
    "outcome": OUTCOME_LABELS.get,
    "arm": arm_label,
    "contrast": contrast_label,
    "model": LABELS["models"].get,
    "variant": variant_label,
    "class": LABELS["contrasts"].get,
    "answer": answer_label,
    "check": LABELS["integrity_checks"].get,
    "factor": factor_label,
    "name": lambda name: shipped()[name].label if name in shipped() else None,
}


def table_file(frame: "DataFrame", name: str, *, level_pct: float = 95.0) -> show.Download:
    """A table at full precision for ``tables/NAME.csv`` and the workbook.

    Parameters
    ----------
    frame
        The table; a column without words has none in the workbook.
    name
        One of the tables that have a title in ``words/tables.en.toml``.
    level_pct
        Coverage of the intervals in it, per cent.
    """
    own = TABLE_WORDS["of_table"].get(name, {})
    meanings = {column: own.get(column) or TABLE_WORDS["columns"].get(column) for column in frame}
    return show.Download(
        frame,
        name,
        caption=TABLE_WORDS["captions"][name],
        columns={
            column: tuple(part.format(level=level_pct) for part in words)
            for column, words in meanings.items()
            if words
        },
        codes={column: codes for column in frame if (codes := _codes(frame, column))},
    )


def _codes(frame: "DataFrame", column: str) -> dict[str, str]:
    """What each text in a column stands for, where that is known."""
    own = TABLE_WORDS["codes"].get(column, {})
    label = _LABELS.get(column)
    if label is None and not own:
        return {}
    values = [value for value in frame[column].drop_duplicates() if isinstance(value, str)]
    words = {value: own.get(value) or (label(value) if label else None) for value in values}
    return {value: said for value, said in words.items() if said}
