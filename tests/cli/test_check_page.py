"""The list and the page of a check: complete, and everything from the file is only text."""

import html
import io
import re

import click
import pytest
from bs4 import BeautifulSoup

from hipstudy import finding_list, progress_bar
from hipstudy.cli import app
from hipstudy.cli.check_command import problem_page, write_page
from hipstudy.errors import Finding, Problem, UsageProblems
from hipstudy.files import CannotWrite
from hipstudy.progress_bar import Progress

FINDINGS = (
    Finding("error", "a.xlsx", "left or right", "visits", 3, "side", "links", "Mend it."),
    Finding("error", "a.xlsx", "left or right", "visits", 9, "side", "rechts", "Mend it."),
    Finding("warning", "a.xlsx", "one side only: 3 of 9 runners"),
)
HOSTILE = [
    '=HYPERLINK("http://x.y","z")',
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "</style><b>",
    '" onmouseover="alert(1)',
    '#import "x.typ": *',
    "$(touch pwned); `id`",
    "../../etc/passwd",
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u2066",
    "two\nlines\r\nmore",
    "&lt;b&gt;",
]


def hostile(text):
    return [Finding("error", text, text, text, 2, text, text, text)]


def test_the_page_has_every_finding():
    page = BeautifulSoup(
        problem_page("a.xlsx", FINDINGS, basis="Rows: 9.", sha256="ab" * 32), "html.parser"
    )
    assert page.h1.text == "Check of a.xlsx"
    sentence = "a.xlsx: 1 error, 1 warning; it cannot be used until the errors are mended."
    assert page.select_one(".sentence").text == sentence
    assert page.select_one(".basis").text == "Rows: 9."
    assert [h.text for h in page.find_all("h2")] == ["Errors", "Warnings"]
    errors, warnings = page.find_all("table")
    heads = [th.text for th in errors.thead.find_all("th")]
    assert heads == ["sheet", "row", "column", "value", "rule", "how to mend"]
    assert all(th["scope"] == "col" for th in page.find_all("th"))
    rows = [[td.text for td in tr.find_all("td")] for tr in errors.tbody.find_all("tr")]
    where = "column side: row 3 'links', row 9 'rechts'"
    assert rows == [["visits", "3, 9", "side", where, "left or right", "Mend it."]]
    assert warnings.thead.th.text == "row", (
        "where no finding has a sheet, there is no column for it"
    )
    assert "fingerprint abababababab" in page.footer.text


def test_the_page_needs_nothing_else():
    page = problem_page("a.csv", FINDINGS)
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "link", "iframe", "img"])
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in re.sub(r"base64,[\w+/=]+", "", page).replace("http-equiv", "")
    assert "width=device-width" in page


def test_a_file_without_findings_says_so():
    page = problem_page("a.csv", ())
    assert "a.csv: no errors, no warnings; it can be used." in page
    assert "<table>" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_file_says_is_text(text):
    page = problem_page(text, hostile(text))
    soup = BeautifulSoup(page, "html.parser")
    plain = BeautifulSoup(problem_page("a", hostile("a")), "html.parser")
    assert [tag.name for tag in soup.find_all()] == [tag.name for tag in plain.find_all()]
    shown = finding_list.as_text(text)
    assert [td.text for td in soup.find_all("td")] == [shown, "2", *[shown] * 4]
    assert html.unescape(soup.h1.decode_contents()) == f"Check of {shown}"
    for width in (None, 60):
        lines = finding_list.lines(hostile(text), width)
        assert all(line.isprintable() for line in lines)
        assert width or len(lines) == 1


@pytest.mark.parametrize("text", ["\x1b[31mred", "\u202egnp", "two\nlines", "\x9b31m", "\u2066a"])
def test_a_problem_shows_every_part_as_text(text):
    assert str(Problem(text, text, text, text)).isprintable()
    assert str(UsageProblems([Problem(text, None, "a rule")])).isprintable()


def test_whatever_ends_a_command_is_shown_as_text(capsys):
    for error in (
        click.UsageError("\x1b[31m"),
        OSError("\x1b[31m"),
        CannotWrite("a\x1b", OSError()),
    ):
        assert app._explain(error, False) > 0
        assert "\x1b" not in capsys.readouterr().err


def test_control_characters_are_spelt_out():
    assert finding_list.as_text("\x1b[31m\u202ea\u0007") == "\\x1b[31m\\u202ea\\x07"


def test_a_pipe_has_one_kind_a_line_and_nothing_cut():
    assert finding_list.lines(FINDINGS[:1]) == [
        "error: a.xlsx, sheet visits, row 3, column side: found 'links'; left or right. Mend it."
    ]
    assert finding_list.lines(FINDINGS) == [
        (
            "error: a.xlsx, sheet visits: left or right. Mend it. Column side: row 3 'links', "
            "row 9 'rechts'."
        ),
        "warning: a.xlsx: one side only: 3 of 9 runners",
    ]
    long = Finding("error", "a.csv", "word " * 60, mend="again " * 60)
    assert len(finding_list.lines([long])[0]) > 600


def test_a_value_is_shortened():
    found = Finding("error", "a.csv", "a rule", value="x" * 5000, column="y" * 5000)
    (line,) = finding_list.lines([found])
    assert f"found '{'x' * 57}...'" in line
    assert len(line) < 300


def test_a_terminal_has_groups_that_are_wrapped():
    lines = finding_list.lines(FINDINGS, 60)
    assert lines == [
        "ERRORS",
        "  column side: left or right. Mend it.",
        "    sheet visits, row 3 'links', row 9 'rechts'",
        "",
        "WARNINGS",
        "  one side only: 3 of 9 runners",
    ]
    other = Finding("error", "a.csv", "a number", row=4, column="week", value="x")
    assert finding_list.lines([FINDINGS[0], other], 60)[3:] == [
        "  column week: a number",
        "    row 4 'x'",
    ]
    long = [Finding("error", "a.csv", "word " * 60, row=n, column="side") for n in range(99)]
    assert all(len(line) <= 60 for line in finding_list.lines(long, 60))


def test_a_value_that_must_not_be_shown_is_nowhere():
    (line,) = finding_list.lines([Finding("error", "a.csv", "a rule", row=2, column="Name")])
    assert line == "error: a.csv, row 2, column Name: a rule"


def test_the_page_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    page = tmp_path / "new" / "a.html"
    write_page(page, "one")
    write_page(page, "two")
    assert page.read_text(encoding="utf-8") == "two"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.html"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(CannotWrite, match="The disk is full"):
        write_page(page, "three")
    assert page.read_text(encoding="utf-8") == "two"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.html"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_once_it_has_taken_a_while():
    quick, slow = Terminal(), Terminal()
    with progress_bar.DelayedProgress(Progress(quick), seconds=60) as progress:
        progress.step(1, 5, "reading")
    assert quick.getvalue() == ""
    with progress_bar.DelayedProgress(Progress(slow), seconds=60) as progress:
        progress.step(1, 5, "reading")
        progress.show()
        progress.step(2, 5, "checking")
    assert "[####................] reading" in slow.getvalue()
    assert "[########............] checking" in slow.getvalue()
    assert slow.getvalue().endswith("\r")


def test_the_bar_comes_by_itself():
    terminal = Terminal()
    with progress_bar.DelayedProgress(Progress(terminal), seconds=0.01) as progress:
        progress.step(1, 5, "reading")
        while not terminal.getvalue():
            pass
    assert "reading" in terminal.getvalue()
