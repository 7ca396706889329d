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
from browsing import browser, from_outside  # noqa: F401 - a fixture

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.explore import cache, state
from hipstudy.explore.one_file import (
    dose_grid,
    export,
    one_file_sentences,
    page_html,
)
from hipstudy.explore.one_file.dose_grid import Dose, MovableArm, Steps
from hipstudy.labels import format_number, interval
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
        outcomes=export.rounding(GIVEN),
    )
    off = dose_grid.measure_error(grid, here, moved)
    return SimpleNamespace(here=here, moved=moved, grid=grid, off=off)


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
    levels = tuple(sorted({*page_html.LEVELS, *GIVEN.prior}))
    fixed = GIVEN.design().arms[0]
    rows = export.outside_rows(GIVEN, fixed)
    data = page_html.script_data(
        ready.grid, ready.off, ready.moved, fixed, levels, GIVEN.prior, rows
    )
    least = ready.grid.steps.stretch_min[1]
    assert not [place for place in data["positions"] if 0 < place < least]
    assert set(ready.grid.steps.stretch_min) <= set(data["positions"])
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
        here, moved, given.design().arms[0], steps=steps, outcomes={"tightness_nrs": 0.001}
    )
    assert grid.changes("tightness_nrs", moved.own) is not None
    assert grid.changes("tightness_nrs", Dose(6, 5, "5 kg", 10)) is None
    assert dose_grid.measure_error(grid, here, moved).n_tried > 0


@pytest.mark.parametrize("prior", [(1, 1, 1, 1), (0.5, 10, 0, 3.5), (0, 0, 0, 2), (0.5,) * 4])
def test_shares_are_the_librarys(prior):
    logs = page_html.shares_by_level(page_html.LEVELS, 20, seed=5)
    chosen = np.stack([logs[page_html.LEVELS.index(w), :, i] for i, w in enumerate(prior)], axis=1)
    parts = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    shares = parts / parts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares, cause_shares(prior, 20, seed=5), rtol=1e-11, atol=1e-300)


def test_the_same_settings_give_the_same_bytes(file):
    again = export.page(GIVEN, steps=STEPS, n_draws=N_DRAWS, progress=quiet())
    assert file.read_bytes() == again.encode()


def test_a_page_that_is_too_large_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "MOST_BYTES", 1_200_000)
    with pytest.raises(UsageProblems, match="at most 1200000 bytes"):
        export.export(GIVEN, tmp_path / "page.html", steps=STEPS, n_draws=2, progress=quiet())
    assert not list(tmp_path.iterdir())


@pytest.mark.validate
def test_the_page_fits_at_its_usual_size(tmp_path):
    path = export.export(settings.check(n_runners=200), tmp_path / "p.html", progress=quiet())
    assert path.stat().st_size <= 5_242_880


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
    assert "&lt;script&gt;document.title=&#34;run&#34;&lt;/script&gt; &amp; &#34;B&#34;" in page
    assert NASTY not in page
    assert "<i>plain" not in page
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
        "Harms are not modelled; absence here is not safety.",
        "8 repetitions a set",
        "first 2 weeks without weight",
        "seed 3",
        "9 draws",
        shorthand.dose(GIVEN.design().arms[0]),
        '<html lang="en">',
    ):
        assert words in page, words
    assert "weak" not in re.sub(r'"[^"]*"', "", page), "nobody is"


# In a browser.


@pytest.fixture(scope="module")
def page(browser, file):  # noqa: F811
    context = browser.new_context(offline=True)
    with shown(context, file) as opened:
        yield opened
    context.close()


@contextmanager
def shown(context, path, size=DESK):
    """The page open from its file; what it asked for, and what it complained of, in lists."""
    page = context.new_page()
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-ready]")
    try:
        yield page
    finally:
        page.close()


