"""Prescriptions on one line: known answers, nothing lost on the way, all mistakes with places."""

import documentation
import pytest
from drawn_prescriptions import PROTOCOL
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hipstudy.errors import UsageProblems
from hipstudy.prescription import design, protocol
from hipstudy.prescription.shorthand import dose, is_line, parse, write

EXAMPLE = (
    "hip-flexor leg-lever 3x10 @bodyweight, pause 2 s, rest 60 s, 3/wk x 12 wk; "
    "stretch 4x30 s daily"
)


def said(line, **more):
    with pytest.raises(UsageProblems) as caught:
        parse(line, **more)
    # The line with all of it mended is in test_shorthand_variants.py.
    return [str(one) for one in caught.value.problems if "mended" not in one.where]


def test_the_example_field_by_field():
    arm = parse(EXAMPLE)
    assert arm == protocol.from_dict(
        {
            "name": "own",
            "label": "Own",
            "weeks": 12,
            "strength": {
                "sets": 3, "reps": 10, "load": "unloaded", "pause_s": 2, "rest_s": 60,
                "sessions_per_week": 3,
            },
            "stretch": {"holds": 4, "hold_s": 30, "times_per_week": 7},
        },
        "by hand",
    )  # fmt: skip
    # What is usual is not written again.
    assert write(arm) == "hip-flexor 3x10 @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily"
    assert arm.clock_min_wk == 64


def test_every_word_there_is():
    line = (
        "hip-flexor trunk-lever 2x8 @2.5 kg, first 3 wk @bodyweight, left only, lower 4 s, "
        "pause 3 s, raise 1.5 s, rest 90 s, range -20 to 15 deg, support 20 cm, 2/wk x 8 wk; "
        "stretch 3x45 s 5/wk, rest 5 s; "
        'contact 30 min/wk, name my_arm, label "Mine; or, yours", note "say \\"ah\\""'
    )
    arm = parse(line)
    assert write(arm) == line
    assert arm.strength.model_dump() == {
        "exercise": "hip-flexor", "lever": "trunk-lever", "sides": "left", "sets": 2, "reps": 8,
        "lower_s": 4, "pause_s": 3, "raise_s": 1.5, "rest_s": 90, "sessions_per_week": 2,
        "unloaded_weeks": 3, "load": "2.5 kg", "support_height_cm": 20,
        "trained_from_ext_deg": -20, "trained_to_ext_deg": 15, "progression": None,
    }  # fmt: skip
    assert arm.stretch.model_dump() == {
        "holds": 3, "hold_s": 45, "rest_s": 5, "times_per_week": 5
    }  # fmt: skip
    assert (arm.name, arm.label, arm.note) == ("my_arm", "Mine; or, yours", 'say "ah"')
    assert (arm.weeks, arm.contact_min_wk) == (8, 30)


@pytest.mark.parametrize(
    "other",
    [
        "HIP-Flexor  3 X 10 @Bodyweight,PAUSE 2s ,rest 1 min,3/week x 12 weeks;Stretch 4×30s Daily",
        "hip flexor 3 sets of 10 reps @body weight 3 times a week for 12 weeks, stretch 4x30s 7/wk",
        "hip-flexor 3×10 each side @bodyweight 3x/wk x 12 wk, stretch 4x0.5 min a side, 7/wk",
        "stretch 4x30 s daily x 12 wk; hip-flexor @bodyweight, 3 per week, 3x10;",
        "hip-flexor 3x10,3/wk x 12 wk,@bodyweight; stretch 4x30 s daily x 12 wk",
    ],
)
def test_the_same_written_otherwise(other):
    assert parse(other) == parse(EXAMPLE)


FIXED = "hip-flexor 3x10, {}, 3/wk x 12 wk"
BOTH = "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily"


@pytest.mark.parametrize(
    "joint",
    [
        *(" + ", " and ", " & ", " with ", " plus ", ", and ", ", then ", ". "),
        *(" on each leg + ", " per leg, ", " a leg and ", " each leg; and "),
    ],
)
def test_two_parts_joined_in_words(joint):
    assert parse(BOTH.replace("; ", joint)) == parse(BOTH)
    told = BOTH.replace("; ", joint) + joint + "contact 30 min/wk."
    assert parse(told).contact_min_wk == 30


