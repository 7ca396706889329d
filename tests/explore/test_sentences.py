"""Every sentence of the explorer: reached, without a fault, its numbers as the library's."""

import json
import re

import pytest
from browsing import browser  # noqa: F401 - a fixture
from grammar import faults
from hypothesis import given, settings
from hypothesis import strategies as st
from template_branches import unrendered

from hipstudy.explore import front_end, outcome_words
from hipstudy.explore.page_data import outcome_facts
from hipstudy.explore.state import OUTCOMES
from hipstudy.labels import format_number, percent
from hipstudy.prescription.protocol import preset

MOST_WORDS = 25
WORK = preset("strength_only").strength
FIXED = {"work": WORK, "unloaded_weeks": 2, "has_stretch": True, "weeks_a": 12, "weeks_b": 12,
         "weeks": 12, "contacts": [("A", 0.0), ("B", 0.0)]}  # fmt: skip
MODEL = {"sessions_done": 0.7, "is_adherence_set": True, "start_rom_deg": -12.3, "is_rom_set": True,
         "seed": 3, "n_draws": 9}  # fmt: skip


def renderings():
    for drawn in (True, False):
        yield "file_runners", {"is_drawn": drawn, "weeks": 12}
    other = WORK.model_copy(update={"sides": "left", "support_height_cm": 20.0})
    contacts = [("A", 5.0), ("B", 1.0)]
    yield "file_fixed", FIXED
    yield "file_fixed", FIXED | {"work": other, "unloaded_weeks": 0, "has_stretch": False}
    yield "file_fixed", FIXED | {"weeks_a": 6, "contacts": contacts}
    for setting in (True, False):
        yield "file_model", MODEL | {"is_adherence_set": setting, "is_rom_set": setting}
    yield "file_grid", {"n_doses": 9, "sets": "0 to 6", "sessions": "1 to 5", "loads": "5 kg",
                        "minutes": "0, 5, 10", "n_between": 20}  # fmt: skip
    yield "file_basis", {"basis": "A number.", "closing": "Harms."}
    yield "access_too_long", 8000
    yield "live_mistake", 500
    yield "report_not_begun", "no room"
    yield "report_ready", {"folder": "explore-1", "n_draws_report": 200, "n_draws_page": 50}
    plain = (
        "not_advice file_title file_error_caption live_title live_wrong_link live_cohort_problems "
        "live_nothing_modelled live_no_page report_failed report_cohort_changed report_is_running "
        "report_starts report_without_word access_again access_turned_away access_already_used "
        "access_from_elsewhere access_no_word"
    )
    for name in plain.split():
        yield name, None


def test_every_sentence_around_the_page_is_reached_and_without_a_fault():
    assert unrendered("hipstudy.explore", "explorer", list(renderings())) == []
    for passage, facts in renderings():
        said = outcome_words.WORDS(passage, facts)
        said = re.sub(r"<code>.*?</code>", "hipstudy", said)  # what is typed is no prose
        assert faults(said) == [], passage


# The page's own sentences are made by its script, in a browser.

SCRIPT = "(() => { {script}\nwindow.explorer = { speaker, number, percent, interval }; })();"


@pytest.fixture(scope="module")
def speaker(browser):  # noqa: F811
    page = browser.new_page()
    page.add_script_tag(content=SCRIPT.replace("{script}", front_end.script()))
    words = front_end.word_table()
    facts = {
        "words": {name: text for name, text in words.items() if isinstance(text, str)},
        "n_runners": 200,
        "n_draws": 50,
        "much_min_wk": 60,
    }
    page.evaluate("(page) => { window.speak = explorer.speaker(page); }", facts)
    yield page
    page.close()


def written(page, call, values):
    return page.evaluate(f"(all) => all.map(({call}))", values)


@settings(max_examples=6)
@given(st.lists(st.tuples(st.floats(-200, 200), st.integers(0, 3)), min_size=80, max_size=80))
def test_numbers_are_written_as_the_library_writes_them(speaker, numbers):
    pairs = [*map(list, numbers), [0.145, 2], [-0.001, 2], [12.5, 0], [-0.5, 0], [1e-7, 2], [0, 1]]
    found = written(speaker, "([value, digits]) => explorer.number(value, digits)", pairs)
    assert found == [format_number(float(value), digits) for value, digits in pairs]


def test_shares_near_none_and_all_are_not_said_to_be_them(speaker):
    shares = [0, 0.004, 0.005, 0.145, 0.5, 0.994, 0.995, 0.996, 1, 0.125, 0.375]
    found = written(speaker, "(share) => explorer.percent(share)", shares)
    assert [one.replace("\xa0", " ") for one in found] == [percent(share) for share in shares]


def band(mean, half=0.2):
    return {"mean": mean, "low": mean - half, "high": mean + half}


def arm(label, both):
    return {"label": label, "minutes": {"strength": both / 2, "stretch": both / 2, "both": both}}


