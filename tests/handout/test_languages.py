"""The handout in other languages: nothing missing, no number changed, nothing left in English."""

import re

import pypdf
import pytest
import translations
from handout_renderings import LEG, STRETCH, of_page, with_rules
from pdf_reading import structure
from template_branches import unrendered
from translations import LEFT_IN_ENGLISH, QUOTES, missing, numbers, shape

from hipstudy import handout
from hipstudy.errors import UsageProblems
from hipstudy.handout import feasibility, plain_words
from hipstudy.handout.plain_words import WORDS
from hipstudy.prescription.shorthand import parse
from hipstudy.typeface import settable
from hipstudy.wording import ENGLISH_CODE, Wording, environment

OTHERS = [one for one in WORDS.languages() if one != ENGLISH_CODE]
RENDERINGS = list(of_page())
MOST_WORDS = 25
SAMPLE = "hip-flexor 3x10 @2.5 kg, first 4 wk @bodyweight, lower 2.5 s, 3/wk x 12 wk; " + STRETCH


def macros(language):
    return translations.macros("hipstudy.handout", "handout", language)


def test_german_and_spanish_are_there():
    assert {"de", "es"} <= set(OTHERS)
    assert WORDS.languages()[0] == ENGLISH_CODE
    assert Wording("hipstudy.handout", "refusals").languages() == (ENGLISH_CODE,)


@pytest.mark.parametrize("language", OTHERS)
def test_no_passage_and_no_fact_is_missing(language):
    assert missing(macros(ENGLISH_CODE), macros(language)) == []
    own = set(macros(language)) - set(macros(ENGLISH_CODE))
    source = environment("hipstudy.handout").loader.get_source(
        environment("hipstudy.handout"), f"handout.{language}.j2"
    )[0]
    assert all(f"{{{{ {name}(" in source for name in own), "a passage that is never said"


