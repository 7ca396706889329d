"""The explorer in one file: its numbers against the library, alone and in a browser, offline."""

import errno
import io
import json
import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from browsing import browser, from_outside, sized  # noqa: F401 - a fixture
from live_explorer import RESTED
from pypdf import PdfReader

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.explore import cache, cause_share_logs, state
from hipstudy.explore.arm_changes import rounding_step
from hipstudy.explore.one_file import (
    dose_grid,
    export,
    one_file_sentences,
    page_html,
    stretch_line,
)
from hipstudy.explore.one_file.dose_grid import Dose, MovableArm, Steps
from hipstudy.labels import format_number
from hipstudy.model.causes import PRIOR, WORLDS, cause_shares
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import preset
from hipstudy.progress_bar import Progress
from hipstudy.resources import place
from hipstudy.studies import compare_study, compare_tables, settings

NASTY = '<script>document.title="run"</script> & "B"'
ARMS = (
    "stretch 4x30 s daily x 7 wk; name base; label 'A: <i>plain</i>' | "
    "hip-flexor 3x8 @2.5 kg, first 2 wk @bodyweight, 2/wk x 7 wk; stretch 3x37 s, 5/wk; "
    f"name mine; label '{NASTY}'"
)
GIVEN = settings.check(protocols=ARMS, n_runners=10, seed=3, cause_prior="2, 1, 0.5, 1")
STEPS = Steps((0, 1, 4), (1, 3), ("unloaded", "near-failure"), (0, 8, 20, 40))
N_DRAWS = 9
SHARE = "end_range_torque_nm_kg"  # its change is in per cent of the start
BAND = ("mean", "low", "high")
PHONE, DESK, WALL = (360, 740), (1000, 900), (1920, 1080)


def quiet():
    return Progress(io.StringIO())


