"""``GRID.toml``: one report under every combination of some settings.

It is written so::

    report = "compare"

    [settings]
    n_runners = 40

    [grid]
    sets = [1, 2, 3]
    sessions_per_week = [2, 3]
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from hipstudy.batch.cohort_folder import report_places
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.report import catalogue, named_files, parameters_cell
from hipstudy.report.parameters_cell import NotebookParameter
from hipstudy.text_files import NotToml, WrongEncoding, loads, read_text

FIELDS = ("report", "settings", "grid")
MOST_REPORTS = 1000


@dataclass(frozen=True)
class SettingGrid:
    """A report, what is set the same in all, and what takes several values.

    Parameters
    ----------
    report
        Its name, or the path of a notebook.
    settings
        Parameter -> text.
    axes
        Parameter -> its texts.
    """

    report: str
    settings: Mapping[str, str]
    axes: Mapping[str, tuple[str, ...]]

    def combinations(self) -> Iterator[dict[str, str]]:
        """Every combination of the axes, the last one changing first."""
        for texts in itertools.product(*self.axes.values()):
            yield dict(zip(self.axes, texts, strict=True))

    def places(self) -> tuple[str, ...]:
        """A folder's name for each combination."""
        return report_places(
            "_".join(f"{name}-{text}" for name, text in one.items()) for one in self.combinations()
        )


def read_grid(path: Path) -> SettingGrid:
    """Read and check the file of a grid; files that it names count from its folder.

    Raises
    ------
    UsageProblems
        Listing everything that is wrong with it.
    """
    where = path.name
    try:
        table = loads(read_text(path))
    except OSError as error:
        rule = f"this file cannot be read ({error.strerror or error})"
        raise UsageProblems([Problem(where, None, rule)]) from None
    except (NotToml, WrongEncoding) as error:
        raise UsageProblems([Problem(where, None, f"this file is no TOML ({error})")]) from None
    problems = [
        Problem(f"{where}, {name}", None, f"there is no field {name}", nearest(name, FIELDS))
        for name in table
        if name not in FIELDS
    ]
    report = table.get("report")
    if not isinstance(report, str) or not report.strip():
        mend = 'For example report = "compare".'
        raise UsageProblems([*problems, Problem(where, None, "it has to name a report", mend)])
    if report.endswith(".ipynb"):
        report = str(path.parent / report)
    source = catalogue.find(report)
    parameters = {p.name: p for p in parameters_cell.read(source.notebook, source.path.name)}
    reader = _GridValues(where, path.parent, parameters, problems)
    settings = {n: t for n, (t,) in reader.texts(table, "settings", many=False).items()}
    axes = reader.texts(table, "grid", many=True)
    problems += [
        Problem(f"{where}, grid, {name}", None, "this stands in [settings] as well")
        for name in axes
        if name in settings
    ]
    if not axes and not problems:
        mend = "Add a table [grid] with a line such as sets = [1, 2, 3]."
        problems.append(Problem(where, None, "there is nothing in it to vary", mend))
    if (n := prod(len(texts) for texts in axes.values())) > MOST_REPORTS:
        rule = f"a grid has at most {MOST_REPORTS} reports"
        problems.append(Problem(f"{where}, grid", f"{n} combinations", rule))
    if problems:
        raise UsageProblems(problems)
    return SettingGrid(report, settings, axes)


@dataclass
class _GridValues:
    """Turns values of a table into texts as they are typed after ``-p``, and checks each."""

    where: str
    folder: Path
    parameters: Mapping[str, NotebookParameter]
    problems: list[Problem]

    def texts(
        self, table: Mapping[str, Any], field: str, *, many: bool
    ) -> dict[str, tuple[str, ...]]:
        given = table.get(field, {})
        if not isinstance(given, dict):
            self.problems.append(Problem(f"{self.where}, {field}", None, "a table is needed"))
            return {}
        made = {}
        for name, value in given.items():
            place = f"{self.where}, {field}, {name}"
            if many != isinstance(value, list) or value == []:
                rule = "a list of values is needed" if many else "one value is needed, and no list"
                self.problems.append(Problem(place, str(value), rule))
                continue
            values = value if many else [value]
            made[name] = tuple(
                text for one in values if (text := self.text(place, name, one)) is not None
            )
            if len(set(made[name])) < len(made[name]):
                self.problems.append(Problem(place, str(value), "a value stands here twice"))
        return made

    def text(self, place: str, name: str, value: Any) -> str | None:
        """One value as a text; None where it is wrong."""
        if name not in self.parameters:
            rule = "this report has no such parameter"
            mend = nearest(name, self.parameters) if self.parameters else "It takes none."
            if not any(one.where == place for one in self.problems):
                self.problems.append(Problem(place, None, rule, mend))
            return None
        if not isinstance(value, str | int | float | bool):
            self.problems.append(Problem(place, str(value), "a text, a number or true or false"))
            return None
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        text = self._found(name, text)
        try:
            parameters_cell.convert(self.parameters[name], text)
        except UsageProblems as error:
            self.problems += [Problem(place, p.value, p.rule, p.mend) for p in error.problems]
            return None
        return text

    def _found(self, name: str, text: str) -> str:
        """Files that a text names, by their whole paths, looked for beside the grid."""
        one = self.parameters[name]
        return str(named_files.whole_paths(one, text, self.folder))
