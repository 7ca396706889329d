"""The live explorer in a real browser: every control against the library, and who may come in."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browsing import browser, from_outside  # noqa: F401 - a fixture
from live_explorer import SETTLED, family, inside, opened, page_of, serving

from hipstudy.explore import state
from hipstudy.explore.outside_row import outside_row
from hipstudy.labels import WORLD_LABELS, arm_label
from hipstudy.labels import format_number as words
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.studies import compare_study, compare_tables, torque_curves

FEW = 40  # runners
START = state.start(n_runners=FEW)
TABLES = """(name) => [...document.querySelectorAll(
  `.hs-panel[data-name=${name}] table`)].map((table) =>
    [...table.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent)))"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", str(FEW)) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        yield here


def settled(page, before=None):
    """Wait until all four pictures are of the settings in the address; return these."""
    end = time.monotonic() + 600
    while time.monotonic() < end:
        mark = page.evaluate(SETTLED)
        if mark and mark != before:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the pictures did not follow")
    return state.read(urlsplit(page.url).query, START)


def handle(page, name):
    return page.locator(f'.noUi-handle[aria-label="{name}"]')


def press(page, name, key):
    before = page.evaluate(SETTLED)
    handle(page, name).focus()
    page.keyboard.press(key)
    return settled(page, before)


def choose(page, name, label):
    before = page.evaluate(SETTLED)
    page.get_by_label(name, exact=True).select_option(label=label)
    return settled(page, before)


def _row(*cells):
    return [cell if isinstance(cell, str) else words(float(cell), 3) for cell in cells]


def _band(draws):
    return draws.mean(), *np.quantile(draws, (0.025, 0.975))


def expected(asked):
    """What the page's tables should hold, from the library called directly."""
    study = compare_study.run(asked.settings(), n_draws=50)
    outcome = study.settings.reserve if asked.outcome == state.RESERVE else asked.outcome
    found = {"weeks": [], "causes": [], "torque": [], "load": []}

    def over(arm, name, weeks_only_level=False):
        rows = []
        runs = study.mean(arm, name, PRIOR)
        for week in range(asked.a.weeks + 1):
            start, now = runs[:, 0], runs[:, week]
            torque = name == "end_range_torque_nm_kg"
            moved = 100 * (now / start - 1) if torque else now - start
            level = _row(arm_label(arm), str(week), *_band(now))
            rows.append(level if weeks_only_level else level + _row(*_band(moved)))
        return rows

    found["weeks"].append([row for arm in state.ARMS for row in over(arm, outcome)])
    found["causes"].append(
        [
            _row(WORLD_LABELS[w], *_band(study.difference(("arm_b", "arm_a"), outcome, w)[:, -1]))
            for w in (*WORLDS, PRIOR)
        ]
    )
    even = compare_tables.break_even(study)
    rows = even[["margin_nrs", "share", "ci_low", "ci_high", "never"]].itertuples(index=False)
    found["causes"].append(
        [_row(*("no share" if np.isinf(cell) else cell for cell in row)) for row in rows]
    )
    before, after = study.design.arms
    elsewhere = outside_row(study.settings.outside(), after, before)
    if elsewhere and outcome == "tightness_nrs":
        row = (elsewhere.estimate, elsewhere.low, elsewhere.high)
        found["causes"].append([_row("Trials elsewhere", *row)])
    week = asked.shown_week
    curve = torque_curves.torque_angle(study, state.ARMS, weeks=(0, week))
    curve = curve[curve["angle_ext_deg"] >= -60]
    found["torque"].append(
        [
            _row(arm_label(r.arm), str(r.week), words(r.angle_ext_deg, 0), *r[4:7])
            for r in curve.itertuples()
        ]
    )
    found["load"].append(
        [
            _row(arm_label(a.name), a.strength_min_wk, a.stretch_min_wk, a.clock_min_wk)
            for a in study.design.arms
        ]
    )
    found["load"].append([row for arm in state.ARMS for row in over(arm, "soreness_nrs", True)])
    return found


def check_tables(page, asked):
    wanted = expected(asked)
    for name, tables in wanted.items():
        shown = page.evaluate(TABLES, name)
        if name == "weeks":
            shown = shown[:1]  # the second, of how runners differ, is held in test_explore_quick
        assert len(shown) == len(tables), name
        for one, other in zip(shown, tables, strict=True):
            assert one == other, name


def test_it_opens_with_the_library_s_numbers_and_nothing_from_outside(page, server):
    asked = settled(page)
    assert asked == START
    check_tables(page, asked)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(server[0]))
    assert from_outside(page.requested, origin) == []
    assert page.title() == "hipstudy: move a dose, see the weeks change"


