"""The handout: never without its safety block, one page, plain words, the prescription as it is."""

import ast
import base64
import itertools
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import documentation
import nbformat
import numpy as np
import pypdf
import pytest
import textstat
from grammar import faults
from handout_renderings import LEG, STRETCH, of_page, of_refusals, with_rules
from pdf_reading import NASTY, structure
from template_branches import unrendered

from hipstudy import handout, parameters
from hipstudy.errors import UsageProblems
from hipstudy.handout import (
    body_limits,
    feasibility,
    plain_words,
)
from hipstudy.handout.write import _diary
from hipstudy.model import baseline, capacity, cohort, intensity
from hipstudy.prescription import protocol
from hipstudy.prescription.shorthand import parse
from hipstudy.report.make_report import report
from hipstudy.resources import place
from hipstudy.studies.dose_study import DoseSettings
from hipstudy.studies.report_settings import ProblemCollection
from hipstudy.studies.settings import CompareSettings

PACKAGE = place("hipstudy")
TRUNK = "hip-flexor trunk-lever 2x8 @5 kg, left only, pause 3 s, range -60 to -30 deg, 2/wk x 8 wk"
LEFT = (
    "From week 4 on, use a weight at your ankle. Choose it with Jo Smith: it leaves you about 3 "
    "more good reps at the end of a set."
)
STOP_FIRST = "The box “When to stop” always comes first."
EACH = [LEG, TRUNK, STRETCH, f"{LEG}; {STRETCH}"]
SAFE = tuple(
    line
    for part in (plain_words.screening(), plain_words.stop_rule())
    for line in (part.lead, *part.lines)
)


def written(tmp_path, line=LEG, **given):
    given = {"physio": "Jo Smith", "confirmed": True} | given
    arm = parse(line) if isinstance(line, str) else line
    return handout.write(arm, tmp_path / "handout.pdf", **given)


def text(path):
    """The words of the first page; the diary is on those after it."""
    return " ".join(pypdf.PdfReader(path).pages[0].extract_text().split())


def diary(path):
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages[1:]]
    return [" ".join(page.split()) for page in pages]


def close(said):
    """Without spaces, which a line's end may take or give."""
    return "".join(said.split())


@pytest.mark.parametrize(("line", "paper"), [*itertools.product(EACH, ["a4", "us-letter"])])
def test_the_safety_block_the_name_and_the_plan_are_on_one_page(line, paper, tmp_path):
    path = written(tmp_path, line, paper=paper, report_date="2026-01-31")
    said = close(text(path))
    for wanted in (*SAFE, "Jo Smith asked you these questions on 31 January 2026."):
        assert close(wanted) in said, wanted
    for part in plain_words.parts(parse(line), "Jo Smith"):
        for wanted in (part.heading, *part.lines):
            assert close(wanted) in said, wanted
    wide = {"a4": 595.28, "us-letter": 612}[paper]
    assert float(pypdf.PdfReader(path).pages[0].mediabox.width) == pytest.approx(wide, abs=0.1)


def test_what_is_for_the_clinician_goes_to_the_terminal(tmp_path):
    """The list is to be reviewed by a clinician: the runner is not told so."""
    line = (
        "hip-flexor trunk-lever 2x8 @bodyweight, range -40 to -20 deg, 2/wk x 8 wk; stretch 4x30 s "
        "daily"
    )
    done = hipstudy(tmp_path, "handout", line, "--physio", "Jo Smith", "--screened")
    assert (done.returncode, done.stdout) == (0, "handout.pdf\n")
    for wanted in ("A clinician must review this list.", "many could not do this",
                   "does not say which stretch", "give it with --phone"):  # fmt: skip
        assert wanted in done.stderr
    assert all(one.startswith("for the clinician: ") for one in done.stderr.splitlines())
    said = " ".join([text(tmp_path / "handout.pdf"), *diary(tmp_path / "handout.pdf")])
    assert "linician" not in said
    assert "these things were asked" not in said


@pytest.mark.parametrize(
    "name", ["Physio Jo Smith", "Jo Smith, physiotherapist", "Jo Smith", "Jo Smith, PT"]
)
@pytest.mark.parametrize("line", EACH)
def test_the_profession_is_said_once(name, line, tmp_path):
    said = text(written(tmp_path, line, physio=name))
    assert not re.search(r"physio\W+(?:\w+\W+){0,3}?physio", said, re.I)
    by = re.search("From (.*?) ·", said)[1]
    assert len(re.findall("physio|PT", by, re.I)) == 1


def test_the_date_is_today_where_none_is_given(tmp_path):
    days = [datetime.now().astimezone().date()]
    said = text(written(tmp_path))
    days.append(datetime.now().astimezone().date())  # another where midnight was between
    assert any(f"{day.day} {day:%B} {day.year}" in said for day in days)


def test_the_block_has_everything_the_model_asks_for():
    # Design of the model, section 5: each of these words, in plain ones.
    asked = " ".join(plain_words.screening().lines).lower()
    for word in (
        *("groin", "front of the hip", "when you run", "hop", "night", "rest", "limp", "train"),
        *("eat too little", "missed periods", "fever", "fall", "locks", "surgery", "under 18"),
        "pregnant",
    ):
        assert word in asked
    stop = " ".join(plain_words.stop_rule().lines)
    for word in ("groin", "front of the hip", "above 2 out of 10", "worse the next morning",
                 "catches", "back"):  # fmt: skip
        assert word in stop
    assert "clinician must review" in handout.notices(parse(LEG))[0]
    assert "physio first" in plain_words.screening().lead


