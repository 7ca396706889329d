"""The README's commands, each as it is typed, in their order, in a folder like a fresh clone."""

import importlib.util
import re
import shlex
import shutil
from pathlib import Path

import pytest

from hipstudy.cli import main
from hipstudy.explore import state
from hipstudy.explore.live import server
from hipstudy.explore.one_file import export as one_file
from hipstudy.report import make_report

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What the README says a reader has, or makes by hand, before the command that needs it.
BY_HAND = {"mine.xlsx", "notebooks/mine.ipynb", "my_trials.toml"}
FILES = re.compile(r"[\w./-]+\.(?:toml|csv|xlsx|txt|ipynb)")


def commands():
    """Commands of the README in their order: of its blocks, and those within a line."""
    found, fence = [], None
    for line in README.splitlines():
        if line.startswith("```"):
            fence = line if fence is None else None
        elif fence == "```" and line.strip():
            found.append(line)
        elif fence is None:
            spans = re.findall(r"`((?:hipstudy|make|cp) [^`]+)`", line)
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
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    made = []

    def report(name, given, *, out=None, paper="a4", progress=None, extra_files=None):  # noqa: ARG001
        make_report.plan(name, given)
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
    monkeypatch.setattr("hipstudy.cli.app.open_lab", lambda **given: made.append(("lab", given)))
    return made


def by_hand(name):
    """Make what the README tells a reader to make by hand, or to fetch."""
    if name == "my_trials.toml":
        entry = re.search(r"^```toml\n(\[mine_2026\].*?)^```", README, re.M | re.S)[1]
        Path(name).write_text(entry, encoding="utf-8")
    elif name == "notebooks/mine.ipynb":
        shutil.copy("notebooks/01_compare_protocols.ipynb", name)
    elif name == "mine.xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["Runner", "Leg", "Visit week", "Thomas"])
        book.active.append(["r1", "left", 0, 4])
        book.save(name)


def test_every_command_runs_as_typed_in_its_order(clone, capsys):
    every = commands()
    assert len(every) >= 40
    for place, command in enumerate(every):
        if command in every[:place] and " > " not in command:
            continue  # it is named again and has run already: what it made is not made anew
        words = split(command)
        if words[0] == "hipstudy":
            ran(command, words[1:], capsys)
        elif words[0] == "cp":
            shutil.copy(*words[1:])
        elif words[0] == "make":
            assert all(word in verbs() for word in words[1:]), command
        else:
            known = ("py make.py ", "conda ", ". .venv/bin/activate")
            assert command.startswith(known), command
    kinds = {kind for kind, _ in clone}
    assert kinds == {"report", "explore", "export", "lab"}
    assert every.index(". .venv/bin/activate") < every.index("hipstudy explore")


def ran(command, words, capsys):
    target = words.pop() if len(words) > 1 and words[-2] == ">" else None
    if target:
        words.pop()
    own = [word for word in words if set(word) <= set("();<>|&$`")]
    assert not own, f"a shell takes {own} for its own: {command}"
    words = ["?" + state.start().address() if word == "ADDRESS" else word for word in words]
    for word in words:
        for name in FILES.findall(word):
            if name in BY_HAND:
                by_hand(name)
            assert Path(name).exists(), f"{name} is not there yet: {command}"
    if "cohort.xlsx" in words:
        filled_in()
    code = main(words)
    out, err = capsys.readouterr()
    if target:
        Path(target).write_text(out, encoding="utf-8")
    assert (code, "this was not foreseen" in err) == (0, False), f"{command}\n{out}{err}"


def filled_in():
    """Fill in the template with the rows of the example, which a reader would do by hand."""
    import pandas as pd

    pd.read_csv("example_cohort.csv").to_excel("cohort.xlsx", index=False)


def verbs():
    spec = importlib.util.spec_from_file_location("make_py", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.VERBS


def test_an_address_needs_the_quotes_that_the_readme_gives_it():
    address = "http://127.0.0.1:8866/?" + state.start().address()
    assert "&" in split(f"hipstudy explore --link {address}"), "a shell cuts it there"
    (line,) = [command for command in commands() if "--link" in command]
    assert split(line.replace("ADDRESS", address))[-1] == address
