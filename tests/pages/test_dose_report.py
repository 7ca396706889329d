"""What the dose report says is what the study gave, in sentences that are whole in every case."""

import re
from types import SimpleNamespace

import grammar
import pytest
from plain_sentences import sentences
from plain_sentences import words as count
from template_branches import unrendered

from hipstudy import show
from hipstudy.model.adaptation import SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.pages import dose_report
from hipstudy.pages.compare_report.comparison import Band
from hipstudy.pages.dose_report import dose_answer, prescription_and_weeks
from hipstudy.pages.dose_report.dose_answer import FRONT, WORDS
from hipstudy.pages.shared import cells
from hipstudy.prescription import shorthand
from hipstudy.studies import dose_study, dose_tables
from hipstudy.studies.dose_runs import SESSIONS
from hipstudy.studies.dose_tables import TORQUE, MeanAndBand

SMALL = {"n_runners": 6, "weeks": 4, "sets": "1, 3", "sessions_per_week": "1, 3",
         "stretch_min_wk": "0, 28"}  # fmt: skip
LEAST = {"n_runners": 2, "weeks": 1, "sets": "1", "sessions_per_week": "1", "stretch_min_wk": "0",
         "loads": "5", "protocol": "hip-flexor 1x8, 1/wk x 12 wk; name mine"}  # fmt: skip
MOST = {"n_runners": 3, "weeks": 3, "sets": "2, 10", "sessions_per_week": "14", "loads": "unloaded",
        "stretch_min_wk": "10", "adherence": 1.0, "seed": 7,
        "protocol": "hip-flexor 4x8, 9/wk x 12 wk; stretch 4x30 s daily"}  # fmt: skip
PRESCRIPTIONS = (
    "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily",
    "hip-flexor 1x8 @bodyweight, 1/wk x 1 wk",
    "hip-flexor 2x8 @5 kg, 2/wk x 4 wk; stretch 9x30.476 s, 5/wk",
    "hip-flexor trunk-lever 2x8, left only, support 5 cm, 2/wk x 4 wk",
)
MOST_WORDS = 25  # in a sentence of the first two pages
BAND = MeanAndBand(3.4, 1.2, 9.0)
PAGES = [getattr(dose_report, name) for name in dose_report.__all__ if name != "tables"]


@pytest.fixture(scope="module")
def study():
    return dose_study.run(**SMALL)


def passages(one):
    """Every text that a page function shows, cells of tables among them."""
    match one:
        case show.Answer():
            return [one.sentence, *(text for row in one.numbers for text in row), one.basis]
        case show.Table():
            cells = [str(cell) for cell in one.frame.to_numpy().ravel()]
            return [one.caption, *(cell.replace("(%)", "(per cent)") for cell in cells)]
        case show.Figure():
            return [one.caption, one.alt]
        case show.Text():
            return [one.markdown]
    return []


@pytest.mark.parametrize("given", [SMALL, LEAST, MOST], ids=["small", "least", "most"])
def test_every_passage_is_grammatical(given):
    study = dose_study.run(**given)
    texts = [text for page in PAGES for text in passages(page(study))]
    assert [fault for text in texts for fault in grammar.faults(text)] == []


def extent(*sizes):
    names = ("weeks", "sets", "most_sets", "n_runners", "n_limbs", "n_draws")
    return dict(zip(names, sizes, strict=True))


def made_answers(base):
    """Page 1 over first to seventh sessions, every direction of a change, and every cause."""
    none, less = MeanAndBand(0.0, -0.001, 0.002), MeanAndBand(-0.2, -0.4, -0.003)
    little, more = MeanAndBand(0.003, -0.02, 0.09), MeanAndBand(0.72, 0.1, 1.3)
    changes = (none, less, little, more, MeanAndBand(-0.3, -0.5, 0.1))
    some = MeanAndBand(0.05, 0.02, 0.09)
    for session in SESSIONS[1:]:
        size = extent(session, session, 7 * session, 2, 4, 2)
        tightness = {(0.09, session): some if session == 3 else little}
        tightness |= {(0.61, session): more if session == 2 else little}
        for cause, one in zip((*WORLDS, "weak"), changes, strict=True):
            for top in (0.09, 0.61):
                yield base | {
                    "session": session, "extent": size, "torque": one, "soreness": one,
                    "torque_by_shape": dict.fromkeys(SHAPES, one.mean),
                    "tightness": tightness[top, session],
                    "cause": cause, "widest_cause": cause, "highest_tightness": top,
                    "tightness_by_cause": dict.fromkeys(WORLDS, one),
                    "least_discomfort": one, "most_discomfort": more if session == 3 else one,
                }  # fmt: skip


