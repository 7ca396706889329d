"""The live explorer in a real browser: every control against the library, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from browsing import browser, from_outside  # noqa: F401 - a fixture
from live_explorer import RESTED, SETTLED, family, opened, page_of, serving
from terminal import HEARING

from hipstudy.explore import state
from hipstudy.explore.arm_changes import rounding_step
from hipstudy.explore.outside_row import outside_row
from hipstudy.model.causes import PRIOR
from hipstudy.studies import compare_study, compare_tables, torque_curves

FEW = 20  # runners
START = state.start(n_runners=FEW)
BAND = ("mean", "low", "high")
PDF = "Make the PDF"
LINUX = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", str(FEW)) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        here.locator(".hs-more > summary").click()
        yield here


def settled(page, before=None):
    """Wait until the numbers follow the controls; return the settings in the address to be."""
    end = time.monotonic() + 600
    while time.monotonic() < end:
        mark = page.evaluate(SETTLED)
        if mark and mark != before:
            return state.read(mark, START)
        time.sleep(0.05)
    raise AssertionError("the page did not follow")


def press(page, name, key="ArrowRight"):
    before = page.evaluate(SETTLED)
    page.locator(f"input[data-name={name}]").first.focus()
    page.keyboard.press(key)
    return settled(page, before)


def choose(page, name, value):
    before = page.evaluate(SETTLED)
    page.locator(f"select[data-name={name}]").select_option(value)
    return settled(page, before)


def pick(page, name, value):
    """One of a few choices that stand side by side."""
    before = page.evaluate(SETTLED)
    page.locator(f"input[data-name={name}][value='{value}']").check()
    return settled(page, before) if name != "mover" else settled(page)


def _band(draws):
    return np.array([draws.mean(axis=0), *np.quantile(draws, (0.025, 0.975), axis=0)])


def check_numbers(page, asked):
    """Hold every number of the pictures against the library, called directly."""
    study = compare_study.run(asked.settings(), n_draws=50)
    outcome = study.settings.reserve if asked.outcome == state.RESERVE else asked.outcome
    step = rounding_step(outcome)
    found = json.loads(page.evaluate("JSON.stringify(hipstudy.numbers())"))
    for letter, arm in zip("ab", state.ARMS, strict=True):
        runs = study.mean(arm, outcome, PRIOR)
        is_torque = outcome == "end_range_torque_nm_kg"
        change = 100 * (runs / runs[:, :1] - 1) if is_torque else runs - runs[:, :1]
        rows = found["lines"][letter]
        assert [row["week"] for row in rows] == list(range(asked.a.weeks + 1))
        shown = np.array([[row[end] for row in rows] for end in BAND])
        within = 100 * step / runs[:, 0].min() if is_torque else step
        assert np.abs(shown - _band(change)).max() <= within / 2 * 1.001, (outcome, arm)
    for row in found["differences"]:
        draws = study.difference(("arm_b", "arm_a"), outcome, row["world"])[:, -1]
        assert np.abs(np.array([row[end] for end in BAND]) - _band(draws)).max() <= step * 1.001
    elsewhere = outside_row(study.settings.outside(), *reversed(study.design.arms))
    if outcome == "tightness_nrs":
        given = found["outside"] and found["outside"]["estimate"]
        assert given == (elsewhere and elsewhere.estimate)
        even = compare_tables.break_even(study)["margin_nrs"].tolist()[:2]
        shares = found["even"] or []  # of one cause alone there is none to ask for
        assert [row["margin"] for row in shares] == (even if any(asked.prior[1:]) else [])
    else:
        assert "outside" not in found
    minutes = page.evaluate("Object.values(hipstudy.now.arms).map((arm) => arm.minutes.both)")
    assert minutes == pytest.approx([arm.clock_min_wk for arm in study.design.arms])


def test_it_opens_with_the_library_s_numbers_and_nothing_from_outside(page, server):
    asked = settled(page)
    assert asked == START
    check_numbers(page, asked)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(server[0]))
    assert from_outside(page.requested, origin) == []
    assert page.title() == "hipstudy: Move a dose, see the weeks change"


# Control -> what one step to the right asks for.
SLIDERS = {
    "sets": lambda q: q.b.strength.sets == 4,
    "reps": lambda q: q.b.strength.reps == 11,
    "sessions_per_week": lambda q: q.b.strength.sessions_per_week == 4,
    "unloaded_weeks": lambda q: q.b.strength.unloaded_weeks == 4,
    "support_height_cm": lambda q: q.b.strength.support_height_cm == 1,
    "stretch_min_wk": lambda q: round(q.b.stretch_min_wk, 9) == 29,
    "weeks": lambda q: q.a.weeks == q.b.weeks == 13,
    "adherence": lambda q: q.adherence == 0.61,
    "start_rom_deg": lambda q: q.start_rom_deg == 12,
    "weight_weak": lambda q: q.prior[0] == 1.5,
    "weight_short": lambda q: q.prior[1] == 1.5,
    "weight_guarded": lambda q: q.prior[2] == 1.5,
    "weight_nonspecific": lambda q: q.prior[3] == 1.5,
}


@pytest.mark.parametrize("name", SLIDERS)
def test_every_slider_against_the_library(page, name):
    settled(page)
    asked = press(page, name)
    assert SLIDERS[name](asked), asked
    check_numbers(page, asked)


def test_every_choice_against_the_library(page):
    asked = pick(page, "load", "5 kg")
    assert asked.b.strength.load == "5 kg"
    asked = press(page, "added_kg")
    assert asked.b.strength.load == "5.5 kg"
    check_numbers(page, asked)
    asked = pick(page, "load", "unloaded")
    assert asked.b.strength.load == "unloaded"
    assert page.locator("input[data-name=added_kg]").is_hidden(), "a dead control is not there"
    asked = choose(page, "lever", "trunk-lever")
    assert asked.b.strength.lever == "trunk-lever"
    check_numbers(page, asked)
    asked = choose(page, "running_speed", "2.5")
    assert asked.running_speed == 2.5
    for i, outcome in reversed([*enumerate(state.OUTCOMES)]):
        if outcome == asked.outcome:
            continue
        asked = choose(page, "outcome", str(i))
        assert asked.outcome == outcome
        check_numbers(page, asked)
    if asked.outcome != state.OUTCOMES[0]:
        choose(page, "outcome", "0")


def test_the_other_arm_can_be_moved_and_its_dead_controls_are_not_there(page):
    pick(page, "mover", "a")
    for name in ("load", "sessions_per_week", "reps", "lever"):
        assert page.locator(f"[data-name={name}]").first.is_hidden(), name
    asked = press(page, "stretch_min_wk")
    assert asked.a.stretch_min_wk > START.a.stretch_min_wk
    asked = press(page, "sets")
    assert asked.a.strength.sets == 1
    assert page.locator("[data-name=load]").first.is_visible()
    check_numbers(page, asked)
    press(page, "sets", "ArrowLeft")
    pick(page, "mover", "b")


def test_torque_along_the_range_is_the_library_s(page):
    asked = settled(page)
    page.get_by_role("tab", name="Torque along the range").click()
    page.wait_for_function("() => hipstudy.now.torque")
    page.locator("input[data-name=week]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"() => hipstudy.now.torque?.shown_week === {asked.a.weeks - 1}")
    study = compare_study.run(asked.settings(), n_draws=50)
    curve = torque_curves.torque_angle(study, state.ARMS, weeks=(0, asked.a.weeks - 1))
    curve = curve[curve["angle_ext_deg"] >= -60]
    shown = page.evaluate("hipstudy.now.torque.rows.map((r) => [r.angle, r.mean, r.low, r.high])")
    np.testing.assert_allclose(
        shown, curve[["angle_ext_deg", "mean", "low", "high"]].to_numpy(float), atol=1e-12
    )
    assert "three curves" in page.inner_text("[role=tabpanel]:not([hidden])")
    page.locator("input[data-name=week]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => hipstudy.now.torque?.shown_week === {asked.a.weeks}")
    page.get_by_role("tab", name="By cause").click()


def test_prescriptions_on_one_line_presets_and_equal_minutes(page):
    pick(page, "mover", "a")
    asked = choose(page, "preset", "stretch_only")
    assert round(asked.a.stretch_min_wk, 9) == 28
    before = page.evaluate(SETTLED)
    field = page.locator("input[data-name=line]")
    field.fill("stretch 3x45 s, 5/wk x 8 wk")
    field.press("Enter")
    asked = settled(page, before)
    assert (asked.a.stretch.holds, asked.a.weeks, asked.b.weeks) == (3, 8, 8)
    check_numbers(page, asked)
    pick(page, "mover", "b")
    before = page.evaluate(SETTLED)
    page.locator("input[data-name=even]").check()
    asked = settled(page, before)
    assert asked.a.clock_min_wk == pytest.approx(asked.b.clock_min_wk)
    assert "at equal minutes a week" in page.inner_text("[role=tabpanel]:not([hidden])")
    asked = press(page, "sets")
    assert asked.a.clock_min_wk == pytest.approx(asked.b.clock_min_wk)
    page.locator("input[data-name=even]").uncheck()


def test_what_is_as_modelled_comes_back(page):
    for name in ("adherence", "start_rom_deg"):
        press(page, name)
    before = page.evaluate(SETTLED)
    page.locator("input[data-name=adherence_usual]").check()
    asked = settled(page, before)
    assert asked.adherence is None
    assert "drawn around" not in page.inner_text(".hs-below")
    before = page.evaluate(SETTLED)
    page.locator("input[data-name=rom_usual]").check()
    asked = settled(page, before)
    assert asked.start_rom_deg is None
    check_numbers(page, asked)


def test_mistakes_are_said_in_place_and_the_pictures_stay(page):
    shown = page.inner_html(".hs-seen .hs-chart")
    field = page.locator("input[data-name=line]")
    usual = field.input_value()
    field.fill("stretch 4x <script>alert(1)</script>")
    field.press("Enter")
    page.wait_for_selector(".hs-line-box .hs-problems li")
    said = page.inner_text(".hs-line-box .hs-problems")
    assert "character 9: found '4x <script>alert(1)</script>'; this is not understood." in said
    assert "Traceback" not in page.inner_text("body")
    assert page.inner_html(".hs-seen .hs-chart") == shown
    assert page.get_by_role("button", name=PDF).is_disabled(), "no report of the dose before"
    field.fill(usual)
    field.press("Enter")
    page.wait_for_selector(".hs-line-box .hs-problems li", state="detached")
    assert page.get_by_role("button", name=PDF).is_enabled()


def test_undo_back_and_reset(page):
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function(RESTED)
    assert settled(page) == START
    asked = press(page, "sets")
    page.wait_for_function(RESTED)
    asked = press(page, "sets")
    page.wait_for_function(RESTED)
    assert asked.b.strength.sets == 5
    before = page.evaluate(SETTLED)
    page.get_by_role("button", name="Undo").click()
    assert settled(page, before).b.strength.sets == 4
    before = page.evaluate(SETTLED)
    page.go_back()
    assert settled(page, before).b.strength.sets == 3
    before = page.evaluate(SETTLED)
    page.go_forward()
    assert settled(page, before).b.strength.sets == 4


def test_a_link_brings_the_settings_back_in_a_page_of_its_own(page, server, browser):  # noqa: F811
    page.wait_for_function(RESTED)
    asked = settled(page)
    assert "token" not in parse_qs(urlsplit(page.url).query)
    assert server[0].split("token=")[1] not in page.content()
    with opened(browser, f"{server[0]}&{urlsplit(page.url).query}") as second:
        assert settled(second) == asked
        assert "token" not in second.url
        before = page.evaluate("hipstudy.said()")
        assert second.evaluate("hipstudy.said()") == before
        other = press(second, "stretch_min_wk")
        check_numbers(second, other)
        assert page.evaluate("hipstudy.said()") == before, (
            "a second page must not disturb the first"
        )


def test_the_link_that_is_copied_is_quoted_and_brings_the_settings_back(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector("text=The link is copied")
    said = page.evaluate("navigator.clipboard.readText()")
    import shlex

    words = shlex.split(said)
    assert words[:3] == ["hipstudy", "explore", "--link"]
    assert state.read(words[3].removeprefix("?"), START) == settled(page)


def test_keys_that_are_not_the_page_s_own_are_dropped(browser, server):  # noqa: F811
    with opened(browser, f"{server[0]}&theme=x&outcome=soreness_nrs") as here:
        here.wait_for_function(RESTED)
        assert settled(here).outcome == "soreness_nrs"
        assert "theme" not in here.url


def test_one_button_makes_the_report_of_what_is_on_screen(browser, server):  # noqa: F811
    lines = {"a": "stretch 4x30 s daily x 1 wk", "b": "hip-flexor 2x8, 2/wk x 1 wk"}
    more = {"prior": "2,1,0,1", "adherence": "0.9", "speed": "3.5"}
    address = f"{server[0]}&{urlencode(lines | more)}"
    with opened(browser, address) as here:
        asked = settled(here)
        bars, is_disabled = here.get_by_role("button", name=PDF).evaluate(
            "one => { one.click(); one.click();"
            " return [document.querySelectorAll('.hs-report progress').length, one.disabled]; }"
        )
        assert (bars, is_disabled) == (1, True)
        link = here.wait_for_selector(".hs-pdf", timeout=600_000)
        with here.expect_download() as download:
            link.click()
        pdf = Path(download.value.path()).read_bytes()
        assert here.locator(".hs-stale").is_hidden()
        press(here, "stretch_min_wk")
        here.wait_for_selector(".hs-stale:not([hidden])")
    assert pdf.startswith(b"%PDF-")
    (made,) = (server[2] / "reports").glob("explore-*")
    assert (made / "compare.pdf").read_bytes() == pdf
    import pandas as pd

    whole = compare_tables.effects(compare_study.run(asked.settings()))
    found = pd.read_csv(made / "tables" / "effects.csv")
    pd.testing.assert_frame_equal(found, whole, check_dtype=False)


@LINUX
def test_a_page_that_is_closed_leaves_nothing_of_its_report(browser, tmp_path):  # noqa: F811
    with serving(tmp_path, "--runners", str(FEW), holds_reports=True) as running:
        address, process, folder = running
        before = len(family(process.pid))
        with opened(browser, address) as here:
            here.get_by_role("button", name=PDF).click()
            end = time.monotonic() + 600
            while not list(folder.glob("reports/*/.hipstudy-report/in-use")):
                assert time.monotonic() < end
                time.sleep(0.05)
            assert len(family(process.pid)) > before
        end = time.monotonic() + 600
        while (len(family(process.pid)) > before or (folder / "reports").exists()) and (
            time.monotonic() < end
        ):
            time.sleep(0.1)
        assert len(family(process.pid)) == before
        assert not (folder / "reports").exists()


@LINUX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_its_report_and_a_second_hurts_nothing(
    browser,  # noqa: F811
    tmp_path,
    number,
):
    with serving(tmp_path, "--runners", str(FEW), holds_reports=True) as running:
        address, process, folder = running
        with opened(browser, address) as here:
            here.get_by_role("button", name=PDF).click()
            end = time.monotonic() + 600
            while not list(folder.glob("reports/*/.hipstudy-report/in-use")):
                assert time.monotonic() < end
                time.sleep(0.05)
            pids = family(process.pid)
            process.send_signal(number)
            process.send_signal(number)
            process.wait(600)
        end = time.monotonic() + 600
        while any(Path(f"/proc/{pid}").exists() for pid in pids[1:]) and time.monotonic() < end:
            time.sleep(0.1)
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids[1:])
        assert not (folder / "reports").exists()
        assert process.returncode == 130


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
        said = here.inner_text("body")
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
    copy = f'cp "${{1#file://}}" {kept}.new && mv {kept}.new {kept}'
    fake.write_text(f"#!/bin/sh\n{copy}\nsleep 20\n")
    fake.chmod(0o755)
    surroundings = {**os.environ, "BROWSER": str(fake), "TMPDIR": str(tmp_path)}
    with (tmp_path / "out").open("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hipstudy", "explore", "--runners", "20"],
            cwd=tmp_path, env=surroundings, stdout=out, stderr=out,
            stdin=subprocess.DEVNULL, **HEARING,
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


@LINUX
def test_only_loopback_is_listened_on_and_a_page_starts_no_process(browser, server):  # noqa: F811
    address, process, _ = server
    before = family(process.pid)
    with opened(browser, address):
        assert family(process.pid) == before
        assert listening(before) == {"0100007F"}


def test_a_page_that_lost_its_model_says_so_on_top(browser, tmp_path):  # noqa: F811
    with (
        serving(tmp_path, "--runners", str(FEW)) as (address, process, _),
        opened(browser, address, (360, 740)) as here,
    ):
        process.send_signal(signal.SIGINT)
        process.wait(600)
        here.wait_for_selector(".hs-lost:not([hidden])", timeout=600_000)
        notice = here.locator(".hs-lost")
        assert "Reload it: the address has your settings" in notice.inner_text()
        box = notice.bounding_box()
        assert box["y"] + box["height"] <= 740.5
        on_top = "one => { const b = one.getBoundingClientRect(); return one.contains("
        on_top += "document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }"
        assert notice.evaluate(on_top)


def test_the_page_s_address_opens_again_without_the_token(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        here.reload()
        here.wait_for_function(SETTLED)
        assert page_of(server[0]) in here.url


def test_three_questions_set_the_controls(browser, server):  # noqa: F811
    """Which of two doses is better for a runner who has 20 minutes a week, were all weak."""
    with opened(browser, server[0]) as here:
        before = here.evaluate(SETTLED)
        here.get_by_text("Start with three questions").click()
        here.locator("select[data-name=ask_minutes]").select_option(label="20 min")
        here.locator("select[data-name=ask_load]").select_option(label="5 kg")
        here.locator("select[data-name=ask_cause]").select_option(label="Weakness at end range")
        here.get_by_role("button", name="Set the controls").click()
        asked = settled(here, before)
        assert asked.a.clock_min_wk == pytest.approx(20)
        assert asked.b.clock_min_wk == pytest.approx(20)
        assert asked.b.strength.load == "5 kg"
        assert asked.prior == (1, 0, 0, 0)
        assert here.locator("select[data-name=guess]").input_value() == "0"
        assert here.inner_text(".hs-minutes").startswith("20 | 20 min a week, equal")
        assert here.inner_text(".hs-answer").startswith("Guess of the cause: only weakness at")
        check_numbers(here, asked)
        here.get_by_role("button", name="Reset").click()
        assert here.locator("select[data-name=ask_minutes]").input_value() == ""


def test_what_is_kept_stays_to_compare_and_goes(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        said = here.inner_text(".hs-answer")
        here.get_by_role("button", name="Keep to compare").click()
        here.get_by_role("button", name="ten minutes a week").click()
        settled(here)
        here.wait_for_function(
            "(was) => document.querySelector('.hs-answer').innerText !== was", arg=said
        )
        assert here.locator("path.hs-kept").count() == 1
        assert said.split(".")[0] in here.inner_text(".hs-foot")
        here.get_by_role("button", name="Let the kept one go").click()
        assert here.locator(".hs-kept").count() == 0