def moved_arm(given=GIVEN):
    return MovableArm(given.design().arms[1])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page, as it was sent on."""
    path = tmp_path_factory.mktemp("sent") / "page.html"
    return export.export(GIVEN, path, steps=STEPS, n_draws=N_DRAWS, progress=quiet())


@pytest.fixture(scope="module")
def ready():
    """What the page is made of."""
    here = cache.scene(
        GIVEN.runners(), parameters.draw(N_DRAWS, seed=GIVEN.seed), weeks=7, seed=GIVEN.seed
    )
    moved = moved_arm()
    grid = dose_grid.compute_grid(
        here,
        moved,
        GIVEN.design().arms[0],
        steps=STEPS.holding(moved.own),
        outcomes=export.outcomes(GIVEN),
    )
    off = dose_grid.measure_error(grid, here, moved)
    fixed = GIVEN.design().arms[0]
    line = stretch_line.compute_line(here, fixed, grid)
    line_off = stretch_line.line_errors(line, grid, here, fixed, off)
    return SimpleNamespace(
        here=here, moved=moved, grid=grid, off=off, fixed=fixed, line=line, line_off=line_off
    )


def some_dose(rng, steps, minutes=None):
    """One at random, on the grid or at some minutes between."""
    minutes = float(rng.choice(steps.stretch_min)) if minutes is None else minutes
    sets, sessions = (int(rng.choice(each)) for each in (steps.sets, steps.sessions))
    return Dose(sets, sessions, str(rng.choice(steps.loads)), minutes)


def library(dose, prior=GIVEN.prior):
    """The comparison as the library makes it, of the same two arms."""
    arms = GIVEN.design().arms[0], moved_arm().at(dose)
    lines = " | ".join(shorthand.write(arm, name="") for arm in arms)
    given = GIVEN.model_copy(update={"protocols": lines, "cause_prior": ", ".join(map(str, prior))})
    return compare_study.run(given, n_draws=N_DRAWS)


def changes(study, arm, outcome, world, weeks):
    """Mean change with its band, (mean low high, weeks)."""
    runs = study.mean(arm, outcome, world)
    change = (runs / runs[:, :1] - 1) * 100 if outcome == SHARE else runs - runs[:, :1]
    low, high = np.quantile(change, study.band, axis=0)
    return np.stack([change.mean(axis=0), low, high])[:, list(weeks)]


# Without a browser.


def test_on_the_grid_only_rounding_is_lost(ready):
    rng = np.random.default_rng(1)
    for _ in range(12):
        dose = some_dose(rng, ready.grid.steps)
        study = library(dose)
        for outcome in ready.grid.outcomes:
            runs = study.means["mine", outcome][..., list(ready.grid.weeks[1:])]
            start = study.means["mine", outcome][..., :1]
            off = np.abs(ready.grid.changes(outcome, dose) - (runs - start)).max()
            assert off <= ready.off.rounding[outcome] * (1 + 1e-9), (outcome, dose)


def is_jump(dose, steps):
    """Between nothing at all and the least stretching alone: a programme begins there."""
    return not dose.sets and 0 < dose.stretch_min < steps.stretch_min[1]


def test_no_place_of_the_slider_lies_where_a_programme_begins(ready):
    places = page_html.slider_places(ready.grid.steps.stretch_min)
    least = ready.grid.steps.stretch_min[1]
    assert not [place for place in places if 0 < place < least]
    assert set(ready.grid.steps.stretch_min) <= set(places)
    nothing, least_dose, own = (
        ready.grid.changes("tightness_nrs", replace(ready.moved.own, sets=0, stretch_min=minutes))
        for minutes in (0, least, 20)
    )
    assert (nothing - least_dose)[..., -1].mean() > 0.3, "any programme has its effect"
    assert np.abs(least_dose - own)[..., -1].mean() < 0.1


def test_between_the_grid_no_number_is_further_off_than_stated(ready):
    rng = np.random.default_rng(2)
    for _ in range(60):
        dose = some_dose(rng, ready.grid.steps, rng.uniform(0, 40))
        if is_jump(dose, ready.grid.steps):
            assert ready.grid.changes(ready.grid.outcomes[0], dose) is None
            continue
        found = cache.means(ready.here, ready.moved.at(dose), ready.grid.outcomes)
        for i, outcome in enumerate(ready.grid.outcomes):
            runs = found[outcome][..., list(ready.grid.weeks[1:])]
            shown = ready.grid.changes(outcome, dose) + ready.grid.start[i][..., np.newaxis]
            for of in (lambda x: x.mean(axis=1), lambda x: np.quantile(x, (0.025, 0.975), axis=1)):
                assert np.abs(of(runs) - of(shown)).max() <= ready.off.between[outcome], dose


def test_the_other_arm_s_stretching_is_the_library_s_and_within_what_is_stated(ready):
    still, line, (alone, both) = MovableArm(ready.fixed), ready.line, ready.line_off
    assert line.minutes == tuple(each for each in ready.grid.steps.stretch_min if each)
    rng, low, high = np.random.default_rng(4), line.minutes[0], line.minutes[-1]
    for minutes in (*line.minutes, *rng.uniform(low, high, 20)):
        arm = still.at(replace(still.own, stretch_min=float(minutes)))
        found = cache.means(ready.here, arm, line.outcomes)
        for i, outcome in enumerate(line.outcomes):
            runs = found[outcome][..., list(line.weeks[1:])] - ready.grid.start[i][..., np.newaxis]
            most = alone.rounding if minutes in line.minutes else alone.between
            off = np.abs(runs - line.changes(outcome, minutes)).max()
            assert off <= most[outcome] * (1 + 1e-9), (outcome, minutes)
            assert both.between[outcome] == alone.between[outcome] + ready.off.between[outcome]


def test_what_is_tried_lies_in_every_step_and_never_on_the_grid(ready):
    nodes = ready.grid.steps.stretch_min
    tried = dose_grid.doses_between(ready.grid.steps, ready.moved)
    told = [dose for dose in tried if not is_jump(dose, ready.grid.steps)]
    assert ready.off.n_tried == len(told) >= 5 * (len(nodes) - 1)
    bouts = [ready.moved.at(dose).stretch.times_per_week for dose in tried if not dose.sets]
    assert len(set(bouts)) > 1, "where bouts become more or fewer the model jumps"
    for low, high in pairwise(nodes):
        assert any(low < dose.stretch_min < high and dose.sets == 0 for dose in tried)
        assert any(low < dose.stretch_min < high and dose.sets for dose in tried)
    assert not {dose.stretch_min for dose in tried} & set(nodes)


def test_the_arms_own_dose_is_on_the_grid_and_is_the_arm():
    moved = moved_arm()
    assert moved.own == Dose(3, 2, "2.5 kg", 18.5)
    assert moved.at(moved.own) == moved.arm
    assert STEPS.holding(moved.own).loads == ("unloaded", "2.5 kg", "near-failure")
    uneven = MovableArm(shorthand.parse("stretch 1x36.7 s, 3/wk x 2 wk"))
    assert uneven.at(uneven.own) == uneven.arm, "to the last digit"


def test_an_arm_without_strength_work_or_stretching_can_be_moved():
    still = MovableArm(preset("usual_running"))
    assert still.own == Dose(0, 3, "near-failure", 0.0)
    assert still.at(still.own) == still.arm
    both = still.at(Dose(2, 1, "5 kg", 28))
    assert (both.strength.sets, both.strength.load) == (2, "5 kg")
    assert both.stretch_min_wk == pytest.approx(28)


def test_a_dose_past_a_rule_leaves_a_gap_and_no_error():
    slow = "hip-flexor 2x30 @5 kg, lower 30 s, pause 60 s, raise 30 s, 2/wk x 3 wk; name slow"
    given = settings.check(protocols=f"stretch_only | {slow}", weeks=3, n_runners=2)
    moved = MovableArm(given.design().arms[1])
    steps = Steps((0, 2, 6), (2, 5), ("5 kg",), (0, 40)).holding(moved.own)
    here = cache.scene(given.runners(), parameters.draw(2, seed=0), weeks=3, seed=0)
    grid = dose_grid.compute_grid(
        here, moved, given.design().arms[0], steps=steps, outcomes=("tightness_nrs",)
    )
    assert grid.changes("tightness_nrs", moved.own) is not None
    assert grid.changes("tightness_nrs", Dose(6, 5, "5 kg", 10)) is None
    assert dose_grid.measure_error(grid, here, moved).n_tried > 0


def test_a_weight_that_no_limb_can_hold_is_not_on_the_grid():
    heavy = shorthand.parse("hip-flexor trunk-lever 2x8, 2/wk x 3 wk")
    moved = MovableArm(heavy)
    assert moved.at_or_none(Dose(2, 2, "5 kg", 0)) is None
    assert moved.at_or_none(Dose(2, 2, "unloaded", 0)) is not None


@pytest.mark.parametrize("prior", [(1, 1, 1, 1), (0.5, 10, 0, 3.5), (0, 0, 0, 2), (0.5,) * 4])
def test_shares_are_the_librarys(prior):
    logs = cause_share_logs.shares_by_level(cause_share_logs.LEVELS, 20, seed=5)
    chosen = np.stack(
        [logs[cause_share_logs.LEVELS.index(w), :, i] for i, w in enumerate(prior)], axis=1
    )
    parts = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    shares = parts / parts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares, cause_shares(prior, 20, seed=5), rtol=1e-11, atol=1e-300)


def test_the_same_settings_give_the_same_bytes(file):
    again = export.page(GIVEN, steps=STEPS, n_draws=N_DRAWS, progress=quiet())
    assert file.read_bytes() == again.encode()


def test_a_page_that_is_too_large_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "MOST_BYTES", 300_000)
    with pytest.raises(UsageProblems, match="at most 300000 bytes"):
        export.export(GIVEN, tmp_path / "page.html", steps=STEPS, n_draws=2, progress=quiet())
    assert not list(tmp_path.iterdir())


@pytest.mark.validate
def test_the_page_fits_at_its_usual_size(tmp_path):
    path = export.export(settings.check(n_runners=200), tmp_path / "p.html", progress=quiet())
    assert path.stat().st_size < 3_000_000


@pytest.mark.parametrize("name", ["page", "page.txt", "folder.html"])
def test_a_name_that_no_browser_opens_is_refused(tmp_path, name):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageProblems, match=r"ends in \.html"):
        export.export(GIVEN, tmp_path / name, progress=quiet())


def test_a_folder_that_takes_no_file_is_said_and_nothing_is_left(monkeypatch, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("the earlier one")
    asked = {"steps": STEPS, "n_draws": 2, "progress": quiet()}
    with pytest.raises(UsageProblems, match="cannot be written there"):
        export.export(GIVEN, page / "in a file" / "page.html", **asked)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageProblems, match=r"No space left on device.*Free some space"):
        export.export(GIVEN, page, **asked)
    assert page.read_text() == "the earlier one"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_progress_is_said_without_a_terminal(tmp_path):
    said = io.StringIO()
    export.export(GIVEN, tmp_path / "p.html", steps=STEPS, n_draws=2, progress=Progress(said))
    assert "every dose of the grid" in said.getvalue()


def test_of_a_cohort_file_only_means_leave_the_machine(tmp_path):
    cohort = tmp_path / "folder of a clinic" / "runners of a clinic.csv"
    cohort.parent.mkdir()
    rows = place("data", "example_cohort.csv").read_text().splitlines()
    cohort.write_text("\n".join(rows))
    given = settings.check(protocols=GIVEN.protocols, cohort=str(cohort), weeks=2)
    steps = Steps((0,), (1,), ("unloaded",), (0, 40))
    page = export.page(given, steps=steps, n_draws=3, progress=quiet())
    for word in ("folder of a clinic", "runners of a clinic", str(tmp_path), str(Path.home())):
        assert word not in page
    head = rows[0].split(",")
    ids = {row.split(",")[head.index("runner_id")] for row in rows[1:]}
    assert ids
    assert not [one for one in ids if re.search(rf"\b{re.escape(one)}\b", page)]
    n_values = json.loads(on_progress(page))["shape"]
    assert n_values["draws"] == 3, "means of each draw, and nothing of a runner"


def on_progress(page):
    return re.search(r'<script type="application/json" id="page">(.*?)</script>', page, re.S)[1]


def test_words_of_an_arm_are_text_and_never_markup(file):
    page = file.read_text(encoding="utf-8")
    assert NASTY not in page
    assert "<i>plain" not in page
    assert NASTY.replace("<", "\\u003c") in page.replace('\\"', '"')
    assert not re.search(r"""<[^>]+\s(?:src|href|action)\s*=\s*["']?(?!#|data:)""", shell(page))


