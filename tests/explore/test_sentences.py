"""Every sentence of the explorer, live and in one file: reached, without a fault, from one file."""

import re
from itertools import product
from pathlib import Path

from grammar import faults
from template_branches import unrendered

from hipstudy.explore import sentences
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.labels import NEAR_ALL, NEAR_NONE, percent
from hipstudy.prescription.protocol import preset

A = ("Arm A", "0.21 (0.05 to 0.38)")
B = ("Arm B", "1.30 (1.10 to 1.50)")
WEEKS = {
    "title": "Tightness", "start": "5.00 NRS points", "weeks": 12, "changes": (A, B),
    "n_runners": 200, "n_draws": 50, "is_mixed": True, "sessions_done": "70 (60 to 80) %",
    "adherence": None,
}  # fmt: skip
DIFFERENCE = {
    "outcome": "tightness", "unit": "NRS points", "weeks": 12, "is_even": True, "is_same": False,
    "least": A[1], "least_cause": A[0], "most": B[1], "most_cause": B[0], "mixed": A[1],
    "margin": 0.5,
}  # fmt: skip
SHARE = {"margin": "1 point", "share": "20 %", "low": "5 %", "high": "38 %", "never": "3 %",
         "is_never": False, "is_always": False}  # fmt: skip
OUTSIDE = {"first": "strength work", "second": "stretching", "estimate": "\u22120.38",
           "low": "\u22121.34", "high": "0.59", "k": 10, "n_nulls": 6}  # fmt: skip
SCRIPT = {"title": "Tightness", "unit": "NRS points", "change_unit": "NRS points", "weeks": 12,
          "n_draws": 50, "error": "0.02 NRS points"}  # fmt: skip
WORK = preset("strength_only").strength
FIXED = {"work": WORK, "unloaded_weeks": 2, "has_stretch": True, "weeks_a": 12, "weeks_b": 12,
         "weeks": 12, "contacts": [("A", 0.0), ("B", 0.0)]}  # fmt: skip
MODEL = {"sessions_done": 0.7, "is_adherence_set": True, "start_rom_deg": -12.3, "is_rom_set": True,
         "seed": 3, "n_draws": 9}  # fmt: skip


def renderings():
    yield from (
        ("over_weeks", one)
        for one in (
            WEEKS,
            WEEKS | {"is_mixed": False, "sessions_done": ""},
            WEEKS | {"adherence": 0.7, "sessions_done": "71 %", "n_runners": 1},
        )
    )
    yield "natural_course", {"outcome": "tightness", "change": A[1], "weeks": 12}
    for even, same in product((True, False), repeat=2):
        one = DIFFERENCE | {"is_even": even, "is_same": same}
        yield "differences", one
        yield "differences", one | {"outcome": "end-range reserve", "unit": "", "margin": 0}
    for one in (
        SHARE,
        SHARE | {"margin": "", "never": ""},
        SHARE | {"is_never": True},
        SHARE | {"margin": "", "is_always": True},
    ):
        yield "break_even_share", one
    shares = tuple(sentences.WORDS("break_even_share", one) for one in (SHARE, SHARE))
    yield "break_even", shares
    yield "cost", {"discomfort": A[1], "soreness": B[1], "a": "28", "b": "64"}
    yield "outside", OUTSIDE
    yield "outside", OUTSIDE | {"n_nulls": 0}
    yield "outside_label", None
    yield "points", 0.5
    yield "torque", {"angle_deg": 10.0, "start": A[1], "week": 12, "arms": (A, B), "n_draws": 50}
    minutes = [{"name": "A", "both": 28.0, "strength": 0.0, "stretch": 28.0}]
    sore = [
        {"name": name, "level": level, "level_low": level, "level_high": level, "week": week}
        for name, level, week in (("A", 0.0, 0), ("B", 1.0, 1))
    ]
    yield "load", {"minutes": minutes * 2, "soreness": sore}
    for name in ("weeks", "between", "now", "now_same", "now_range"):
        yield f"file_{name}", SCRIPT
        yield f"file_{name}", SCRIPT | {"unit": "", "change_unit": ""}
    yield "file_no_dose", 14
    yield "file_margin_key", 0.5
    for drawn in (True, False):
        yield "file_runners", {"is_drawn": drawn, "weeks": 12}
    other = WORK.model_copy(update={"sides": "left", "support_height_cm": 20.0})
    contacts = [("A", 5.0), ("B", 1.0)]
    yield "file_fixed", FIXED
    yield "file_fixed", FIXED | {"work": other, "unloaded_weeks": 0, "has_stretch": False}
    yield "file_fixed", FIXED | {"weeks_a": 6, "contacts": contacts}
    for setting in (True, False):
        yield "file_model", MODEL | {"is_adherence_set": setting, "is_rom_set": setting}
    yield "file_grid", {"n_doses": 9, "sets": "0 to 6", "sessions": "1 to 5", "loads": "5 kg added",
                        "minutes": "0, 5, 10", "n_between": 20}  # fmt: skip
    yield "file_basis", {"basis": "A number.", "closing": "Harms."}
    for letters in (("A",), ("A", "B")):
        yield "live_unread_line", letters
    yield "live_link", "a=1"
    yield "access_too_long", 8000
    yield "live_weeks_key", 2
    yield "live_shares", "short tissue 25 %"
    yield "report_ready", {"pdf_base64": "JVBERi0=", "folder": "explore-1", "n_draws_report": 200,
                           "n_draws_page": 50}  # fmt: skip
    plain = (
        "not_advice file_mixed file_one_cause file_no_break_even file_minutes_equal "
        "file_minutes_more file_minutes_fewer file_on_grid file_no_weights file_title "
        "file_error_caption live_title live_wrong_link live_cohort_problems "
        "live_nothing_modelled report_button report_failed report_cohort_changed access_again "
        "access_turned_away access_already_used access_from_elsewhere access_no_word"
    )
    for name in plain.split():
        yield name, None


