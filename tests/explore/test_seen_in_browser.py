"""What can be seen and reached in the live page: measured in a real browser."""

import os
from pathlib import Path

import pytest
from browsing import browser  # noqa: F401 - a fixture
from live_explorer import SETTLED, family, opened, serving

SIZES = [(1440, 900), (1280, 720), (1920, 1080), (390, 844)]
EVEN = "Give both arms the same minutes a week"
REPORT = "Make the report of what is on screen (PDF)"
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(
    '.hs-side .widget-slider, .hs-side .widget-dropdown, .hs-side .widget-text, ' +
    '.hs-side .widget-checkbox, .hs-side button')].map((one) => {
      const box = one.getBoundingClientRect();
      return [one.textContent.trim().slice(0, 30), box.left, box.top, box.right, box.bottom]; });
  const found = [];
  boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => {
    if (one[1] < other[3] - 1 && other[1] < one[3] - 1 && one[2] < other[4] - 1
        && other[2] < one[4] - 1) found.push([one[0], other[0]]); }));
  document.querySelectorAll('.hs-page .widget-slider .widget-label').forEach((one) => {
    const row = one.parentElement.getBoundingClientRect(), box = one.getBoundingClientRect();
    if (box.height > row.height + 1) found.push([one.textContent, box.height, row.height]); });
  boxes.forEach((one) => { if (one[4] - one[2] < 24) found.push([one[0], one[4] - one[2]]); });
  return found; }"""
ON_TOP = """(one) => {
  const box = one.getBoundingClientRect(), seen = [];
  for (const x of [0.1, 0.5, 0.9]) for (const y of [0.2, 0.5, 0.8]) {
    const there = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    seen.push(there === one || one.contains(there)); }
  return seen.every((each) => each); }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", "20") as running:
        yield running


def test_every_control_is_as_high_as_its_words_and_can_be_clicked(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        for width, height in SIZES:
            here.set_viewport_size({"width": width, "height": height})
            here.wait_for_timeout(300)
            for name in (EVEN, REPORT):
                button = here.get_by_role("button", name=name)
                button.scroll_into_view_if_needed()
                assert button.bounding_box()["height"] >= 32, (name, width)
                fits = "one => one.scrollHeight <= one.clientHeight + 1"
                assert button.evaluate(fits), (name, width)
                assert button.evaluate(ON_TOP), (name, width)
            assert here.evaluate(OVERLAPS) == [], width
        before = here.evaluate(SETTLED)
        here.get_by_label("Arm A starts from", exact=True).select_option(label="Stretch only")
        here.wait_for_function(f"() => ({SETTLED})() && ({SETTLED})() !== '{before}'")
        here.get_by_role("button", name=EVEN).click()
        here.wait_for_selector(".hs-panel[data-name=causes] >> text=at equal minutes a week")


def test_a_line_of_99_weeks_is_shown_as_it_is_modelled(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        before = here.evaluate(SETTLED)
        field = here.get_by_label("Arm A on one line", exact=True)
        field.fill("stretch 3x45 s, 5/wk x 99 wk")
        field.press("Enter")
        here.wait_for_function(f"() => ({SETTLED})() && ({SETTLED})() !== '{before}'")
        here.wait_for_function(
            """() => ['Length of both arms (weeks)', 'Week of the curve (weeks)'].every((name) => {
            const one = document.querySelector(`.noUi-handle[aria-label="${name}"]`);
            return one.getAttribute('aria-valuetext') === '99'
              && Number(one.getAttribute('aria-valuenow')) === 99; })"""
        )
        named = "Arm A: Stretching, both sides (min a week), exactly 22.5"
        here.wait_for_selector(f'.noUi-handle[aria-label="{named}"]', state="attached")
        assert here.evaluate(OVERLAPS) == [], "a longer name has its room"
        assert "by week 99" in here.inner_text(".hs-panel[data-name=weeks]")
        assert here.url.count("x+99+wk") == 2


def test_two_clicks_and_a_wrong_line_make_no_second_report(browser, server):  # noqa: F811
    folder = server[2] / "reports"
    with opened(browser, server[0]) as here:
        field = here.get_by_label("Arm B on one line", exact=True)
        usual = field.input_value()
        field.fill("stretch 4x")
        here.get_by_role("button", name=REPORT).click()  # the field is left by this very click
        here.wait_for_selector(".hs-foot .hs-problems")
        assert "the line of arm B is not a prescription yet" in here.inner_text(".hs-foot")
        assert here.get_by_role("button", name=REPORT).is_disabled()
        here.wait_for_timeout(500)
        assert here.locator(".hs-report progress").count() == 0
        assert not folder.exists()
        field.fill(usual)
        field.press("Enter")
        here.wait_for_selector(".hs-foot .hs-problems", state="detached")
        here.get_by_role("button", name=REPORT).evaluate("one => { one.click(); one.click(); }")
        here.wait_for_selector(".hs-report progress")
        here.wait_for_timeout(1500)
        jobs = [pid for pid in family(server[1].pid) if "report_job" in _command(pid)]
        assert len(jobs) == 1
        assert here.get_by_role("button", name=REPORT).is_disabled()


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_the_notice_of_a_lost_model_lies_on_top(browser, server, tmp_path):  # noqa: F811
    before = set(family(server[1].pid))
    with opened(browser, server[0], (1440, 900)) as here:
        for pid in set(family(server[1].pid)) - before:
            os.kill(pid, 9)
        here.wait_for_selector("#hs-gone:not([hidden])")
        here.screenshot(path=os.environ.get("HIPSTUDY_SHOT", tmp_path / "gone.png"))
        notice = here.locator("#hs-gone")
        assert notice.evaluate(ON_TOP)
        box = notice.bounding_box()
        assert box["height"] >= 40
        assert box["y"] + box["height"] <= 900
        assert "Reload it: the address has your settings" in notice.inner_text()
