"""The clinic's own on the command line: flags and the file, for reports and handouts."""

from pathlib import Path

import pypdf
import pytest
import tiny

from hipstudy.cli import main

SCREENED = ("--physio", "Jo Smith", "--screened")
STRETCH = "stretch 4x30 s daily x 12 wk"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tiny.write(Path("good.ipynb"), *tiny.GOOD)
    return tmp_path


@pytest.fixture
def no_kernel(monkeypatch):
    def started(*_args, **_kwargs):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("hipstudy.report.execute.execute", started)


def ran(capsys, *words):
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


def page(path):
    return " ".join(pypdf.PdfReader(path).pages[0].extract_text().split())


def test_flags_and_file_make_the_head_of_a_report_and_flags_win(capsys):
    Path("hipstudy.toml").write_text(
        'clinic = "Hill Clinic"\nauthor = "Jo Smith"\ndate = 2026-03-01\npaper = "us-letter"\n'
        'locale = "nl"\nphone = "0123"\nlanguage = "de"\n',
        encoding="utf-8",
    )
    given = ("--author", "Ada B", "--date", "2026-04-02")
    code, out, _ = ran(capsys, "report", "good.ipynb", *given)
    assert (code, out) == (0, "reports/good/good.pdf\n")
    said = page("reports/good/good.pdf")
    assert "Hill Clinic · Ada B" in said
    assert "2026-04-02" in said
    wide = pypdf.PdfReader("reports/good/good.pdf").pages[0].mediabox.width
    assert float(wide) == pytest.approx(612)
    assert "2,0" in Path("reports/good/tables/effects.csv").read_text(encoding="utf-8")
    given = ("--locale", "en", "--paper", "a4", "--clinic", "", "-p", "report_date", "2025-01-01")
    assert ran(capsys, "report", "good.ipynb", *given)[0] == 0
    said = page("reports/good/good.pdf")
    assert "Hill" not in said
    assert "2025-01-01" in said
    assert "2.0" in Path("reports/good/tables/effects.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_kernel")
def test_all_problems_of_file_flags_and_parameters_are_said_before_anything_runs(capsys):
    Path("hipstudy.toml").write_text('clinick = "Hill"\npaper = "a5"\nlocale = "xx"\n')
    given = ("--logo", "none.png", "--author", "x" * 61, "--date", "soon", "-p", "weaks", "6")
    code, out, err = ran(capsys, "report", "good.ipynb", *given)
    assert (code, out) == (2, "")
    for wanted in (
        "hipstudy.toml, clinick: found 'Hill'; there is no field clinick. Did you mean clinic?",
        "hipstudy.toml, paper: found 'a5'; not a paper", "hipstudy.toml, locale: found 'xx'",
        "--logo: found 'none.png'; this file cannot be read", "--author: found 'xxx",
        "--date: found 'soon'; the rule: a date such as 2026-01-31", "Did you mean weeks?",
    ):  # fmt: skip
        assert wanted in err
    assert not Path("reports").exists()


@pytest.mark.usefixtures("no_kernel")
def test_two_dates_are_one_too_many_unless_they_are_the_same(capsys):
    given = ("--date", "2026-03-01", "-p", "report_date", "2026-03-02")
    code, _, err = ran(capsys, "report", "good.ipynb", *given)
    assert code == 2
    assert "--date: found '2026-03-01'; another date than that of -p report_date" in err


@pytest.mark.parametrize(
    ("flag", "value", "wanted"),
    [("--locale", "it", "'en', 'de', 'es', 'fr', 'nl', 'pt'"), ("--paper", "a5", "us-letter")],
)
def test_what_is_chosen_from_a_list_is_on_it(flag, value, wanted, capsys):
    code, _, err = ran(capsys, "report", "good.ipynb", flag, value)
    assert code == 2
    assert wanted in err


def test_the_file_gives_the_handout_its_defaults_but_no_date_and_no_physio(capsys):
    Path("logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 2"><path d="M0 0h6v2z"/></svg>'
    )
    Path("hipstudy.toml").write_text(
        'clinic = "Hill Clinic"\nauthor = "Ada B"\nphone = "0123 4"\nlogo = "logo.svg"\n'
        'date = 1999-03-01\nlanguage = "es"\npaper = "us-letter"\n'
    )
    code, _, err = ran(capsys, "handout", STRETCH, "--screened")
    assert code == 2
    assert "the name of the physio" in err
    code, out, err = ran(capsys, "handout", STRETCH, *SCREENED)
    assert (code, out) == (0, "handout.pdf\n")
    assert all(line.startswith("para el profesional: ") for line in err.splitlines())
    said = page("handout.pdf")
    assert "De Jo Smith, fisioterapeuta · Hill Clinic · Teléfono 0123 4" in said
    assert "1999" not in said
    assert "Ada B" not in said
    given = ("--language", "de", "--clinic", "Dale", "--out", "b.pdf", "--date", "2026-01-31")
    assert ran(capsys, "handout", STRETCH, *SCREENED, *given)[0] == 0
    assert "Von Jo Smith, Physiotherapie · Dale · Telefon 0123 4 · 31. Januar 2026" in page("b.pdf")


def test_all_that_is_wrong_with_a_handout_is_said_with_its_file(capsys):
    Path("hipstudy.toml").write_text('fone = "1"\nphone = "1"\nlanguage = "xx"\n')
    code, out, err = ran(capsys, "handout", STRETCH, "--date", "soon", "--paper", "a4")
    assert (code, out) == (2, "")
    for wanted in (
        "hipstudy.toml, fone: found '1'; there is no field fone. Did you mean phone?",
        "hipstudy.toml, phone: found '1'; a telephone number has at least 3 digits",
        "hipstudy.toml, language: found 'xx'; the page is not written in this language.",
        "It is written in en, de and es.",
        "date: found 'soon'", "the name of the physio", "before a handout",
    ):  # fmt: skip
        assert wanted in err
    assert not Path("handout.pdf").exists()


def test_what_lists_reports_looks_at_no_file(capsys):
    Path("hipstudy.toml").write_text("broken")
    assert ran(capsys, "report")[0] == 0
    assert ran(capsys, "report", "compare", "--parameters")[0] == 0
    assert ran(capsys, "report", "--clinic", "Hill")[0] == 2