@pytest.mark.parametrize("confirmed", [False, None, 1, "yes", "True", np.True_])
def test_nothing_but_true_is_a_confirmation(confirmed, tmp_path):
    with pytest.raises(UsageProblems) as caught:
        written(tmp_path, confirmed=confirmed)
    said = str(caught.value)
    assert "the physio asks the runner about groin or deep front-of-hip pain with running" in said
    assert "--screened, or confirmed=True in Python" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("physio", ["", "  ", "x", "12", "--"])
def test_a_name_is_needed(physio, tmp_path):
    with pytest.raises(UsageProblems, match="name of the physio who asked"):
        written(tmp_path, physio=physio)
    assert list(tmp_path.iterdir()) == []


def test_both_are_needed_by_name():
    with pytest.raises(TypeError, match="physio"):
        handout.write(parse(LEG), PACKAGE / "never.pdf")


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    with pytest.raises(UsageProblems) as caught:
        written(
            tmp_path, "no exercise x 12 wk", physio="J\no Smith", confirmed=False, paper="a5",
            report_date="tomorrow", note="x" * 201,
        )  # fmt: skip
    said = str(caught.value)
    assert len(caught.value.problems) == 6
    for wanted in (
        "screening: found 'no confirmation'",
        "physio: found 'J o Smith'; the rule: one line of at most 60 letters",
        "note: found 'xxx",
        "there is nothing to hand out: this prescription has no exercise",
        "Did you mean a4?",
        "date: found 'tomorrow'; the rule: a date such as 2026-01-31, or nothing",
    ):
        assert wanted in said


