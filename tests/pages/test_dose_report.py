"""What the dose report says is what the study gave, in sentences that are whole in every case."""

from types import SimpleNamespace

import grammar
import pytest
from template_branches import unrendered

from hipstudy import show
from hipstudy.model.adaptation import SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.pages import dose_report
from hipstudy.pages.compare_report.comparison import Band
from hipstudy.pages.dose_report import dose_answer
from hipstudy.pages.dose_report.dose_answer import WORDS
from hipstudy.studies import dose_study, dose_tables
from hipstudy.studies.dose_study import SESSIONS
from hipstudy.studies.dose_tables import TORQUE, MeanAndBand

SMALL = {"n_runners": 6, "weeks": 4, "sets": "1, 3", "sessions_per_week": "1, 3",
         "stretch_min_wk": "0, 28"}  # fmt: skip
LEAST = {"n_runners": 2, "weeks": 1, "sets": "1", "sessions_per_week": "1", "stretch_min_wk": "0",
         "loads": "5", "protocol": "hip-flexor 1x8, 1/wk x 12 wk; name mine"}  # fmt: skip
MOST = {"n_runners": 3, "weeks": 3, "sets": "2, 10", "sessions_per_week": "14", "loads": "unloaded",
        "stretch_min_wk": "10", "adherence": 1.0, "seed": 7,
        "protocol": "hip-flexor 4x8, 9/wk x 12 wk; stretch 4x30 s daily"}  # fmt: skip
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
    """Page 1 over first to seventh sessions, one and many of everything, and every ``than``."""
    low, high = MeanAndBand(0.05, 0.02, 0.09), MeanAndBand(0.72, 0.1, 1.3)
    for session in SESSIONS[1:]:
        for sets in (1, 4):
            size = extent(sets, sets, 7 * sets, 2, 4, 2)
            for cause in WORLDS:
                for points, top in ((low, 0.09), (low, 0.61), (high, 1.3)):
                    yield base | {
                        "session": session, "extent": size,
                        "tightness": points, "cause": cause, "highest_tightness": top,
                        "widest_cause": WORLDS[0] if top == 0.61 else cause,
                        "margin": 1.0 if sets == 1 else 0.5,
                    }  # fmt: skip


def made(study):
    """Passages with facts, made so that every branch is taken."""
    for facts in made_answers(dose_answer.answer_facts(study)):
        for name in ("headline", "torque_range", "torque_label", "tightness_range",
                     "tightness_label", "enough_range", "enough_label"):  # fmt: skip
            yield name, facts
    for n in (1, 2, 12):
        size = extent(n, n, 7 * n, n + 1, 2 * n + 2, n)
        rows = [BAND._asdict() | {"shape": shape} for shape in SHAPES]
        yield "shapes_caption", {"extent": size}
        yield "shapes_alt", {"session": n, "rows": rows}
        ranges = {"Soreness (NRS points)": (-1.0, 0.0), "Tightness": (0.0, 2.0)}
        facts = {"extent": size, "sets": n, "sessions_per_week": n, "load": "near-failure",
                 "stretch_min_wk": 28.0, "ranges": ranges}  # fmt: skip
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
    yield "links", None
    yield "no_load_path", None
    yield "enough_stretching_caption", None
    for weekly in ({}, {"linear": [3]}, {"linear": [3, 6], "threshold": [3, 6, 9]}):
        yield "disagreement", {"anchor_sets_wk": 15.0, "weekly_sets_by_shape": weekly}
    for little in (True, False):
        for share in (0.0, 0.004, 0.3):
            dose = {"dose": 3.4, "low": 1.2, "high": 9.0, "digits": 1}
            yield "enough_dose", dose | {"is_little": little, "none_share": share}
    for is_none in (True, False):
        share = {"is_none": is_none, "share": 34.0, "low": 12.0, "high": 90.0}
        yield "share_left", share
        yield "share_lost", share | {"share": 0.34}
    for name in ("one fewer", "gap", "late"):
        yield "programme", name


def test_every_branch_is_rendered_and_grammatical(study):
    renderings = [*made(study), *made_alone()]
    assert unrendered("hipstudy.pages", "dose", renderings) == []
    texts = [WORDS(name, facts) for name, facts in renderings]
    assert all(texts)
    assert [fault for text in texts for fault in grammar.faults(text)] == []
    assert not any("\n" in text for text in texts), "a passage is one paragraph"


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
    assert answer.sentence.startswith("A third weekly session of 3 sets adds")
    assert f"{torque.mean:.1f} % of end-range torque after 4 weeks" in answer.sentence
    assert "Harms are not modelled; absence here is not safety." in answer.basis


@pytest.mark.parametrize(
    ("tight", "said"),
    [
        (
            {"weak": (0.05, 0.02, 0.09)},
            (
                "takes away less than 0.5 points of tightness under any of four causes: most on "
                "average, 0.05 (0.02 to 0.09), if a deficit of end-range torque is what makes hips "
                "tight. All of it"
            ),
        ),
        (
            {"weak": (0.05, 0.02, 0.09), "short": (0.04, 0.0, 0.61)},
            (
                "takes away on average less than 0.5 points of tightness under any of four causes: "
                "most on average, 0.05 (0.02 to 0.09), if a deficit of end-range torque is what "
                "makes hips tight; the band goes furthest, to 0.61, if short tissue is. All of it"
            ),
        ),
        (
            {"guarded": (0.72, 0.1, 1.3)},
            (
                "takes away on average up to 0.72 points of tightness under any of four causes: "
                "most on average, 0.72 (0.10 to 1.30), if guarding is what makes hips tight. "
                "All of it"
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
