"""README.md and the pages of docs/ as tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))


def text(page):
    return page.read_text(encoding="utf-8")


def name(page):
    """A page's path from the top folder, such as ``docs/dose.md``."""
    return page.relative_to(ROOT).as_posix()


def everything():
    """README and every page of docs, as one text."""
    return "\n".join(map(text, PAGES))


def section(page, heading):
    """What stands under a heading of a page, up to the next one of its rank."""
    marks = re.search(rf"^(#+) {re.escape(heading)}$", text(page), re.M)[1]
    under = text(page).split(f"\n{marks} {heading}\n", 1)[1]
    return re.split(rf"^#{{1,{len(marks)}}} ", under, maxsplit=1, flags=re.M)[0]
