"""The explorer in a notebook: its state in Python, its answers, and a real JupyterLab."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest
from browsing import browser  # noqa: F401 - a fixture
from lab_servers import address_of, free_port

from hipstudy import explore
from hipstudy.errors import DataProblems
from hipstudy.explore import state
from hipstudy.progress_bar import Progress
from hipstudy.report.execute import execute
from hipstudy.resources import place
from hipstudy.studies import compare_study

FEW = 20
SHOWN = f"from hipstudy import explore\nwidget = explore.page(n_runners={FEW})\nwidget"


@pytest.fixture
def widget(monkeypatch):
    """The explorer, and all that it sends to its page."""
    one = explore.page(n_runners=FEW)
    one.told = []
    monkeypatch.setattr(type(one), "send", lambda self, content, **_: self.told.append(content))
    return one


def test_the_notebook_runs_and_shows_the_page():
    notebook = json.loads(place("notebooks", "00_explore.ipynb").read_text(encoding="utf-8"))
    done = execute(notebook, {"n_runners": FEW}, Progress())
    shown = next(cell for cell in done.cells if cell.id == "page").outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "Stretch only" in shown["text/plain"]


def test_its_state_is_settings_and_a_study(widget):
    assert widget.settings == state.start(n_runners=FEW).settings()
    now = state.start(n_runners=FEW)
    other = state.read("b=hip-flexor+2x8,+2/wk+x+4+wk&a=no+exercise+x+4+wk&prior=0,1,1,0", now)
    widget.address = other.address()
    assert widget.settings == other.settings()
    assert "weeks=4" in repr(widget)
    whole = compare_study.run(other.settings())
    np.testing.assert_array_equal(widget.study.effects()["estimate"], whole.effects()["estimate"])


def test_a_question_of_its_page_is_answered(widget):
    question = {
        "query": dict(widget.page["first"]),
        "changes": [{"arm": "b", "values": {"sets": 4}}],
    }
    widget._hear(widget, {"kind": "ask", "number": 7, "question": question}, [])
    (said,) = widget.told
    assert (said["number"], said["is_last"]) == (7, True)
    assert said["reply"]["arms"]["b"]["controls"]["sets"] == 4
    json.dumps(said, allow_nan=False)
    widget._hear(widget, {"kind": "other", "number": 8}, [])
    assert len(widget.told) == 1


def test_a_report_of_a_wrong_line_is_refused(widget):
    async def run():
        await widget._report(1, {"query": {"a": "stretch 4x"}})

    asyncio.run(run())
    assert widget.told[0]["is_last"]
    assert widget.told[0]["reply"]["problems"]


def test_a_cohort_with_problems_is_listed(tmp_path):
    file = tmp_path / "cohort.csv"
    file.write_text("runner_id,side,week,thomas_ext_deg\nr1,left,0,95\n")
    with pytest.raises(DataProblems, match="'95'"):
        explore.page(cohort=str(file))


def test_jupyterlab_shows_it_and_python_goes_on_from_it(browser, tmp_path):  # noqa: F811
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(SHOWN),
        nbformat.v4.new_code_cell("print('sets', widget.settings.design().arms[1].strength.sets)"),
    ])  # fmt: skip
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "own.ipynb")
    said = (tmp_path / "log").open("w")
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
         f"--port={free_port()}",
         "--IdentityProvider.token=", "--ServerApp.password=", f"--notebook-dir={tmp_path}",
         "--LabApp.news_url=",
         "--ServerApp.kernel_spec_manager_class=hipstudy.report.kernel.OnlyThisInterpreter",
         "--ServerApp.ip=127.0.0.1"],
        cwd=tmp_path, stdout=said, stderr=said,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "HOME": str(tmp_path),
                          "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")},
    )  # fmt: skip
    try:
        address = address_of(lab, tmp_path / "runtime", tmp_path / "log")
        here = browser.new_page(viewport={"width": 1280, "height": 900})
        here.goto(f"http://{address}/lab/tree/own.ipynb?reset")
        here.wait_for_selector(".jp-Notebook .jp-Cell")
        here.wait_for_selector("text=| Idle")  # else nothing is run
        here.get_by_role("menuitem", name="Run", exact=True).click()
        here.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        here.wait_for_selector(".hs[data-ready]")
        here.screenshot(path=os.environ.get("HIPSTUDY_SHOT", tmp_path / "lab.png"))
        slider = here.locator(".hs input[data-name=sets]")
        slider.focus()
        for key, sets in (("ArrowRight", "4"), ("ArrowUp", "5"), ("ArrowDown", "4")):
            here.keyboard.press(key)
            here.wait_for_timeout(300)  # a key that the notebook takes is answered by then
            assert slider.input_value() == sets, key
        here.locator(".hs input[data-name=load]:checked").focus()
        here.keyboard.press("ArrowLeft")
        here.wait_for_function(
            "() => document.querySelector('.hs').explorer.now.arms.b.controls.load === '5 kg'"
        )
        assert here.locator(".hs input[data-name=load][value='5 kg']").is_checked()
        assert here.locator(".jp-Notebook .jp-Cell").count() == 2, "no cell was added or deleted"
        end = time.monotonic() + 600
        while here.locator("text=sets 4").count() == 0:
            assert time.monotonic() < end
            here.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
            here.keyboard.press("Control+Enter")
            here.wait_for_timeout(1000)  # the notebook is told once the controls rest
        here.close()
    finally:
        lab.send_signal(signal.SIGTERM)
        lab.wait(600)
        said.close()
