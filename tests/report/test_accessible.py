"""The four reports and the handout before independent judges: veraPDF for the PDFs, axe for HTML.

What no judge of rules can see is compared here: that the PDF's structure and the page say the same
things in the same order, that every picture has its numbers in words, and every table its heads.
"""

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pdf_judge
import pypdf
import pytest
from browsing import open_browser
from bs4 import BeautifulSoup
from notebooks_in_memory import STAMP
from pdf_judge import verdicts
from pdf_reading import full_notebook, structure, structure_below
from PIL import Image
from pypdf.generic import NameObject

from hipstudy import handout
from hipstudy.cli import main
from hipstudy.prescription.shorthand import parse
from hipstudy.report.formats import DETAILS
from hipstudy.report.letterhead import Letterhead
from hipstudy.report.make_report import report
from hipstudy.report.read_notebook import read
from hipstudy.report.write_html import to_html
from hipstudy.report.write_pdf import to_pdf
from hipstudy.resources import place

DOSE = {"n_runners": 6, "weeks": 3, "sets": "1, 3", "sessions_per_week": "2, 3",
        "stretch_min_wk": "0, 28"}  # fmt: skip
SMALL = {
    "compare": {"n_runners": 6, "weeks": 4},
    "cohort": {
        "cohort": place("data", "example_cohort.csv"),
        "analysis_plan": place("data", "analysis_plan.toml"),
    },
    "dose": DOSE,
    "evidence": {"samples": 16, "n_runners": 2},
}
NAMES = [*SMALL, "own"]
PLANS = {
    "leg": "hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily x 12 wk",
    "trunk": "hip-flexor trunk-lever 2x8 @5 kg, left only, range -60 to -30 deg, 2/wk x 8 wk",
    "stretch": "stretch 4x30 s daily x 12 wk",
}
WINDOWS = {"desk": (1280, 900), "phone": (360, 700)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small one of each report, and a notebook with one of everything that a page can hold."""
    folder = tmp_path_factory.mktemp("made")
    for name, given in SMALL.items():
        pairs = [(setting, str(value)) for setting, value in given.items()]
        report(name, pairs, out=folder, run_name=f"A small {name} report")
    document = read(full_notebook())
    (folder / "own.pdf").write_bytes(to_pdf(document, STAMP, paper="us-letter"))
    (folder / "own.html").write_text(to_html(document, STAMP), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def handouts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handouts")
    Image.new("RGB", (30, 10), "navy").save(folder / "logo.png")
    (folder / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    )
    logos = [folder / "logo.png", folder / "logo.svg", None]
    return [
        handout.write(parse(line), folder / f"{name}.pdf", physio="Jo Smith", confirmed=True,
                      runner="R-7", clinic="Hill Clinic", logo=logo, report_date="2031-04-09")
        for (name, line), logo in zip(PLANS.items(), logos, strict=True)
    ]  # fmt: skip


# veraPDF


def test_every_pdf_is_pdf_ua_1_and_pdf_a_2a_by_verapdf(made, handouts):
    every = [made / "own.pdf", *(made / f"{name}_details.pdf" for name in SMALL), *handouts]
    for verdict in verdicts(*every):
        assert verdict.passes, f"{verdict.profile}, {verdict.file.name}: {verdict.failures}"
        assert verdict.checks > 1000


def test_every_pdf_with_its_record_is_pdf_ua_1_and_pdf_a_3a_by_verapdf(made):
    """PDF/A-2 forbids an attachment that is no PDF/A, so that what carries one is PDF/A-3."""
    every = [made / f"{name}.pdf" for name in SMALL]
    for pdf in every:
        assert list(pypdf.PdfReader(pdf).attachments) == ["run.toml"]
    for verdict in verdicts(*every, profiles=("PDFUA-1", "PDFA-3A")):
        assert verdict.passes, f"{verdict.profile}, {verdict.file.name}: {verdict.failures}"
        assert verdict.checks > 1000
    for verdict in verdicts(*every[:1], profiles=("PDFA-2A",)):
        assert not verdict.passes, "the judge sees no attachment"


def test_a_clinics_head_and_other_languages_are_no_fault(handouts, tmp_path):
    """Each kind of logo, names, and the handout in every language."""
    folder = handouts[0].parent
    document = read(full_notebook())
    every = []
    for kind in ("png", "svg"):
        logo = Letterhead("Hill Clinic", "Jo Smith", folder / f"logo.{kind}").picture(
            "Logo of Hill Clinic"
        )
        stamp = replace(STAMP, clinic="Hill Clinic", author="Jo Smith", logo=logo)
        every.append(tmp_path / f"{kind}.pdf")
        every[-1].write_bytes(to_pdf(document, stamp))
    given = {"physio": "Jo Smith", "confirmed": True, "logo": folder / "logo.svg"}
    every += [
        handout.write(parse(PLANS["leg"]), tmp_path / f"{one}.pdf", language=one, **given)
        for one in ("de", "es")
    ]
    for verdict in verdicts(*every):
        assert verdict.passes, f"{verdict.profile}, {verdict.file.name}: {verdict.failures}"
        assert verdict.checks > 1000


def remove_alt(_root, elements):
    del next(node for tag, node in elements if tag == "/Figure" and "/Alt" in node)["/Alt"]


def skip_heading(_root, elements):
    next(node for tag, node in elements if tag == "/H2")[NameObject("/S")] = NameObject("/H3")


def unmark_head(_root, elements):
    next(node for tag, node in elements if tag == "/TBody")[NameObject("/S")] = NameObject("/TR")


BROKEN = {
    "nothing": (lambda *_: None, None),
    "language": (lambda root, _: root.pop("/Lang"), "PDFUA-1 7.2-2"),
    "tags": (lambda root, _: root.pop("/MarkInfo"), "PDFUA-1 6.2-1"),
    "title": (lambda root, _: root.pop("/ViewerPreferences"), "PDFUA-1 7.1-10"),
    "alt": (remove_alt, "PDFUA-1 7.3-1"),
    "heading": (skip_heading, "PDFUA-1 7.4.2-1"),
    "table": (unmark_head, "PDFUA-1 7.2-"),
    "metadata": (lambda root, _: root.pop("/Metadata"), "PDFA-2A 6.6"),
}


def test_the_judge_sees_what_is_broken(tmp_path):
    """Else its silence on the reports would say nothing."""
    whole = to_pdf(read(full_notebook()), STAMP)
    for name, (breaks, _) in BROKEN.items():
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(whole))
        breaks(writer.root_object, structure_below(writer.root_object))
        writer.write(tmp_path / f"{name}.pdf")
    said = {name: [] for name in BROKEN}
    for verdict in verdicts(*(tmp_path / f"{name}.pdf" for name in BROKEN)):
        assert verdict.passes == (not verdict.failures)
        said[verdict.file.stem] += [f"{verdict.profile} {one}" for one in verdict.failures]
    assert said.pop("nothing") == []
    for name, failures in said.items():
        assert any(one.startswith(BROKEN[name][1]) for one in failures), (name, failures)


@pytest.mark.parametrize(
    ("found", "modules", "reason"),
    [(None, "", "no Java was found"), ("java", "java.base@17\n", "has no compiler")],
)
def test_where_no_java_is_the_reason_is_said(monkeypatch, found, modules, reason):
    pdf_judge.why_not.cache_clear()
    monkeypatch.setattr(pdf_judge.shutil, "which", lambda _: found)
    told = type("Told", (), {"stdout": modules})
    monkeypatch.setattr(pdf_judge.subprocess, "run", lambda *_, **__: told)
    with pytest.raises(pytest.skip.Exception, match=reason):
        verdicts("any.pdf")
    pdf_judge.why_not.cache_clear()


# What a PDF says by its structure, and the page by its tags


def of_pdf(path):
    """What is heard, in order: headings, pictures, formulas and tables with their heads."""
    said, elements = [], structure(pypdf.PdfReader(path))
    for tag, node in elements:
        if re.fullmatch(r"/H\d", tag):
            said.append((tag[1:], " ".join(str(node["/T"]).split())))
        elif tag in ("/Figure", "/Formula"):
            said.append((tag[1:], str(node["/Alt"])))
        elif tag == "/Table":
            tags = Counter(inner for inner, _ in structure_below({"/StructTreeRoot": {"/K": node}}))
            said.append(("Table", tags["/TH"], tags["/TD"], tags["/TR"], tags["/Caption"]))
    return said


def of_page(page):
    said = []
    for tag in page.body.find_all(["h1", "h2", "h3", "h4", "img", "math", "table"]):
        if tag.name == "table":
            heads = len(tag.thead.find_all(["th", "td"]))
            cells = len(tag.tbody.find_all(["th", "td"]))
            rows = len(tag.find_all("tr"))
            said.append(("Table", heads, cells, rows, len(tag.find_all("caption"))))
        elif tag.name in ("img", "math"):
            kind = "Figure" if tag.name == "img" else "Formula"
            said.append((kind, tag["alt" if tag.name == "img" else "alttext"]))
        else:
            said.append((tag.name.upper(), " ".join(tag.get_text().split())))
    return said


def page_of(made, name):
    return BeautifulSoup((made / f"{name}.html").read_text("utf-8"), "html.parser")


@pytest.mark.parametrize("name", NAMES)
def test_pdf_and_page_say_the_same_in_the_same_order(made, name):
    heard = of_pdf(made / f"{name}.pdf")
    if name in SMALL:
        title, contents, *details = of_pdf(made / f"{name}_details.pdf")
        assert title == ("H1", DETAILS("title", heard[0][1]))
        assert contents == ("H2", "Contents")
        heard += details
    assert heard == of_page(page_of(made, name))
    kinds = Counter(kind for kind, *_ in heard)
    assert kinds["H1"] == 1
    assert kinds["Figure"] >= 1
    assert kinds["Table"] >= 1
    levels = [int(kind[1]) for kind, *_ in heard if re.fullmatch(r"H\d", kind)]
    assert all(lower - level <= 1 for level, lower in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_says_its_language_and_title_and_shows_the_title(made, name):
    reader = pypdf.PdfReader(made / f"{name}.pdf")
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB" == page_of(made, name).html["lang"]
    assert reader.metadata.title == page_of(made, name).title.get_text()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert len(reader.outline) >= 1, "its headings are its bookmarks"


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_a_caption_heads_and_as_many_cells_as_columns_in_each_row(made, name):
    page = page_of(made, name)
    assert all(th.get("scope") for th in page.find_all("th"))
    for table in page.find_all("table"):
        assert table.caption.get_text().strip()
        assert table.thead.find("th", scope="col")
        assert table.find_parent(attrs={"aria-label": True})["tabindex"] == "0"
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag, node in structure(pypdf.PdfReader(made / f"{name}.pdf")):
        if tag == "/TH":
            (scope,) = [one["/Scope"] for one in node["/A"] if "/Scope" in one]
            assert scope == "/Column"


@pytest.mark.parametrize("name", list(SMALL))
def test_every_picture_has_its_numbers_in_words_each_of_something_else(made, name):
    for image in page_of(made, name).find_all("img"):
        panels = re.split(r"\. (?=[A-Z])", image["alt"])  # a figure of several has a sentence each
        parts = [(panel.split(":")[0], one) for panel in panels for one in panel.split("; ")]
        assert re.search(r"\d", image["alt"]), image["alt"]
        of_what = [
            (panel, re.sub(r"[\u2212\d.]+( %)?( \(.*)?\.?$", "", part)) for panel, part in parts
        ]
        assert [one for one, n in Counter(of_what).items() if n > 1] == []


def test_torque_over_weeks_is_said_in_per_cent_as_it_is_drawn(made):
    for name in ("compare", "dose"):
        every = " ".join(image["alt"] for image in page_of(made, name).find_all("img"))
        assert "End-range torque (change, % of baseline) if: end-range torque, " in every
        assert "Tightness (change, NRS points) if: guarding, " in every


def test_the_flow_is_said_in_the_words_of_its_boxes(made):
    every = [image["alt"] for image in page_of(made, "cohort").find_all("img")]
    (alt,) = [one for one in every if "runners in the file" in one]
    assert alt.startswith("Runners from the file to the analysis. 48 runners in the file; ")
    assert "; Strength + stretch: 24 at baseline; " in alt
    assert "; Stretch only: 24 at baseline; " in alt
    assert "_" not in alt


# axe


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    with open_browser() as browser:

        def run(path, size):
            page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
            page.goto(path.resolve().as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            found = Axe().run(page).response
            page.close()
            return found

        yield run


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(axe, made, name, size):
    found = axe(made / f"{name}.html", WINDOWS[size])
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    assert len(found["passes"]) > 30


@pytest.mark.parametrize("size", WINDOWS)
def test_axe_finds_nothing_on_the_page_of_a_check(axe, tmp_path, size):
    (tmp_path / "a.csv").write_text("runner_id,side,week,thomas_ext_deg,Bein\nR1,left,0,abc,\n")
    page = tmp_path / "a.html"
    assert main(["check", str(tmp_path / "a.csv"), "--out", str(page)]) == 1
    assert axe(page, WINDOWS[size])["violations"] == []


def test_axe_finds_nothing_with_a_clinics_head(axe, handouts, tmp_path):
    logo = Letterhead("Hill Clinic", "Jo Smith", handouts[0].parent / "logo.svg").picture(
        "Logo of Hill Clinic"
    )
    stamp = replace(STAMP, clinic="Hill Clinic", author="Jo Smith", logo=logo)
    page = tmp_path / "page.html"
    page.write_text(to_html(read(full_notebook()), stamp), encoding="utf-8")
    for size in WINDOWS.values():
        assert axe(page, size)["violations"] == []


def test_axe_sees_what_is_broken(axe, made, tmp_path):
    source = (made / "own.html").read_text("utf-8")
    breaks = {
        "html-has-lang": (' lang="en-GB"', ""),
        "image-alt": ('alt="A line that falls."', ""),
        "scrollable-region-focusable": ('<div class="table" role="region" tabindex="0"',
                                        '<div class="table" role="region" style="width:3rem"'),
        "color-contrast": ("--grey: #595959", "--grey: #bbbbbb"),
        "document-title": ("<title>A title</title>", ""),
    }  # fmt: skip
    for rule, (old, new) in breaks.items():
        assert source.count(old) == 1, old
        (tmp_path / "broken.html").write_text(source.replace(old, new), encoding="utf-8")
        found = axe(tmp_path / "broken.html", WINDOWS["desk"])
        assert rule in [one["id"] for one in found["violations"]], rule