def test_every_sentence_is_reached_and_without_a_fault():
    assert unrendered("hipstudy.explore", "explorer", list(renderings())) == []
    for passage, facts in renderings():
        said = re.sub(r"<a [^>]*>", "", sentences.WORDS(passage, facts))
        said = re.sub(r"<code>.*?</code>", "hipstudy", said)  # what is typed is no prose
        said = said.replace(" %)", ")")  # per cent at the end of a bracket is no program's
        assert faults(said) == [], passage


def test_the_one_file_says_a_difference_as_the_live_page_does():
    """With its gaps filled, the sentence in the file is that of the page, letter for letter."""
    gaps = sentences.gap_sentences("tightness_nrs", 12)
    for even, same in product((True, False), repeat=2):
        sentence = gaps["equal" if even else "unequal"]["same" if same else "apart"]
        filled = re.sub(r"\[\[(\w+)\]\]", lambda gap: DIFFERENCE[gap[1]], sentence)
        facts = DIFFERENCE | {"is_even": even, "is_same": same}
        facts["margin"] = sentences.small_margin("tightness_nrs")
        assert filled == sentences.WORDS("differences", facts)


def test_the_script_says_no_share_that_is_near_them_to_be_none_or_all():
    script = one_file_sentences.__file__.replace("one_file_sentences.py", "offline/words.js")
    text = Path(script).read_text(encoding="utf-8")
    assert f'share < {NEAR_NONE}) return "{percent(0.001)}"'.replace(" %", r"\u00a0%") in text
    assert f'share >= {NEAR_ALL} && share < 1) return "{percent(0.999)}"'.replace(
        " %", r"\u00a0%"
    ) in text  # fmt: skip


def test_no_gap_of_the_file_is_without_a_value_in_its_script():
    script = one_file_sentences.__file__.replace("one_file_sentences.py", "offline/words.js")
    text = Path(script).read_text(encoding="utf-8")
    every = str([sentences.WORDS(p, f) for p, f in renderings()])
    every += str(sentences.gap_sentences("tightness_nrs", 12))
    every += str(sentences.gap_break_even((0, 1))) + sentences.gap_cost()
    for gap in set(re.findall(r"\[\[(\w+)\]\]", every)):
        assert re.search(rf"[{{\s,]{gap}[:,\s}}]", text), gap