def hipstudy(folder, *arguments):
    command = [sys.executable, "-m", "hipstudy", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    "given", [(), ("--physio", "Jo Smith"), ("--screened",), ("--physio", "", "--screened")]
)
def test_no_path_to_a_file_without_the_safety_block(given, tmp_path):
    """By the command; by the library and by a notebook in the tests beside this one."""
    done = hipstudy(tmp_path, "handout", "strength_only", *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert "physio" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_one_and_never_over_another(tmp_path):
    given = ("handout", "strength_only", "--physio", "Jo Smith", "--screened")
    done = hipstudy(tmp_path, *given)
    assert (done.returncode, done.stdout) == (0, "handout.pdf\n")
    assert close(plain_words.screening().lines[0]) in close(text(tmp_path / "handout.pdf"))
    before = (tmp_path / "handout.pdf").read_bytes()
    again = hipstudy(tmp_path, *given)
    assert again.returncode == 2
    assert "nothing is overwritten" in again.stderr
    assert (tmp_path / "handout.pdf").read_bytes() == before


def notebook_that(call, path):
    book = nbformat.v4.new_notebook()
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    lines = (
        "from pathlib import Path\nfrom hipstudy import handout\n"
        "from hipstudy.prescription import protocol\n"
        f"handout.write(protocol.preset('strength_only'), Path('given.pdf'), {call})"
    )
    book.cells = [nbformat.v4.new_markdown_cell("# Mine"), nbformat.v4.new_code_cell(lines)]
    nbformat.write(book, path)


def test_a_notebook_is_refused_as_well_and_has_the_block_when_it_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook_that("physio='Jo Smith', confirmed=False", tmp_path / "mine.ipynb")
    with pytest.raises(Exception, match="no confirmation"):
        report("mine.ipynb")
    assert [file.name for file in tmp_path.rglob("*.pdf")] == []
    notebook_that("physio='Jo Smith', confirmed=True", tmp_path / "mine.ipynb")
    report("mine.ipynb")
    (given_,) = tmp_path.rglob("given.pdf")
    assert all(close(line) in close(text(given_)) for line in SAFE)


def test_one_function_sets_the_page():
    """Nothing else reads the template, nothing else in the package sets a handout."""
    sheet = (PACKAGE / "handout" / "write.py").read_text(encoding="utf-8")
    functions = [n for n in ast.parse(sheet).body if isinstance(n, ast.FunctionDef)]
    (write,) = [f for f in functions if f.name == "write"]
    for word in ("_TEMPLATE", "typst", "write_new", "screening", "stop_rule"):
        using = [f.name for f in functions if word in ast.dump(f)]
        assert using == ["write"], word
    assert ast.dump(write).index("_check") < ast.dump(write).index("Compiler")
    for file in PACKAGE.rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        if file.parent.name != "handout":
            assert "page.typ" not in code, file
            inner = r"handout\.(plain_words|body_limits|write|entries)"
            assert not re.search(rf"{inner}|handout import (?!notices, write)", code), file
    own = ("write.py", "visit_sheet.py")  # the sheet of a visit is a page of its own
    others = [f for f in (PACKAGE / "handout").glob("*.py") if f.name not in own]
    assert not any("typst" in f.read_text(encoding="utf-8") for f in others)


def test_no_report_tells_anyone_to_do_the_exercise():
    for book in place("notebooks").glob("*.ipynb"):
        assert "handout" not in book.read_text(encoding="utf-8"), book.name


# Flesch and Kincaid's grade (Kincaid et al. 1975): years of school in the USA; twelve years old is
# grade 6 to 7.
GRADE = 7


@pytest.mark.parametrize("line", EACH)
def test_it_is_read_at_about_twelve(line):
    parts = plain_words.parts(parse(line), "Jo Smith")
    lines = [*SAFE, *(said for part in parts for said in (part.heading, *part.lines))]
    whole = " ".join(said.rstrip(";:.") + "." for said in lines)
    assert textstat.flesch_kincaid_grade(whole) <= GRADE
    learned = "Participants undertake supervised progressive resistance exercise of hip flexors."
    assert textstat.flesch_kincaid_grade(learned) > 2 * GRADE, "the measure tells words apart"
    longest = max(len(re.findall(r"\w+", one)) for one in re.split(r"[.:]\s", whole))
    assert longest <= 20


def test_the_leg_lever_in_words():
    parts = {part.heading: part.lines for part in plain_words.parts(parse(LEG), "Jo Smith")}
    assert parts["How to do it"][0] == (
        "Lie on your back on a firm bench about 45 cm high, with your hips at the edge."
    )
    assert parts["How to do it"][3] == (
        "Start with your leg 10 degrees above level. Then let it down. Take 2 seconds to go down. "
        "Wait for 2 seconds at the bottom. Take 3 seconds to come up to where you started."
    )
    assert parts["How much"] == (
        "10 reps in a row make a set.",
        "Do 3 sets on each side. Rest 1 minute between sets.",
        "Do this on 3 days a week, for 12 weeks.",
        "In weeks 1 to 3, use no weight.",
        LEFT,
    )
    all_of_it = " ".join(line for lines in parts.values() for line in lines)
    for said in ("Do not let your low back arch.", "Brace your belly.", "Do not swing.",
                 "10 degrees past the line of your body"):  # fmt: skip
        assert said in all_of_it


def test_the_trunk_lever_and_a_stretch_in_words():
    both = parse(f"{TRUNK}; {STRETCH.replace(' x 12 wk', ', rest 5 s')}")
    parts = {part.heading: part.lines for part in plain_words.parts(both, "Jo Smith")}
    assert parts["How to do it"][-1] == (
        "Stop 30 degrees before your body is in line with your thigh. Move slowly. Do not swing."
    )
    assert parts["How much"] == (
        "8 reps in a row make a set.",
        "Do 2 sets on the left side only. Rest 1 minute between sets.",
        "Do this on 2 days a week, for 8 weeks.",
        "Use 5 kg on your chest.",
    )
    assert parts["Stretch"][4:] == (
        "Hold it for 30 seconds, 4 times on each side. Rest 5 seconds after each.",
        "Do this every day, for 8 weeks.",
        "Did Jo Smith show you another stretch? Then do that one.",
    )


def test_the_stretch_has_steps_and_a_picture_unless_the_physio_has_own_words(tmp_path):
    (part,) = plain_words.parts(parse(STRETCH), "Jo Smith")
    assert part.numbered
    assert part.lines[0].startswith("Kneel on one knee")
    assert "kneels on one knee" in part.picture["alt"]
    reader = pypdf.PdfReader(written(tmp_path, STRETCH))
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert alts == [part.picture["alt"]]
    own = protocol.from_dict(parse(STRETCH).model_dump() | {"cert": {"exercises": "a lunge"}}, "x")
    (part,) = plain_words.parts(own, "Jo Smith")
    assert part.picture is None
    assert not any("neel" in line for line in part.lines)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("leg-lever 3x10, left only", "Put your right foot flat on the floor. Your left leg"),
        ("leg-lever 3x10, right only", "Put your left foot flat on the floor. Your right leg"),
        ("leg-lever 3x10", "Put one foot flat on the floor. The other leg is straight and hangs"),
        ("trunk-lever 3x10 @bodyweight, left only", "Have your left foot held fast to the floor."),
        ("trunk-lever 3x10, right only", "Rest your left foot on the floor."),
        ("trunk-lever 3x10", "The hip of that leg does the work. Rest the other foot"),
        ("leg-lever 3x10, support 20 cm", "Your shoulders are then 20 cm higher than your hips."),
        ("leg-lever 3x10, support 20 cm", "on a firm bench about 50 cm high"),
        (
            "trunk-lever 3x10, support 20 cm",
            "Raise the seat by 20 cm with a firm, flat block that cannot slip.",
        ),
        ("leg-lever 3x10, support 20 cm", "Raise the head end with a firm wedge."),
        ("leg-lever 3x10, support 20 cm", "Hold the sides of the bench so that you do not slide."),
    ],
)
def test_which_foot_and_how_high_are_said(line, wanted):
    (steps, *_) = plain_words.parts(parse(f"hip-flexor {line}, 3/wk x 12 wk"), "Jo Smith")
    assert wanted in " ".join(steps.lines)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("hip-flexor 3x10, support 40 cm", "10 deg is 34 cm, for a runner 1.76 m tall"),
        ("hip-flexor 3x10, support 36.5 cm", "the other foot is no longer flat on the floor"),
        ("hip-flexor 3x10, range 0 to 20 deg, support 30 cm", "an end of 20 deg is 17 cm"),
        ("hip-flexor 3x10, range 0 to 40 deg", "The largest end that can be handed out is 30 deg"),
        ("hip-flexor trunk-lever 3x10, range 0 to 40 deg", "does not go further back than about"),
        ("hip-flexor 3x10, range 9.9 to 10 deg", "a way shorter than 5 degrees"),
        (
            "hip-flexor 3x10, lower 0.001 s",
            "less than 1 s is a swing, and the page says to move slowly",
        ),
        ("hip-flexor 3x10, support 0.2 cm", "less than 1 cm"),
        ("hip-flexor 3x10 @0.001 kg", "less than 0.25 kg"),
        ("stretch 4x0.001 s", "Write 1 s or more."),
    ],
)
def test_what_no_person_can_do_is_refused(line, wanted, tmp_path):
    arm = parse(f"{line}, 3/wk x 12 wk")
    with pytest.raises(UsageProblems) as caught:
        written(tmp_path, arm)
    assert len(caught.value.problems) == 1
    assert wanted in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ({"sore_limit_nrs": 10.0}, "soreness of 7 or more out of 10 is severe"),
        ({"step_kg": 0.001}, "less than 0.25 kg"),
        ({"support_step_cm": 0.01}, "less than 1 cm"),
    ],
)
def test_rules_that_no_person_can_follow_are_refused(rules, wanted, tmp_path):
    with pytest.raises(UsageProblems, match=wanted):
        written(tmp_path, with_rules(**rules))


