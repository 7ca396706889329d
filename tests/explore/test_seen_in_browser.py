"""What can be seen and reached in the explorer's page: measured in a real browser."""

import io
import re

import pytest
from browsing import browser, drawn, sized  # noqa: F401 - a fixture
from live_explorer import SETTLED, opened, serving
from pypdf import PdfReader

SIZES = [(320, 640), (360, 740), (800, 900), (1280, 800), (1920, 1080), (2560, 1440)]
# Every control, with the box of all that a finger may hit: of a box to tick, its label too.
BOXES = """() => [...document.querySelectorAll(
    '.hs button, .hs select, .hs summary, .hs input[type=range], .hs input[type=text], ' +
    '.hs .hs-tick-box, .hs .hs-radios label')].filter((one) => one.checkVisibility())
  .map((one) => { const box = one.getBoundingClientRect();
    return { name: one.textContent.trim().slice(0, 30) || one.dataset.name, left: box.left,
      top: box.top, right: box.right, bottom: box.bottom }; })"""
OVERFLOWS = """() => [...document.querySelectorAll('.hs *, .hs-about *')].filter((one) =>
    one.checkVisibility() && !one.closest('.hs-table, .hs-status, svg') &&
    one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
LABELS = """() => [...document.querySelectorAll('.hs svg')].filter((one) => one.checkVisibility())
  .flatMap((svg) => { const host = svg.parentElement.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((one) => {
      const box = one.getBoundingClientRect();
      return [one.textContent, box.left, box.top + 3, box.right, box.bottom - 3]; });
    const found = texts.filter((one) => one[1] < host.left - 2 || one[3] > host.right + 2);
    texts.forEach((one, i) => texts.slice(i + 1).forEach((other) => {
      if (one[1] < other[3] && other[1] < one[3] && one[2] < other[4] && other[2] < one[4])
        found.push([one[0], other[0]]); }));
    return found; })"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", "20") as running:
        yield running