# Control -> how a hand moves it -> what that asks for.
ARM_A, ARM_B = "Arm A: ", "Arm B: "
SLIDERS = {
    ARM_B + "Sets a side (sets)": lambda q: q.b.strength.sets == 4,
    ARM_B + "Repetitions a set (reps)": lambda q: q.b.strength.reps == 11,
    ARM_B + "Strength sessions (a week)": lambda q: q.b.strength.sessions_per_week == 4,
    ARM_B + "First weeks without weight (weeks)": lambda q: q.b.strength.unloaded_weeks == 4,
    ARM_B + "Support raised (cm)": lambda q: q.b.strength.support_height_cm == 1,
    ARM_B + "Stretching, both sides (min a week)": lambda q: round(q.b.stretch_min_wk, 9) == 29,
    ARM_A + "Stretching, both sides (min a week)": lambda q: round(q.a.stretch_min_wk, 9) == 65,
    ARM_A + "Sets a side (sets)": lambda q: q.a.strength.sets == 1,
    "Length of both arms (weeks)": lambda q: q.a.weeks == q.b.weeks == 13,
    "Sessions done (%)": lambda q: q.adherence == 0.61,
    "Starting Thomas angle (deg extension)": lambda q: q.start_rom_deg == 12,
    "Weight: end-range torque": lambda q: q.prior[0] == 1.5,
    "Weight: short tissue": lambda q: q.prior[1] == 1.5,
    "Weight: guarding": lambda q: q.prior[2] == 1.5,
    "Weight: none of these": lambda q: q.prior[3] == 1.5,
}


@pytest.mark.parametrize("name", SLIDERS)
def test_every_slider_against_the_library(page, name):
    settled(page)
    asked = press(page, name, "ArrowRight")
    assert SLIDERS[name](asked), asked
    check_tables(page, asked)


def test_every_choice_against_the_library(page):
    asked = choose(page, "Arm B: Load", "added weight")
    assert asked.b.strength.load == "5 kg"
    asked = press(page, ARM_B + "Added weight (kg)", "ArrowRight")
    assert asked.b.strength.added_kg == 5.5
    check_tables(page, asked)
    asked = choose(page, "Arm B: Load", "without weight")  # no limb holds a weight as well
    assert asked.b.strength.load == "unloaded"
    asked = choose(page, "Arm B: Lever", "trunk lever")
    assert asked.b.strength.lever == "trunk-lever"
    check_tables(page, asked)
    asked = choose(page, "Running speed (m/s)", "2.5")
    assert asked.running_speed == 2.5
    for label, outcome in (
        ("End-range reserve", state.RESERVE),
        ("Discomfort running", "discomfort_nrs"),
        ("Modified Thomas angle", "thomas_ext_deg"),
        ("End-range torque", "end_range_torque_nm_kg"),
        ("Soreness", "soreness_nrs"),
        ("Running economy", "economy_pct"),
    ):
        asked = choose(page, "Outcome", label)
        assert asked.outcome == outcome
        check_tables(page, asked)


def test_week_of_the_curve(page):
    before = settled(page)
    handle(page, "Week of the curve (weeks)").focus()
    page.keyboard.press("ArrowLeft")
    end = time.monotonic() + 600
    while "week " + str(before.a.weeks - 1) not in page.inner_text(".hs-panel[data-name=torque]"):
        assert time.monotonic() < end
        time.sleep(0.05)
    shown = page.evaluate(TABLES, "torque")
    assert shown == expected(replace(before, week=before.a.weeks - 1))["torque"]


def test_prescriptions_on_one_line_and_presets(page):
    asked = choose(page, "Arm A starts from", "Stretch only")
    assert round(asked.a.stretch_min_wk, 9) == 28
    check_tables(page, asked)
    before = page.evaluate(SETTLED)
    field = page.get_by_label("Arm A on one line", exact=True)
    field.fill("stretch 3x45 s, 5/wk x 8 wk")
    field.press("Enter")
    asked = settled(page, before)
    assert (asked.a.stretch.holds, asked.a.weeks, asked.b.weeks) == (3, 8, 8)
    check_tables(page, asked)
    before = page.evaluate(SETTLED)
    page.get_by_role("button", name="Give both arms the same minutes a week").click()
    asked = settled(page, before)
    assert asked.a.clock_min_wk == pytest.approx(asked.b.clock_min_wk)
    assert "at equal minutes a week" in page.inner_text(".hs-panel[data-name=causes]")