def shell(page):
    """The page without what is between its script tags."""
    return re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.S)


def test_an_arm_is_called_by_what_it_is():
    called = [
        one_file_sentences.head(arm, letter)
        for arm, letter in zip(state.start().settings().design().arms, "AB", strict=True)
    ]
    assert called == ["Stretch only", "Strength plus stretch"]
    assert one_file_sentences.head(preset("stretch_only"), "A") == "Stretch only"


def test_a_browser_is_told_to_run_its_scripts_and_ask_for_nothing(file):
    text = file.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules["script-src"].split()) == set(re.findall(r"'sha256-[^']+'", policy))
    assert "unsafe-eval" not in policy
    for rule in rules.values():
        assert set(rule.split()) <= {"'none'", "'unsafe-inline'", "data:"} or "sha256" in rule


def test_the_page_says_what_it_is(file):
    page = shell(file.read_text(encoding="utf-8"))
    for words in (
        "not advice to a patient",
        "asks nothing of any network",
        "Harms are not modelled; absence here is not safety.",
        "8 repetitions a set",
        "first 2 weeks without weight",
        "seed 3",
        "9 draws",
        '<html lang="en">',
    ):
        assert words in page, words


# In a browser.


@pytest.fixture(scope="module")
def page(browser, file):  # noqa: F811
    context = browser.new_context(offline=True)
    with shown(context, file) as opened:
        yield opened
    context.close()