def test_a_lever_that_the_rules_change_to_is_possible_as_well(tmp_path):
    high = "hip-flexor trunk-lever 3x10, support 40 cm"
    written(tmp_path, with_rules(high))
    with pytest.raises(UsageProblems, match="an end of 10 deg is 34 cm"):
        written(tmp_path, with_rules(high, lever="leg-lever"))


def test_numbers_are_rounded_for_a_person_and_the_clinician_is_told():
    arm = parse(
        "hip-flexor 3x10 @5.04 kg, lower 2.4 s, range -10.4 to -0.3 deg, support 19.7 cm, "
        "3/wk x 12 wk; stretch 4x30.2 s daily"
    )
    said = " ".join(
        line for part in plain_words.parts(feasibility.printed(arm), "Jo") for line in part.lines
    )
    for wanted in ("Take 2.5 seconds", "your leg is in line", "are then 20 cm higher", "Use 5 kg",
                   "Hold it for 30 seconds"):  # fmt: skip
        assert wanted in said
    assert not re.search(r"\d\.\d", said.replace("2.5 seconds", ""))
    told = " ".join(handout.notices(arm))
    for wanted in ("lower_s: the page says 2.5 s, the prescription has 2.4 s",
                   "trained_to_ext_deg: the page says 0 deg, the prescription has −0.3 deg",
                   "load: the page says 5 kg, the prescription has 5.04 kg"):  # fmt: skip
        assert wanted in told
    assert not [line for line in handout.notices(parse(LEG)) if "the page says" in line]


def test_it_carries_the_therapists_own_rule_and_stretch():
    arm = protocol.from_dict(
        parse(f"{LEG}; {STRETCH}").model_dump()
        | {"cert": {"progression_rule": "1 kg more each week", "exercises": "a lunge"}},
        "x",
    )
    parts = {part.heading: part.lines for part in plain_words.parts(arm, "Jo Smith")}
    assert parts["To go on"][:2] == (
        STOP_FIRST,
        "The rule of Jo Smith: 1 kg more each week",
    )
    assert parts["Stretch"][0] == "From Jo Smith: a lunge"


def lines(line, heading):
    parts = plain_words.parts(parse(line), "Jo Smith")
    return " ".join(next(part.lines for part in parts if part.heading == heading))


def pictures(line):
    return plain_words.pictures(plain_words.work_facts(parse(line), "Jo Smith"))


@pytest.mark.parametrize("lever", ["leg-lever", "trunk-lever"])
@pytest.mark.parametrize("ends", [(-60, -30), (-60, -10), (-30, 0), (-10, 10), (0, 20), (10, 30)])
@pytest.mark.parametrize("support", [0, 10, 30, 40])
def test_what_is_called_easier_asks_for_less_all_along_the_way(lever, ends, support):
    """Peak and mean of the relative load over the whole way, found here angle by angle."""
    values, people = parameters.central(), cohort.draw(40, seed=0)
    start = baseline.draw(people, "weak", values, seed=0)

    def loads(work):
        angles = np.linspace(work.trained_from_ext_deg, work.trained_to_ext_deg, 33)
        at = [work.model_copy(update={"trained_to_ext_deg": float(angle)}) for angle in angles]
        shares = [intensity.intensity(one, people, start, values, 0).mean() for one in at]
        return np.array([max(shares), np.mean(shares)])

    line = (
        f"hip-flexor {lever} 3x10 @bodyweight, range {ends[0]} to {ends[1]} deg, "
        f"support {support} cm, 3/wk x 12 wk"
    )
    work = parse(line).strength
    if feasibility.problems(parse(line)):
        return
    ways = body_limits.easier_ways(work)
    for one in ways.values():
        assert (loads(one) <= 0.955 * loads(work)).all()
    said = lines(line, "To make it easier")
    assert ("aise the" in said) == ("support" in ways)
    assert lever == "leg-lever" or "support" not in ways, "the angle of the start would be wrong"
    assert ("not go as far" in said) == ("shorter" in ways)
    assert "ake weight off" not in said
    if "support" in ways:
        light = ways["support"]
        assert light.support_height_cm - support in (5, 10, 15, 20)
        assert light.support_height_cm <= body_limits.setup_of(work).largest_support_cm
        assert body_limits.setup_of(light).possible
        assert f" {light.support_height_cm:g} cm" in said
        one_bench = [body_limits.setup_of(each).bench_cm for each in (work, light)]
        assert len(set(one_bench)) == 1
    assert len(pictures(line)) == 1 + bool(ways)
    if ways:
        name, drawn = body_limits.easiest_way(work)
        assert drawn == ways[name], "one change, as the text says"


