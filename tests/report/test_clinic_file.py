"""hipstudy.toml: what it gives, that flags win, and that nothing in it is passed over."""

import re
from pathlib import Path

import pytest
from documentation import everything

from hipstudy import csv_locale
from hipstudy.handout.plain_words import WORDS
from hipstudy.report import clinic_file, letterhead

EVERY = """\
clinic = "Hill Clinic"
author = "Jo Smith"
phone = "0123 456"
logo = "pictures/logo.png"
date = 2026-03-01
paper = "us-letter"
locale = "de"
language = "es"
"""


def write(folder, text):
    (folder / clinic_file.FILE).write_text(text, encoding="utf-8")


def test_without_a_file_there_is_nothing(tmp_path):
    own = clinic_file.entries({"clinic": None, "paper": None}, tmp_path)
    assert (own.values, own.places, own.problems) == ({}, {}, ())


def test_every_field_is_read_and_a_logo_is_beside_the_file(tmp_path):
    write(tmp_path, EVERY)
    own = clinic_file.entries(dict.fromkeys(clinic_file.FIELDS), tmp_path)
    assert set(own.values) == set(clinic_file.FIELDS)
    head = own.letterhead()
    assert (head.clinic, head.author, head.report_date) == (
        "Hill Clinic", "Jo Smith", "2026-03-01",
    )  # fmt: skip
    assert head.logo == tmp_path / "pictures/logo.png"
    assert own.places["clinic"] == "hipstudy.toml, clinic"
    write(tmp_path, 'date = "2026-03-01"')
    assert clinic_file.entries({}, tmp_path).get("date") == "2026-03-01"


def test_flags_win_also_an_empty_one(tmp_path):
    write(tmp_path, EVERY)
    flags = {"clinic": "Dale", "logo": "", "paper": "a4", "author": None}
    own = clinic_file.entries(flags, tmp_path)
    assert (own.get("clinic"), own.get("paper"), own.get("author")) == ("Dale", "a4", "Jo Smith")
    assert own.letterhead().logo is None
    assert own.places["clinic"] == "--clinic"


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    write(tmp_path, 'clinik = "Hill"\nauthor = 5\ndate = 2026-03-01T10:00:00\n[logo]\nfile = "x"\n')
    own = clinic_file.entries({}, tmp_path)
    first, *others = [str(problem) for problem in own.problems]
    assert first == (
        "hipstudy.toml, clinik: found 'Hill'; there is no field clinik. Did you mean clinic?"
    )
    stood = (("author", "'5'"), ("date", "'2026-03-01 10:00:00'"), ("logo", "\"{'file': 'x'}\""))
    assert others == [
        f"hipstudy.toml, {name}: found {value}; the rule: text in quotation marks. "
        f'For example {name} = "...".'
        for name, value in stood
    ]
    assert own.values == {}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"clinic = Hill", "this file is no TOML"),
        (b'clinic = "a"\nclinic = "b"', "this file is no TOML"),
        (b"clinic = \xff\xfe", "this file is no TOML"),
        (b"#" * 1_000_001, "this file cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_no_empty_one(content, rule, tmp_path):
    (tmp_path / clinic_file.FILE).write_bytes(content)
    (problem,) = clinic_file.entries({}, tmp_path).problems
    assert str(problem).startswith(f"hipstudy.toml: {rule}")


def test_a_folder_of_that_name_is_said(tmp_path):
    (tmp_path / clinic_file.FILE).mkdir()
    (problem,) = clinic_file.entries({}, tmp_path).problems
    assert "cannot be read" in str(problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_of_a_windows_editor_is_read(encoding, tmp_path):
    (tmp_path / clinic_file.FILE).write_text('clinic = "Höhe"\r\n', encoding=encoding)
    assert clinic_file.entries({}, tmp_path).get("clinic") == "Höhe"


def test_the_current_folder_is_the_one(tmp_path, monkeypatch):
    write(tmp_path, EVERY)
    monkeypatch.chdir(tmp_path)
    own = clinic_file.entries({})
    assert own.letterhead().logo == Path("pictures/logo.png")


def test_the_sample_in_the_docs_has_every_field_and_only_its_logo_is_missing(tmp_path):
    (sample,) = re.findall(r"```toml\n(clinic = .*?)```", everything(), re.S)
    write(tmp_path, sample)
    own = clinic_file.entries({}, tmp_path)
    assert set(own.values) == set(clinic_file.FIELDS)
    (missing,) = letterhead.problems(own.letterhead())
    assert str(missing).startswith(
        "hipstudy.toml, logo: found 'logo.png'; this file cannot be read"
    )
    assert letterhead.paper_problems(own.get("paper")) == []
    assert csv_locale.locale_problems(own.get("locale")) == []
    assert own.get("language") in WORDS.languages()
