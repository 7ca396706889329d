"""Make the pictures of README.md and docs/ from the program itself: ``make pictures``.

``compare.png`` and ``compare-page-2.png`` are the two pages of the compare report on the open
runners, with a date that is told, so that the same program makes the same bytes. ``explore.png`` is
the live explorer as a Chromium or Chrome shows it, in the typeface that it finds here.
"""

import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests"))  # the browser and the explorer that tests open
DATE = "2026-01-31"
PAGE_WIDTH, LINE_WIDTH = 900, 1  # in pixels: a page's words can be read in a README
BROWSER = (1280, 1000)
COLOURS = 128  # of a palette: a third of the bytes, and no difference to be seen
PAGE = """
#set page(width: auto, height: auto, margin: 0pt)
#image("report.pdf", page: int(sys.inputs.page), width: 450pt)
"""


def store(name: str, png: bytes, border: int = 0) -> None:
    """Write a picture in few colours, with a grey line around it."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    size = (picture.width + 2 * border, picture.height + 2 * border)
    framed = Image.new("RGB", size, "#c8c8c8")
    framed.paste(picture, (border, border))
    few = framed.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(DOCS / name, optimize=True)
    print(f"docs/{name}: {size[0]} x {size[1]} pixels")  # noqa: T201


def pages_of_the_report(folder: Path) -> None:
    """Both pages of ``hipstudy report compare --cohort rbds``."""
    command = [sys.executable, "-m", "hipstudy", "report", "compare", "--cohort", "rbds"]
    subprocess.run([*command, "--date", DATE, "--out", folder], check=True, cwd=folder)
    (folder / "report.pdf").write_bytes((folder / "compare.pdf").read_bytes())
    (folder / "page.typ").write_text(PAGE, encoding="utf-8")
    for page, name in enumerate(("compare.png", "compare-page-2.png"), start=1):
        png = typst.compile(
            folder / "page.typ",
            format="png",
            ppi=72 * PAGE_WIDTH / 450,
            sys_inputs={"page": str(page)},
        )
        store(name, png, LINE_WIDTH)


def explorer(folder: Path) -> None:
    """The page of ``hipstudy explore``, its small curves there."""
    from browsing import found, open_browser
    from live_explorer import opened, serving

    if found() is None:
        sys.exit("docs/explore.png needs a Chromium or Chrome on the PATH; it stays as it was.")
    with (
        serving(folder) as (address, *_),
        open_browser() as browser,
        opened(browser, address, BROWSER) as page,
    ):
        page.wait_for_selector(".hs-waiting", state="detached")
        store("explore.png", page.screenshot())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        pages_of_the_report(Path(made))
        explorer(Path(made))
