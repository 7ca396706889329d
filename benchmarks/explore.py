"""The live explorer in a real browser: from a slider's key to the new picture; to a usable page.

Measured inside the page, from the key's event to the decoded picture, 200 runners and 50 draws.
The reference in the same run is the same number of turns whose results are kept already, so that
only the way there and back and the drawing are left.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "explore"))
import test_live as live
from browsing import open_browser

TURN = """async ([name, key]) => {
  const handle = [...document.querySelectorAll('.noUi-handle')].find(
    (one) => one.getAttribute('aria-label') === name);
  const picture = () => document.querySelector('.hs-panel[data-name=weeks] img');
  const before = picture().src, start = performance.now();
  handle.focus();
  handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
  return await new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (picture().src === before) return;
      watch.disconnect();
      picture().decode().then(() => done(performance.now() - start));
    });
    watch.observe(document.body, {subtree: true, childList: true, attributes: true});
    setTimeout(() => { watch.disconnect(); done(null); }, 5000);
  });
}"""
DOSES = [name for name in live.SLIDERS if name.startswith("Arm B")]
SHARED = ["Length of both arms (weeks)", "Sessions done (%)", "Weight: guarding"]
ROUNDS = 4


def turns(page, names, keys):
    found = {}
    for name in names:
        for key in keys:
            ms = page.evaluate(TURN, [name, key])
            page.wait_for_function(live.SETTLED)
            if ms is not None:
                found.setdefault(name, []).append(ms)
    return found


def rest(page):
    """From a key to all four pictures."""
    before, start = page.evaluate(live.SETTLED), time.perf_counter()
    live.handle(page, DOSES[0]).focus()
    page.keyboard.press("ArrowLeft")
    while page.evaluate(live.SETTLED) in (False, before):
        time.sleep(0.01)
    return 1000 * (time.perf_counter() - start)


def said(words, ms):
    low, high = np.quantile(ms, (0.5, 0.95))
    print(f"{words:<46} median {low:5.0f} ms, 95th percentile {high:5.0f} ms, n {len(ms)}")
    return low


def measure(browser, address):
    pages = []
    for _ in range(3):
        start = time.perf_counter()
        with live.opened(browser, address):
            pages.append(time.perf_counter() - start)
    print(f"first usable page, cold then warm: {', '.join(f'{s:.1f}' for s in pages)} s")
    with live.opened(browser, address) as page:
        new = turns(page, DOSES + SHARED, ["ArrowRight"] * ROUNDS)
        kept = turns(page, ["Sessions done (%)"], ["ArrowLeft"] * (ROUNDS - 1))
        after = [rest(page) for _ in range(ROUNDS)]
    for name, ms in new.items():
        said(name, ms)
    every = said("any slider", [one for ms in new.values() for one in ms])
    base = said("a turn that was made before", [one for ms in kept.values() for one in ms])
    print(f"a new result over one that is kept: {every / base:.1f} x")
    print(f"key to all four pictures: median {statistics.median(after):.0f} ms")


def main():
    with (
        tempfile.TemporaryDirectory() as folder,
        open_browser() as browser,
        live.serving(Path(folder)) as (address, *_),
    ):
        measure(browser, address)


if __name__ == "__main__":
    main()
