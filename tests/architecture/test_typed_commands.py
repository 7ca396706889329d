"""Commands of README.md and docs/, each as it is typed, in a page's order, in a fresh clone."""

import importlib.util
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from documentation import PAGES, README, ROOT, everything, name, text

from hipstudy.batch import folder_watch, workers
from hipstudy.batch.report_task import AS_BEFORE, TaskOutcome
from hipstudy.cli import main
from hipstudy.cli.app import cli
from hipstudy.explore import state
from hipstudy.explore.live import server
from hipstudy.explore.one_file import export as one_file
from hipstudy.report import make_report, run_record, verification
from hipstudy.report.run_record import RunRecord
from hipstudy.studies.preregistration_study import registration_of

# What a page says a reader has, or makes by hand, before the command that needs it.
BY_HAND = {"mine.xlsx", "notebooks/mine.ipynb", "my_trials.toml", "my_trials.csv",
           "grid.toml", "reports/preregistration/registration.toml"}  # fmt: skip
SWITCHED_ON = ". .venv/bin/activate"
FILES = re.compile(r"[\w./-]+\.(?:toml|csv|xlsx|txt|ipynb)")


def commands(page):
    """Commands of a page in their order: of its blocks, and those within a line."""
    found, fence = [], None
    for line in text(page).splitlines():
        if line.startswith("```"):
            fence = line if fence is None else None
        elif fence == "```" and line.strip():
            found.append(line)
        elif fence is None:
            spans = re.findall(r"`((?:hipstudy|make|cp|python3 make.py|py make.py) [^`]+)`", line)
            found += [span.replace("\\|", "|") for span in spans]
    return found


def split(command):
    """Words as a shell sees them; what it would take for its own stands alone."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="();<>|&$`")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder that looks like a fresh clone, with what is slow replaced by its checks."""
    for folder in ("data", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    made = []

    def report(name, given, *, run_name=None, **_):
        make_report.plan(name, given, run_name=run_name)
        made.append(("report", name))
        return Path("reports") / name

    def opened(**given):
        made.append(("explore", given))

    def export(settings, path, *, progress):  # noqa: ARG001
        settings.design()
        made.append(("export", str(path)))
        return path

    monkeypatch.setattr(make_report, "report", report)
    monkeypatch.setattr(server, "open_explorer", opened)
    monkeypatch.setattr(one_file, "export", export)

    def outcomes(tasks, *_):
        for task in tasks:
            make_report.plan(task.report, task.pairs)
            made.append(("task", task.place))
            yield TaskOutcome(task.place, AS_BEFORE)

    def stopped(*_):
        raise KeyboardInterrupt

    dask = SimpleNamespace(outcomes=outcomes, close=lambda: None)
    verdict = verification.Verdict("compare", verification.IDENTICAL, ("identical",))
    monkeypatch.setattr(workers, "on_this_machine", outcomes)
    monkeypatch.setattr(workers, "DaskScheduler", lambda _: dask)
    monkeypatch.setattr(folder_watch, "wait_for_change", stopped)
    monkeypatch.setattr(verification, "verify", lambda *_: [verdict])
    monkeypatch.setattr("hipstudy.cli.app.open_lab", lambda **given: made.append(("lab", given)))
    return made


def by_hand(file):
    """Make what a page tells a reader to make by hand, or to fetch."""
    if file == "my_trials.toml":
        entry = re.search(r"^```toml\n(\[mine_2026\].*?)^```", everything(), re.M | re.S)[1]
        Path(file).write_text(entry, encoding="utf-8")
    elif file == "my_trials.csv":
        rows = re.search(r"^```csv\n(id,study.*?)^```", everything(), re.M | re.S)[1]
        Path(file).write_text(rows, encoding="utf-8")
    elif file == "notebooks/mine.ipynb":
        shutil.copy("notebooks/01_compare_protocols.ipynb", file)
    elif file == "grid.toml":
        grid = re.search(r"^```toml\n(report = .*?)^```", everything(), re.M | re.S)[1]
        Path(file).write_text(grid, encoding="utf-8")
    elif file == "reports/preregistration/registration.toml":
        day = {"analysis_plan": "plan.toml", "report_date": "2026-01-31"}
        Path(file).parent.mkdir(parents=True)
        Path(file).write_text(registration_of(day).toml(), encoding="utf-8")
    elif file == "mine.xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["Runner", "Leg", "Visit week", "Thomas"])
        book.active.append(["r1", "left", 0, 4])
        book.save(file)


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name)
@pytest.mark.usefixtures("clone")
def test_every_command_runs_as_typed_from_the_top_of_its_page_down(page, capsys):
    every = commands(page)
    for place, command in enumerate(every):
        if command in every[:place] and " > " not in command:
            continue  # it is named again and has run already: what it made is not made anew
        words = split(command)
        if words[0] == "hipstudy":
            ran(command, words[1:], capsys)
        elif words[0] == "cp":
            shutil.copy(*words[1:])
        elif "make.py" in words[:2] or words[0] == "make":
            assert all(word in verbs() for word in words[1:] if word != "make.py"), command
        else:
            assert command.startswith(("conda ", SWITCHED_ON)), command