@contextmanager
def shown(context, path, size=DESK, query=""):
    """The page open from its file; what it asked for, and what it complained of, in lists."""
    page = context.new_page()
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(path.as_uri() + query)
    page.wait_for_selector(".hs[data-ready]")
    try:
        yield page
    finally:
        page.close()


MOVE = """async (values) => {
  hipstudy.turn({ arm: "b", values });
  while (!hipstudy.isSettled()) await new Promise((done) => setTimeout(done, 1));
}"""
WEIGH = """async (prior) => {
  Object.assign(hipstudy.view, { weights: prior });
  hipstudy.turn({});
  while (!hipstudy.isSettled()) await new Promise((done) => setTimeout(done, 1));
}"""


def set_to(page, **values):
    """Move controls of the dose."""
    page.evaluate(MOVE, values)


def set_dose(page, dose):
    set_to(page, sets=dose.sets, sessions_per_week=dose.sessions, load=dose.load,
           stretch_min_wk=dose.stretch_min)  # fmt: skip


def set_prior(page, prior):
    page.evaluate(WEIGH, [*prior])


@pytest.fixture(scope="module")
def data(file):
    return json.loads(on_progress(file.read_text(encoding="utf-8")))


def stated(page):
    """Bounds as the page states them: outcome -> on the grid and between, of level and change."""
    rows = page.locator("table:has(#off) tbody tr")
    cells = [row.locator("th, td").all_text_contents() for row in rows.all()]
    bounds = [(float(on), float(between)) for _, on, between in cells]
    place = 4  # torque has a row for its change, too
    return [(bounds[i], bounds[i]) for i in range(3)] + [
        (bounds[3], bounds[place]), *((bound, bound) for bound in bounds[place + 1 :])
    ]  # fmt: skip