def test_what_is_missing_is_seen():
    english = macros(ENGLISH_CODE)
    without = {name: named for name, named in english.items() if name != "stop_rule"}
    assert missing(english, without) == ["stop_rule"]
    changed = english | {"plates": {"rules.step_kg"}}
    assert missing(english, changed) == ["plates: rules.max_kg"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_reached(language):
    assert unrendered("hipstudy.handout", "handout", RENDERINGS, language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_numbers_names_and_lines_as_in_english(language):
    words = WORDS.in_language(language)
    for passage, given in RENDERINGS:
        english, other = WORDS(passage, given), words(passage, given)
        assert numbers(other) == numbers(english), (passage, english, other)
        for name in ("Jo Smith", "A 12", "a lunge", "1 kg more each week", "--phone", "[cert]"):
            assert other.count(name) == english.count(name), (passage, name)
        if passage != "date":  # "7. Januar" is no step
            assert shape(other) == shape(english), (passage, other)


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_and_every_letter_can_be_printed(language):
    words = WORDS.in_language(language)
    for passage, given in RENDERINGS:
        text = words(passage, given).replace("1 kg more each week", "").replace("hipstudy", "")
        assert not (left := LEFT_IN_ENGLISH.findall(text)), (passage, left)
        assert all(settable(line) == line for line in text.splitlines()), passage


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_have_a_decimal_comma_and_quotes_are_those_of_the_language(language):
    words, opening = WORDS.in_language(language), QUOTES[language][0]
    is_decimal = False
    for passage, given in RENDERINGS:
        text = words(passage, given)
        assert not re.search(r"\d\.\d", text), (passage, text)
        is_decimal |= re.search(r"\d,\d", text) is not None
        left, right = (text.count(mark) for mark in QUOTES[language])
        assert left == right, (passage, text)
        assert not set("\"”'") & set(text), (passage, text)
        assert ("“" in WORDS(passage, given)) <= (opening in text), passage
    assert is_decimal, "the test has decimal numbers"


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_short_and_without_a_fault(language):
    words = WORDS.in_language(language)
    for passage, given in RENDERINGS:
        for line in words(passage, given).splitlines():
            for sentence in re.split(r"(?<=[.!?:;])\s", line):
                count = len(re.findall(r"\w+", sentence))
                assert count <= MOST_WORDS, (passage, sentence)
        text = words(passage, given)
        for fault in (r" [,.;:](?= |$)", r"\.\.", r",,", r"[{}]", r"\bNone\b", r"\(\s|\s\)"):
            assert not re.search(fault, text), (passage, text)
        assert not re.search(r"\b([a-zäöüáéíóúñ]{2,}) \1\b", text.lower()), (passage, text)


@pytest.mark.parametrize(
    ("language", "polite", "familiar"),
    [
        ("de", r"\b(?:Sie|Ihre?[nmrs]?|Ihnen)\b", r"\b(?:du|dein\w*|dir|dich|euer|eure)\b"),
        ("es", r"\b(?:su|sus|usted|le|se)\b", r"\b(?:tú|tu|tus|te|ti|vosotros|vuestr\w*)\b"),
    ],
)
def test_the_polite_form_is_used(language, polite, familiar):
    said = " ".join(WORDS.in_language(language)(passage, given) for passage, given in RENDERINGS)
    assert len(re.findall(polite, said)) > 50
    assert re.findall(familiar, said) == []


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "de",
            (
                "Jo Smith hat Ihnen diese Fragen am 31. Januar 2026 gestellt.",
                "Von Jo Smith, Physiotherapie · Hill Clinic · Telefon 0123 · 31. Januar 2026",
                "Telefon: 0123", "Ab Woche 5 nehmen Sie 2,5 kg am Fußgelenk.",
                "Der Weg nach unten dauert 2,5 Sekunden.", "Für Ada Byron", "Hinweis: Bis Mai.",
                "Üben Sie so an 3 Tagen pro Woche, 12 Wochen lang.",
            ),
        ),
        (
            "es",
            (
                "Jo Smith le hizo estas preguntas el 31 de enero de 2026.",
                "De Jo Smith, fisioterapeuta · Hill Clinic · Teléfono 0123 · 31 de enero de 2026",
                "Teléfono: 0123", "A partir de la semana 5, use 2,5 kg en el tobillo.",
                "Tarde 2,5 segundos en bajar.", "Para Ada Byron", "Nota: Bis Mai.",
                "Hágalo 3 días a la semana, durante 12 semanas.",
            ),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_page_is_in_the_language(language, wanted, paper, tmp_path):
    path = handout.write(
        parse(SAMPLE), tmp_path / "x.pdf", physio="Jo Smith", confirmed=True, runner="Ada Byron",
        clinic="Hill Clinic", phone="0123", report_date="2026-01-31", note="Bis Mai.", paper=paper,
        language=language,
    )  # fmt: skip
    reader = pypdf.PdfReader(path)
    said = close("".join(page.extract_text() for page in reader.pages))
    for words in (*wanted, *plain_words.stop_rule(WORDS.in_language(language)).lines):
        assert close(words) in said, words
    before = plain_words.screening(WORDS.in_language(language))
    assert all(close(line) in said for line in (before.heading, before.lead, *before.lines))
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    assert reader.metadata.title == WORDS.in_language(language)("title")
    for page in reader.pages:
        assert not re.search(r"(?<![\w.])\d+\.\d(?![\w.])", no_version(page.extract_text()))
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert len(alts) == 2
    assert not any(LEFT_IN_ENGLISH.search(alt) for alt in alts)
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 2, "a page and a diary"


def close(text):
    """Without spaces, and without the hyphen of a word that is parted at a line's end."""
    return re.sub(r"[\u00ad\u2010-]?\n|\s|[\u00ad\u2010-]", "", text)


def no_version(text):
    return re.sub(r"hipstudy [\d.]+", "", text)


@pytest.mark.parametrize("language", OTHERS)
def test_the_longest_fits_in_every_language(language, tmp_path):
    arm = with_rules("hip-flexor 3x10, support 20 cm, left only", support_step_cm=5.0)
    arm = arm.model_copy(update={"stretch": parse(STRETCH).stretch, "note": "Breit " * 33})
    path = handout.write(
        arm, tmp_path / "x.pdf", physio="W" * 60, confirmed=True, clinic="W" * 60, runner="W" * 60,
        phone="0123456789" * 4, note="Breit " * 33, paper="us-letter", language=language,
    )  # fmt: skip
    assert len(pypdf.PdfReader(path).pages) <= 3


def test_a_language_without_a_page_is_refused_with_all_else(tmp_path):
    with pytest.raises(UsageProblems) as caught:
        handout.write(
            parse(LEG), tmp_path / "x.pdf", physio="", confirmed=True, language="ed", paper="a5",
        )  # fmt: skip
    assert len(caught.value.problems) == 3
    assert "language: found 'ed'; the page is not written in this language." in str(caught.value)
    assert "It is written in en, de and es." in str(caught.value)
    with pytest.raises(UsageProblems, match="found 'ES'"):
        WORDS.in_language("ES")
    with pytest.raises(UsageProblems, match="not written in this language"):
        WORDS.in_language("../en")


def test_english_is_as_it_was_and_the_default(tmp_path):
    for name, more in (("a", {}), ("b", {"language": "en"})):
        handout.write(
            parse(LEG), tmp_path / f"{name}.pdf", physio="Jo Smith", confirmed=True,
            report_date="2026-01-31", **more,
        )  # fmt: skip
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert pypdf.PdfReader(tmp_path / "a.pdf").trailer["/Root"]["/Lang"].lower() == "en-gb"


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_clinician_is_told_is_in_the_language(language):
    told, english = (handout.notices(parse(SAMPLE), language=one) for one in (language, "en"))
    assert len(told) == len(english) > 2
    assert not set(told) & set(english)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("lever", ["leg-lever", "trunk-lever"])
@pytest.mark.parametrize("ends", [(-105, -60), (-60, -30), (-60, 0), (-10, 10), (0, 20), (10, 30)])
def test_the_words_of_the_language_have_room_in_every_drawing(language, lever, ends):
    words = WORDS.in_language(language)
    for support in (0, 5, 10, 20, 30, 34, 40):
        line = f"hip-flexor {lever} 3x10 @bodyweight, range {ends[0]} to {ends[1]} deg, "
        arm = parse(f"{line}support {support} cm, 3/wk x 12 wk")
        if feasibility.problems(arm):
            continue
        drawings = plain_words.pictures(plain_words.work_facts(arm, "Jo Smith"), words)
        assert drawings  # a word without room is an error of the drawing