def states():
    """Facts that reach every branch of every sentence."""
    causes = ["End-range torque", "Short tissue", "Guarding", "None of these"]
    taken = {"cause": "weakness at end range"}
    for outcome in OUTCOMES:
        about = outcome_facts(outcome)
        for mean, half, margin_of in (
            (0.0, 0.2, 0), (-0.06, 0.1, 0), (0.3, 0.4, 0.5), (-0.8, 0.1, 1), (0.004, 0.001, 1)
        ):  # fmt: skip
            rows = [
                {"label": c, **taken, **band(mean + i * 0.1, half)} for i, c in enumerate(causes)
            ]
            if mean == 0.0:
                rows = [{"label": c, **taken, **band(0.0, half)} for c in causes]
            line = [
                {"week": week, "level": band(4.0 + week, 0.3), **band(-week * 0.1)}
                for week in (0, 1)
            ]
            still = [{"week": week, "level": band(0.0, 0.0), **band(0.0)} for week in (0, 1)]
            found = {
                "about": about, "last": 1 if mean == 0.0 else 12, "mixed": band(mean, half),
                "differences": [*rows, {"label": "Mix", **band(mean, half)}],
                "lines": {"a": line, "b": line, "none": line},
                "felt": [{"lines": {"a": line, "b": still}}],
            }  # fmt: skip
            if about["is_primary"]:
                found["cost"] = {"discomfort": band(mean), "soreness": band(0.0, 0.0)}
                found["outside"] = None if mean == 0.0 else {
                    "first": "strength work", "second": "stretching", "estimate": -0.38,
                    "low": -1.34, "high": 0.59, "k": 10, "n_nulls": 0 if mean > 0 else 6,
                    "n_tightness": 0, "n_runners": 1,
                }  # fmt: skip
                found["even"] = [
                    {"margin": 0, "share": 0, "low": 0, "high": 0, "never": 0},
                    {"margin": 0, "share": 0.2, "low": 0.1, "high": "inf", "never": 0.1},
                    {"margin": 0.5, "share": 0.2, "low": 0.1, "high": 0.4, "never": 0},
                    {"margin": 1, "share": "inf", "low": "inf", "high": "inf", "never": 1},
                ]
            for minutes in (64, 28, 70, 0):
                arms = {"a": arm("Stretch only", 0 if minutes == 0 else 64),
                        "b": arm("Strength plus stretch", minutes)}  # fmt: skip
                weights = {64: [1, 1, 1, 1], 28: [1, 0, 0, 0]}.get(minutes, [3, 1, 1, 1])
                shared = {
                    "sessions_done": [0.6, 0.5, 0.7],
                    "adherence": 0.7 if mean else None,
                    "told_weeks": [0, 1],
                }
                yield {"found": found, "arms": arms, "view": {"weights": weights}, "shared": shared,
                       "margin_of": margin_of}  # fmt: skip


ALL = """(states) => states.map(({ found, arms, view, shared }) => {
  for (const x of found.even ?? [])
    for (const k of ["share", "low", "high"]) if (x[k] === "inf") x[k] = Infinity;
  return { answer: speak.answer(found, arms, view), cost: speak.cost(found, arms, shared),
    minutes: speak.minutes(arms), weeks: speak.weeksSaid(found, arms, shared, view),
    natural: speak.naturally(found), causes: speak.causes(found, arms),
    outside: speak.outside(found.outside), even: speak.even(found, arms),
    felt: speak.felt(found, arms, shared), at: speak.atWeek(found, arms, 1),
    status: speak.status(found, arms) }; })"""


def test_every_sentence_of_the_page_is_said_and_without_a_fault(speaker):
    given = json.loads(json.dumps([*states()]))
    every = set()
    for said in speaker.evaluate(ALL, given):
        for name, passage in said.items():
            plain = passage.replace("\xa0", " ").replace(" %)", ")").replace(" %", " per cent")
            assert faults(plain) == [], (name, passage)
            assert "[[" not in passage
            every.add(passage)
        for sentence in re.split(r"(?<=[a-z”\d)])\. ", said["answer"] + " " + said["cost"]):
            assert len(sentence.split()) <= MOST_WORDS, sentence
    text = " ".join(every)
    for part in (
        "about the same with", "Guess of the cause: only weakness", "weights of one’s own",
        "Not for the same time: 64 and 28 min", "is sorest in week 1: 5.0", "0.70 to 0.90 lower",
        "no overuse in it", "6 of them gave no number", "none measured tightness",
        "is about the same:", "less than would count",
        "0.80 of 10 points lower",
        "no different", "whatever the cause", "runs from", "at equal minutes", "at unequal minutes",
        "min more", "min less", "at no share", "any share above 0",
        "no share does it",
        "plus stretch” none",
        "drawn around the 70", "in the one cause",
    ):  # fmt: skip
        assert part in text.replace("\xa0", " "), part
    for cost in every:
        if "running discomfort" in cost:
            assert "minus" not in cost, "a size has its direction in words"