EVERYTHING = (
    """() => JSON.stringify([0, 1, 2, 3, 4, 5].map((outcome) => hipstudy.numbers({ outcome })))"""
)


def compared(page, data, study, bounds, which):
    """Hold every number of every picture against the library, in all outcomes."""
    found = json.loads(page.evaluate(EVERYTHING))
    ends = compare_tables.effects(study).set_index(["outcome", "world"])
    for i, outcome in enumerate(study_outcomes(study)):
        level, change = bounds[i]
        numbers = found[i]
        for letter, arm in (("a", "base"), ("b", "mine")):
            rows = numbers["lines"][letter]
            assert [row["week"] for row in rows] == data["weeks"]
            shown = np.array([[row[end] for row in rows] for end in BAND])
            off = np.abs(shown - changes(study, arm, outcome, PRIOR, data["weeks"])).max()
            assert off <= change[which if letter == "b" else 0] * 1.001, (outcome, letter)
        for row in numbers["differences"]:
            there = ends.loc[(outcome, row["world"]), ["estimate", "ci_low", "ci_high"]]
            off = np.abs(np.array([row[end] for end in BAND]) - there.to_numpy(float)).max()
            # A difference holds the rounding of both arms.
            assert off <= level[which] + rounding_step(outcome) / 2 * 1.001, (outcome, row["world"])


def study_outcomes(study):
    return export.outcomes(study.settings)


