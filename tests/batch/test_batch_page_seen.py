"""The page of a batch in a real browser: nothing for axe to find, and nothing beside the page."""

import pytest
import test_report_batch as batch
from browsing import open_browser

SIZES = {"desk": (1280, 900), "phone": (360, 700)}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A batch with reports that were made, one that failed with long reasons, and one as before."""
    out = tmp_path_factory.mktemp("batch") / "out"
    batch.run(out, batch.tasks("hill clinic", "lake"), batch.Makers())
    own = batch.tasks("hill clinic", "lake", "bad", "a" * 60)
    batch.run(out, own, batch.Makers("bad"))
    return out / "index.html"


@pytest.fixture(scope="module")
def browser():
    with open_browser() as one:
        yield one


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_all_is_within_the_page(browser, page_file, size):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport=dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.goto(page_file.resolve().as_uri())
    found = Axe().run(page).response
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    assert len(found["passes"]) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is cut"
    assert page.locator("a[href]").count() >= 3
    page.close()