@pytest.mark.parametrize(
    ("said", "short"),
    [
        *((text, "@5 kg") for text in ("with 5 kg", "+ 5 kg", "+5kg", "plus 5 kg", "@five kg")),
        *((text, "@bodyweight") for text in ("@unloaded", "unloaded", "with bodyweight")),
        *((text, "left only") for text in ("left", "left side only", "left leg", "Left side")),
        *((text, "right only") for text in ("right", "right side only")),
        ("first three weeks unloaded", "first 3 wk @bodyweight"),
        *((f"{joint} pause two s", "pause 2 s") for joint in ("with", "plus", "&", "+")),
    ],
)
def test_a_term_in_other_words(said, short):
    assert parse(FIXED.format(said)) == parse(FIXED.format(short))
    assert parse(f"hip-flexor 3x10 {said} 3/wk x 12 wk.") == parse(FIXED.format(short))


@pytest.mark.parametrize(
    ("often", "times"),
    [
        *(("once a week", 1), ("twice per week", 2), ("three times a week", 3)),
        *(("four times per week", 4), ("3 days a week", 3), ("twice weekly", 2)),
    ],
)
def test_numbers_in_words(often, times):
    line = f"stretch four holds of 30 s, {often} for twelve weeks."
    assert parse(line) == parse(f"stretch 4x30 s {times}/wk x 12 wk")
    line = f"hip-flexor three sets of ten {often}, x 12 wk."
    assert parse(line) == parse(f"hip-flexor 3x10, {times}/wk x 12 wk")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        *(
            (typed, "My arm")
            for typed in ("My arm", "'My arm'", "“My arm”", "‘My arm’", "«My arm»")
        ),
        *(
            (typed, "Jane’s; a, b")
            for typed in ("‘Jane’s; a, b’", "'Jane’s; a, b'", '"Jane’s; a, b"')
        ),
        ("'Jane's arm'", "Jane's arm"),
        ("Jane's arm", "Jane's arm"),
        ("Strength and stretch", "Strength and stretch"),
        (r"'a\b \"c\"'", r"a\b \"c\""),
        ("Jane", "Jane"),
    ],
)
def test_a_text_with_other_quotes_or_none(typed, text):
    first = parse(
        f"hip-flexor 3x10, 3/wk x 12 wk; label {typed} , note  {typed}; stretch 4x30 s daily"
    )
    assert (first.label, first.note, first.stretch.holds) == (text, text, 4)
    last = parse(f"{BOTH}, note {typed}, label {typed}")
    assert (last.label, last.note) == (text, text)
    assert parse(write(last)) == last


def test_a_name_is_no_joint_and_takes_no_full_stop():
    made = parse("stretch 4x30 s. daily. x 12 wk., name right_hand label A.")
    assert (made.name, made.label) == ("right_hand", "A.")
    assert parse("stretch 4x30 s daily x 12 wk, name mine.").name == "mine"


def test_what_is_looked_at_has_three_figures_and_what_is_kept_has_all():
    line = (
        "hip-flexor 3x10 @5 kg, rest 61.25 s, 3/wk x 12 wk; "
        "stretch 9x30.476190476190474 s daily; contact 10.123456 min/wk"
    )
    assert write(parse(line)) == line
    assert dose(parse(line)) == (
        "hip-flexor 3x10 @5 kg, rest 61.2 s, 3/wk x 12 wk; "
        "stretch 9x30.5 s daily; contact 10.1 min/wk"
    )


def test_a_minus_sign_and_an_arm_without_exercise():
    assert (
        parse("hip-flexor 3x10, range −5 to 10°, daily x 6 wk").strength.trained_from_ext_deg == -5
    )
    nothing = parse("no exercise x 12 wk; contact 30 min a week", name="attention")
    assert (nothing.strength, nothing.stretch, nothing.contact_min_wk) == (None, None, 30)
    assert (nothing.name, nothing.label) == ("attention", "Attention")


PRESETS = {
    "usual_running": "no exercise x 12 wk",
    "stretch_only": "stretch 4x30 s daily x 12 wk",
    "strength_only": "hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk",
    "strength_plus_stretch":
        "hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily",
    "article_low": "hip-flexor 2x8, first 3 wk @bodyweight, 2/wk x 12 wk",
    "article_high": "hip-flexor 3x12, first 3 wk @bodyweight, 3/wk x 12 wk",
}  # fmt: skip