def some_prior(rng):
    return (
        *rng.choice(cause_share_logs.LEVELS, 3).tolist(),
        float(rng.choice(cause_share_logs.LEVELS[1:])),
    )


def test_at_grid_points_its_numbers_are_the_librarys(page, data):
    rng, bounds = np.random.default_rng(11), stated(page)
    steps = STEPS.holding(moved_arm().own)
    for _ in range(50):
        dose, prior = some_dose(rng, steps), some_prior(rng)
        set_dose(page, dose)
        set_prior(page, prior)
        compared(page, data, library(dose, prior), bounds, which=0)


def test_between_them_its_numbers_are_within_what_it_states(page, data):
    rng, bounds = np.random.default_rng(12), stated(page)
    steps = STEPS.holding(moved_arm().own)
    places = data["dials"]["stretch_min_wk"]["places"]
    between = [each for each in places if each not in steps.stretch_min]
    for _ in range(50):
        dose, prior = some_dose(rng, steps, float(rng.choice(between))), some_prior(rng)
        set_dose(page, dose)
        set_prior(page, prior)
        compared(page, data, library(dose, prior), bounds, which=1)


def test_the_break_even_share_is_the_librarys(page, data, ready):
    rng = np.random.default_rng(13)
    i, pair = len(data["weeks"]) - 2, ("mine", "base")
    for _ in range(20):
        dose, prior = some_dose(rng, ready.grid.steps), some_prior(rng)
        set_dose(page, dose)
        set_prior(page, prior)
        fixed = ready.grid.others[0, 0] * ready.grid.rounds[0]
        ends = (ready.grid.changes("tightness_nrs", dose) - fixed)[..., [i]]
        by_world = dict(zip(WORLDS, ends, strict=True))
        study = SimpleNamespace(
            settings=SimpleNamespace(prior=prior),
            difference=lambda _pair, _outcome, world, by_world=by_world: by_world[world],
        )
        found = page.evaluate("hipstudy.numbers({outcome: 0}).even")
        for row in found:
            draws = np.sort(compare_tables.break_even_draws(study, pair, row["margin"]))
            at = np.round(np.array([0.025, 0.5, 0.975]) * (N_DRAWS - 1)).astype(int)
            shown = [row[end] for end in ("low", "share", "high")]
            assert shown == pytest.approx(draws[at].tolist(), rel=1e-6), (dose, prior)
            assert row["never"] == pytest.approx(np.isinf(draws).mean())


def test_it_asks_for_nothing_and_complains_of_nothing(page, file):
    set_to(page, sets=0, stretch_min_wk=8)
    page.wait_for_timeout(600)
    assert page.asked == [file.as_uri()]
    assert from_outside(page.asked) == []
    assert page.complaints == []


def test_words_of_an_arm_are_shown_as_they_are(page):
    reset(page)
    assert page.locator("h1 .hs-name-b").text_content() == NASTY
    assert page.locator("h1 .hs-name-a").text_content() == "<i>plain</i>"
    assert "Tight hips" in page.title(), "and nothing of them was run"


def reset(page):
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => hipstudy.isSettled()")