def made_front(study):
    """Passages of the first two pages with facts, made so that every branch is taken."""
    own = dose_answer.answer_facts(study)
    for facts in (own, *made_answers(own)):
        for name in ("headline", "basis", "one_more_heads", "one_more_rows", "one_more_caption"):
            yield name, facts
        for sets in ([], [3], [3, 6, 9, 12, 15, 18, 21]):
            yield "shapes_differ", facts | {"outside_sets": sets}
    readings = [("thomas_ext_deg", 56), ("torque_nm_kg", 1), ("tightness_nrs", 3),
                ("discomfort_nrs", 4)]  # fmt: skip
    for n, origin in enumerate(("drawn", "rbds", "file", "example")):
        yield "whom", {
            "extent": extent(n + 1, 1, 7, 2, 4, 2), "origin": origin, "readings": readings[: 2 * n],
            "label": "one & two", "adherence": (None, 0.8)[n % 2],
            "unused_n_runners": (None, 60)[n % 2], "n_warnings": n,
        }  # fmt: skip


def made_second_page():
    """Figures of both pages, and the tables of the second."""
    band = BAND._asdict()
    rows = [band | {"shape": shape} for shape in SHAPES]
    for n in (1, 2, 12):
        size = extent(n, n, 7 * n, n + 1, 2 * n + 2, n)
        yield "shapes_caption", {"extent": size}
        yield "shapes_alt", {"session": n, "panels": {"Torque": rows, "Tightness": rows}}
        for change in (BAND, MeanAndBand(-0.5, -0.9, -0.1)):
            weeks = {"extent": size, "any_programme": change, "panels": {"One": BAND, "Two": BAND}}
            yield "weeks_caption", weeks
            yield "weeks_alt", weeks
        little = [{"outcome": "tightness_nrs", "world": world} for world in WORLDS[:n]]
        for some, nothing in ((little, 0.5), ([], 0.0)):
            yield "enough_caption", {"extent": size, "little": some, "nothing_share": nothing}
    for name in ("shapes_panels", "shapes_axis", "weeks_panels", "weeks_axis", "weeks_line",
                 "enough_heads", "part_head", "prescription_caption"):  # fmt: skip
        yield name, None
    for outcome in (TORQUE, "thomas_ext_deg", "tightness_nrs"):
        facts = {"outcome": outcome, "world": "guarded", "most": 3.4, "digits": 1}
        yield "enough_row", facts
        yield "enough_most", facts
    yield "enough_sets", {"dose": 3.4, "low": 1.2, "high": 9.0}


def made_prescriptions():
    """The table of the prescription: every lever, side, load and stretch."""
    for line in PRESCRIPTIONS:
        arm = shorthand.parse(line)
        for weeks_unloaded in (0, 1, arm.weeks):
            facts = {"arm": arm, "label": arm.label, "weeks_unloaded": weeks_unloaded}
            yield "arm_head", facts
            for is_near_failure, too_heavy in ((False, None), (True, None), (True, 0.6)):
                rows = {
                    "sessions_done": 0.61, "is_near_failure": is_near_failure,
                    "too_heavy": too_heavy,
                }  # fmt: skip
                yield "prescription_rows", facts | rows


def made():
    """Passages of the details with facts, made so that every branch is taken."""
    for n in (1, 2, 12):
        size = extent(n, n, 7 * n, n + 1, 2 * n + 2, n)
        ranges = {"Soreness (NRS points)": (-1.0, 0.0), "Tightness": (0.0, 2.0)}
        facts = {"extent": size, "sets": n, "sessions_per_week": n, "load": "near-failure",
                 "stretch_min_wk": 28.0, "ranges": ranges, "has_weight": n == 1}  # fmt: skip
        for name in ("tightness", "others", "weeks_surface", "load_surface"):
            yield from ((f"{name}_caption", facts), (f"{name}_alt", facts))
        for spread in (True, False):
            yield "weeks_caption", {"n_draws": n, "n_runners": n + 1, "has_spread": spread}
        line = Band("Tightness (NRS points), usual running", -1.0, -2.0, 0.0)
        yield "weeks_alt", (line, line)[:n]
        yield "enough_caption", {"extent": size, "little": 0.05}
        yield "effect_left_caption", size
        yield "missed_caption", size
        for least in (None, 0, n):
            doses = ((0.8, n, least), (0.95, n, least), (0.99, least, least))
            yield "keeping_caption", {"sets": n, "weeks_after": 12, "least_doses": doses}
        work = SimpleNamespace(sets=n, reps=8, sessions_per_week=n)
        yield "ends_caption", {"works": (work, work), "clock_min_wk": ("9", "18"), "weeks": n}
        yield "load_path_caption", {"extent": size, "rules": "one step on a week"}


