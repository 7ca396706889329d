"""The explorer in a real browser: from a slider's key to the new main picture; to a usable page.

Measured inside the page, from the key's event to the frame after the picture was drawn, 200 runners
and 50 draws. The reference in the same run is an empty frame: the same key on an empty page, so
that what the browser takes for any key is known. Live doses are new ones, and then those that were
worked out before. Memory is what the program grows by for one more tab.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browsing import open_browser
from live_explorer import SETTLED, opened, serving

from hipstudy.explore.one_file.export import export
from hipstudy.explore.state import start
from hipstudy.progress_bar import Progress

ROUNDS, GAP_MS = 6, 20
EMPTY = """async () => {
  const input = document.createElement('input');
  input.type = 'range'; document.body.append(input); input.focus();
  const begin = performance.now();
  input.dispatchEvent(new Event('input', {bubbles: true}));
  return await new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { input.remove(); done(performance.now() - begin); };
    channel.port2.postMessage(0);
  }));
}"""
TURN = """async ([name, step]) => {
  const root = document.querySelector('.hs');
  const input = root.querySelector(`input[data-name=${name}]`);
  input.focus();
  const before = root.dataset.shown, begin = performance.now();
  input.value = Number(input.value) + step * Number(input.step || 1);
  input.dispatchEvent(new Event('input', {bubbles: true}));
  await new Promise((done) => {
    const look = () => (root.dataset.shown === before ? setTimeout(look, 0) : done());
    look();
  });
  return await new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - begin);
    channel.port2.postMessage(0);
  }));
}"""


def said(words, ms, base):
    middle, high = np.quantile(ms, (0.5, 0.95))
    ratio = middle / base
    print(
        f"{words:<34} median {middle:4.0f} ms ({ratio:.1f} x an empty frame), "
        f"95th percentile {high:4.0f} ms, n {len(ms)}"
    )


def turns(page, names, step, rounds=ROUNDS):
    found = []
    for name in names:
        for _ in range(rounds):
            found.append(page.evaluate(TURN, [name, step]))
            page.wait_for_function(SETTLED)
            page.wait_for_timeout(GAP_MS)
    return found


def memory_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure_file(browser, folder):
    path = export(start(n_runners=200).settings(), folder / "page.html", progress=Progress())
    print(f"one file: {path.stat().st_size / 1e6:.2f} MB")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    begin = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector(".hs[data-ready]")
    print(f"one file, first usable page: {time.perf_counter() - begin:.2f} s")
    base = statistics.median([page.evaluate(EMPTY) for _ in range(30)])
    print(f"an empty frame: {base:.1f} ms")
    ms = turns(page, ["sets", "sessions_per_week", "stretch_min_wk"], -1, 2)
    ms += turns(page, ["stretch_min_wk", "sets", "sessions_per_week"], 1, 2)
    said("one file, key to picture", ms, base)
    page.close()
    return base


def measure_live(browser, address, pid, base):
    waits, before = [], memory_mb(pid)
    for _ in range(3):
        begin = time.perf_counter()
        with opened(browser, address):
            waits.append(time.perf_counter() - begin)
    print(f"live, first usable page, cold then warm: {', '.join(f'{s:.2f}' for s in waits)} s")
    with opened(browser, address, (1280, 800)) as page:
        dose = ["sets", "sessions_per_week", "stretch_min_wk"]
        said("live, a dose for the first time", turns(page, dose, 1, 3), base)
        said("live, a dose that is held", turns(page, dose[::-1], -1, 3), base)
        said("live, weights of the causes", turns(page, ["weight_guarded"], 1), base)
        print(f"live, memory of the program: {memory_mb(pid) - before:.0f} MB more for its tabs")


def main():
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        base = measure_file(browser, folder)
        with serving(folder) as (address, process, _):
            measure_live(browser, address, process.pid, base)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