def test_sentences_tables_and_minutes_follow_the_controls(page):
    reset(page)
    set_prior(page, (2, 1, 0.5, 1))
    assert page.evaluate("hipstudy.now.arms.b.controls.stretch_min_wk") == 18.5
    minutes = page.locator(".hs-minutes").text_content()
    assert minutes.startswith("28 | ")
    assert "not equal, “" in minutes
    below = page.locator(".hs-below")
    assert "was run at this dose" in below.text_content()
    found = page.evaluate("hipstudy.numbers()")
    b = found["lines"]["b"][-1]
    digits = found["about"]["digits"]
    said = f"{format_number(b['mean'], digits)} ({format_number(b['low'], digits)} to "
    assert said in below.text_content()
    page.locator(".hs-numbers summary").first.click()
    page.wait_for_selector(".hs-numbers[open] tbody tr")
    cell = page.locator(".hs-numbers").first.locator("tbody tr").last.locator("td").nth(1)
    assert cell.text_content().startswith(said)
    first = found["differences"][0]
    page.locator("[role=tabpanel]:not([hidden]) summary").click()
    page.wait_for_selector("[role=tabpanel]:not([hidden]) tbody tr")
    rows = page.locator("[role=tabpanel]:not([hidden]) tbody tr").all()
    cells = {
        row.locator("th").text_content(): row.locator("td").all_text_contents() for row in rows
    }
    assert cells[first["label"]] == [format_number(first[end]) for end in BAND]
    assert "Break-even share" in below.text_content()
    page.locator("select[data-name=outcome]").select_option("3")
    set_to(page, stretch_min_wk=18)
    between = page.locator("table:has(#off) tbody tr").nth(3).locator("td").last.text_content()
    assert f"may be off by {between} Nm/kg" in below.text_content()
    assert "% of the start" in below.text_content().replace("\xa0", " ")
    assert "Break-even share" not in below.text_content()
    page.locator("select[data-name=outcome]").select_option("0")


def minutes_of(page):
    return page.evaluate("Object.values(hipstudy.now.arms).map((arm) => arm.minutes.both)")


def test_stretching_of_the_other_arm_can_keep_the_minutes_equal(page, ready):
    page.locator("input[data-name=even]").check()
    set_to(page, sets=1, sessions_per_week=1, stretch_min_wk=18)
    a, b = minutes_of(page)
    assert a == pytest.approx(b)
    assert page.locator(".hs-minutes").text_content().endswith("equal")
    assert page.evaluate("hipstudy.now.arms.a.label").endswith(", changed")
    found = page.evaluate("[...hipstudy.now.runs.a.changes(0)]")
    there = ready.line.changes("tightness_nrs", a).ravel()
    np.testing.assert_allclose(found, there, atol=1e-12)
    both = page.evaluate("hipstudy.now.exact({ key: 'tightness_nrs' })")
    error = one_file_sentences.how_far_off(ready.line_off[1], "tightness_nrs")
    assert error in both, "both arms lie between what was run"
    page.wait_for_function(RESTED)
    query = page.url.split("#")[1]
    assert f"stretch_a={a:.4g}"[:12] in query
    page.locator("input[data-name=even]").uncheck()
    page.evaluate("() => hipstudy.turn({ arm: 'b', values: { sets: 4 } })")
    page.wait_for_function("() => hipstudy.isSettled()")
    assert minutes_of(page)[0] == pytest.approx(a), "it stays when nobody asks it to follow"
    reset(page)
    assert minutes_of(page)[0] == 28


def test_twenty_minutes_are_twenty_for_both_and_never_more(page):
    page.get_by_text("Start with three questions").click()
    page.locator("select[data-name=ask_minutes]").select_option(label="20 min")
    page.get_by_role("button", name="Set the controls").click()
    page.wait_for_function("() => hipstudy.isSettled()")
    assert minutes_of(page) == pytest.approx([20, 20])
    assert page.inner_text(".hs-minutes").startswith("20 | 20 min a week, equal")
    assert page.evaluate("hipstudy.now.arms.b.controls.load") == "2.5 kg", (
        "what was not asked stays"
    )
    page.get_by_text("Start with three questions").click()
    page.locator("input[data-name=even]").uncheck()
    reset(page)


def test_weights_are_shown_as_the_shares_they_stand_for(page):
    def shares_said():
        outputs = page.locator(".hs-control:has(input[data-name^=weight_]) output")
        return [one.replace("\xa0", " ") for one in outputs.all_text_contents()]

    set_prior(page, (1, 1, 1, 1))
    assert shares_said() == ["1, 25 % of runners"] * 4
    set_prior(page, (4, 0.5, 0.5, 0))
    shares = ["4, 80 % of runners", *["0.5, 10 % of runners"] * 2, "0, 0 % of runners"]
    assert shares_said() == shares


