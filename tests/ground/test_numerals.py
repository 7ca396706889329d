"""Numbers in words by language: also where no template writes them."""

from hipstudy.numerals import ENGLISH, Numerals
from hipstudy.wording import Wording


def test_a_wording_knows_how_its_language_writes_numbers():
    handout = Wording("hipstudy.handout", "handout")
    assert handout.in_language("de").numerals == Numerals(",", "bis", "unter", "und")
    assert handout.in_language("es").numerals.decimal_mark == ","
    assert handout.numerals == ENGLISH
    assert Wording("hipstudy.handout", "refusals").numerals == ENGLISH


def test_a_short_number_has_a_real_minus_sign():
    german = Wording("hipstudy.handout", "handout").in_language("de").numerals
    assert [german.short(value) for value in (-0.25, 10.0, 0)] == ["−0,25", "10", "0"]
