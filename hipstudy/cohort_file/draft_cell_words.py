"""Words in cells that a mapping file has to translate: drafted where they are sure, else asked."""

from collections.abc import Mapping, Sequence

import pandas as pd

from hipstudy.cohort_file import cell_words
from hipstudy.cohort_file.cell_words import WordMeaning
from hipstudy.cohort_file.draft_page import DRAFT_WORDS, DraftPage, MappingDraft, toml_line
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping import ColumnMapping
from hipstudy.cohort_file.parse import NUMBER, read
from hipstudy.cohort_file.reading import NEGATED, SEVERAL, ColumnReading, FileReading, understand
from hipstudy.cohort_file.row_kinds import without_rows
from hipstudy.cohort_file.schema import CHOICES, find
from hipstudy.cohort_file.sheet import Sheet


def word_lines(sheet: Sheet, reading: FileReading) -> dict[str, list[WordMeaning]]:
    """Words of each column of the format that a mapping has to translate."""
    made: dict[str, list[WordMeaning]] = {}
    data = _data(sheet, reading)
    by_name: dict[str, list[int]] = {}
    for k, one in enumerate(reading.columns):
        if one.place is not None and (one.sure or one.is_read or _has_words(one)):
            by_name.setdefault(one.place.name, []).append(k)
    for name, places in by_name.items():
        cells = pd.concat([data[k] for k in places], ignore_index=True)
        if any(reading.columns[k].doubt == NEGATED for k in places):
            made[name] = cell_words.turned_round(cells.dropna().unique())
        elif words := _meanings(cells, name):
            made[name] = words
    return made


def _has_words(one: ColumnReading) -> bool:
    """Whether an asked column would need its words too: then one draft asks for both."""
    name = one.place.name
    return one.doubt != SEVERAL and (name == "week" or find(name).kind in CHOICES)


def _data(sheet: Sheet, reading: FileReading) -> pd.DataFrame:
    out = [k for at in reading.doubtful.values() for k in at]
    return without_rows(sheet, out).cells if out else sheet.cells


def _meanings(cells: pd.Series, name: str) -> list[WordMeaning]:
    column = find(name)
    texts = [text for text in cells.unique() if text is not None]
    if column.kind in CHOICES:
        empty = bool(cells.isna().any())
        words = cell_words.choices(texts, column.kind, has_empty=empty)
        if column.kind == "yesno" and empty and _one_answer(texts, words):
            words.append(WordMeaning("", "no", sure=False))
        return words
    if name == "week":
        return cell_words.visits(texts)
    if column.kind == "number":
        numbers = read(pd.Series(texts, dtype=object))
        values = {
            t: v for t, v, k in zip(texts, numbers.values, numbers.kind, strict=True) if k == NUMBER
        }
        return cell_words.no_measurements(texts, column, values)
    return []


def _one_answer(texts: Sequence[str], words: Sequence[WordMeaning]) -> bool:
    """Whether a column has one word only, and the empty cells may be the other."""
    filled = {text.casefold() for text in texts if not cell_words.is_missing_word(text)}
    return len(filled) == 1 and all(word.ours in ("yes", "") for word in words)


def draft_words(sheet: Sheet, mapping: ColumnMapping) -> MappingDraft | None:
    """Draft the words that a mapping does not translate yet; None where there are none.

    Parameters
    ----------
    sheet
        As ``hipstudy.cohort_file.sheets_together.read_mapped`` gives it.
    mapping
        What the clinic has said.
    """
    reading = understand(sheet, mapping)
    made = {}
    for name, words in word_lines(sheet, reading).items():
        said = {folded(own) for own in mapping.words.get(name, {})}
        if missing := [word for word in words if folded(word.own) not in said]:
            made[name] = missing
    if not made:
        return None
    page = DraftPage()
    ask_words(page, made, reading)
    lines = [DRAFT_WORDS["head"]["to_add"].format(file=mapping.file), *page.lines]
    return MappingDraft("\n".join(lines) + "\n", tuple(page.questions), reading)


def ask_words(
    page: DraftPage, words_by_column: Mapping[str, Sequence[WordMeaning]], reading: FileReading
) -> None:
    """Write the words of each column: the sure ones as lines, the others as a question."""
    for name, words in words_by_column.items():
        own = {word.own.casefold(): word for word in words}
        page.lines += ["", f"[words.{name}]"]
        page.lines += [toml_line(word.own, word.ours) for word in own.values() if word.sure]
        kind = find(name).kind
        choices = CHOICES.get(kind, ("...",))
        asked = [word for word in own.values() if not word.sure and word.own]
        if asked:
            last = len(choices) - 1
            guesses = [word.ours or choices[min(k, last)] for k, word in enumerate(asked)]
            lines = [toml_line(word.own, ours) for word, ours in zip(asked, guesses, strict=True)]
            question = "week" if name == "week" else kind if kind in CHOICES else "missing"
            if any(one.doubt == NEGATED and one.place.name == name for one in reading.columns):
                question = "negated"
            page.ask(f"words_{question}", lines, name=name)
        if "" in own:
            page.ask("empty_cells", [toml_line("", own[""].ours)], name=name, ours=own[""].ours)