def test_a_support_that_hardly_helps_over_the_whole_way_is_not_offered():
    """From 60 degrees before neutral a raised trunk brings the leg nearer to level: more torque."""
    line = "hip-flexor 3x10 leg-lever @bodyweight, range -60 to -10 deg, 3/wk x 12 wk"
    assert "Raise" not in lines(line, "To make it easier")
    assert lines(line, "To make it easier").startswith("Do not go as far")
    assert all("head end is raised" not in one["alt"] for one in pictures(line))


def test_no_easier_way_needs_another_bench():
    """Raised by 20 cm to 34 cm, the leg needs a bench of 71 cm in place of 60."""
    for support in range(0, 31, 5):
        line = f"hip-flexor 3x10 @bodyweight, support {support} cm, 3/wk x 12 wk"
        assert "bench is then" not in lines(line, "To make it easier")
        way = body_limits.easier_ways(parse(line).strength).get("support")
        if way:
            benches = [body_limits.setup_of(one).bench_cm for one in (parse(line).strength, way)]
            assert benches[0] == benches[1]


@pytest.mark.parametrize(
    ("line", "rule", "mend"),
    [
        ("3x10 @25 kg", "asks for 208 %", "possible here is 9 kg, in steps of 0.5 kg."),
        ("trunk-lever 3x10 @5 kg, range -33 to -13 deg", "what runners can hold",
         "No weight is possible here: leave the weight out, or take a smaller end of range."),
        ("trunk-lever 3x10", "before any weight is added",
         "With an end of 10 deg the smallest support that would do is 31 cm."),
        ("trunk-lever 3x10 @12 kg, range -60 to -30 deg", "what", "possible here is 8.5 kg"),
        ("trunk-lever 3x10 @bodyweight, range 0 to 30 deg", "nearer to the floor than 20 cm",
         "The largest end with a support of 0 cm is 20 deg"),
    ],
)  # fmt: skip
def test_a_load_above_capacity_and_a_head_near_the_floor_are_refused(line, rule, mend, tmp_path):
    with pytest.raises(UsageProblems) as caught:
        written(tmp_path, f"hip-flexor {line}, 3/wk x 12 wk")
    (problem,) = caught.value.problems
    assert rule in str(problem)
    assert mend in str(problem)


@pytest.mark.parametrize("report", [CompareSettings, DoseSettings])
@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ("3x10 @25 kg", True),
        ("trunk-lever 3x10 @12 kg, range -60 to -30 deg", True),
        ("3x10, range 0 to 35 deg", False),
        ("3x10, support 38 cm", False),
        ("trunk-lever 3x10 @bodyweight", False),
        ("3x10, range -10 to -7 deg", False),
    ],
)
def test_of_what_the_page_refuses_reports_refuse_the_weight_alone_as_is_written(
    report, line, is_refused
):
    line = f"hip-flexor {line}, 3/wk x 12 wk"
    assert feasibility.problems(parse(line))
    name = "protocol" if report is DoseSettings else "protocols"
    given = {name: line if report is DoseSettings else f"stretch_only | {line}"}
    found = ProblemCollection()
    settings = report.check(given)
    found.attempt(settings.base if report is DoseSettings else settings.design)
    if is_refused:
        with pytest.raises(UsageProblems, match="what runners can hold"):
            found.raise_all()
    else:
        found.raise_all()
    page = documentation.text(documentation.ROOT / "docs" / "handout.md")
    assert "A weight above what runners can hold is refused by `report compare` and" in page


def test_the_largest_weight_is_the_largest():
    for way in ("3x10 {}", "trunk-lever 3x10 {}, range -60 to -30 deg"):
        line = f"hip-flexor {way}, 3/wk x 12 wk"
        work = parse(line.format("@bodyweight")).strength
        most = capacity.heaviest_kg(work)
        assert capacity.peak_load(work, most) <= 1 < capacity.peak_load(work, most + 0.5)
        assert not feasibility.problems(parse(line.format(f"@{most:g} kg")))
        assert feasibility.problems(parse(line.format(f"@{most + 0.5:g} kg")))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("3x10, range 0 to 10 deg", "Start with your leg level with the bench."),
        ("3x10, range -10 to 10 deg", "Start with your leg 10 degrees above level."),
        ("3x10, range 5 to 20 deg", "Start with your leg 5 degrees below level."),
        ("3x10, range -90 to 10 deg", "Start with your leg upright."),
        ("3x10, range -100 to 10 deg", "Start with your leg 10 degrees past upright."),
        ("trunk-lever 3x10, range -90 to -60 deg", "Start with your body upright."),
        ("trunk-lever 3x10, range -40 to -20 deg", "Start with your body 40 degrees above level."),
        ("trunk-lever 3x10, range 0 to 10 deg", "Start with your body level, like a table top."),
    ],
)
def test_where_a_repetition_starts_and_ends_is_said(line, wanted):
    said = lines(f"hip-flexor {line}, 3/wk x 12 wk", "How to do it")
    assert wanted in said
    assert "to come up to where you started." in said


