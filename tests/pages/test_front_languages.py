"""The first two pages in other languages: nothing missing, no number changed, no English left."""

import io
import re

import docx
import openpyxl
import pypdf
import pytest
import translations
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from pdf_layout import page_texts
from pdf_reading import structure
from template_branches import unrendered
from test_cohort_front import ALL as COHORT
from test_compare_front import facts_of_every_passage
from test_designs_front import ALL as DESIGNS
from translations import LEFT_IN_ENGLISH, QUOTES, missing, numbers, shape

from hipstudy.report.make_report import report
from hipstudy.resources import place
from hipstudy.studies.report_settings import LANGUAGES
from hipstudy.typeface import settable
from hipstudy.wording import ENGLISH_CODE, Wording, environment

REPORTS = ("compare_front", "cohort_front", "designs_front")
OTHERS = [one for one in LANGUAGES if one != ENGLISH_CODE]
BOTH = pytest.mark.parametrize("report_name", REPORTS)
EACH = pytest.mark.parametrize("language", OTHERS)
MOST_WORDS, MOST_ON_TWO_PAGES = 25, 700
# What a file or a caller gave stands in every language as it is.
GIVEN = ("Strength + stretch", "Stretch only", "my own arm", "*x*", r"\*x\*", "1. a|b")
NAMES = (
    "Strength + stretch", r"Strength \+ stretch", "Stretch only, same minutes", "Stretch only",
    "my own arm", "“mine”", "„mine“", "«mine»", "Guarding", "Tightness", "points", "- *x*",
    r"\- \*x\*", "1. a|b", r"1\. a\|b", "48 in the file", "24 seen", "Arm A", "Arm C",
)  # fmt: skip
MORE_ENGLISH = re.compile(
    r"(?i)\b(?:or|from|than|points?|none|if|both|less|more|lower|higher|runners?|limbs?|minutes?"
    r"|arms?|trials?|tightness|stretch\w*|strength|torque of|which|were|for|this|these|by)\b"
)
ONE_OF_MANY = re.compile(
    r"(?<![\d.,:])1 (?:Punkten?|Wochen|Personen|Beinen?|Warnungen|Studien"
    r"|puntos|semanas|corredores|piernas|advertencias|ensayos|grados)\b"
)
FAULTS = (
    r" [,.;:](?= |$)", r"\.\.", r",,", r"[{}]", r"\b(?:None|nan|True|False|Undefined)\b",
    r"\(\s|\s\)", r"\b0,0+ (?:Punkte |puntos )?(?:niedriger|höher|weniger|mehr|menos|más)\b",
    r"[-−]\d[\d,]* (?:Punkte |puntos )?(?:niedriger|höher|weniger|mehr|menos|más)\b",
)  # fmt: skip


@pytest.fixture(scope="module")
def renderings():
    """Passages with facts that reach every branch, by template."""
    return {
        "compare_front": facts_of_every_passage(),
        "cohort_front": COHORT,
        "designs_front": DESIGNS,
    }


@pytest.fixture(scope="module")
def pairs(renderings):
    """Every passage in English and in a language: passage -> texts, each pair once."""
    made = {}
    for name in REPORTS:
        words = Wording("hipstudy.pages", name)
        english = [words(passage, facts) for passage, facts in renderings[name]]
        for language in OTHERS:
            other = words.in_language(language)
            every = (
                (passage, said, other(passage, facts))
                for (passage, facts), said in zip(renderings[name], english, strict=True)
            )
            made[name, language] = list(dict.fromkeys(every))
    return made


def plain(text):
    """A text without what was given to it."""
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, name[0] + "X" + name[-1] if name[0] in "“„«" else "X")
    return re.sub(r"\bmine\b", "X", text)


@BOTH
def test_german_and_spanish_are_there(report_name):
    assert set(LANGUAGES) == {"en", "de", "es"}
    assert set(Wording("hipstudy.pages", report_name).languages()) == set(LANGUAGES)


