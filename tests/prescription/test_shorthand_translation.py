"""Prescriptions in German, French and Spanish: read where a word can mean one thing, and said."""

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.prescription.shorthand import dose, is_arm, is_line, parse, readings
from hipstudy.prescription.shorthand_translation import translate

BOTH = "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily"


def problems(text):
    with pytest.raises(UsageProblems) as caught:
        parse(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hüftbeuger 3 Sätze à 10 Wdh., 3x pro Woche, 12 Wochen; Dehnung 4 x 30 Sekunden täglich",
         BOTH),
        ("Kräftigung der Hüftbeuger 3x10, 3 Mal/Woche für 12 Wochen und Dehnen 4x30 Sek. am Tag",
         BOTH),
        ("Hüftbeuger 10 Wiederholungen x 3 Sätze mit 5 kg dreimal pro Woche, 12 Wo",
         "hip-flexor 3x10 @5 kg, 3/wk x 12 wk"),
        ("Dehnung der Hüftbeuger 4x30 Sek. halten, 2x täglich, 6 Wochen",
         "stretch 4x30 s 14/wk x 6 wk"),
        ("Dehnung 3 x 30 s je Seite, 2 mal pro Tag, 5 Tage pro Woche, 8 Wochen",
         "stretch 3x30 s 10/wk x 8 wk"),
        (("fléchisseurs de hanche 3 séries de 10 répétitions, 3 fois par semaine, pendant 12 "
         "semaines; étirement 4 x 30 secondes par jour"), BOTH),
        (("renforcement des fléchisseurs de la hanche 3x10, 3x/sem x 12 sem, étirement 4x30 s tous "
         "les jours"), BOTH),
        (("flexores de cadera 3 series de 10 repeticiones, 3 veces por semana, 12 semanas; "
         "estiramiento 4 x 30 segundos al día"), BOTH),
        ("Flexores de la cadera 3x10 sin peso, tres veces a la semana durante 12 semanas",
         "hip-flexor 3x10 @bodyweight, 3/wk x 12 wk"),
        ("Hüftbeuger 3x10, 3 Einheiten pro Woche, 12 Wochen; Dehnung 4x30 s tägl.", BOTH),
        ("fléchisseurs de hanche 3 x 10 à 5 kg, repos 90 s, 3 séances par semaine, 12 semaines",
         "hip-flexor 3x10 @5 kg, rest 90 s, 3/wk x 12 wk"),
        ("estiramiento 4x30 s diario x 12 semanas", "stretch 4x30 s daily x 12 wk"),
    ],
)  # fmt: skip
def test_other_languages_are_read_and_said(written, read):
    assert is_line(written)
    assert dose(parse(written)) == read
    (said,) = readings(written)
    assert said.startswith("words of other languages were read: '")


def test_what_was_read_is_said_word_for_word():
    assert readings("stretch 4x30 s täglich x 12 Wochen") == (
        "words of other languages were read: 'täglich' as daily, 'Wochen' as weeks",
    )
    assert readings("stretch 4x30 s daily x 12 wk") == ()


@pytest.mark.parametrize(
    "line",
    [
        "hip-flexor 3x10, Pause 60 s, 3x/Woche, 12 Wochen",
        "flexores de cadera 3x10, 60 s pausa, 3x/semana, 12 semanas",
    ],
)
def test_a_pause_of_a_german_or_a_spanish_line_may_be_a_rest(line):
    asked, one, other = problems(line)
    assert "a rest between sets" in asked.rule
    assert parse(one.rule).strength.rest_s == 60
    assert parse(other.rule).strength.pause_s == 60
    english = parse("hip-flexor 3x10, pause 60 s, 3/wk x 12 wk")
    assert english.strength.pause_s == 60


def test_a_pause_between_sets_is_a_rest():
    line = "Hüftbeuger 3x10, 90 s Pause zwischen den Sätzen, 3x/Woche, 12 Wochen"
    assert parse(line).strength.rest_s == 90
    assert parse("Dehnung 4x30 s, Pause 10 s, täglich, 12 Wochen").stretch.rest_s == 10


def test_a_mistake_stands_where_it_was_written():
    line = "Hüftbeuger 3x10 3x/Woche 12 Wochen foo"
    (problem,) = problems(line)
    assert (problem.where, problem.value) == (f"own, character {line.index('foo') + 1}", "foo")
    line = "Dehnung 4x30 s täglich, zweimal täglich x 12 Wochen"
    (problem,) = problems(line)
    assert problem.value == "zweimal täglich"
    assert problem.rule == f"täglich was written at character {line.index('täglich') + 1}"


def test_texts_and_names_are_left_alone():
    line = 'stretch 4x30 s daily x 12 wk; name halten, label "Sätze", note täglich und mehr'
    arm = parse(line)
    assert (arm.name, arm.label, arm.note) == ("halten", "Sätze", "täglich und mehr")
    assert readings(line) == ()
    assert not is_arm("täglich")
    assert not is_arm("12 Wochen")


def test_words_of_ours_are_not_called_foreign():
    line = "hip-flexor 3 sets of 10 repetitions, pause 2 s, 3 times per week, 12 weeks, rest 60 s"
    assert translate(line).text == line
    assert translate(line).readings == ()