def test_the_mat_is_an_instruction():
    said = lines(TRUNK, "How to do it")
    assert "Clear the floor behind you and lay a thick mat there." in said
    assert "Nothing is behind you" not in said


def test_another_lever_takes_another_page_and_no_step_is_taken_before():
    arm = with_rules(lever="trunk-lever", support_step_cm=5.0)
    parts = {part.heading: " ".join(part.lines) for part in plain_words.parts(arm, "Jo Smith")}
    on = parts["To go on"]
    assert "If you can do 12 reps in all sets, ask Jo Smith for a new page." in on
    assert "sore above 4 out of 10, wait a week before you ask." in on
    assert "If it is pain in the groin or at the front of the hip, do not go by this" in on
    for never in ("kg", "one a week", "step"):
        assert never not in on
    assert "Use no weight." in parts["How much"]
    assert "sends the runner to you for a new one" in " ".join(handout.notices(arm))


@pytest.mark.parametrize("load", ["@bodyweight", "@near-failure", "@5 kg"])
@pytest.mark.parametrize("support", [0, 20, 25])
def test_body_weight_above_capacity_is_refused_with_what_would_do(load, support, tmp_path):
    """Whatever the load and the rules; what the message names can be handed out."""
    line = "hip-flexor trunk-lever 3x10 {}, range -10 to {} deg, support {} cm, 3/wk x 12 wk"
    asked = parse(line.format(load, 10, support))
    with pytest.raises(UsageProblems) as caught:
        written(tmp_path, asked)
    (problem,) = caught.value.problems
    assert "before any weight is added" in str(problem)
    assert "@bodyweight" not in str(problem)
    for pattern, field, worse in (
        (r"largest end that would do is (-?\d+) deg", "trained_to_ext_deg", 1),
        (r"smallest support that would do is (\d+) cm", "support_height_cm", -1),
    ):
        if match := re.search(pattern, str(problem)):
            for value, does in ((int(match[1]), True), (int(match[1]) + worse, False)):
                work = asked.strength.model_copy(update={field: float(value), "load": "unloaded"})
                arm = asked.model_copy(update={"strength": work})
                assert (feasibility.problems(arm) == []) == does
    assert "smallest support" in str(problem)
    assert ("largest end" in str(problem)) == (support > 0)


def test_rules_are_no_leave_for_body_weight_above_capacity(tmp_path):
    with pytest.raises(UsageProblems, match="before any weight is added"):
        written(tmp_path, with_rules("hip-flexor trunk-lever 3x10"))
    neither = "hip-flexor trunk-lever 3x10 @bodyweight, range 20 to 25 deg"
    with pytest.raises(UsageProblems, match="Neither a smaller end nor a higher support"):
        written(tmp_path, f"{neither}, support 20 cm, 3/wk x 12 wk")


@pytest.mark.parametrize(
    "way",
    ["3x10 @{} kg", "trunk-lever 3x10 @{} kg, range -60 to -30 deg"],
)
def test_a_load_near_capacity_is_a_notice(way):
    for weight in np.arange(0.5, 9, 0.5):
        arm = parse(f"hip-flexor {way.format(weight)}, 3/wk x 12 wk")
        share = capacity.peak_load(arm.strength, weight)
        said = " ".join(handout.notices(arm))
        wanted = (
            f"This asks for about {100 * share:.0f} % of what the model's average runner can hold "
            "once; many could not do this."
        )
        assert (wanted in said) == (share >= 0.85)
        assert ("many could not" in said) == (share >= 0.85)


def test_the_weight_is_chosen_and_kept_with_the_physio():
    line = "hip-flexor 3x10{}, 3/wk x 12 wk"
    assert "Choose it with Jo Smith" in lines(line.format(""), "How much")
    keep = "Keep this weight until you have asked Jo Smith."
    assert lines(line.format(""), "To go on") == keep
    fixed = line.format(" @5 kg")
    assert lines(fixed, "To go on") == "Keep to 5 kg until you have asked Jo Smith."
    none = line.format(" @bodyweight")
    assert lines(none, "To go on") == "Do not add more by yourself. Ask Jo Smith first."


def test_easier_fits_what_is_said_before():
    """Weight comes off only when there is some, and fewer reps are fewer than the set has."""
    assert "From week 4 on, take weight off." in lines(LEG, "To make it easier")
    always = LEG.replace("first 3 wk @bodyweight, ", "")
    assert "Take weight off." in lines(always, "To make it easier")
    said = {part.heading: part.lines for part in plain_words.parts(with_rules(), "Jo Smith")}
    easier = said["To make it easier"]
    assert "When you use a weight, take some off." in easier
    assert "Or do fewer reps than that: under 8 in a set." in easier
    assert "Or do fewer reps." in lines(LEG, "To make it easier")


def test_the_note_of_the_prescription_is_printed_with_the_other(tmp_path):
    line = f"{STRETCH}; note 'Mind the left knee.'"
    said = text(written(tmp_path, line, note="See you in May."))
    assert "Note: Mind the left knee." in said
    assert "Note: See you in May." in said
    bad = parse(STRETCH).model_copy(update={"note": "李"})
    with pytest.raises(UsageProblems, match="prescription, note"):
        handout.write(bad, tmp_path / "x.pdf", physio="Jo Smith", confirmed=True)


