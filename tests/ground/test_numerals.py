"""Numbers in words by language: also where no template writes them."""

from hypothesis import given
from hypothesis import strategies as st

from hipstudy.labels import chance, percent
from hipstudy.numerals import ENGLISH, Numerals
from hipstudy.wording import Wording


def test_a_wording_knows_how_its_language_writes_numbers():
    handout = Wording("hipstudy.handout", "handout")
    assert handout.in_language("de").numerals == Numerals(",", "bis", "unter", "und", "über")
    assert handout.in_language("es").numerals.decimal_mark == ","
    assert handout.numerals == ENGLISH
    assert Wording("hipstudy.handout", "refusals").numerals == ENGLISH


def test_a_short_number_has_a_real_minus_sign():
    german = Wording("hipstudy.handout", "handout").in_language("de").numerals
    assert [german.short(value) for value in (-0.25, 10.0, 0)] == ["−0,25", "10", "0"]


@given(st.floats(0, 1), st.sampled_from(["en", "de", "es"]))
def test_none_and_all_are_never_said_of_what_is_near_them(share, language):
    said = Wording("hipstudy.handout", "handout").in_language(language).numerals
    assert (said.percent(share) == "0 %") == (share == 0)
    assert (said.percent(share) == "100 %") == (share == 1)
    assert said.chance(share) not in ("0 %", "100 %")
    if language == "en":
        assert (percent(share), chance(share)) == (said.percent(share), said.chance(share))
