"""Reports of many settings, made in this process and without a kernel; the last few are kept."""

import ast
import warnings
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import matplotlib.pyplot as plt
import session_results
import typst
from figure_texts import recorded_texts
from nbformat import v4
from notebooks_in_memory import output

from hipstudy import show
from hipstudy.report import make_report, named_files, write_pdf
from hipstudy.report.formats import files_of
from hipstudy.report.read_notebook import DETAILS, read
from hipstudy.wording import Wording

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "data"
DAY = ("report_date", "2026-03-01")  # else the bytes would be another's tomorrow
A4, LETTER = "a4", "us-letter"


@dataclass(frozen=True)
class Setting:
    """What one report is made of: parameters as they are typed, and the paper."""

    report: str
    given: dict[str, str] = field(default_factory=dict)
    paper: str = A4


def _case(name):
    """A file of a test, by its name within one of the two folders of cases."""
    return str(HERE / "report_cases" / name)


def _compare(paper=A4, **given):
    return Setting("compare", {"n_runners": "8"} | given, paper)


def _cohort(name, plan="", **given):
    folder = HERE / "cohort_cases"
    files = {"cohort": f"{name}.csv", "analysis_plan": f"{plan or name}.toml"}
    return Setting("cohort", {key: str(folder / file) for key, file in files.items()} | given)


def _example(paper=A4, **given):
    return Setting("cohort", {"cohort": str(SHIPPED / "example_cohort.csv")} | given, paper)


def _evidence(**given):
    return Setting("evidence", {"samples": "16", "n_runners": "2"} | given)


def _dose(**given):
    few = {"sets": "1, 3", "sessions_per_week": "1, 3", "stretch_min_wk": "0, 28"}
    return Setting("dose", {"n_runners": "8", "weeks": "4"} | few | given)


_LINES = (
    "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily | hip-flexor 2x15, 2/wk x 12 wk"
    " | stretch 2x60 s daily x 12 wk"
)
_LONG_NAMES = (
    "stretch 2x20 s daily x 12 wk; "
    "label 'Halbkniestandhüftbeugerdehnung allmorgendlich, Fassung zwei' | "
    "hip-flexor 3x10 @5 kg, 3/wk x 12 wk; "
    "name hueftbeugerkraeftigung_in_gedehnter_endstellung_abendprogramm"
)
_LONG_LABELS = f"{_case('long_label.toml')}, {_case('other_long_label.toml')}"