def test_what_is_as_modelled_comes_back(page):
    before = page.evaluate(SETTLED)
    page.get_by_text("Sessions done: as modelled").click()
    asked = settled(page, before)
    assert asked.adherence is None
    assert "drawn around" not in page.inner_text(".hs-panel[data-name=weeks]")
    before = page.evaluate(SETTLED)
    page.get_by_text("Starting angle: as published").click()
    asked = settled(page, before)
    assert asked.start_rom_deg is None
    check_tables(page, asked)


def test_mistakes_are_said_in_place_and_the_pictures_stay(page):
    shown = page.get_attribute(".hs-panel[data-name=weeks] img", "src")
    field = page.get_by_label("Arm B on one line", exact=True)
    usual = field.input_value()
    field.fill("stretch 4x <script>alert(1)</script>")
    field.press("Enter")
    page.wait_for_selector(".hs-arm-b .hs-problems li")
    said = page.inner_text(".hs-arm-b .hs-problems")
    assert (
        "arm_b, character 9: found '4x <script>alert(1)</script>'; this is not understood." in said
    )
    assert "Traceback" not in page.inner_text("body")
    assert page.get_attribute(".hs-panel[data-name=weeks] img", "src") == shown
    field.fill(usual)
    field.press("Enter")
    page.wait_for_selector(".hs-arm-b .hs-problems", state="detached")


def test_tables_stay_open_while_a_dose_moves(page):
    page.locator(".hs-panel[data-name=weeks] summary").click()
    assert page.locator(".hs-panel[data-name=weeks] details[open]").count() == 1
    press(page, "Weight: guarding", "ArrowRight")
    assert page.locator(".hs-panel[data-name=weeks] details[open]").count() == 1
    assert page.locator(".hs-panel[data-name=causes] details[open]").count() == 0


def test_a_link_brings_the_settings_back_in_a_page_of_its_own(page, server, browser):  # noqa: F811
    asked = settled(page)
    assert "token" not in parse_qs(urlsplit(page.url).query)
    assert server[0].split("token=")[1] not in page.content()
    with opened(browser, f"{server[0]}&{urlsplit(page.url).query}") as second:
        assert settled(second) == asked
        assert "token" not in second.url
        before = page.content()
        other = press(second, ARM_B + "Stretching, both sides (min a week)", "ArrowRight")
        check_tables(second, other)
        assert page.content() == before, "a second page must not disturb the first"


def test_keyboard_alone_reaches_every_control_and_shows_where_it_is(page):
    wanted = {
        *page.eval_on_selector_all(
            ".noUi-handle[aria-label]:not([aria-disabled])",
            "all => all.map(one => one.getAttribute('aria-label'))",
        ),
        *page.eval_on_selector_all(
            ".hs-page select:not([disabled]), .hs-page input[type=text]:not([disabled])",
            "all => all.map(one => one.getAttribute('aria-label'))",
        ),
        "Give both arms the same minutes a week",
        "Make the report of what is on screen (PDF)",
    }
    assert None not in wanted
    page.evaluate("document.activeElement.blur()")
    reached, unseen = set(), []
    for _ in range(160):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(
            """() => { const one = document.activeElement, look = getComputedStyle(one);
            return [one.getAttribute('aria-label') || one.textContent.trim(),
                    look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2]; }"""
        )
        if name in wanted:
            reached.add(name)
            if not visible:
                unseen.append(name)
    assert wanted - reached == set()
    assert unseen == []


def test_axe_finds_nothing_serious(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    worst = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in found]
    assert [one for one in worst if one[0] in ("serious", "critical")] == []


def test_one_button_makes_the_report_of_what_is_on_screen(browser, server):  # noqa: F811
    lines = {"a": "stretch 4x30 s daily x 1 wk", "b": "hip-flexor 2x8, 2/wk x 1 wk"}
    more = {"prior": "2,1,0,1", "adherence": "0.9", "speed": "3.5"}
    from urllib.parse import urlencode

    address = f"{server[0]}&{urlencode(lines | more)}"
    with opened(browser, address) as here:
        asked = settled(here)
        here.get_by_role("button", name="Make the report of what is on screen (PDF)").click()
        here.wait_for_selector(".hs-report progress")
        link = here.wait_for_selector(".hs-pdf", timeout=600_000)
        with here.expect_download() as download:
            link.click()
        pdf = Path(download.value.path()).read_bytes()
    assert pdf.startswith(b"%PDF-")
    made = next((server[2] / "reports").glob("explore-*"))
    assert (made / "compare.pdf").read_bytes() == pdf
    import pandas as pd

    whole = compare_tables.effects(compare_study.run(asked.settings()))
    found = pd.read_csv(made / "tables" / "effects.csv")
    pd.testing.assert_frame_equal(found, whole, check_dtype=False)


