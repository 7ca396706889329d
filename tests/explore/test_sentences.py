"""Every sentence of the explorer, live and in one file: reached, without a fault, from one file."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

from grammar import faults
from template_branches import unrendered

from hipstudy.explore import sentences
from hipstudy.explore.live.report_button import ReportFacts
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.explore.sentences import NamedText, ShareFacts
from hipstudy.prescription.protocol import preset

A = NamedText("Arm A", "0.21 (0.05 to 0.38)")
B = NamedText("Arm B", "1.30 (1.10 to 1.50)")
WEEKS = sentences.OverWeeksFacts(
    "Tightness", "5.00 NRS points", 12, (A, B), 200, 50, True, "70 (60 to 80) %", None
)
DIFFERENCE = sentences.DifferenceFacts(
    "tightness", "NRS points", 12, True, False, A, B, A.text, 0.5
)
SHARE = ShareFacts("1 point", "20 %", "5 %", "38 %", "3 %")
SCRIPT = one_file_sentences.ScriptFacts(
    "Tightness", "NRS points", "NRS points", 12, 50, "0.02 NRS points"
)
WORK = preset("strength_only").strength
FIXED = one_file_sentences.FixedDoseFacts(WORK, 2, True, 12, 12, 12, ())
MODEL = one_file_sentences.ModelFacts(0.7, True, -12.3, True, 3, 9)


def renderings():
    yield from (
        ("over_weeks", one)
        for one in (
            WEEKS,
            replace(WEEKS, is_mixed=False, sessions_done=""),
            replace(WEEKS, adherence=0.7, sessions_done="71 %", n_runners=1),
        )
    )
    yield "natural_course", sentences.NaturalCourseFacts("tightness", A.text, 12)
    for even, same in product((True, False), repeat=2):
        one = replace(DIFFERENCE, is_even=even, is_same=same)
        yield "differences", one
        yield "differences", replace(one, outcome="end-range reserve", unit="", margin=0)
    for one in (
        SHARE,
        replace(SHARE, margin="", never=""),
        replace(SHARE, is_never=True),
        replace(SHARE, margin="", is_always=True),
    ):
        yield "break_even_share", one
    shares = tuple(sentences.WORDS("break_even_share", one) for one in (SHARE, SHARE))
    yield "break_even", shares
    yield "points", 0.5
    yield "torque", sentences.TorqueFacts(10.0, A.text, 12, (A, B), 50)
    minutes = (
        sentences.ArmMinutes("A", "28", "0", "28"),
        sentences.ArmMinutes("B", "30", "20", "10"),
    )
    sore = (sentences.ArmSoreness("A", "0.0", 0), sentences.ArmSoreness("B", "1.0", 1))
    yield "load", sentences.ControlLoadFacts(minutes, sore)
    for name in ("weeks", "between", "now", "now_same", "now_range"):
        yield f"file_{name}", SCRIPT
        yield f"file_{name}", replace(SCRIPT, unit="", change_unit="")
    yield "file_no_dose", 14
    yield "file_margin_key", 0.5
    for drawn in (True, False):
        yield "file_runners", one_file_sentences.ExportedRunnersFacts(drawn, 12)
    other = WORK.model_copy(update={"sides": "left", "support_height_cm": 20.0})
    contacts = (NamedText("A", "5"), NamedText("B", "1"))
    yield "file_fixed", FIXED
    yield "file_fixed", replace(FIXED, work=other, unloaded_weeks=0, has_stretch=False)
    yield "file_fixed", replace(FIXED, weeks_a=6, contacts=contacts)
    for setting in (True, False):
        yield "file_model", replace(MODEL, is_adherence_set=setting, is_rom_set=setting)
    yield (
        "file_grid",
        one_file_sentences.GridFacts(9, "0 to 6", "1 to 5", "5 kg added", "0, 5, 10", 20),
    )
    yield "file_basis", one_file_sentences.BasisFacts("A number.", "Harms.")
    for letters in (("A",), ("A", "B")):
        yield "live_unread_line", letters
    yield "live_link", "a=1"
    yield "live_shares", "short tissue 25 %"
    yield "report_ready", ReportFacts("compare.pdf", "explore-1", 200, 50)
    plain = (
        "not_advice file_mixed file_one_cause file_no_break_even file_minutes_equal "
        "file_minutes_more file_minutes_fewer file_on_grid file_no_weights file_title "
        "file_error_caption live_title live_wrong_link live_cohort_problems "
        "live_nothing_modelled report_button report_failed report_cohort_changed report_of_others"
    )
    for name in plain.split():
        yield name, None


def test_every_sentence_is_reached_and_without_a_fault():
    assert unrendered("hipstudy.explore", "explorer", list(renderings())) == []
    for passage, facts in renderings():
        said = re.sub(r'<a href="[^"]*">', "", sentences.WORDS(passage, facts))
        said = said.replace(" %)", ")")  # per cent at the end of a bracket is no program's
        assert faults(said) == [], passage


def test_the_one_file_says_a_difference_as_the_live_page_does():
    """With its gaps filled, the sentence in the file is that of the page, letter for letter."""
    gaps = sentences.gap_sentences("tightness_nrs", 12)
    values = {"least": A.text, "least_cause": A.name, "most": B.text, "most_cause": B.name,
              "mixed": A.text}  # fmt: skip
    for even, same in product((True, False), repeat=2):
        sentence = gaps["equal" if even else "unequal"]["same" if same else "apart"]
        filled = re.sub(r"\[\[(\w+)\]\]", lambda gap: values[gap[1]], sentence)
        facts = replace(
            DIFFERENCE, is_even=even, is_same=same,
            margin=sentences.small_margin("tightness_nrs"),
        )  # fmt: skip
        assert filled == sentences.WORDS("differences", facts)


def test_no_gap_of_the_file_is_without_a_value_in_its_script():
    script = one_file_sentences.__file__.replace("one_file_sentences.py", "offline/words.js")
    text = Path(script).read_text(encoding="utf-8")
    every = str([sentences.WORDS(p, f) for p, f in renderings()])
    every += str(sentences.gap_sentences("tightness_nrs", 12))
    every += str(sentences.gap_break_even((0, 1)))
    for gap in set(re.findall(r"\[\[(\w+)\]\]", every)):
        assert re.search(rf"[{{\s,]{gap}[:,\s}}]", text), gap
