"""The head of a clinic's papers: what is printed, what is refused, and text is never markup."""

import base64
import re
from datetime import datetime
from pathlib import Path

import pypdf
import pytest
import tiny
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from pdf_reading import NASTY, structure
from PIL import Image

from hipstudy.errors import Problem, UsageProblems
from hipstudy.report import letterhead
from hipstudy.report.document import Document, Stamp
from hipstudy.report.letterhead import Letterhead
from hipstudy.report.make_report import plan, report
from hipstudy.report.pdf_record import document_sha256
from hipstudy.report.write_html import to_html
from hipstudy.report.write_pdf import to_pdf

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20" '
    'fill="#0a7"/></svg>'
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def logo_of(kind, path):
    if kind == "svg":
        path.write_text(SVG, encoding="utf-8")
    else:
        Image.new("RGB", (300, 100), "#0a7").save(path, kind)
    return path


def words(pdf):
    import io

    return [" ".join(p.extract_text().split()) for p in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def stamp(**own):
    return Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0", "2026-03-01", **own)


PAGE = Document("A title", (), {})


@pytest.mark.parametrize("kind", ["png", "jpeg", "svg"])
def test_name_author_and_logo_are_at_the_head_of_both(kind, tmp_path):
    head = Letterhead(" Hill Clinic ", "Jo Smith", logo_of(kind, tmp_path / "x"))
    assert letterhead.problems(head) == []
    own = stamp(clinic=head.clinic, author=head.author, logo=head.picture("Logo of Hill Clinic"))
    pdf = to_pdf(PAGE, own)
    (said,) = words(pdf)
    assert "Hill Clinic · Jo Smith" in said
    (tmp_path / "x.pdf").write_bytes(pdf)
    reader = pypdf.PdfReader(tmp_path / "x.pdf")
    assert reader.metadata.author == "Jo Smith"
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert alts == ["Logo of Hill Clinic"]
    soup = BeautifulSoup(to_html(PAGE, own), "html.parser")
    image = soup.header.find("img")
    assert image["alt"] == "Logo of Hill Clinic"
    content = base64.b64decode(image["src"].partition(";base64,")[2])
    assert content == (tmp_path / "x").read_bytes()
    assert soup.select_one("p.by").text == "Hill Clinic · Jo Smith"
    assert soup.find("meta", {"name": "author"})["content"] == "Hill Clinic · Jo Smith"


def test_nothing_is_said_of_nobody(tmp_path):
    page = to_html(PAGE, stamp())
    assert 'class="by"' not in page
    assert "<img" not in page
    assert "author" not in page
    (tmp_path / "x.pdf").write_bytes(to_pdf(PAGE, stamp()))
    assert not pypdf.PdfReader(tmp_path / "x.pdf").metadata.author
    assert Letterhead().picture("Logo") is None


@given(st.text(st.sampled_from(sorted(set(NASTY))), min_size=1, max_size=40))
def test_text_is_never_markup(name):
    soup = BeautifulSoup(to_html(PAGE, stamp(clinic=name, author=name)), "html.parser")
    wanted = " · ".join(filter(None, [name.strip()] * 2))
    assert (soup.select_one("p.by").text if wanted else "") == wanted
    assert len(soup.header.find_all(True)) == 2 + bool(wanted)


def test_text_is_never_markup_in_the_pdf():
    for at in range(0, len(NASTY), 40):
        name = "a" + NASTY[at : at + 40] + "b"
        (said,) = words(to_pdf(PAGE, stamp(clinic=name)))
        assert "".join(name.split()) in "".join(said.split())


def test_all_that_is_wrong_is_said_at_once_and_where_it_was_read(folder):
    (folder / "logo.gif").write_bytes(b"GIF89a")
    places = {"clinic": "hipstudy.toml, clinic", "date": "--date"}
    earlier = Problem("hipstudy.toml, clinik", "x", "there is no field clinik")
    head = Letterhead(
        "x" * 61, "李小龙", Path("logo.gif"), "31.1.2026", places=places, file_problems=(earlier,)
    )
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    with pytest.raises(UsageProblems) as caught:
        plan(path, [("weaks", "6")], head=head, paper="a5", locale="it")
    lines = str(caught.value).splitlines()
    for start, said in zip(
        (
            "hipstudy.toml, clinik: found 'x'; there is no field", "hipstudy.toml, clinic: found",
            "author: found", "--date: found '31.1.2026'; the rule: a date such as 2026-01-31",
            "logo: found 'logo.gif'; this is none of PNG, JPEG and SVG", "paper: found 'a5'",
            "locale: found 'it'",
        ), lines[:7], strict=True,
    ):  # fmt: skip
        assert said.startswith(start)
    assert "Did you mean weeks?" in lines[7]
    assert len(lines) == 8
    assert {file.name for file in folder.iterdir()} == {"good.ipynb", "logo.gif"}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<svg", "cannot be printed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='x.png'/></svg>", "image x.png"),
        (b"\x89PNG\r\n\x1a\n0", "broken"),
        (SVG.encode() + b" " * 1_000_000, "at most 1 MB"),
    ],
)
def test_a_logo_that_cannot_be_set_is_found_before_the_run(content, rule, tmp_path):
    path = tmp_path / "logo"
    path.write_bytes(content)
    found = [str(problem) for problem in letterhead.logo_problems(path)]
    assert len(found) == 1
    assert rule in found[0]
    assert str(tmp_path.anchor) not in found[0].replace("http://", ""), "no folder is named"