@pytest.mark.parametrize("arm", design.build(design.CONTRACT_ARMS).arms, ids=lambda arm: arm.name)
def test_arms_of_the_contract_come_back(arm):
    assert parse(write(arm)) == arm
    assert parse(write(arm, name=arm.name), name=arm.name) == arm
    assert "name" not in write(arm, name=arm.name)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_as_they_are_printed(name):
    arm = protocol.preset(name)
    assert dose(arm) == PRESETS[name]
    assert parse(write(arm, name=name), name=name) == arm


@given(PROTOCOL)
@example({"name": "a" * 61, "label": "x", "weeks": 1})
@example({"name": "and", "label": "stretch", "weeks": 1, "note": "a, b. stretch"})
@example({"name": "with", "label": "A", "weeks": 1, "contact_min_wk": 3, "note": "'a; “b ‘c’"})
@example({"name": "own", "label": "\u2028\x85\x00", "weeks": 1, "note": '\\"|;,"\\'})
@example({"name": "a", "label": "A", "weeks": 1, "stretch": {
    "holds": 9, "hold_s": 280 / 3, "times_per_week": 1, "rest_s": 5e-324}})  # fmt: skip
def test_nothing_is_lost(data):
    try:
        arm = protocol.from_dict(data, "drawn")
    except UsageProblems as found:
        words = ("must be below", "hours a week", "rule: unloaded")
        assume(not all(any(word in p.rule for word in words) for p in found.problems))
        raise
    for line in (write(arm), write(arm, name=arm.name)):
        assert len(line.splitlines()) == 1
        assert is_line(line)
        assert design.split_arms(f"stretch_only | {line}") == ["stretch_only", line]
    assert parse(write(arm)) == arm
    assert parse(write(arm, name=arm.name), name=arm.name) == arm


WORDS = (
    "hip-flexor 3x10 3/wk stretch 4x30 s daily x 12 wk with and + & . , ; label note name My "
    "'a' “b” ' @ 5 kg lb unloaded left only side per leg three twice times a week for pause"
).split()


@given(
    st.text(alphabet="hip-flexor stretch@3x10,; wk\"'.daily|", max_size=60)
    | st.text()
    | st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)
)
def test_any_text_is_read_or_refused_in_words(text):
    try:
        parse(text)
    except UsageProblems as found:
        places = {problem.where.rstrip("0123456789") for problem in found.problems}
        assert places == {"own, character "}


def cases(text):
    """Lines, each followed by what is said of it, as a list that may be wrapped."""
    found = []
    for line in text.strip().splitlines():
        if line.startswith("  - "):
            found[-1][1].append(line[4:])
        elif line.startswith("    "):
            found[-1][1][-1] += f" {line.strip()}"
        else:
            found.append((line, []))
    return found


