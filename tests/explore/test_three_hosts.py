"""The same state in the three hosts gives the same sentences, to the letter."""

import io
import json
import time

import pytest
from browsing import browser  # noqa: F401 - a fixture
from live_explorer import SETTLED, opened, serving

from hipstudy import explore
from hipstudy.explore import state
from hipstudy.explore.cache import N_DRAWS
from hipstudy.explore.one_file import export
from hipstudy.explore.one_file.dose_grid import Steps
from hipstudy.progress_bar import Progress

FEW = 20
STEPS = Steps((0, 2, 3), (1, 3), ("unloaded", "5 kg", "near-failure"), (0, 20, 28, 64))
DOSES = [
    {},
    {"sets": 2, "stretch_min_wk": 20},
    {"sets": 2, "sessions_per_week": 1, "load": "5 kg", "stretch_min_wk": 0},
    {"sets": 0, "stretch_min_wk": 64},
    {"sets": 3, "sessions_per_week": 3, "load": "near-failure", "stretch_min_wk": 28},
]
WEIGHTS = [[1, 1, 1, 1], [3, 0.5, 1, 0], [1, 0, 0, 0], [0, 1, 1, 0.5], [1, 1, 1, 1]]
OUTCOMES = ["0", "1", "2", "3", "4", "5"]
MOVE = """async ([values, weights]) => {
  Object.assign(hipstudy.view, { weights });
  hipstudy.turn({ arm: "b", values });
  while (!hipstudy.isSettled()) await new Promise((done) => setTimeout(done, 5));
}"""
MODULE = """async (text) => {
  const heard = [], values = JSON.parse(await first());
  const model = { get: (name) => values[name],
    set: (name, value) => { values[name] = value; },
    save_changes: () => kept(JSON.stringify(values)), on: (_, hear) => heard.push(hear),
    send: async (said) => {
      const replies = JSON.parse(await told(JSON.stringify(said)));
      for (const each of replies) heard.forEach((hear) => hear(each));
    } };
  const blob = new Blob([text], { type: "text/javascript" });
  const { default: widget } = await import(URL.createObjectURL(blob));
  await widget.render({ model, el: document.body });
}"""


@pytest.fixture(scope="module")
def live(browser, tmp_path_factory):  # noqa: F811
    with (
        serving(tmp_path_factory.mktemp("explorer"), "--runners", str(FEW)) as (address, *_),
        opened(browser, address) as page,
    ):
        yield page


@pytest.fixture(scope="module")
def offline(browser, tmp_path_factory):  # noqa: F811
    path = tmp_path_factory.mktemp("sent") / "page.html"
    given = state.start(n_runners=FEW).settings()
    export.export(given, path, steps=STEPS, n_draws=N_DRAWS, progress=Progress(io.StringIO()))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".hs[data-ready]")
    yield page
    page.close()


@pytest.fixture(scope="module")
def notebook(browser):  # noqa: F811
    """The widget's own module in a browser, its messages carried by hand to its own Python."""
    widget, said = explore.page(n_runners=FEW), []
    widget.send = lambda content, **_: said.append(content)

    def told(message):
        said.clear()
        widget._hear(widget, json.loads(message), [])
        return json.dumps(said)

    def kept(values):
        widget.address = json.loads(values)["address"]

    page = browser.new_page()
    page.widget = widget
    page.expose_function("told", told)
    page.expose_function("kept", kept)
    first = {"page": widget.page, "address": widget.address}
    page.expose_function("first", lambda: json.dumps(first))
    page.evaluate(MODULE, widget._esm)
    page.wait_for_selector(".hs[data-ready]")
    yield page
    page.close()


def sentences(page):
    """All but those that one host alone has: how exact the file is, torque along the range."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.hs-minutes, h1')]
        .map((one) => one.textContent).concat(hipstudy.said())"""
    )


def shown(page, values, weights, outcome):
    page.evaluate(MOVE, [values, weights])
    page.locator("select[data-name=outcome]").select_option(outcome)
    page.wait_for_function(SETTLED)
    page.wait_for_function(f"() => String(hipstudy.view.outcome) === '{outcome}'")
    return sentences(page)


@pytest.mark.parametrize(("values", "weights"), [*zip(DOSES, WEIGHTS, strict=True)])
def test_the_live_page_and_the_file_say_the_same(live, offline, values, weights):
    for live_place, file_place in zip(["0", "1", "2", "3", "4", "5"], OUTCOMES, strict=True):
        one = shown(live, values, weights, live_place)
        assert len(one) > 5
        assert shown(offline, values, weights, file_place) == one


@pytest.mark.parametrize(("values", "weights"), [*zip(DOSES, WEIGHTS, strict=True)][:3])
def test_the_notebook_says_what_the_live_page_says(live, notebook, values, weights):
    assert notebook.evaluate("document.querySelector('.hs-lost').hidden")
    root = "document.querySelector('.hs').explorer"
    notebook.evaluate(f"window.hipstudy = {root}")
    assert shown(notebook, values, weights, "0") == shown(live, values, weights, "0")
    now = state.read(live.evaluate("hipstudy.address()"), state.start(n_runners=FEW))
    end = time.monotonic() + 600
    while notebook.widget.settings != now.settings() and time.monotonic() < end:
        notebook.wait_for_timeout(50)  # its settings are kept once the controls rest
    assert notebook.widget.settings == now.settings()