MOVE = """(places) => Object.entries(places).forEach(([id, at]) => {
  const control = document.getElementById(id);
  control.value = at;
  control.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def set_to(page, **places):
    """Move sliders, each to a place on its scale."""
    page.evaluate(MOVE, {name.replace("_", "-"): at for name, at in places.items()})


def set_dose(page, dose, data):
    at = {
        "sets": data["sets"].index(dose.sets),
        "sessions": data["sessions"].index(dose.sessions),
        "load": list(STEPS.holding(moved_arm().own).loads).index(dose.load),
        "stretch": data["positions"].index(dose.stretch_min),
    }
    set_to(page, **at)


def set_prior(page, prior, data):
    set_to(
        page, **{f"weight_{w}": data["levels"].index(p) for w, p in zip(WORLDS, prior, strict=True)}
    )


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


EVERYTHING = """(worlds) => JSON.stringify([0, 1, 2, 3, 4, 5].map((outcome) =>
  Object.fromEntries(worlds.map((world) => [world, hipstudy.numbers({ outcome, world })]))))"""


def compared(page, data, study, bounds, which):
    """Hold every number of every picture against the library, all outcomes and worlds."""
    found = json.loads(page.evaluate(EVERYTHING, [*WORLDS, PRIOR]))
    ends = compare_tables.effects(study).set_index(["outcome", "world"])
    for i, outcome in enumerate(data["outcomes"]):
        name, (level, change) = outcome["name"], bounds[i]
        for world, numbers in found[i].items():
            for letter, arm in (("A", "base"), ("B", "mine")):
                rows = [row for row in numbers["weeks"] if row["arm"] == letter]
                assert [row["week"] for row in rows] == data["weeks"]
                shown = np.array([[row[end] for row in rows] for end in BAND])
                off = np.abs(shown - changes(study, arm, name, world, data["weeks"])).max()
                assert off <= (change[which] if letter == "B" else 1e-9), (name, world, letter)
        for row in found[i][PRIOR]["differences"]:
            there = ends.loc[(name, row["world"]), ["estimate", "ci_low", "ci_high"]]
            off = np.abs(np.array([row[end] for end in BAND]) - there.to_numpy(float)).max()
            assert off <= level[which], (name, row["world"])


def some_prior(rng):
    return (*rng.choice(page_html.LEVELS, 3).tolist(), float(rng.choice(page_html.LEVELS[1:])))


def test_at_grid_points_its_numbers_are_the_librarys(page, data):
    rng, bounds = np.random.default_rng(11), stated(page)
    steps = STEPS.holding(moved_arm().own)
    for _ in range(50):
        dose, prior = some_dose(rng, steps), some_prior(rng)
        set_dose(page, dose, data)
        set_prior(page, prior, data)
        compared(page, data, library(dose, prior), bounds, which=0)


def test_between_them_its_numbers_are_within_what_it_states(page, data):
    rng, bounds = np.random.default_rng(12), stated(page)
    steps = STEPS.holding(moved_arm().own)
    between = [each for each in data["positions"] if each not in steps.stretch_min]
    for _ in range(50):
        dose, prior = some_dose(rng, steps, float(rng.choice(between))), some_prior(rng)
        set_dose(page, dose, data)
        set_prior(page, prior, data)
        compared(page, data, library(dose, prior), bounds, which=1)


def test_the_break_even_share_is_the_librarys(page, data, ready):
    rng = np.random.default_rng(13)
    i, pair = data["weeks"].index(data["last"]) - 1, ("mine", "base")
    for _ in range(20):
        dose, prior = some_dose(rng, ready.grid.steps), some_prior(rng)
        set_dose(page, dose, data)
        set_prior(page, prior, data)
        ends = (ready.grid.changes("tightness_nrs", dose) - ready.grid.fixed[0])[..., [i]]
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
    set_to(page, sets=0, stretch=3)
    page.wait_for_timeout(400)
    assert page.asked == [file.as_uri()]
    assert from_outside(page.asked) == []
    assert page.complaints == []
    assert page.locator("details.vega-embed, .vega-actions").count() == 0, "Vega's menu is off"


def test_words_of_an_arm_are_shown_as_they_are(page):
    assert page.locator(".arm-b .label").text_content() == NASTY
    assert page.locator(".arm-a .label").text_content() == "<i>plain</i>"
    assert "Tight hips" in page.title(), "and nothing of them was run"


def test_sentences_tables_and_minutes_follow_the_controls(page, data):
    set_prior(page, (2, 1, 0.5, 1), data)
    page.locator("#back").click()
    page.locator("#outcome").select_option("0")
    page.locator("#world").select_option("weak")
    page.wait_for_timeout(400)
    assert page.evaluate("hipstudy.numbers().dose.stretch_min") == 18.5
    assert page.locator("#minutes").text_content().startswith("Clock minutes a week: A 28, B ")
    assert "not equal, so the difference holds B" in page.locator("#minutes").text_content()
    assert "was run at this dose" in page.locator("#exact").text_content()
    found = page.evaluate("hipstudy.numbers()")
    b = found["weeks"][-1]
    said = interval(b["mean"], b["low"], b["high"])
    assert f"{said} under B" in page.locator("#weeks-said").text_content()
    assert page.locator("#weeks-table tbody tr").last.locator("td").last.text_content() == said
    first = found["differences"][0]
    assert interval(*(first[end] for end in BAND)) in page.locator("#causes-said").text_content()
    row = page.locator("#causes-table tbody tr").first.locator("td").all_text_contents()
    assert row == [format_number(first[end]) for end in BAND]
    assert "Break-even share" in page.locator("#even-said").text_content()
    assert "B minus A at week 7" in page.locator("#now").text_content()
    page.locator("#outcome").select_option("3")
    set_to(page, stretch=data["positions"].index(18))
    page.wait_for_timeout(100)
    between = page.locator("table:has(#off) tbody tr").nth(3).locator("td").last.text_content()
    assert f"may be off by {between} Nm/kg" in page.locator("#exact").text_content()
    assert "% of the start" in page.locator("#weeks-said").text_content()
    assert "worked out for tightness" in page.locator("#even-said").text_content()


def test_stretching_can_keep_the_arms_at_equal_minutes(page):
    set_to(page, sets=1, sessions=1)
    page.locator("#even").check()
    page.wait_for_timeout(100)
    found = page.evaluate("hipstudy.numbers()")
    assert found["equal"]
    assert found["minutes"]["a"] == pytest.approx(found["minutes"]["b"])
    assert page.locator("#minutes").text_content().endswith("equal.")
    assert page.locator("#stretch").is_disabled()
    page.locator("#even").uncheck()


def shares_said(page):
    said = [page.locator(f"#weight-{world}-said").text_content() for world in WORLDS]
    return [one.replace("\xa0", " ") for one in said]


def test_weights_are_shown_as_the_shares_they_stand_for(page, data):
    set_prior(page, (1, 1, 1, 1), data)
    assert shares_said(page) == ["1, 25 % of runners"] * 4
    set_prior(page, (4, 0.5, 0.5, 0), data)
    shares = ["4, 80 % of runners", *["0.5, 10 % of runners"] * 2, "0, 0 % of runners"]
    assert shares_said(page) == shares


def test_four_weights_of_0_are_refused_where_they_stand(page, data):
    set_prior(page, (1, 1, 1, 1), data)
    before = page.evaluate("hipstudy.numbers({outcome: 0}).differences")
    for world in WORLDS:
        set_to(page, **{f"weight_{world}": 0})
    page.wait_for_timeout(100)
    assert "Not all four can be 0" in page.locator("#no-prior").text_content()
    assert page.locator("#no-prior").is_visible()
    after = page.evaluate("hipstudy.numbers({outcome: 0}).differences")
    assert np.isfinite([row["mean"] for row in after]).all()
    assert after[:-1] == before[:-1]
    set_prior(page, (1, 1, 1, 1), data)
    assert not page.locator("#no-prior").is_visible()


def test_a_dose_that_breaks_a_rule_is_said_in_place(browser, tmp_path):  # noqa: F811
    slow = "hip-flexor 2x30 @5 kg, lower 30 s, pause 60 s, raise 30 s, 2/wk x 3 wk; name slow"
    given = settings.check(protocols=f"stretch_only | {slow}", weeks=3, n_runners=2)
    steps = Steps((0, 2, 6), (2, 5), ("5 kg",), (0, 40))
    path = export.export(given, tmp_path / "p.html", steps=steps, n_draws=2, progress=quiet())
    context = browser.new_context(offline=True)
    with shown(context, path) as page:
        set_to(page, sets=2, sessions=1)
        page.wait_for_timeout(400)
        assert page.locator("#no-dose").is_visible()
        for place in ("#no-dose", "#weeks-said", "#causes-said", "#now"):
            assert "at most 14 hours a week" in page.locator(place).text_content()
        assert page.locator("#weeks-table tbody tr").count() == 0
        page.locator("#back").click()
        page.wait_for_timeout(100)
        assert not page.locator("#no-dose").is_visible()
        assert page.complaints == []
    context.close()


def test_it_is_worked_by_keyboard_alone_with_focus_in_sight(page):
    page.locator("#back").click()
    page.locator("body").press("Tab")
    page.evaluate("document.activeElement.blur()")
    wanted = ["sets", "sessions", "load", "stretch", "even", "back", "outcome", "world"]
    wanted += [f"weight-{world}" for world in WORLDS]
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "[document.activeElement.id || document.activeElement.tagName, "
            "getComputedStyle(document.activeElement).outlineStyle, "
            "parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        assert at[0] == "BODY" or (at[1] != "none" and at[2] >= 2), at
        reached.append(at[0])
        if at[0] == "sets":
            before = page.evaluate("hipstudy.numbers().dose.sets")
            page.keyboard.press("ArrowLeft")
            assert page.evaluate("hipstudy.numbers().dose.sets") == before - 1
            assert page.locator("#sets").get_attribute("aria-valuetext")
    start = reached.index("sets")
    assert reached[start : start + len(wanted)] == wanted
    assert reached.count("SUMMARY") >= 2
    page.locator("summary").first.press("Enter")
    assert page.locator("#weeks-table").is_visible()


def test_controls_have_names_and_say_their_values_with_units(page):
    for name, words in (
        ("sets", "Sets a side"),
        ("sessions", "Strength sessions a week"),
        ("load", "Load"),
        ("stretch", "Stretching a week, both sides"),
    ):
        assert page.get_by_role("slider", name=words).get_attribute("id") == name
    page.locator("#back").click()
    page.wait_for_timeout(100)
    said = [
        page.locator(f"#{n}-said").text_content() for n in ("sets", "sessions", "load", "stretch")
    ]
    assert said == ["3 sets", "2 sessions", "2.5 kg added", "18.5 min"]
    live = page.locator("[aria-live]:not([aria-live=off]), output:not([aria-live]), [role=alert]")
    assert [one.get_attribute("id") for one in live.all()] == ["now"], "one place speaks"


def test_nothing_is_told_by_colour_alone(page):
    page.locator("#back").click()
    page.wait_for_timeout(200)
    dashes = page.locator("#weeks-chart path[stroke-width='2.6']").evaluate_all(
        "(lines) => lines.map((line) => "
        "['stroke', 'stroke-dasharray'].map((name) => line.getAttribute(name)))"
    )
    assert dict(dashes) == {"#0072B2": "1,0", "#D55E00": "7,4"}
    marks = page.locator("#causes-chart .role-mark.mark-symbol path")
    assert len({mark.get_attribute("d") for mark in marks.all()}) == 5, "a mark a cause"


@pytest.mark.parametrize("size", [(320, 640), PHONE, DESK, WALL])
def test_it_fits_every_window_and_axe_finds_nothing_serious(page, size):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    chart = page.locator("#weeks-chart svg").bounding_box()
    assert chart["width"] <= size[0]
    assert chart["width"] > (0.25 if size == WALL else 0.5) * size[0], "the width is used"
    found = Axe().run(page).response["violations"]
    bad = [(one["id"], [n["html"] for n in one["nodes"]]) for one in found
           if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert bad == []