OF_A_TERM = r"""
puase 2 s
  - 18: found 'puase 2 s'; there is no such word here. Did you mean pause?
pause 2,5 s
  - 24: found '2,5'; a decimal point is needed. Write 2.5.
pause 2 cm
  - 26: found 'cm'; seconds (s) or minutes (min) are wanted. Write for example pause 2 s.
pause 2
  - 24: found '2'; seconds (s) or minutes (min) are wanted. Write for example pause 2 s.
pause some s
  - 18: found 'pause some s'; this is not understood. Write for example pause 2 s.
rest 60 min
  - 23: found '60 min'; the rule: should be less than or equal to 600, in seconds
support 20 in
  - 29: found 'in'; centimetres (cm) are wanted. Write for example support 20 cm.
support 50 cm
  - 26: found '50 cm'; the rule: should be less than or equal to 40, in centimetres
range -10 to 10 rad
  - 34: found 'rad'; degrees (deg) are wanted. Write for example range -10 to 10 deg.
range 10 to 5 deg
  - 24: found '10 to 5 deg'; the rule: trained_from_ext_deg must be below trained_to_ext_deg
@5 lb
  - 21: found 'lb'; kilograms (kg) are wanted. Write for example @2.27 kg.
with 10 pounds
  - 26: found 'pounds'; kilograms (kg) are wanted. Write for example @4.54 kg.
10lbs
  - 18: found '10lbs'; kilograms (kg) are wanted. Write for example @4.54 kg.
7.5kg
  - 18: found '7.5kg'; kilograms (kg) are wanted. Write for example @7.5 kg.
twice
  - 18: found 'twice'; this is not understood. Write for example 3/wk.
slowly
  - 18: found 'slowly'; there is no such word here. Valid names: leg-lever, trunk-lever,
    @bodyweight, @near-failure, first, left, right, both, lower, pause, raise, rest, range,
    support, daily, x.
@5
  - 19: found '5'; kilograms (kg) are wanted. Write for example @5 kg.
@99 kg
  - 19: found '99 kg'; the rule: unloaded, near-failure, or added kg up to 60, such as 5 or
    2.5 (kilograms, not pounds, with a decimal point; runners hold less, a report says how
    much)
@nearfailre
  - 18: found '@nearfailre'; there is no such word here. Did you mean @near-failure?
first 3 days @bodyweight
  - 26: found 'days'; weeks (wk) are wanted. Write for example first 3 wk @bodyweight.
first 3 wk @5 kg
  - 18: found 'first 3 wk'; this is not understood. Write for example first 3 wk @bodyweight.
pause 2 s, pause 3 s
  - 29: found 'pause 3 s'; 2 s was written at character 24. Write one of the two.
@bodyweight @5 kg
  - 30: found '@5 kg'; @bodyweight was written at character 18. Write one of the two.
x 6 wk
  - 31: found 'x 12 wk'; 6 wk was written at character 20. Write one of the two.
4/wk
  - 24: found '3/wk'; 4 was written at character 18. Write one of the two.
hold
  - 18: found 'hold'; there is no such word here. Valid names: leg-lever, trunk-lever,
    @bodyweight, @near-failure, first, left, right, both, lower, pause, raise, rest, range,
    support, daily, x.
"""


@pytest.mark.parametrize(("term", "problems"), cases(OF_A_TERM))
def test_a_mistake_is_said_where_it_is(term, problems):
    assert said(FIXED.format(term)) == [f"own, character {problem}" for problem in problems]


OF_A_LINE = r"""
;
  - 1: found 'nothing'; hip-flexor, stretch or both are needed, or no exercise
  - 2: found 'nothing'; for how many weeks is missing. Write for example x 12 wk.
hip-flexor
  - 11: found 'nothing'; sets and repetitions are missing. Write for example 3x10.
  - 11: found 'nothing'; how often is missing. Write for example 3/wk, or daily.
  - 11: found 'nothing'; for how many weeks is missing. Write for example x 12 wk.
stretch x 6 wk
  - 15: found 'nothing'; how many holds of how long is missing. Write for example 4x30 s.
  - 15: found 'nothing'; how often is missing. Write for example daily, or 5/wk.
x 12 wk; name a
  - 1: found 'nothing'; hip-flexor, stretch or both are needed, or no exercise
strech 4x30 daily x 6 wk
  - 1: found 'strech'; a part starts with hip-flexor, stretch, no exercise, contact, name,
    label, note. Did you mean stretch?
  - 10: found '30'; seconds (s) or minutes (min) are wanted. Write for example 4x30 s.
3x10, 3/wk
  - 1: found '3x10, 3/wk'; a part starts with hip-flexor, stretch, no exercise, contact, name,
    label, note
stretch 4x30 s daily x 6 wk; hip-flexor 3x10, 3/wk; rest 5 s
  - 53: found 'rest 5 s'; a part starts with hip-flexor, stretch, no exercise, contact, name,
    label, note; with two exercises, what is said of one follows it after a comma. rest belongs
    in the hip-flexor part or the stretch part, after a comma.
stretch 4x30 s pause 2 s daily x 6 wk
  - 16: found 'pause 2 s'; pause belongs in the hip-flexor part
stretch 4x30 s daily x 6 wk; stretch 2x30 s daily; no exercise
  - 30: found 'stretch'; the line has stretch already. Leave one of the two out.
  - 52: found 'no exercise'; exercise and no exercise cannot both be. Leave one of the two
    out.
stretch 100x600 s daily x 200 wk, name My-arm
  - 9: found '100'; the rule: these parts take 233 hours a week; the rule is at most 14
  - 27: found '200 wk'; the rule: should be less than or equal to 104, in weeks
  - 40: found 'My-arm'; the rule: lower-case letters, digits and underscores, a letter first,
    61 or fewer
no exercise x 6 wk; note "abc; daily
  - 26: found '"abc; daily'; the closing quote is missing
no exercise x 6 wk; label 'abc, daily
  - 21: found "label 'abc, daily"; the closing quote is missing. Write for example label 'My arm'.
no exercise x 6 wk; label
  - 21: found 'label'; this is not understood. Write for example label 'My arm'.
stretch 4x30 s daily x 6 wk, 5 kg
  - 30: found '5 kg'; a weight belongs in the hip-flexor part
strength 3x10, 3/wk x 12 wk
  - 1: found 'strength'; a part starts with hip-flexor, stretch, no exercise, contact, name,
    label, note. Did you mean hip-flexor?
no exercise x 6 wk; lable "A"
  - 21: found 'lable "A"'; there is no such word here. Did you mean label?
no exercise x 6 wk; label ""
  - 27: found '""'; the rule: string should have at least 1 character
no exercise x 6 wk; label "a\q"
  - 27: found '"a\\q"'; in quotes, \ stands before a quote or another \
no exercise x 6 wk; contact 30 min
  - 32: found 'min'; minutes a week (min/wk) are wanted. Write for example contact 30 min/wk.
"""


