"""The one file and the live page in Firefox, where there is one, held against Chromium."""

import io
from types import SimpleNamespace

import pytest
from browsing import browser, from_outside  # noqa: F401 - a fixture
from firefox import open_firefox
from live_explorer import SETTLED, opened, page_of, serving
from pypdf import PdfReader

from hipstudy.explore import state
from hipstudy.explore.cache import N_DRAWS
from hipstudy.explore.one_file import export
from hipstudy.explore.one_file.dose_grid import Steps
from hipstudy.progress_bar import Progress

FEW = 20
STEPS = Steps((0, 2, 3), (1, 3), ("unloaded", "5 kg", "near-failure"), (0, 20, 28, 64))
READY = "document.querySelector('.hs[data-ready]') && hipstudy.isSettled()"
# Controls that a hand can reach, by name; of choices side by side, the one that is chosen.
CONTROLS = """[...document.querySelectorAll('.hs [data-name]')].filter((one) =>
  one.checkVisibility() && !one.disabled && one.type !== 'text'
  && (one.type !== 'radio' || one.checked))
  .map((one) => one.dataset.name)"""
CONTROL = """(() => { const all = [...document.querySelectorAll('.hs [data-name="NAME"]')];
  return all.find((one) => one.type !== 'radio' || one.checked); })()"""
# The key that moves it, and what it stands at.
KEY = """(() => { const one = CONTROL; one.focus();
  if (one.type === 'checkbox') return 'Space';
  if (one.tagName === 'SELECT')
    return one.selectedIndex < one.length - 1 ? 'ArrowDown' : 'ArrowUp';
  const isLast = one.type === 'radio' || Number(one.value) >= Number(one.max);
  return isLast ? 'ArrowLeft' : 'ArrowRight'; })()"""
VALUE = (
    "(() => { const one = CONTROL; return one.type === 'checkbox' ? one.checked : one.value; })()"
)
SHOWN = "document.querySelector('.hs').dataset.shown"
PROBLEMS = "document.querySelector('.hs-controls > .hs-problems').textContent"
LAST = ("preset", "mover")  # what they do may take other controls away
DOSES = [
    "sets=2&stretch_min_wk=20",
    "sets=0&stretch_min_wk=64&prior=0,1,1,0.5",
    "sets=2&sessions_per_week=1&load=5 kg&stretch_min_wk=0&outcome=discomfort_nrs",
]
LINES = [
    "a=stretch 3x45 s, 5/wk x 8 wk&b=hip-flexor 2x8 @5 kg, 2/wk x 8 wk&prior=3,0.5,1,0",
    "a=stretch 1x30 s daily x 4 wk&b=hip-flexor 3x10, 3/wk x 4 wk&outcome=reserve",
]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sent") / "page.html"
    given = state.start(n_runners=FEW).settings()
    return export.export(
        given, path, steps=STEPS, n_draws=N_DRAWS, progress=Progress(io.StringIO())
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("explorer"), "--runners", str(FEW)) as running:
        yield running


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    """Chromium's own: each lets one browser in."""
    with serving(tmp_path_factory.mktemp("another"), "--runners", str(FEW)) as running:
        yield running


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with open_firefox(tmp_path_factory.mktemp("firefox")) as opened_tab:
        opened_tab.resize(1280, 900)
        yield opened_tab


@pytest.fixture(scope="module", params=["file", "live"])
def host(request, tab, file, server):
    """One of the two pages, open in Firefox from its own address."""
    address = file.as_uri() if request.param == "file" else server[0]
    tab.asked.clear(), tab.complaints.clear()
    tab.goto(address)
    tab.wait_for(READY)
    return SimpleNamespace(kind=request.param, tab=tab, address=address)


def put(expression, name):
    return expression.replace("CONTROL", CONTROL).replace("NAME", name)


def test_it_opens_draws_and_has_nothing_to_complain_of(host):
    drawn = host.tab.evaluate(
        "[...document.querySelectorAll('.hs-seen path.hs-line')].map((one) => "
        "[one.getAttribute('class'), one.getTotalLength()])"
    )
    assert [name for name, _ in drawn] == ["hs-line hs-none", "hs-line hs-a", "hs-line hs-b"]
    assert all(length > 300 for _, length in drawn)
    assert host.tab.evaluate("document.fonts.check('16px \"Source Sans 3\"')")
    assert host.tab.complaints == []
    own = "/".join(host.address.split("/")[:3])
    assert from_outside(host.tab.asked, own) == []


