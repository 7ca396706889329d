"""What every host hands to the page once: words, outcomes, controls; no number of a dose."""

from collections.abc import Mapping, Sequence
from typing import Any

from hipstudy import __version__
from hipstudy.cohort_file import file_warnings
from hipstudy.errors import Finding
from hipstudy.explore.dose_controls import DIALS, SHARED_DIALS
from hipstudy.explore.front_end import word_table
from hipstudy.explore.outcome_words import change_unit, name_within, not_advice, title, unit
from hipstudy.explore.outcome_words import digits as digits_of
from hipstudy.explore.state import KEYS, RESERVE, PageState, presets
from hipstudy.figures.style import WORLD_MARKS
from hipstudy.labels import WORLD_LABELS
from hipstudy.model.causes import LINKS, PRIOR, WORLDS
from hipstudy.parameters import number
from hipstudy.studies.compare_tables import margins
from hipstudy.studies.settings import RUNNING_SPEEDS

SHAPES = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond", "X": "cross"}
PRIMARY = "tightness_nrs"
FELT = ("soreness_nrs", "discomfort_nrs")  # in the tab of what a dose costs
LOADS = ("unloaded", "5 kg", "near-failure")
LEVERS = ("leg-lever", "trunk-lever")
MOST = {"sets": (1, 2, 3, 4), "sessions": (1, 2, 3)}  # that a plan for some minutes takes
MINUTES = (10, 20, 30, 60)
MUCH_MIN_WK = 180.0  # above that the page says that the model has no overuse in it; a convention
_DIAL_LABELS = {
    "sessions_per_week": "sessions_per_week",
    "stretch_min_wk": "stretch",
    "unloaded_weeks": "unloaded",
    "support_height_cm": "support",
    "added_kg": "added",
    "start_rom_deg": "rom",
}


def band() -> tuple[float, float]:
    """Shares of draws below the two ends of a band."""
    half = (1 - number("band_level")) / 2
    return half, 1 - half


def outcome_facts(name: str) -> dict[str, Any]:
    """How an outcome is called and written; ``reserve`` is that at the running speed."""
    own = "end_range_reserve" if name == RESERVE else name
    unit_words = unit(own)
    return {
        "name": own if name == RESERVE else name,
        "key": name,
        "title": title(own),
        "within": name_within(own),
        "unit": unit_words,
        "size_unit": word_table()["size_nrs"] if own.endswith("_nrs") else unit_words,
        "change_unit": change_unit(own),
        "digits": digits_of(own),
        "change_digits": 1 if own.endswith(("_nm_kg", "_deg")) else digits_of(own),
        "in_percent": own.endswith("_nm_kg"),
        "margin": number("margin_small_nrs") if own in LINKS else 0,
        "is_primary": own == PRIMARY,
    }


def _dials(of: Mapping[str, tuple[float, float, float]]) -> dict[str, Any]:
    labels = word_table()["labels"]
    return {
        name: {
            "label": labels[_DIAL_LABELS.get(name, name)],
            **dict(zip(("min", "max", "step"), ends, strict=True)),
        }
        for name, ends in of.items()
    }


def load_words(load: str) -> str:
    """A load as its control says it."""
    return word_table()["labels"].get(f"load_{load}", load)


def warning_lines(warnings: Sequence[Finding]) -> list[str]:
    """What the check of the cohort file warned of: a head, and a line each; empty without."""
    if not warnings:
        return []
    return [file_warnings.head(warnings), *map(str, file_warnings.sentences(warnings))]


def page_data(
    host: str,
    *,
    outcomes: Sequence[str],
    who: str,
    warnings: Sequence[Finding],
    n_runners: int,
    n_draws: int,
    start: PageState | None = None,
    is_measured: bool = False,
    **own: Any,
) -> dict[str, Any]:
    """Everything of the page that no control changes, ready for JSON.

    Parameters
    ----------
    host
        ``file``, ``live`` or ``notebook``.
    outcomes
        Keys of those that can be looked at, as in ``state.OUTCOMES``.
    who
        On whom, in words.
    warnings
        Of the cohort file.
    n_runners, n_draws
        How many of each.
    start
        What the page opens with, where any dose can be asked for.
    is_measured
        Whether the runners' Thomas angles were measured.
    own
        What the host says otherwise.
    """
    words = word_table()
    labels = words["labels"]
    worlds = [
        {"name": world, "label": WORLD_LABELS[world], "cause": labels[f"cause_{world}"]}
        for world in WORLDS
    ]
    return {
        "host": host,
        "is_live": host != "file",
        "words": {name: text for name, text in words.items() if isinstance(text, str)},
        "labels": labels,
        "not_advice": not_advice(),
        "who": who,
        "warnings": warning_lines(warnings),
        "n_runners": n_runners,
        "n_draws": n_draws,
        "is_measured": is_measured,
        "outcomes": [outcome_facts(name) for name in outcomes],
        "felt": [title(name) for name in FELT],
        "worlds": worlds,
        "prior": {"name": PRIOR, "label": WORLD_LABELS[PRIOR]},
        "marks": [SHAPES[WORLD_MARKS[world]] for world in (*WORLDS, PRIOR)],
        "weights": list(start.prior) if start else [1.0] * len(WORLDS),
        "band": band(),
        "margins": margins()[:2],
        "keys": KEYS,
        "dials": _dials(DIALS),
        "shared_dials": _dials(SHARED_DIALS),
        "levers": [{"value": one, "words": one.replace("-", " ")} for one in LEVERS],
        "loads": [{"value": one, "words": load_words(one)} for one in LOADS],
        "speeds": [{"value": f"{speed:g}", "words": f"{speed:g}"} for speed in RUNNING_SPEEDS],
        "presets": [{"value": name, "words": arm.label} for name, arm in presets().items()],
        "chips": _chips(is_live=host != "file"),
        "questions": {"minutes": MINUTES},
        "much_min_wk": MUCH_MIN_WK,
        "version": __version__,
        "most": MOST,
    } | own


def _chips(*, is_live: bool) -> list[dict[str, Any]]:
    labels = word_table()["labels"]
    article = [
        {"words": labels[f"chip_{name}"], "change": {"preset": name}}
        for name in ("article_low", "article_high")
    ]
    return [
        *(article if is_live else ()),
        {"words": labels["chip_minutes"], "minutes": MINUTES[0]},
        {"words": labels["chip_no_weights"], "change": {"values": {"load": "unloaded"}}},
    ]