@pytest.fixture(scope="module")
def page(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        here.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        yield here


@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_or_leaves_the_window(page, size):
    sized(page, size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(OVERFLOWS) == []
    boxes = page.evaluate(BOXES)
    for i, one in enumerate(boxes):
        assert one["bottom"] - one["top"] >= 24, one
        assert one["right"] - one["left"] >= 24, one
        for other in boxes[i + 1 :]:
            apart = (
                one["left"] >= other["right"] - 1
                or other["left"] >= one["right"] - 1
                or one["top"] >= other["bottom"] - 1
                or other["top"] >= one["bottom"] - 1
            )
            assert apart, (one, other)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", ["By cause", "Torque along the range", "Soreness and discomfort"])
def test_words_in_pictures_lie_on_no_others(page, size, tab):
    sized(page, size)
    page.get_by_role("tab", name=tab).click()
    if tab.startswith("Torque"):
        page.wait_for_function("() => hipstudy.now.torque")
    drawn(page)
    assert page.evaluate(LABELS) == []
    page.get_by_role("tab", name="By cause").click()


def test_at_twice_the_size_everything_is_still_there(page):
    sized(page, (640, 512))  # 1280 x 1024 at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.evaluate(OVERFLOWS) == []


@pytest.mark.parametrize("size", [(320, 640), (1280, 800)])
def test_axe_finds_nothing(page, size):
    from axe_playwright_python.sync_playwright import Axe

    sized(page, size)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found] == []


def test_on_a_phone_picture_and_answer_stay_in_sight_while_a_control_moves(page):
    sized(page, (360, 740))
    for name in ("sets", "stretch_min_wk"):
        control = page.locator(f"input[data-name={name}]")
        control.evaluate("one => one.scrollIntoView({ block: 'center' })")
        drawn(page)
        for part in (".hs-answer", ".hs-seen .hs-chart"):
            box = page.locator(part).bounding_box()
            assert box["y"] >= -1, (name, part)
            assert box["y"] + box["height"] <= 740, (name, part)
        seen = page.locator(".hs-seen").bounding_box()
        at = control.bounding_box()
        assert at["y"] >= seen["y"] + seen["height"] - 1, "it lies not under the picture"
        assert at["y"] + at["height"] <= 740
    sized(page, (1280, 800))


def test_the_main_picture_and_the_first_controls_are_on_the_first_screen(browser, server):  # noqa: F811
    with opened(browser, server[0], (1280, 800)) as here:
        first = [f"input[data-name={name}]" for name in ("sets", "stretch_min_wk", "even")]
        for name in (".hs-seen .hs-chart", *first):
            box = here.locator(name).bounding_box()
            assert box["y"] + box["height"] <= 800, name
        assert here.locator("input[data-name=reps]").is_hidden(), "the rest stands under More"


def test_few_stops_of_the_tab_key_lead_to_every_control_and_show_where_it_is(
    browser,  # noqa: F811
    server,
):
    with opened(browser, server[0], (1280, 800)) as here:
        stops, unseen = [], []
        for _ in range(60):
            here.keyboard.press("Tab")
            name, visible = here.evaluate(
                """() => { const one = document.activeElement, look = getComputedStyle(one);
                return [one.dataset.name || one.textContent.trim() || one.getAttribute('aria-label')
                  || one.tagName, one === document.body || (look.outlineStyle !== 'none'
                  && parseFloat(look.outlineWidth) >= 2)]; }"""
            )
            if stops and name == stops[0]:
                break
            stops.append(name)
            if not visible:
                unseen.append(name)
        wanted = {"sets", "sessions_per_week", "load", "stretch_min_wk", "even", "outcome",
                  "guess", "mover", "More settings", "Reset", "Make the PDF"}  # fmt: skip
        assert wanted <= set(stops)
        assert unseen == []
        assert len(stops) <= 32
        assert stops.count("load") == stops.count("mover") == 1, "choices are one stop"


def test_the_picture_is_read_by_keys(page):
    picture = page.locator(".hs-seen [role=slider]")
    picture.focus()
    page.keyboard.press("Home")
    assert picture.get_attribute("aria-valuenow") == "0"
    page.keyboard.press("ArrowRight")
    said = picture.get_attribute("aria-valuetext")
    assert said.startswith("Week 1: “Stretch only” ")
    assert page.inner_text(".hs-tip") == said
    page.keyboard.press("Escape")
    assert page.inner_text(".hs-tip") == ""


def test_discomfort_without_exercise_is_one_line_in_both_pictures(page):
    at = """() => hipstudy.numbers({ outcome: 1 })"""
    found = page.evaluate(at)
    assert found["about"]["name"] == found["felt"][1]["name"] == "discomfort_nrs"
    alone, felt = (one["lines"]["none"] for one in (found, found["felt"][1]))
    assert felt == alone
    assert alone[-1]["mean"] != 0


def test_one_short_line_is_read_out_when_the_controls_rest(page):
    page.locator("input[data-name=stretch_min_wk]").focus()
    page.keyboard.press("ArrowRight")
    status = "() => document.querySelector('.hs-status').textContent"
    page.wait_for_function(f"{status}.includes('week 12')")
    said = page.inner_text(".hs-status") or page.locator(".hs-status").text_content()
    assert len(said.split()) <= 15
    live = page.locator("[aria-live]:not([aria-live=off])")
    assert live.count() == 1
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(SETTLED)


def luminance(colour):
    parts = [int(part) / 255 for part in colour.strip("rgb()").split(",")[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_what_is_drawn_stands_out_by_three_to_one(page):
    for part, name in (
        (".hs-line.hs-a", "stroke"), (".hs-line.hs-b", "stroke"), (".hs-line.hs-none", "stroke"),
        (".hs-band.hs-a", "stroke"), (".hs-band.hs-b", "stroke"), (".hs-range", "stroke"),
        (".hs-mark", "fill"), (".hs-axis", "stroke"), (".hs-small", "stroke"),
        ("select", "border-top-color"), ("button:enabled", "border-top-color"),
        ("input[type=text]", "border-top-color"),
    ):  # fmt: skip
        for one in page.locator(f".hs {part}").all()[:6]:
            fill = "one => getComputedStyle(one).getPropertyValue('" + name + "')"
            colour = one.evaluate(fill)
            if colour in ("rgb(255, 255, 255)", "none"):  # hollow: its edge is drawn
                colour = one.evaluate("one => getComputedStyle(one).stroke")
            assert 1.05 / (luminance(colour) + 0.05) >= 3, (part, colour)


def test_nothing_is_told_by_colour_alone(page):
    dashes = page.locator(".hs-seen path.hs-line").evaluate_all(
        "(lines) => lines.map((one) => [one.getAttribute('class'), "
        "one.getAttribute('stroke-dasharray')])"
    )
    assert len({dash for _, dash in dashes}) == len(dashes) == 3
    marks = page.locator("[role=tabpanel]:not([hidden]) path.hs-mark")
    assert len({mark.get_attribute("d") for mark in marks.all()}) == 5, "a mark a cause"


def test_forced_colours_keep_lines_and_words(browser, server):  # noqa: F811
    with opened(browser, server[0]) as here:
        here.emulate_media(forced_colors="active", color_scheme="dark")
        drawn(here)
        ink = here.evaluate("getComputedStyle(document.querySelector('.hs svg text')).fill")
        ground = here.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ink != ground
        for arm in ("a", "b", "none"):
            line = here.evaluate(
                f"getComputedStyle(document.querySelector('.hs-line.hs-{arm}')).stroke"
            )
            assert line == ink


@pytest.mark.parametrize("tab", ["By cause", "Soreness and discomfort"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_one_page_with_picture_answer_and_dose(
    browser,  # noqa: F811
    server,
    paper,
    tab,
):
    with opened(browser, server[0]) as here:
        here.get_by_role("button", name="Keep to compare").click()
        here.get_by_role("button", name="Copy link").click()
        here.wait_for_function("() => document.querySelector('.hs-copied').textContent")
        here.get_by_role("tab", name=tab).click()
        answer = here.inner_text(".hs-answer")
        pdf = PdfReader(io.BytesIO(here.pdf(format=paper, print_background=True)))
    assert len(pdf.pages) == 1
    text = " ".join(pdf.pages[0].extract_text().split())
    assert " ".join(answer.split())[:40] in text
    assert "hip-flexor 3x10" in text
    assert "not advice to a patient" in text
    for never in ("Make the PDF", "The link is copied", "Let the kept one go"):
        assert never not in text
    assert "64 min a week" in text
    assert "Without any exercise tightness would change" in text
    assert re.search(r"hipstudy [\d.]+, the explorer, \d+ \w+ 20\d\d", text)