@pytest.mark.parametrize(("line", "problems"), cases(OF_A_LINE))
def test_mistakes_of_a_whole_line(line, problems):
    assert said(line) == [f"own, character {problem}" for problem in problems]


def test_all_problems_at_once_in_the_order_of_the_line():
    found = said(
        "hip-flexr 99x99, puase 2 s, lower 2,5 s, range 10 to 5 deg, 3/weak x 999 wk; "
        "stretch 0x0 s 99/wk, rest 5 cm",
        name="mine",
    )
    places = [text.partition("; ")[0].removeprefix("mine, character ") for text in found]
    assert ", ".join(place.replace(": found", "") for place in places) == (
        "1 'hip-flexr', 11 '99', 14 '99', 18 'puase 2 s', 35 '2,5', 48 '10 to 5 deg', "
        "61 '3/weak', 70 '999 wk', 86 '0', 88 '0 s', 92 '99', 106 'cm'"
    )


def test_a_letter_that_only_looks_like_another_is_none():
    for word in ("ſix", "fıve", "fİve"):
        assert said(f"stretch 4x30 s daily for {word} weeks")


def test_an_absurd_number_is_refused_and_not_counted():
    assert len(said(f"stretch 4x{'9' * 5000} s {'9' * 5000}/wk x 1e5 wk")) == 3
    assert said("no exercise x 6.5 wk") == [
        "own, character 15: found '6.5 wk'; the rule: should be a valid integer, in weeks"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        *((text, False) for text in ("stretch_only", "my 2 arms.toml", "strength only")),
        *((text, True) for text in ("HIP-FLEXOR 3x10", "No exercise x 1 wk", "stretch 4x30 s")),
        *((text, True) for text in ("x 12 wk; name a", "hip-flexr 3x10")),
    ],
)
def test_what_is_taken_for_a_line(text, line):
    assert is_line(text) is line


def test_a_name_is_as_long_as_its_rule_says():
    assert parse(f"no exercise x 6 wk; name {'a' * 61}").name == "a" * 61
    ((problem),) = said(f"no exercise x 6 wk; name {'a' * 62}")
    assert problem.endswith("a letter first, 61 or fewer")


def test_a_name_from_beside_the_line_has_the_same_rule():
    assert said("no exercise x 6 wk", name="Not a name") == [
        (
            "name of the prescription: found 'Not a name'; "
            "the rule: lower-case letters, digits and underscores, a letter first, 61 or fewer"
        )
    ]


@pytest.mark.parametrize(
    ("ending", "is_mended"),
    [
        ("; label 'My arm'", True),
        ("; name MyArm", False),
        (f"; label '{'a' * 61}'", False),
    ],
)
def test_the_mended_line_stands_below_but_for_a_wrong_name_or_label_as_is_written(
    ending, is_mended
):
    with pytest.raises(UsageProblems) as caught:
        parse(f"hip-flexor 3x10 @bodyweigt, 3/wk x 12 wk{ending}")
    assert any("mended" in one.where for one in caught.value.problems) is is_mended
    page = documentation.text(documentation.ROOT / "docs" / "prescriptions.md")
    assert "A name or label that breaks its rule is yours to mend" in page
