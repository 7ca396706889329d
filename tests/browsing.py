"""A real browser for tests: a Chromium or Chrome that is here already, never downloaded."""

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
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
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


def from_outside(requests, origin=""):
    """Addresses, of those requested, that are neither the page's own nor inside it."""
    inside = ("data:", "blob:", "file:", *([origin] if origin else []))
    return [address for address in requests if not address.startswith(inside)]