def test_every_control_moves_by_a_key(host):
    tab = host.tab
    for summary in ("hs-questions", "hs-more"):
        tab.evaluate(f"document.querySelector('.{summary} > summary').focus()")
        tab.press("Enter")
        assert tab.evaluate(f"document.querySelector('.{summary}').open"), summary
    moved = set()
    while rest := [name for name in tab.evaluate(CONTROLS) if name not in moved]:
        name = next((one for one in rest if one not in LAST), rest[0])
        before, shown = tab.evaluate(put(VALUE, name)), tab.evaluate(SHOWN)
        tab.press(tab.evaluate(put(KEY, name)))
        tab.wait_for("hipstudy.isSettled()")
        if name == "lever":  # 5 kg are more than can be held so, which is said
            assert "% of what runners can hold" in tab.evaluate(PROBLEMS)
            assert tab.evaluate(put(VALUE, name)) == before, "it stands where it stood"
        else:
            assert tab.evaluate(put(VALUE, name)) != before, name
        if not name.startswith("ask_"):  # these wait for their button
            tab.wait_for(f"{SHOWN} !== {shown!r}")
        moved.add(name)
    assert {"sets", "sessions_per_week", "load", "stretch_min_wk", "outcome", "guess"} <= moved
    own = {"weeks", "reps", "lever", "added_kg", "adherence", "mover", "preset"}
    assert moved & own == (own if host.kind == "live" else set())
    if host.kind == "live":
        tab.evaluate("(() => { const one = document.querySelector('.hs [data-name=line]'); "
                     "one.focus(); one.select(); })()")  # fmt: skip
        tab.press(*"stretch 3x45 s, 5/wk x 8 wk", "Enter")
        tab.wait_for("hipstudy.now.weeks.at(-1) === 8")
    assert tab.complaints == []


def test_tabs_picture_and_buttons_are_worked_by_keys(host):
    tab = host.tab
    tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()")
    tab.press("ArrowRight")
    assert "By cause" not in tab.evaluate("document.activeElement.textContent")
    assert tab.evaluate("document.activeElement.ariaSelected") == "true"
    tab.press("ArrowLeft")
    tab.evaluate("document.querySelector('.hs-seen [role=slider]').focus()")
    tab.press("Home", "ArrowRight")
    assert tab.evaluate("document.querySelector('.hs-tip').textContent").startswith("Week ")
    tab.press("Escape")
    for words in ("Keep to compare", "Let the kept one go", "Reset"):
        tab.evaluate("[...document.querySelectorAll('.hs button')].find((one) => "
                     f"one.textContent === {words!r}).focus()")  # fmt: skip
        tab.press("Enter")
        tab.wait_for("hipstudy.isSettled()")
    tab.wait_for("hipstudy.now.arms.b.controls.sets === 3")
    assert tab.evaluate("document.querySelectorAll('.hs-kept').length") == 0
    assert tab.complaints == []


def test_its_sentences_are_those_of_chromium(host, browser, file, another):  # noqa: F811
    for query in DOSES if host.kind == "file" else LINES:
        if host.kind == "file":
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{file.as_uri()}#{query}")
            page.wait_for_function(SETTLED)
            there = page.evaluate("hipstudy.said()")
            page.close()
        else:
            with opened(browser, f"{another[0]}&{query}") as page:
                there = page.evaluate("hipstudy.said()")
        host.tab.goto("about:blank")  # a page that only gets another hash is not opened anew
        host.tab.goto(with_query(host, query))
        host.tab.wait_for(READY)
        assert host.tab.evaluate("hipstudy.said()") == there
    assert host.tab.complaints == []


def with_query(host, query):
    return f"{host.address}#{query}" if host.kind == "file" else page_of(f"{host.address}&{query}")


@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_nothing_leaves_the_window(host, width):
    host.tab.resize(width, 900)
    try:
        host.tab.wait_for(f"innerWidth === {width}")
        host.tab.drawn()
        assert host.tab.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        host.tab.resize(1280, 900)


def test_it_prints_on_one_page(host):
    answer = host.tab.evaluate("document.querySelector('.hs-answer').textContent")
    pages = PdfReader(io.BytesIO(host.tab.pdf())).pages
    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().split())
    assert " ".join(answer.split())[:40] in text
    assert "not advice to a patient" in text
    assert "Reset" not in text