def made_alone():
    """Passages whose facts know nothing of the size of the study."""
    yield "no_load_path", None
    yield "enough_stretching_caption", None
    for weekly in ({}, {"linear": [3]}, {"linear": [3, 6], "threshold": [3, 6, 9]}):
        yield "disagreement", {"anchor_sets_wk": 15.0, "weekly_sets_by_shape": weekly}
    for little in (True, False):
        dose = {"dose": 3.4, "low": 1.2, "high": 9.0, "digits": 1}
        yield "enough_dose", dose | {"is_little": little}
    for is_none in (True, False):
        share = {"is_none": is_none, "share": 34.0, "low": 12.0, "high": 90.0}
        yield "share_left", share
        yield "share_lost", share | {"share": 0.34}
    for name in ("one fewer", "gap", "late"):
        yield "programme", name


def test_every_branch_of_the_details_is_rendered_and_grammatical():
    renderings = [*made(), *made_alone()]
    assert unrendered("hipstudy.pages", "dose", renderings) == []
    texts = [WORDS(name, facts) for name, facts in renderings]
    assert all(texts)
    assert [fault for text in texts for fault in grammar.faults(text)] == []
    assert not any("\n" in text for text in texts), "a passage is one paragraph"


def test_every_branch_of_the_first_two_pages_is_rendered_grammatical_and_short(study):
    renderings = [*made_front(study), *made_second_page(), *made_prescriptions()]
    assert unrendered("hipstudy.pages", "dose_front", renderings) == []
    texts = [FRONT(name, facts) for name, facts in renderings]
    assert all(texts)
    assert [fault for text in texts for fault in grammar.faults(text)] == []
    said = [
        t
        for (name, _), t in zip(renderings, texts, strict=True)
        if not name.endswith(("_alt", "_rows"))
    ]
    assert [
        one
        for text in said
        for part in re.split(r"[|\n]+", text)
        for one in sentences(part)
        if count(one) > MOST_WORDS
    ] == []
    assert not any(re.search(r"NRS|\bdraws\b|0\.00? (?:to|less|more)", text) for text in said)


@pytest.mark.parametrize(
    ("band", "said"),
    [
        ((-0.27, -0.61, -0.08), "0.27 less (0.08 to 0.61 less)"),
        ((0.27, 0.08, 0.61), "0.27 more (0.08 to 0.61 more)"),
        ((0.02, -0.01, 0.05), "0.02 more (0.01 less to 0.05 more)"),
        ((-0.02, -0.03, 0.001), "0.02 less (0 to 0.03 less)"),
        ((0.02, -0.001, 0.05), "0.02 more (0 to 0.05 more)"),
        ((0.001, -0.02, 0.004), "about 0 (0 to 0.02 less)"),
        ((0.001, -0.004, 0.004), "no change"),
    ],
)
def test_a_band_goes_in_the_direction_of_its_change(band, said):
    rows = cells(FRONT("one_more_rows", changes(MeanAndBand(*band))))
    assert dict(rows)["Soreness"] == said


def changes(one):
    names = ("torque", "least_discomfort", "most_discomfort", "soreness")
    return dict.fromkeys(names, one) | {"tightness_by_cause": {"weak": one}, "session_min": 12.0}


def test_the_lines_of_page_1_are_the_tables_numbers(study):
    lines = dict(dose_report.one_more_session(study).frame.to_numpy().tolist())
    session = study.base.strength.sessions_per_week
    sore = dose_tables.cost_of_one_more(study, session, "soreness_nrs", "weak")
    assert lines["Soreness"] == FRONT("change", sore)
    assert lines["Minutes a week"] == f"{study.base.strength.session_min:.0f} more"
    assert [name for name in lines if name.startswith("Tightness from")] == [
        "Tightness from end-range torque", "Tightness from short tissue",
        "Tightness from guarding", "Tightness from none of these",
    ]  # fmt: skip
    taken = dose_tables.one_more(study, session, "tightness_nrs", "weak")
    assert f"to {taken.high:.2f} less)" in lines["Tightness from end-range torque"]