@BOTH
@EACH
def test_no_passage_and_no_fact_is_missing(report_name, language):
    english, other = (
        translations.macros("hipstudy.pages", report_name, one) for one in (ENGLISH_CODE, language)
    )
    assert missing(english, other) == []
    assert set(other) == set(english), "a passage that nobody asks for"


@BOTH
@EACH
def test_every_sentence_is_reached(report_name, language, renderings):
    found = unrendered("hipstudy.pages", report_name, renderings[report_name], language)
    assert found == []


@BOTH
@EACH
def test_the_same_numbers_names_and_lines_as_in_english(report_name, language, pairs):
    for passage, english, other in pairs[report_name, language]:
        assert numbers(other) == numbers(english), (passage, english, other)
        for name in GIVEN if passage != "arm" else ():
            assert other.count(name) == english.count(name), (passage, english, other)
        assert shape(other) == shape(english), (passage, english, other)
        cells = [[line.count("|") for line in text.splitlines()] for text in (english, other)]
        assert cells[0] == cells[1], (passage, english, other)


@BOTH
@EACH
def test_no_english_is_left_and_every_letter_can_be_printed(report_name, language, pairs):
    for passage, _, other in pairs[report_name, language]:
        text = plain(other)
        left = [*LEFT_IN_ENGLISH.findall(text), *MORE_ENGLISH.findall(text)]
        assert not left, (passage, other)
        assert all(settable(line) == line for line in other.splitlines()), passage


@BOTH
@EACH
def test_decimal_commas_quotation_marks_and_grammar(report_name, language, pairs):
    left, right = QUOTES[language]
    is_decimal = is_quoted = False
    for passage, english, other in pairs[report_name, language]:
        text = plain(other)
        assert not re.search(r"\d\.\d", text), (passage, other)
        is_decimal |= re.search(r"\d,\d", text) is not None
        assert text.count(left) == text.count(right) == english.count("“"), (passage, other)
        is_quoted |= left in text
        assert not set("\"”'") & set(text), (passage, other)
        for fault in (*FAULTS, ONE_OF_MANY):
            assert not re.search(fault, text), (passage, other)
        assert not re.search(r"\b([a-zäöüáéíóúñ]{2,}) \1\b", text.lower()), (passage, other)
    assert is_decimal
    assert is_quoted


IN_CELLS = ("column", "panel", "figure_alt", "weeks_alt", "results_heads", "mean_and_sd",
            "harm_cell", "arm", "flow_alt", "means_alt")  # fmt: skip


@BOTH
@EACH
def test_sentences_are_short(report_name, language, pairs):
    for passage, _, other in pairs[report_name, language]:
        for line in other.splitlines() if passage not in IN_CELLS else ():
            for sentence in re.split(r"(?<=[.?!:])\**\s+(?=[A-ZÄÖÜÁÉÍÓÚ¿„«\d])", line):
                assert len(sentence.split()) <= MOST_WORDS, (passage, sentence)


@BOTH
@EACH
def test_tables_of_words_have_the_same_names_and_no_english_word(report_name, language):
    english, other = (
        vars(environment("hipstudy.pages").get_template(f"{report_name}.{one}.j2").module)
        for one in (ENGLISH_CODE, language)
    )
    tables = [name for name, value in english.items() if isinstance(value, dict)]
    assert len(tables) > 3
    for name in tables:
        if english[name]:
            assert set(other[name]) == set(english[name]), name
        said = " ".join(map(str, other[name].values())) if name != "outcomes" else " ".join(
            word for own in other[name].values() for word in own.values()
        )  # fmt: skip
        assert not LEFT_IN_ENGLISH.search(said), (name, said)


def test_what_is_missing_is_seen():
    english = translations.macros("hipstudy.pages", "compare_front", "en")
    without = {name: facts for name, facts in english.items() if name != "limits"}
    assert missing(english, without) == ["limits"]
    changed = english | {"weeks_caption": set()}
    (said,) = missing(english, changed)
    assert said.startswith("weeks_caption: facts.")
    assert said.endswith("facts.world")
    assert numbers("0.5 points, 95 %") == numbers("0,5 Punkte, 95 %")
    assert numbers("0.5 points") != numbers("0,50 Punkte")


