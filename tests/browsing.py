"""A real browser for tests: a Chromium or Chrome that is here already, never downloaded."""

import os
import shutil
from contextlib import contextmanager
from functools import partial

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 600_000  # a busy machine is slow, and that is no fault
MISSING = "no Chromium or Chrome was found on the PATH"


def found():
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser():
    """A headless browser; skipped where there is none, but in CI, where one is installed."""
    path = found()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{MISSING}, and CI installs one")
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=PATIENCE_MS)
        try:
            yield _patient(browser)
        finally:
            browser.close()


def _patient(browser):
    """The browser, whose pages are waited for."""
    for name in ("new_context", "new_page"):
        setattr(browser, name, partial(_made_patient, getattr(browser, name)))
    return browser


def _made_patient(make, **options):
    made = make(**options)
    made.set_default_timeout(PATIENCE_MS)
    return made


def sized(page, size):
    """Give a page another size, and wait until it is drawn for that."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"() => innerWidth === {width}")
    drawn(page)


def drawn(page):
    """Wait until the page shows what it was told: a picture is drawn within a frame or the next."""
    page.evaluate(
        "async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); }"
    )


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


def from_outside(requests, origin=""):
    """Addresses, of those requested, that are neither the page's own nor inside it."""
    inside = ("data:", "blob:", "file:", *([origin] if origin else []))
    return [address for address in requests if not address.startswith(inside)]