def test_four_weights_of_0_are_refused_where_they_stand(page):
    set_prior(page, (1, 0, 0, 0))
    page.locator(".hs-more > summary").click()
    control = page.locator("input[data-name=weight_weak]")
    control.focus()
    page.keyboard.press("Home")
    page.wait_for_selector("text=Not all four can be 0")
    found = page.evaluate("hipstudy.numbers().differences")
    assert np.isfinite([row["mean"] for row in found]).all()
    page.keyboard.press("End")
    page.wait_for_selector("text=Not all four can be 0", state="detached")
    page.locator(".hs-more > summary").click()
    set_prior(page, (1, 1, 1, 1))


def test_its_state_is_in_its_address_and_back_undoes(page, file, browser):  # noqa: F811
    reset(page)
    page.wait_for_function(RESTED)
    set_to(page, sets=4)
    page.wait_for_function(RESTED)
    set_to(page, load="unloaded")
    page.wait_for_function(RESTED)
    assert "sets=4" in page.url
    assert "load=unloaded" in page.url
    said = page.evaluate("hipstudy.said()")
    context = browser.new_context(offline=True)
    with shown(context, file, query=f"#{page.url.split('#')[1]}&theme=x&sets2=9") as other:
        assert other.evaluate("hipstudy.said()") == said
        other.wait_for_function(RESTED)
        assert "theme" not in other.url
    context.close()
    page.go_back()
    page.wait_for_function("() => hipstudy.now.arms.b.controls.load !== 'unloaded'")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("() => hipstudy.now.arms.b.controls.sets === 3")


@pytest.mark.parametrize(
    "query", ["#sets=99&load=x&prior=a,b&outcome=none", "#prior=0,0,0,0", "#%"]
)
def test_an_address_that_is_no_state_opens_as_exported(browser, file, query):  # noqa: F811
    context = browser.new_context(offline=True)
    with shown(context, file, query=query) as page:
        assert page.evaluate("hipstudy.now.arms.b.controls.sets") == 3
        assert page.complaints == []
    context.close()


def test_a_dose_that_breaks_a_rule_is_said_in_place(browser, tmp_path):  # noqa: F811
    slow = "hip-flexor 2x30 @5 kg, lower 30 s, pause 60 s, raise 30 s, 2/wk x 3 wk; name slow"
    given = settings.check(protocols=f"stretch_only | {slow}", weeks=3, n_runners=2)
    steps = Steps((0, 2, 6), (2, 5), ("5 kg",), (0, 40))
    path = export.export(given, tmp_path / "p.html", steps=steps, n_draws=2, progress=quiet())
    context = browser.new_context(offline=True)
    with shown(context, path) as page:
        before = page.evaluate("hipstudy.said()")
        set_to(page, sets=6, sessions_per_week=5)
        assert "at most 14 hours a week" in page.inner_text(".hs-problems:visible")
        assert page.evaluate("hipstudy.said()") == before, "the last dose stays"
        set_to(page, sets=2, sessions_per_week=2)
        assert page.get_by_text("at most 14 hours a week").count() == 0
        assert page.complaints == []
    context.close()


@pytest.mark.parametrize("size", [(320, 640), PHONE, DESK, WALL])
def test_it_fits_every_window_and_axe_finds_nothing(page, size):
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    sized(page, size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    chart = page.locator(".hs-seen svg").bounding_box()
    assert chart["width"] <= size[0]
    assert chart["width"] > 0.4 * size[0], "the width is used"
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []


def test_it_prints_on_one_page(browser, file):  # noqa: F811
    context = browser.new_context(offline=True)
    with shown(context, file) as page:
        pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    context.close()
    assert len(pages) == 1
    assert "hip-flexor 3x8" in pages[0].extract_text()