def test_a_bad_cohort_file_is_listed_in_the_page(tmp_path, browser):  # noqa: F811
    file = tmp_path / "cohort.csv"
    file.write_text("runner_id,side,week,thomas_ext_deg\nr1,left,0,95\nr1,middle,0,4\n")
    checked = subprocess.run(
        [sys.executable, "-m", "hipstudy", "check", str(file), "--out", str(tmp_path / "p.html")],
        capture_output=True, text=True,
    )  # fmt: skip
    with serving(tmp_path, "--cohort", str(file)) as (address, _, folder):
        here = browser.new_page()
        here.goto(address)
        here.wait_for_selector(".hs-problems li", timeout=600_000)
        said = here.inner_text(".hs-page, body")
        listed = here.locator(".hs-problems li").all_inner_texts()
        here.close()
    assert "Mend it, then reload this page" in said
    assert "Traceback" not in said
    assert any("'95'" in one for one in listed)
    assert any("column side" in one for one in listed)
    assert not any("middle" in one for one in listed)  # a clinic's own words stay out of pages
    for one in listed:  # the same problems as the command's, and as the terminal's
        assert re.search(re.escape(one.split(": ")[1][:20]), checked.stdout + checked.stderr)
        assert one in (folder / "err").read_text()


def test_a_browser_comes_in_through_the_door_it_is_handed(browser, tmp_path):  # noqa: F811
    """As `hipstudy explore` opens it: from a file, which a browser takes for another site."""
    kept = tmp_path / "door.html"
    fake = tmp_path / "open-it"
    fake.write_text(f'#!/bin/sh\ncp "${{1#file://}}" {kept}\nsleep 20\n')
    fake.chmod(0o755)
    surroundings = {**os.environ, "BROWSER": str(fake), "TMPDIR": str(tmp_path)}
    with (tmp_path / "out").open("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hipstudy", "explore", "--runners", "20"],
            cwd=tmp_path, env=surroundings, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        end = time.monotonic() + 600
        while not kept.exists() or not kept.read_text():
            assert time.monotonic() < end, (tmp_path / "out").read_text()
            time.sleep(0.1)
        assert "token" not in (tmp_path / "out").read_text()
        here = browser.new_page()
        here.goto(kept.as_uri())
        here.wait_for_function(SETTLED, timeout=600_000)
        assert "token" not in here.url
        here.close()
        assert list(tmp_path.glob("hipstudy-*/explore.html")) == [], "the door stays shut behind it"
    finally:
        process.send_signal(signal.SIGHUP)
        process.wait(600)
    assert list(tmp_path.glob("hipstudy-*")) == []


def listening(pids):
    """Addresses that processes listen on, as /proc/net/tcp has them: hexadecimal, v4 and v6."""
    sockets = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                sockets.add(str(entry.readlink()))
            except OSError:
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in sockets:
                found.add(parts[1].split(":")[0])
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_only_loopback_and_a_kernel_that_ends_with_its_page(browser, server):  # noqa: F811
    address, process, _ = server
    before = len(family(process.pid))
    with opened(browser, address):
        assert len(family(process.pid)) > before
        assert listening(family(process.pid)) == {"0100007F"}
    end = time.monotonic() + 600
    while len(family(process.pid)) > before and time.monotonic() < end:
        time.sleep(0.1)
    assert len(family(process.pid)) == before


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_a_page_left_while_it_loads_leaves_no_kernel(browser, server):  # noqa: F811
    address, process, _ = server
    before = len(family(process.pid))
    here = inside(browser, address).new_page()
    here.goto(page_of(address), wait_until="commit")
    here.wait_for_selector("#jupyter-config-data", state="attached", timeout=600_000)
    here.goto("about:blank")
    here.close()
    end = time.monotonic() + 600
    while len(family(process.pid)) > before and time.monotonic() < end:
        time.sleep(0.1)
    assert len(family(process.pid)) == before


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_a_page_that_lost_its_kernel_says_so(browser, server):  # noqa: F811
    address, process, _ = server
    before = set(family(process.pid))
    with opened(browser, address) as here:
        for pid in set(family(process.pid)) - before:
            os.kill(pid, signal.SIGKILL)
        here.wait_for_selector("#hs-gone:not([hidden])", timeout=600_000)