def dates(path):
    reader = pypdf.PdfReader(path)
    return reader.metadata.creation_date.date().isoformat(), reader.pages[0].extract_text()


@pytest.mark.usefixtures("folder")
def test_the_date_is_todays_unless_it_is_told():
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    before = datetime.now().astimezone().date().isoformat()
    day, said = dates(report(path, out=Path("a")))
    assert before <= day <= datetime.now().astimezone().date().isoformat()
    assert day in said
    told = Letterhead(report_date="2031-04-09")
    made = [
        report(path, out=Path("b"), head=told),
        report(path, [("report_date", "2031-04-09")], out=Path("c")),
        report(path, out=Path("d"), head=told),
    ]
    day, said = dates(made[0])
    assert (day, "2031-04-09" in said) == ("2031-04-09", True)
    assert made[0].read_bytes() == made[2].read_bytes(), "told, the same bytes"
    assert len({document_sha256(one.read_bytes()) for one in made}) == 1, "but for what is attached"
    both = report(path, [("report_date", "2030-01-01")], out=Path("e"), head=told)
    assert dates(both)[0] == "2030-01-01", "the parameter is nearer"


@pytest.mark.usefixtures("folder")
def test_a_notebook_without_a_date_of_its_own_has_that_of_the_head():
    cells = [cell for cell in tiny.GOOD if cell[0] != "parameters"]
    source = "weeks = 6\nmcid_nrs = 2.0"
    path = str(tiny.write(Path("own.ipynb"), cells[0], ("code", source), *cells[1:]))
    made = report(path, out=Path("a"), head=Letterhead(clinic="Hill", report_date="2031-04-09"))
    day, said = dates(made)
    assert (day, "2031-04-09" in said, "Hill" in said) == ("2031-04-09", True, True)


@pytest.mark.usefixtures("folder")
def test_the_locale_changes_the_tables_and_no_page():
    """One document never mixes: the pages are English and have decimal points."""
    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    head = Letterhead(report_date="2031-04-09")
    for name in ("en", "de"):
        report(path, [("mcid_nrs", "2.5")], out=Path(name), head=head, locale=name)
    assert Path("en/good.html").read_bytes() == Path("de/good.html").read_bytes()
    one, other = (document_sha256(Path(name, "good.pdf").read_bytes()) for name in ("en", "de"))
    assert one == other, "the record that is attached names the locale"
    assert Path("en/tables/effects.csv").read_text() == "arm,change\nstretch,0.0\nstrength,2.5\n"
    written = Path("de/tables/effects.csv").read_text(encoding="utf-8")
    assert written == "\ufeffarm;change\nstretch;0,0\nstrength;2,5\n"
    text = BeautifulSoup(Path("de/good.html").read_text(encoding="utf-8"), "html.parser").text
    assert "2.5" in text
    assert not re.search(r"\d,\d", text)


@pytest.mark.usefixtures("folder")
def test_the_head_changes_no_fingerprint():
    from hipstudy.report.run_inputs import fingerprint

    path = str(tiny.write(Path("good.ipynb"), *tiny.GOOD))
    own = plan(path, [], head=Letterhead("Hill Clinic", "Jo Smith"), paper="us-letter", locale="de")
    assert fingerprint(own) == fingerprint(plan(path, []))