def test_the_picture_says_from_when_the_weight_is_used():
    assert pictures(LEG)[0]["caption"].endswith("(grey box: a weight, from week 4)")
    assert pictures(LEG.replace("first 3 wk @bodyweight, ", ""))[0]["caption"].endswith("a weight)")
    assert "box" not in pictures(LEG.replace("first 3 wk", "first 12 wk"))[0]["caption"]


def test_a_telephone_is_missed_on_the_terminal():
    assert "--phone" in " ".join(handout.notices(parse(LEG)))
    assert "--phone" not in " ".join(handout.notices(parse(LEG), phone="0123"))


def test_every_sentence_is_reached_and_without_a_fault():
    for words, made in ((plain_words.WORDS, of_page), (plain_words.REFUSALS, of_refusals)):
        assert unrendered("hipstudy.handout", words.report, list(made())) == []
        for passage, facts in made():
            assert faults(words(passage, facts)) == [], passage


def test_rules_of_progression_are_said_as_they_are_followed():
    base = parse("hip-flexor 3x10, first 6 wk @bodyweight, 3/wk x 6 wk").model_dump()
    rules = {"reps_low": 8, "reps_top": 12, "support_step_cm": 10.0, "lever": "leg-lever"}
    rules |= {"sore_limit_nrs": 4.0, "step_kg": 1.0, "max_kg": 10.0}

    def said(unloaded_weeks, weeks, support=0.0):
        own = {"progression": rules, "load": "near-failure", "unloaded_weeks": unloaded_weeks}
        work = base["strength"] | own | {"support_height_cm": support}
        arm = protocol.from_dict(base | {"weeks": weeks, "strength": work}, "x")
        parts = {part.heading: part.lines for part in plain_words.parts(arm, "Jo Smith")}
        return " ".join(parts["How much"]), " ".join(parts["To go on"])

    much, on = said(6, 6)
    assert "8 to 12 reps in a row make a set." in much
    assert "Use no weight." in much
    assert "Add no weight." in on
    assert "kg" not in on
    assert "change to the other way" not in on, "the lever is that one already"
    assert "lower the" not in on, "it is at its lowest"
    assert on.startswith("The box “When to stop” always comes first.")
    much, on = said(2, 6, 20.0)
    assert "Use no weight in the first 2 weeks." in much
    assert "First, lower the head end by 10 cm" in on
    assert "Only then, and from week 3 on, add" in on


def test_going_on_does_not_contradict_when_to_stop():
    """Soreness is no leave to go on with pain at the front of the hip, and severe soreness none."""
    for limit, wanted in ((4.5, "sore above 4 out of 10"), (0.0, "sore at all")):
        arm = feasibility.printed(with_rules(sore_limit_nrs=limit))
        on = {part.heading: part.lines for part in plain_words.parts(arm, "Jo Smith")}["To go on"]
        assert on[0] == STOP_FIRST
        at = next(i for i, line in enumerate(on) if wanted in line)
        assert on[at].endswith("take no step that week.")
        assert on[at + 1] == (
            "If it is pain in the groin or at the front of the hip, do not go by this: go by “When "
            "to stop”."
        )


def test_name_clinic_and_telephone_are_on_the_page_and_the_runner_nowhere_else(tmp_path):
    path = written(
        tmp_path, runner="Ada Byron", clinic="Hill Clinic", phone="+44 20 7946 0000",
    )  # fmt: skip
    said = text(path)
    assert "For Ada Byron" in said
    assert "From Jo Smith, physio · Hill Clinic · Telephone +44 20 7946 0000" in said
    assert "Telephone: +44 20 7946 0000" in said, "in the box as well"
    assert "For Ada Byron" in diary(path)[0]
    reader = pypdf.PdfReader(path)
    inside = f"{reader.metadata} {reader.trailer['/Root']['/Metadata'].get_data()}"
    assert "Ada" not in inside
    assert [file.name for file in tmp_path.iterdir()] == ["handout.pdf"]
    for runner in ("Ada\nByron", "Ada " * 20, "Ada 李"):
        with pytest.raises(UsageProblems) as caught:
            written(tmp_path, runner=runner)
        assert "runner: " in str(caught.value)
        assert "Ada" not in str(caught.value)
    with pytest.raises(UsageProblems, match="at least 3 digits"):
        written(tmp_path, phone="call us")


def picture(path, kind, size=(300, 100)):
    from PIL import Image

    Image.new("RGB", size, "#0a7").save(path, kind)
    return path


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20" '
    'fill="#0a7"/></svg>'
)


@pytest.mark.parametrize("kind", ["png", "jpeg", "svg"])
def test_a_logo_is_on_the_page_with_its_words_and_stays_as_it_was(kind, tmp_path):
    logo = tmp_path / f"logo.{kind}"
    logo.write_text(SVG, encoding="utf-8") if kind == "svg" else picture(logo, kind)
    before = logo.read_bytes()
    reader = pypdf.PdfReader(written(tmp_path, logo=logo, clinic="Hill Clinic"))
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert "Logo of Hill Clinic" in alts
    assert logo.read_bytes() == before