SETTINGS = {
    "compare": _compare(),
    "compare, two runners": _compare(n_runners="2"),
    "compare, longest labels": _compare(protocols=_LONG_LABELS),
    "compare, longest names": _compare(protocols=_LONG_NAMES),
    "compare, two arms": _compare(protocols="stretch_only, strength_only"),
    "compare, three arms": _compare(protocols="usual_running, stretch_only, strength_plus_stretch"),
    "compare, against nothing": _compare(protocols="usual_running, stretch_only"),
    "compare, lines written out": _compare(protocols=_LINES),
    "compare, own file and preset": _compare(
        protocols=f"stretch_only, {_case('long_label.toml')}", weeks="6"
    ),
    "compare, all weak": _compare(cause_prior="1, 0, 0, 0"),
    "compare, all short": _compare(cause_prior="0, 1, 0, 0"),
    "compare, all guarded": _compare(cause_prior="0, 0, 1, 0"),
    "compare, all nonspecific": _compare(cause_prior="0, 0, 0, 1"),
    "compare, Letter": _compare(LETTER),
    "compare, one week": _compare(weeks="1"),
    "compare, 104 weeks": _compare(weeks="104", n_runners="2"),
    "compare, tight on entry": _compare(entry_nrs="8"),
    "compare, no entry": _compare(entry_nrs="0"),
    "compare, no link": _compare(causal_share="0"),
    "compare, all of the link": _compare(causal_share="1"),
    "compare, no programme effect": _compare(programme_effect_nrs="0"),
    "compare, large programme effect": _compare(programme_effect_nrs="4"),
    "compare, smallest worthwhile": _compare(mcid_nrs="0.1"),
    "compare, largest worthwhile": _compare(mcid_nrs="10"),
    "compare, unloaded": _compare(load="unloaded", lever="leg-lever"),
    "compare, hardly done": _compare(adherence="0.05"),
    "compare, all done": _compare(adherence="1", sessions_per_week="14", sets="10"),
    "compare, reach far": _compare(start_rom_deg="40"),
    "compare, everything set": _compare(
        adherence="0.8", start_rom_deg="5", entry_nrs="5", causal_share="0.5",
        programme_effect_nrs="1", load="9 kg",
    ),
    "compare, own trial of what is felt": _compare(symptom_trials=_case("own_symptom_trial.csv")),
    "compare, rbds": _compare(cohort="rbds"),
    "compare, example cohort": _compare(cohort=str(SHIPPED / "example_cohort.csv")),
    "compare, hardly measured": _compare(cohort=_case("hardly_measured.csv")),
    "cohort": _example(),
    "cohort, Letter": _example(LETTER, mcid_nrs="0.1", small_cells="yes"),
    "cohort, since an older file": _example(since=_case("older_example.csv")),
    "cohort, one side": _cohort("c03_one_side_thomas"),
    "cohort, irregular visits": _cohort("c05_irregular"),
    "cohort, unequal limbs": _cohort("c09_unequal_limbs"),
    "cohort, no baseline of some": _cohort("c11_missing_baseline"),
    "cohort, visit windows": _cohort("c14_visit_windows"),
    "cohort, stray visit": _cohort("c15_stray_visit", "c15_stray_visit_mixed"),
    "cohort, harms": _cohort("c16_harms"),
    "cohort, registered": _cohort("c16_harms", registered_plan=_case("registration.toml")),
    "cohort, torque at another angle": _cohort("c21_torque_other_angle"),
    "cohort, crossover": _cohort("c04_crossover"),
    "cohort, one leg against the other": _cohort("c04b_within_person"),
    "cohort, clusters": _cohort("c04c_clusters"),
    "cohort, one arm": _cohort("c04d_single_arm"),
    "cohort, few measured again": Setting("cohort", {"cohort": _case("few_measured_again.csv")}),
    "evidence": _evidence(),
    "evidence, own trial": _evidence(trials=_case("own_trial.toml")),
    "dose": _dose(),
    "dose, own line": _dose(protocol="hip-flexor 3x10, 3/wk x 12 wk"),
    "dose, one load": _dose(loads="near-failure", protocol="strength_only"),
    "dose, one week, hardly done": _dose(weeks="1", adherence="0.05", n_runners="2"),
}  # fmt: skip
IN_LANGUAGES = ("compare", "compare, two runners", "compare, longest labels",
                "compare, longest names", "compare, everything set", "compare, rbds",
                "compare, example cohort",
                "cohort", "cohort, since an older file", "cohort, harms", "cohort, registered",
                "cohort, few measured again", "cohort, crossover",
                "cohort, one leg against the other", "cohort, clusters",
                "cohort, one arm")  # fmt: skip