SMALL = {
    "compare": {"n_runners": 12, "weeks": 6},
    "cohort": {"cohort": place("data", "example_cohort.csv")},
}


@pytest.fixture(
    scope="module",
    params=[
        ("compare", "de"),
        ("cohort", "es"),
        pytest.param(("compare", "es"), marks=pytest.mark.validate),
        pytest.param(("cohort", "de"), marks=pytest.mark.validate),
    ],
    ids="-".join,
)
def made(request, tmp_path_factory):
    name, language = request.param
    folder = tmp_path_factory.mktemp("made")
    pairs = [(setting, str(value)) for setting, value in SMALL[name].items()]
    pdf = report(name, [*pairs, ("report_date", "2026-01-31")], out=folder, language=language)
    return pdf, language


def no_names(text):
    """Without what is no word of a page: names of files, reports and versions."""
    return re.sub(r"\S+\.pdf|hipstudy|compare|cohort|\b\d\.\d\.\d\b|NRS|Fukuchi \d+", "", text)


def test_the_two_pages_are_in_the_language_and_are_two(made):
    path, language = made
    reader = pypdf.PdfReader(path)
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(reader.pages) == 2
    assert len(said.split()) <= MOST_ON_TWO_PAGES
    assert not (left := LEFT_IN_ENGLISH.findall(no_names(said))), left
    assert not re.search(r"\d\.\d", no_names(said))
    assert re.search(r"\d,\d", said)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert len(alts) == 2
    for alt in alts:
        assert not LEFT_IN_ENGLISH.search(alt), alt
        assert not re.search(r"\d\.\d", alt), alt


def test_the_details_and_tables_are_english(made):
    path, _ = made
    name = path.stem
    details = pypdf.PdfReader(path.with_name(f"{name}_details.pdf"))
    texts = page_texts(details)
    said = " ".join(" ".join(texts[:3]).split())
    assert f"Details of {name}.pdf, in English with decimal points" in said
    assert details.trailer["/Root"]["/Lang"] == "en-GB"
    text = " ".join(texts)
    assert len(re.findall(r"\d\.\d", text)) > 100
    assert not re.search(r"(?<![\d,])\d,\d{1,2}(?!\d)(?!,)", text.replace("ICC(2,1)", ""))
    for table in (path.parent / "tables").glob("*.csv"):
        assert "," in table.read_text(encoding="utf-8").splitlines()[0]


def test_word_file_and_page_are_in_the_language(made):
    path, language = made
    word = docx.Document(path.with_suffix(".docx"))
    said = " ".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in
                    word.element.body.iter(qn("w:p")))  # fmt: skip
    assert not (left := LEFT_IN_ENGLISH.findall(no_names(said))), left
    assert word.core_properties.language.startswith(language)
    page = BeautifulSoup(path.with_suffix(".html").read_text(encoding="utf-8"), "html.parser")
    assert page.html["lang"].startswith(language)
    folds = page.select("main > details")
    assert {fold["lang"] for fold in folds} == {"en-GB"}
    for fold in folds:
        fold.extract()
    said = f"{page.title.get_text()} {page.header.get_text(' ')} {page.main.get_text(' ')}"
    assert not (left := LEFT_IN_ENGLISH.findall(no_names(said))), left
    assert not re.search(r"\d\.\d", no_names(said))


def test_the_workbook_is_english_and_its_numbers_are_numbers(made):
    path, _ = made
    book = openpyxl.load_workbook(io.BytesIO(path.with_suffix(".xlsx").read_bytes()))
    assert book.sheetnames[0] == "contents"
    assert {"columns", "codes"} <= set(book.sheetnames)
    notes = [str(book[name]["A2"].value) for name in book.sheetnames]
    assert any("in the language of that page" in note for note in notes)
