"""Everyday files of a clinic, whose truth is known: shape x words x format x locale, seeded.

``everyday_files(count, seed)`` draws them. A shape lays a table of observations out on sheets and
says what each of its names means; a writer makes a file of the sheets. To add one: a function in
``SHAPES``, in ``SHEET_WRITERS`` (of sheets) or ``FRAME_WRITERS`` (of one table with plain heads).
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from random import Random

import pandas as pd
from everyday_words import LOCALES, Locale
from export_writers import EXPORTS, FORMATS
from openpyxl import Workbook

WEEKS = (0, 6, 12)
EXPORT = "export"  # a shape that a program makes
TRAITS = ("arm", "sex", "age_y", "mass_kg")  # the same at every visit and on both sides
KEYS = ("runner_id", "side", "week")


@dataclass(frozen=True)
class Layout:
    """A table of observations laid out on sheets, and what its names mean.

    Parameters
    ----------
    sheets
        Sheet -> its rows, heads among them.
    meaning
        Name of a column in the file -> what a mapping file says of it.
    sheets_of
        Sheet -> what all its rows are of, where there are several.
    headings
        Row number -> what the rows below it are of.
    one_table
        Whether it is one table with one row of names.
    """

    sheets: Mapping[str, Sequence[Sequence[object]]]
    meaning: Mapping[str, str]
    sheets_of: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[int, str] = field(default_factory=dict)
    one_table: bool = True


@dataclass(frozen=True)
class EverydayFile:
    """A file, what it is like, and what stands in it.

    Parameters
    ----------
    name
        Of the file.
    content
        Its bytes.
    like
        Locale, shape and format.
    truth
        One row a runner, side and visit, columns as in the format.
    meaning, words, sheets_of, headings
        What somebody who knows the file would answer: of columns, of words by column, of sheets,
        and of rows that are headings.
    """

    name: str
    content: bytes
    like: tuple[str, str, str]
    truth: pd.DataFrame
    meaning: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    sheets_of: Mapping[str, str]
    headings: Mapping[int, str]


Shape = Callable[[pd.DataFrame, Locale], Layout]


def _observations(random: Random) -> pd.DataFrame:
    """What a small trial measured, with some that was not."""
    arms = random.choice([("stretch_only", "strength_only"), ("Group A", "Group B"), ("1A", "1B")])
    more = random.sample(["sex", "age_y", "mass_kg", "adverse_event", "discomfort_nrs"], 3)
    rows = []
    for n in range(random.randint(12, 18)):
        person = {
            "runner_id": f"P{n + 1:02d}",
            "arm": arms[n % 2],
            "sex": random.choice("FM"),
            "age_y": random.randint(19, 58),
            "mass_kg": round(random.uniform(48, 92), 1),
        }
        for side in ("left", "right"):
            thomas, tight = random.gauss(11, 6), random.uniform(3, 8)
            for week in WEEKS:
                gone = random.random() < 0.04 and week
                angle = round(thomas + week / 6 + random.gauss(0, 2), 1)
                rows.append(person | {
                    "side": side,
                    "week": week,
                    "thomas_ext_deg": None if gone else angle,
                    "tightness_nrs": min(10, max(0, round(tight - week / 8 + random.gauss(0, 1)))),
                    "discomfort_nrs": min(10, max(0, round(tight / 2 + random.gauss(0, 1)))),
                    "adverse_event": "yes" if random.random() < 0.1 else "no",
                })  # fmt: skip
    frame = pd.DataFrame(rows)
    outcomes = ["thomas_ext_deg", "tightness_nrs"][: random.choice([1, 2, 2])]
    kept = [*KEYS, "arm", *more, *outcomes]
    return frame[[name for name in kept if name in frame]]


# --- shapes ---------------------------------------------------------------------------------------


def _cell(locale: Locale, name: str, value: object) -> object:
    """A value as the locale writes it; numbers stay numbers."""
    if value is None or value != value:
        return locale.missing
    table = {"side": locale.sides, "sex": locale.sexes, "adverse_event": locale.yesno}.get(name)
    if table:
        return table[value]
    if name == "week":
        return locale.visits[WEEKS.index(value)]
    return value.item() if hasattr(value, "item") else value


def _long(frame: pd.DataFrame, locale: Locale) -> Layout:
    meaning = {locale.heads[name]: name for name in frame}
    rows = [[_cell(locale, name, row[name]) for name in frame] for _, row in frame.iterrows()]
    return Layout({"": [list(meaning), *rows]}, meaning)


def _spread(
    frame: pd.DataFrame, locale: Locale, over: Sequence[str]
) -> tuple[list[tuple[str, tuple[object, ...], str]], list[list[object]]]:
    """Columns (name, values of what they are spread over, its head), and rows."""
    traits = [name for name in frame if name in TRAITS]
    keys = [name for name in KEYS if name not in over]
    measured = [name for name in frame if name not in (*KEYS, *traits)]
    levels = list(dict.fromkeys(map(tuple, frame[list(over)].values.tolist())))
    columns = [(name, (), locale.heads[name]) for name in (*keys, *traits)]
    for name in measured:
        for level in levels:
            parts = [
                locale.side_in_head[value]
                if key == "side"
                else locale.visit_in_head[WEEKS.index(value)]
                for key, value in zip(over, level, strict=True)
            ]
            columns.append((name, level, locale.joint.join([locale.heads[name], *parts])))
    rows = []
    for _, same in frame.groupby(keys, sort=False):
        first, by_level = same.iloc[0], same.set_index(list(over))
        at = {
            level if isinstance(level, tuple) else (level,): k
            for k, level in enumerate(by_level.index)
        }
        rows.append([
            _cell(locale, name, by_level[name].iloc[at[level]] if level else first[name])
            for name, level, _ in columns
        ])  # fmt: skip
    return columns, rows


def _place(name: str, over: Sequence[str], level: Sequence[object]) -> str:
    parts = [f"week {v}" if key == "week" else str(v) for key, v in zip(over, level, strict=False)]
    return ", ".join([name, *sorted(parts)])


def _wide(*over: str) -> Shape:
    def layout(frame: pd.DataFrame, locale: Locale) -> Layout:
        columns, rows = _spread(frame, locale, over)
        meaning = {head: _place(name, over, level) for name, level, head in columns}
        return Layout({"": [[head for *_, head in columns], *rows]}, meaning)

    return layout


def _two_rows_of_head(frame: pd.DataFrame, locale: Locale) -> Layout:
    """The measure above, left and right below; the upper names stand once."""
    columns, rows = _spread(frame, locale, ("side",))
    upper, lower, meaning = [], [], {}
    for name, level, head in columns:
        top = locale.heads[name] if level else None
        upper.append(top if top not in upper else None)
        lower.append(locale.side_in_head[level[0]] if level else head)
        meaning[f"{top} {lower[-1]}" if level else head] = _place(name, ("side",), level)
    return Layout({"": [upper, lower, *rows]}, meaning, one_table=False)


def _sheet_a_visit(frame: pd.DataFrame, locale: Locale) -> Layout:
    whole, named = _long(frame.drop(columns="week"), locale), {}
    head, *rows = whole.sheets[""]
    for week, name in zip(WEEKS, locale.visits, strict=True):
        at = (frame["week"] == week).to_numpy()
        named[str(name)] = [head, *(row for row, is_in in zip(rows, at, strict=True) if is_in)]
    of = {str(name): f"week {week}" for week, name in zip(WEEKS, locale.visits, strict=True)}
    return Layout(named, whole.meaning, of, one_table=False)


def _sheet_an_arm(frame: pd.DataFrame, locale: Locale) -> Layout:
    whole, named = _long(frame.drop(columns="arm"), locale), {}
    head, *rows = whole.sheets[""]
    for arm in frame["arm"].unique():
        at = (frame["arm"] == arm).to_numpy()
        named[arm] = [head, *(row for row, is_in in zip(rows, at, strict=True) if is_in)]
    return Layout(named, whole.meaning, {arm: f"arm {arm}" for arm in named}, one_table=False)


def _with_units(rows: list, head: list, meaning: Mapping[str, str], _locale: Locale) -> list:
    units = {"thomas_ext_deg": "°", "age_y": "years", "mass_kg": "kg", "tightness_nrs": "0-10"}
    return [[units.get(meaning[name]) for name in head], *rows]


def _with_totals(rows: list, head: list, meaning: Mapping[str, str], locale: Locale) -> list:
    means = [locale.mean, *[None] * (len(head) - 1)]
    for k, name in enumerate(head):
        if meaning[name] in ("thomas_ext_deg", "tightness_nrs"):
            values = [row[k] for row in rows if row[k] not in (None, locale.missing)]
            means[k] = round(sum(values) / len(values), 2)
    return [*rows, means]


def _with_repeated_head(rows: list, head: list, *_others: object) -> list:
    half = len(rows) // 2
    return [*rows[:half], head, *rows[half:]]


def _with_footnote(rows: list, head: list, *_others: object) -> list:
    empty = [None] * (len(head) - 1)
    return [*rows, [None, *empty], ["* measured by the same person", *empty]]


def _long_with(add: Callable[[list, list, Mapping[str, str], Locale], list]) -> Shape:
    """One row a runner, side and visit, with rows among them that are no data."""

    def layout(frame: pd.DataFrame, locale: Locale) -> Layout:
        plain = _long(frame, locale)
        head, *rows = plain.sheets[""]
        rows = add(rows, head, plain.meaning, locale)
        return Layout({"": [head, *rows]}, plain.meaning, one_table=False)

    return layout


def _below_title(frame: pd.DataFrame, locale: Locale) -> Layout:
    plain = _long(frame, locale)
    head, *rows = plain.sheets[""]
    title = ["Runner study 2026", *[None] * (len(head) - 1)]
    return Layout({"": [title, head, *rows]}, plain.meaning, one_table=False)


def _below_headings(frame: pd.DataFrame, locale: Locale) -> Layout:
    """The arm is a heading in a row of its own."""
    plain = _long(frame.drop(columns="arm"), locale)
    head, *all_rows = plain.sheets[""]
    rows: list[list[object]] = []
    headings = {}
    for arm in frame["arm"].unique():
        headings[len(rows) + 2] = f"arm {arm}"
        at = (frame["arm"] == arm).to_numpy()
        rows.append([arm, *[None] * (len(head) - 1)])
        rows += [row for row, is_in in zip(all_rows, at, strict=True) if is_in]
    return Layout({"": [head, *rows]}, plain.meaning, headings=headings, one_table=False)


SHAPES: Mapping[str, Shape] = {
    "long": _long,
    "sides_side_by_side": _wide("side"),
    "visits_side_by_side": _wide("week"),
    "both_side_by_side": _wide("side", "week"),
    "two_rows_of_head": _two_rows_of_head,
    "sheet_a_visit": _sheet_a_visit,
    "sheet_an_arm": _sheet_an_arm,
    "with_units": _long_with(_with_units),
    "with_totals": _long_with(_with_totals),
    "with_repeated_head": _long_with(_with_repeated_head),
    "with_footnote": _long_with(_with_footnote),
    "below_title": _below_title,
    "below_headings": _below_headings,
}

# --- writers --------------------------------------------------------------------------------------


def _as_text(delimiter: str, encoding: str) -> Callable[[Layout, Locale], bytes]:
    def write(layout: Layout, locale: Locale) -> bytes:
        made = StringIO()
        (rows,) = layout.sheets.values()
        out = csv.writer(made, delimiter=delimiter or locale.delimiter)
        for row in rows:
            out.writerow(["" if v is None else _typed(v, locale, delimiter) for v in row])
        return made.getvalue().encode(encoding or locale.encoding)

    return write


def _typed(value: object, locale: Locale, delimiter: str) -> str:
    text = str(value)
    comma = locale.decimal == "," and delimiter != ","
    return text.replace(".", ",") if comma and isinstance(value, float) else text


def _as_xlsx(*, numbers: bool) -> Callable[[Layout, Locale], bytes]:
    def write(layout: Layout, locale: Locale) -> bytes:
        book = Workbook()
        book.remove(book.active)
        for name, rows in layout.sheets.items():
            sheet = book.create_sheet(name or "data")
            for row in rows:
                plain = (v if numbers or v is None else _typed(v, locale, ";") for v in row)
                sheet.append(list(plain))
        made = BytesIO()
        book.save(made)
        return made.getvalue()

    return write


SHEET_WRITERS: Mapping[str, tuple[str, Callable[[Layout, Locale], bytes]]] = {
    "csv": (".csv", _as_text("", "")),
    "csv_utf8": (".csv", _as_text("", "utf-8-sig")),
    "tsv": (".txt", _as_text("\t", "utf-8")),
    "xlsx": (".xlsx", _as_xlsx(numbers=True)),
    "xlsx_of_text": (".xlsx", _as_xlsx(numbers=False)),
}
_ENDINGS = {"google_forms": ".csv", "microsoft_forms": ".xlsx"}
FRAME_WRITERS: Mapping[str, tuple[str, Callable[[pd.DataFrame], bytes]]] = {
    **{name: (f".{name}", write) for name, write in FORMATS.items()},
    **{name: (_ENDINGS.get(name, ".csv"), write) for name, write in EXPORTS.items()},
}  # fmt: skip


def _written(
    random: Random, shape: str, layout: Layout, locale: Locale, frame: pd.DataFrame
) -> tuple[str, str, bytes]:
    """The name of the format, the ending and the bytes."""
    if shape == EXPORT:
        name = random.choice(list(FRAME_WRITERS))
        ending, write = FRAME_WRITERS[name]
        return name, ending, write(frame)
    if layout.one_table and random.random() < 0.3:
        name = random.choice(["ods", "xls", "xlsb", "json", "jsonl"])
        ending, write = FRAME_WRITERS[name]
        head, *rows = next(iter(layout.sheets.values()))
        return name, ending, write(pd.DataFrame(rows, columns=head, dtype=object))
    several = len(layout.sheets) > 1 or shape == "two_rows_of_head"
    name = random.choice(["xlsx", "xlsx_of_text"] if several else list(SHEET_WRITERS))
    ending, write = SHEET_WRITERS[name]
    return name, ending, write(layout, locale)


def everyday_files(count: int, seed: int) -> list[EverydayFile]:
    """So many files, the shapes by turns."""
    random = Random(seed)
    made = []
    shapes, codes = [*SHAPES, EXPORT, EXPORT], list(LOCALES)
    for k in range(count):
        shape = shapes[k % len(shapes)]
        locale = LOCALES[codes[(k + k // len(shapes)) % len(codes)]](random)
        truth = _observations(random)
        layout = SHAPES.get(shape, _long)(truth, locale)
        form, ending, content = _written(random, shape, layout, locale, truth)
        is_export = shape == EXPORT
        words = {
            "side": {own: ours for ours, own in locale.sides.items()},
            "sex": {own: ours for ours, own in locale.sexes.items()},
            "adverse_event": {own: ours for ours, own in locale.yesno.items()},
            "thomas_ext_deg": {str(locale.missing): "missing"},
            "week": {str(own): f"{week}" for week, own in zip(WEEKS, locale.visits, strict=True)}
            | {own: f"{week}" for week, own in zip(WEEKS, locale.visit_in_head, strict=True)},
        }
        made.append(
            EverydayFile(
                f"clinic_{k:03d}{ending}",
                content,
                ("en" if is_export else locale.code, shape, form),
                truth,
                {} if is_export else layout.meaning,
                words,
                layout.sheets_of,
                layout.headings,
            )
        )
    return made