TRANSLATED = {
    f"{name}, {code}": replace(SETTINGS[name], given=SETTINGS[name].given | {"language": code})
    for name in IN_LANGUAGES
    for code in Wording("hipstudy.pages", f"{SETTINGS[name].report}_front").languages()
    if code != "en"
}
# Each translation directly after its English, which is still held then.
SETTINGS = {
    name: one
    for english in SETTINGS
    for name, one in (SETTINGS | TRANSLATED).items()
    if name == english or (name in TRANSLATED and name.rpartition(", ")[0] == english)
}
# Whole reports, details and all: one of each kind, and those that strain a page the most.
WHOLE = ("compare", "compare, longest labels", "compare, two runners", "cohort",
         "cohort, since an older file", "cohort, harms", "cohort, few measured again",
         "evidence", "dose")  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A report as it was made.

    ``shown`` is what its cells showed, in order, each with whether it is of the details; ``texts``
    are those of its figures, by figure. ``inputs`` has by PDF what its pages were set from.
    """

    name: str
    document: Any
    stamp: Any
    files: dict[str, Any] = field(repr=False)
    shown: tuple[tuple[bool, Any], ...] = field(repr=False)
    texts: dict[str, Any] = field(repr=False)
    inputs: dict[str, dict[str, Any]] = field(repr=False)
    study: Any = field(repr=False)

    @property
    def language(self):
        """Of the two pages."""
        return SETTINGS[self.name].given.get("language", "en")

    def file(self, ending):
        """Content of a file by what follows the report's name."""
        return self.files[f"{self.stamp.report_name}{ending}"]

    def all_shown(self, kind, name=""):
        """Everything shown of a kind, and of a name where one is given."""
        return [
            one for _, one in self.shown if isinstance(one, kind) and (not name or one.name == name)
        ]

    def pictures(self, ending, ppi):
        """PNG pages of a PDF, from the very words and the very template that it was set from."""
        pages = typst.Compiler(**self.inputs[ending]).compile(format="png", ppi=ppi)
        return [pages] if isinstance(pages, bytes) else pages


@lru_cache(maxsize=3)  # an English one and its translations: a study holds many megabytes
def made(name, whole=False):
    """Make the report of a setting; its details only where ``whole``, else their headings alone."""
    setting = SETTINGS[name]
    job = make_report.plan(setting.report, [*setting.given.items(), DAY], paper=setting.paper)
    with session_results.shared():
        ran = _ran(job, whole)
    document = read(v4.new_notebook(cells=ran.cells))
    if not whole:  # its pages still point into a document of details
        document = replace(document, details=document.details[:1])
    stamp = make_report.stamp_of(job, "0" * 12)
    files, inputs = _files(document, stamp, setting.paper)
    study = ran.names["study"] if whole else None
    return Made(name, document, stamp, files, tuple(ran.shown), ran.texts, inputs, study)


def _ran(job, whole):
    """Cells as a kernel would leave them, what they showed, and the texts of their figures."""
    ran = SimpleNamespace(names={}, cells=[], shown=[], texts={})
    values = named_files.absolute(job.parameters, job.all_values, job.source.home)
    for cell in job.source.notebook["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        is_code, is_detail = cell["cell_type"] == "code", DETAILS in tags
        if is_code and is_detail and not whole:
            continue
        one = (v4.new_code_cell if is_code else v4.new_markdown_cell)(source)
        one.metadata["tags"] = tags
        ran.cells.append(one)
        if is_code:
            value = _value_of(source, ran.names)
            if "parameters" in tags:
                ran.names |= values
            if value is not None:
                with recorded_texts() as texts:
                    one.outputs = [output(value)]
                ran.shown.append((is_detail, value))
                if isinstance(value, show.Figure):
                    ran.texts[value.name] = texts
    plt.close("all")
    return ran


def _value_of(source, names):
    """Run a cell and return what its last line shows."""
    *lines, last = ast.parse(source).body
    is_value = isinstance(last, ast.Expr)
    lines = lines if is_value else [*lines, last]
    with warnings.catch_warnings():
        exec(compile(ast.Module(lines, []), "cell", "exec"), names)  # noqa: S102 - our own notebook
        if not is_value:
            return None
        return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def _files(document, stamp, paper):
    """All files of a report, and by ending of the PDF what its pages were set from."""
    compiler, inputs = typst.Compiler, []

    def recording(source, **how):
        if source == write_pdf._TEMPLATE:
            inputs.append({"input": source, **how})
        return compiler(source, **how)

    with patch.object(typst, "Compiler", recording):
        files = files_of(document, stamp, paper)
    endings = [name.removeprefix(stamp.report_name) for name in files if name.endswith(".pdf")]
    return files, dict(zip(endings, inputs, strict=True))