def test_only_the_prescription_whose_dose_is_changed_is_shown_and_as_a_person_does_it():
    own = "hip-flexor 3x8, 3/wk x 12 wk; stretch 9x30.476 s, 5/wk; name mine"
    study = dose_study.run(**SMALL | {"protocol": own})
    frame = dose_report.prescription(study).frame
    assert list(frame) == ["Part", f"“{study.base.label}”, 4 weeks"]
    rows = dict(frame.to_numpy().tolist())
    assert rows["Stretching"] == "9 holds of about 30 s a side, 5 times a week"
    assert "30.4" not in " ".join(rows.values())


NEAR_FAILURE = (
    ", which counts as near failure for most runners: in the model, more weight adds nothing for "
    "them"
)


@pytest.mark.parametrize(
    ("kg", "more"),
    [
        ("1", ""),
        ("5", NEAR_FAILURE),
        ("7.5", ", which at least 42 % of limbs cannot hold in the model"),
    ],
)
def test_a_weight_is_said_to_be_as_much_as_counts_or_too_heavy(kg, more):
    own = f"hip-flexor 3x8 @{kg} kg, 3/wk x 12 wk; name mine"
    study = dose_study.run(**SMALL | {"protocol": own, "loads": f"unloaded, {kg}"})
    rows = dict(dose_report.prescription(study).frame.to_numpy().tolist())
    assert rows["Load"] == f"{kg} kg added{more}"
    said = "In the model no weight brings more than sets near failure."
    assert said in dose_report.load_and_stretch(study).caption


def test_over_the_weeks_is_the_prescription_against_usual_running(study):
    rows = prescription_and_weeks.over_weeks(study)
    compared = study.comparison
    for outcome in ("tightness_nrs", "soreness_nrs"):
        last = rows[(rows["panel"] == outcome) & (rows["week"] == study.weeks)]
        pair = (study.base.name, "usual_running")
        runs = compared.difference(pair, outcome, "weak")[:, -1]
        assert last["mean"].item() == pytest.approx(runs.mean())
    assert (rows[rows["week"] == 0][["mean", "low", "high"]].abs() < 1e-9).all(axis=None)


def test_what_hardly_any_dose_moves_has_no_row_and_is_named(study, monkeypatch):
    rows = dose_tables.enough(study)
    rows.loc[rows["world"] == "guarded", "most"] = 0.01
    rows.loc[rows["world"] == "short", "most"] = 0.2
    monkeypatch.setattr(dose_tables, "enough", lambda _: rows)
    shown = dose_report.enough_in_short(study)
    assert "Tightness from short tissue" in set(shown.frame["Outcome"])
    assert "Tightness from guarding" not in set(shown.frame["Outcome"])
    assert "tightness from guarding" in shown.caption


def test_the_report_says_when_shapes_disagree_and_when_not(study, monkeypatch):
    rows = dose_tables.curve(study)
    for outside, said in (
        (False, "**Here they do not disagree**"),
        (rows["weekly_sets"] == 3, "sets a week: linear at 3; threshold at 3. What a low dose"),
    ):
        frame = rows.assign(outside=outside)
        monkeypatch.setattr(dose_tables, "curve", lambda _, frame=frame: frame)
        assert said in dose_report.disagreement(study).markdown


def test_the_sentence_is_the_numbers(study):
    answer = dose_report.answer(study)
    torque = dose_tables.one_more(study, 3, TORQUE, "weak")
    start = "Going from two to three weekly sessions of 3 sets raises end-range torque by "
    assert answer.sentence.startswith(f"{start}{torque.mean:.1f} % of baseline (")
    assert "Harms are not modelled; absence here is not safety." in answer.basis


@pytest.mark.parametrize(
    ("tight", "said"),
    [
        (
            {"weak": (0.05, 0.02, 0.09)},
            "it takes away at most 0.05 points on average by cause; no band reaches 0.5. It costs",
        ),
        (
            {"weak": (0.05, 0.02, 0.09), "short": (0.04, 0.0, 0.61)},
            (
                "It takes away on average less than 0.5 points of tightness; the band reaches 0.61 "
                "if short tissue is the cause. It costs"
            ),
        ),
        (
            {"guarded": (0.72, 0.1, 1.3)},
            (
                "It takes away on average up to 0.72 points of tightness, most if guarding is the "
                "cause. It costs"
            ),
        ),
    ],
)
def test_the_sentence_says_which_band_goes_furthest(study, monkeypatch, tight, said):
    every = dict.fromkeys(WORLDS, (0.0, 0.0, 0.0)) | tight
    own = dose_tables.one_more

    def one_more(study, session, outcome, world, *shape):
        if outcome == "tightness_nrs":
            return MeanAndBand(*every[world])
        return own(study, session, outcome, world, *shape)

    monkeypatch.setattr(dose_tables, "one_more", one_more)
    assert said in dose_report.answer(study).sentence