def test_another_file_is_no_logo(tmp_path):
    bad = {name: tmp_path / name for name in ("a.gif", "big.svg", "cut.png", "wide.png", "b.svg")}
    picture(bad["a.gif"], "gif")
    bad["big.svg"].write_text(SVG + " " * 1_000_000, encoding="utf-8")
    bad["cut.png"].write_bytes(picture(tmp_path / "whole.png", "png").read_bytes()[:60])
    picture(bad["wide.png"], "png", (5000, 10))
    bad["b.svg"].write_text("<svg", encoding="utf-8")
    bad["none.png"] = tmp_path / "none.png"
    rules = ("none of PNG, JPEG and SVG", "at most 1 MB", "this picture is broken",
             "at most 4000 pixels a side", "cannot be printed", "cannot be read")  # fmt: skip
    for (name, path), rule in zip(bad.items(), rules, strict=True):
        with pytest.raises(UsageProblems, match=rule) as caught:
            written(tmp_path, logo=path)
        assert "logo: " in str(caught.value), name
    assert not (tmp_path / "handout.pdf").exists()


@pytest.mark.parametrize(
    ("line", "weeks", "pages"),
    [(LEG, 12, 1), (f"{LEG}; {STRETCH}", 12, 1), ("stretch 4x30 s, 21/wk x 104 wk", 104, 13)],
)
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_the_diary_has_a_line_a_week_on_pages_of_its_own(line, weeks, pages, paper, tmp_path):
    said = diary(written(tmp_path, line, paper=paper))
    assert len(said) == pages
    assert [int(week) for page in said for week in re.findall(r"Week (\d+)", page)] == [
        *range(1, weeks + 1)
    ]
    for page in said:
        assert "Soreness, 0 to 10" in page
        assert "“When to stop”, on the first page, always comes first." in page


def test_the_diary_has_a_box_a_session():
    arm = parse("hip-flexor 3x10, 2/wk x 12 wk; stretch 4x30 s daily")
    assert _diary(arm)["columns"] == [
        {"head": "Exercise", "boxes": 2},
        {"head": "Stretch", "boxes": 7},
    ]


@pytest.mark.parametrize("name", ["李小龙", "محمد علي"])
def test_a_name_that_cannot_be_printed_is_refused(name, tmp_path):
    with pytest.raises(UsageProblems) as caught:
        handout.write(parse(LEG), tmp_path / "x.pdf", physio=name, confirmed=True)
    assert "the page would show squares. Write it in Latin letters." in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_it_recommends_and_promises_nothing(tmp_path):
    said = text(written(tmp_path, f"{LEG}; {STRETCH}"))
    assert "This is the plan of Jo Smith. It is not known if it will help you." in said
    assert "does not advise or promise anything" in said
    assert not re.search(r"recommend|you should|cure|proven|best|weak(?!s)\b", said, re.I)


@pytest.mark.parametrize("where", ["physio", "note"])
def test_what_is_typed_is_text_and_never_markup(where, tmp_path):
    for at in range(0, len(NASTY), 50):
        piece = NASTY[at : at + 50] + " ab"
        path = handout.write(
            parse(STRETCH), tmp_path / f"{at}.pdf",
            **({"physio": "Jo Smith", "confirmed": True} | {where: piece}),
        )  # fmt: skip
        assert close(piece) in close(text(path))


def test_the_longest_there_is_fits_and_what_does_not_is_said(tmp_path, monkeypatch):
    arm = protocol.from_dict(
        parse(f"{LEG.replace('3x10', 'trunk-lever 3x10, support 40 cm')}; {STRETCH}").model_dump()
        | {
            "note": "Wide " * 40,
            "cert": {"progression_rule": "Wide " * 60, "exercises": "Wide " * 60},
        },
        "x",
    )
    for paper in ("a4", "us-letter"):
        long = {"runner": "W" * 60, "clinic": "W" * 60, "phone": "0123456789" * 4}
        written(tmp_path, arm, paper=paper, physio="W" * 60, note="Wide " * 40, **long)
        (tmp_path / "handout.pdf").unlink()
    long = replace(plain_words.screening(), lines=plain_words.screening().lines * 12)
    monkeypatch.setattr(plain_words, "screening", lambda _: long)
    with pytest.raises(UsageProblems, match="does not fit on two pages"):
        written(tmp_path, arm)
    assert list(tmp_path.iterdir()) == []


def test_it_is_tagged_as_the_reports_are(tmp_path):
    reader = pypdf.PdfReader(written(tmp_path, f"{LEG}; {STRETCH}"))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Your exercise plan"
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    tags = [tag for tag, _ in structure(reader)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 2 + 5 + 1  # safety's two, the five parts, and the diary
    assert tags.index("/L") < tags.index("/Figure"), "safety comes first, for the ear as well"
    alts = [str(node["/Alt"]) for tag, node in structure(reader) if tag == "/Figure"]
    assert len([alt for alt in alts if "lies on a bench" in alt]) == 1


def test_the_drawing_is_made_of_lines_and_differs_by_lever():
    short = "hip-flexor 3x10, range -60 to -10 deg, 3/wk x 12 wk"
    found = [pictures(line) for line in (short, TRUNK)]
    drawn = [one["svg"] for both in found for one in both]
    assert len(set(drawn)) == 4
    assert not any("<image" in svg or base64.b64encode(b"\x89PNG").decode() in svg for svg in drawn)
    assert "sits" in found[1][0]["alt"]


def test_same_bytes_for_the_same_words(tmp_path):
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(written(tmp_path / name, TRUNK, report_date="2026-01-31").read_bytes())
    assert made[0] == made[1]
    assert pypdf.PdfReader(tmp_path / "one" / "handout.pdf").metadata.creation_date.year == 2026