def test_every_kind_of_command_is_shown():
    every = [command for page in PAGES for command in commands(page)]
    assert len(every) >= 60
    words = {split(command)[1] for command in every if command.startswith("hipstudy ")}
    assert words == set(cli.commands)


def test_readme_switches_the_command_on_before_it_is_used():
    every = commands(README)
    first = next(command for command in every if command.startswith("hipstudy "))
    assert every.index(SWITCHED_ON) < every.index(first)


def ran(command, words, capsys):
    target = words.pop() if len(words) > 1 and words[-2] == ">" else None
    if target:
        words.pop()
    own = [word for word in words if set(word) <= set("();<>|&$`")]
    assert not own, f"a shell takes {own} for its own: {command}"
    words = ["?" + state.start().address() if word == "ADDRESS" else word for word in words]
    for word in words:
        for file in FILES.findall(word):
            if file in BY_HAND:
                by_hand(file)
            assert Path(file).exists(), f"{file} is not there yet: {command}"
    if "clinics" in words and not Path("clinics").exists():
        Path("clinics").mkdir()
        shutil.copy("data/example_cohort.csv", "clinics/hill.csv")
    if "february" in words:
        named_runs()
    if "cohort.xlsx" in words:
        filled_in()
    code = main(words)
    out, err = capsys.readouterr()
    if target:
        Path(target).write_text(out, encoding="utf-8")
    assert (code, "this was not foreseen" in err) == (0, False), f"{command}\n{out}{err}"


def named_runs():
    """Leave the records of two runs, which a reader would have made in these months."""
    for folder, run_name in (("reports/cohort/history/2026-02-28-1", "february"),
                             ("reports/cohort", "march")):  # fmt: skip
        Path(folder).mkdir(parents=True, exist_ok=True)
        record = RunRecord("cohort", datetime(2026, 3, 1, tzinfo=UTC), run_name, "0.1.0")
        path = Path(folder) / run_record.RECORD_FILE
        path.write_text(run_record.text({"cohort": record.table()}), encoding="utf-8")


def filled_in():
    """Fill in the template with the rows of the example, which a reader would do by hand."""
    import pandas as pd

    pd.read_csv("data/example_cohort.csv").to_excel("cohort.xlsx", index=False)


def verbs():
    spec = importlib.util.spec_from_file_location("make_py", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.VERBS


def test_an_address_needs_the_quotes_that_it_is_shown_with():
    address = "http://127.0.0.1:8866/?" + state.start().address()
    assert "&" in split(f"hipstudy explore --link {address}"), "a shell cuts it there"
    (line,) = [one for page in PAGES for one in commands(page) if "--link" in one]
    assert split(line.replace("ADDRESS", address))[-1] == address
