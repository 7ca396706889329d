"""One cohort written in the shapes in which clinics keep theirs, with words of their own.

``cohort`` draws a long table; each writer of ``SHAPES`` puts it into a file of another shape, and
``observations`` gives what was measured, by code, side, week and column, so that both can be
compared. ``answered`` takes the # off the lines below each question of a draft.
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import openpyxl
import pandas as pd

WEEKS = (0, 6, 12)
ARMS = ("stretch_only", "strength_only")
MEASURED = ("thomas_ext_deg", "tightness_nrs", "end_range_torque_nm_kg")
KEYS = ["runner_id", "side", "week"]
# What clinics call columns, sides and visits.
NAMES = {
    "en": ("Patient ID", "Group", "Sex", "Thomas", "Tightness", "Torque (Nm/kg)", "Side", "Week"),
    "de": ("Proband", "Gruppe", "Geschlecht", "Thomas-Test", "Spannungsgefühl",
           "Drehmoment [Nm/kg]", "Bein", "Woche"),
    "fr": ("Sujet", "Groupe", "Sexe", "Test de Thomas", "Tension hanche", "Couple (Nm/kg)",
           "Côté", "Semaine"),
    "es": ("Paciente", "Grupo", "Sexo", "Ángulo Thomas", "Tirantez", "Torque (Nm/kg)", "Lado",
           "Semana"),
    "nl": ("Deelnemer", "Groep", "Geslacht", "Thomas hoek", "Strakheid", "Koppel (Nm/kg)",
           "Zijde", "Week"),
    "it": ("Paziente", "Gruppo", "Sesso", "Test di Thomas", "Tensione", "Coppia (Nm/kg)", "Lato",
           "Settimana"),
    "pt": ("Participante", "Grupo", "Sexo", "Teste de Thomas", "Tensão", "Torque (Nm/kg)",
           "Lado", "Semana"),
    "no": ("Deltaker", "Gruppe", "Kjønn", "Thomas vinkel", "Stramhet", "Dreiemoment (Nm/kg)",
           "Side", "Uke"),
}  # fmt: skip
OURS = ("runner_id", "arm", "sex", *MEASURED, "side", "week")
SIDE_WORDS = (("L", "R"), ("left", "right"), ("links", "rechts"), ("li", "re"), ("G", "D"),
              ("Izq", "Der"), ("sx", "dx"))  # fmt: skip
VISIT_WORDS = (
    ("pre", "6 wk", "12 wk"), ("Baseline", "Week 6", "Week 12"), ("W0", "W6", "W12"),
    ("Woche 0", "Woche 6", "Woche 12"), ("T0", "T1", "T2"),
)  # fmt: skip
HEADS = ("{name} {visit} {side}", "{name}_{side}_{visit}", "{side} {name} {visit}")


@dataclass(frozen=True)
class OwnWords:
    """What a clinic calls columns, sides and visits, and how it names columns side by side."""

    names: tuple = NAMES["en"]
    head: str = HEADS[0]
    sides: tuple = SIDE_WORDS[0]
    visits: tuple = VISIT_WORDS[0]


def cohort(seed, runners=8):
    """A long table: some values missing, everybody seen at baseline."""
    rng = np.random.default_rng(seed)
    sexes = rng.choice(["F", "M"], runners)
    rows = [
        {
            "runner_id": f"K{runner + 1:02}",
            "arm": ARMS[runner % 2],
            "sex": str(sexes[runner]),
            "thomas_ext_deg": round(float(rng.normal(11, 5)), 1),
            "tightness_nrs": int(rng.integers(0, 11)),
            "end_range_torque_nm_kg": round(float(rng.uniform(0.6, 3)), 2),
            "side": side,
            "week": week,
        }
        for runner in range(runners)
        for week in WEEKS
        for side in ("left", "right")
    ]
    frame = pd.DataFrame(rows)
    for name in MEASURED:
        frame[name] = frame[name].astype(float).mask(rng.random(len(frame)) < 0.1)
    return frame[list(OURS)]


def observations(frame):
    """What was measured: one row a code, side, week and column with a value."""
    long = frame.melt(KEYS, list(MEASURED), "column", "value").dropna(subset="value")
    long["week"] = long["week"].astype(float)
    return long.sort_values([*KEYS, "column"]).reset_index(drop=True)[[*KEYS, "column", "value"]]


def _named(frame, names):
    return frame.rename(columns=dict(zip(OURS, names, strict=True)))


def _spread(frame, words, by):
    """Columns side by side, by side, visit or both."""
    sides, visits, head = words.sides, words.visits, words.head
    names = dict(zip(OURS, words.names, strict=True))
    of = {"side": dict(zip(("left", "right"), sides, strict=True)),
          "week": dict(zip(WEEKS, visits, strict=True))}  # fmt: skip
    fixed = [name for name in ("runner_id", "arm", "sex", *KEYS[1:]) if name not in by]
    wide = frame.pivot(index=fixed, columns=list(by), values=list(MEASURED))
    titles = []
    for column, *levels in wide.columns:
        said = {part: of[part][level] for part, level in zip(by, levels, strict=True)}
        text = head.format(
            name=names[column], side=said.get("side", ""), visit=said.get("week", "")
        )
        titles.append(re.sub(r"[ _]+", " ", text).strip())
    wide.columns = titles
    return wide.reset_index().rename(columns=names)


def wide_by_side(frame, path, words):
    """One row a visit."""
    _spread(frame, words, ["side"]).to_csv(path, index=False)


def wide_by_visit(frame, path, words):
    """One row a leg."""
    _spread(frame, words, ["week"]).to_csv(path, index=False)


def wide_by_both(frame, path, words):
    """One row a runner."""
    _spread(frame, words, ["week", "side"]).to_csv(path, index=False)


def head_of_two_rows(frame, path, words):
    """Names above, sides below, the upper ones merged over both."""
    wide = _spread(frame, replace(words, head="{name}|{side}"), ["side"])
    upper, lower, last = [], [], ""
    for name in wide.columns:
        first, _, side = name.partition("|")
        upper.append("" if first == last else first)
        lower.append(side)
        last = first
    body = wide.to_csv(index=False, header=False)
    top = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (upper, lower))
    path.write_text(f"{top}\n{body}", encoding="utf-8")


def rows_that_are_no_data(frame, path, words):
    """Units, a heading for each arm, the head again, means, and a note, between the rows."""
    named = _named(frame, words.names).drop(columns=words.names[1])
    width = named.shape[1]
    cells = [list(named.columns), ["", "", "deg", "0-10", "Nm/kg", "", "wk"]]
    for arm in ARMS:
        block = named[frame["arm"] == arm]
        means = [f"{block[name].mean():.2f}" for name in words.names[3:6]]
        cells += [[arm, *[""] * (width - 1)], *block.astype(object).fillna("").to_numpy().tolist()]
        cells += [["Mean", "", *means, "", ""]]
        if arm == ARMS[0]:
            cells += [list(named.columns)]
    cells += [["* measured twice", *[""] * (width - 1)]]
    lines = [",".join(f'"{cell}"' for cell in row) for row in cells]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _sheets(path, tables):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(table.columns))
        for row in table.astype(object).where(table.notna(), None).to_numpy().tolist():
            sheet.append(row)
    book.save(path)


def sheet_for_each_visit(frame, path, words):
    """A sheet a visit, without a column for it."""
    named = _named(frame, words.names).drop(columns=words.names[7])
    _sheets(path, {word: named[frame["week"] == week]
                   for week, word in zip(WEEKS, words.visits, strict=True)})  # fmt: skip


def sheet_for_each_arm(frame, path, words):
    """A sheet an arm, without a column for it."""
    named = _named(frame, words.names).drop(columns=words.names[1])
    _sheets(path, {arm: named[frame["arm"] == arm] for arm in ARMS})


SHAPES = {
    one.__name__: one
    for one in (wide_by_side, wide_by_visit, wide_by_both, head_of_two_rows, rows_that_are_no_data,
                sheet_for_each_visit, sheet_for_each_arm)
}  # fmt: skip


def answered(text, answers=()):
    """A draft with the # taken off the lines below each question; ``answers`` replace texts."""
    lines, asked = [], False
    for line in text.splitlines():
        is_line = line.startswith("# ") and " = " in line and not line.startswith("# QUESTION")
        asked = line.startswith("# QUESTION") or (asked and is_line)
        lines.append(line.removeprefix("# ") if asked and is_line else line)
    made = "\n".join(lines) + "\n"
    for old, new in answers:
        made = made.replace(old, new)
    return made
