"""The explorer's one front end as text: modules in one, style with its typeface, and words."""

import base64
import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE
from hipstudy.typeface import FONTS

# In the order in which they need each other; ``explorer.js`` is what a host mounts.
MODULES = (
    "numbers", "sentences", "drawing", "controls", "dose_panel", "report_panel", "small_curves",
    "explorer",
)  # fmt: skip
FACES = (("Regular", 400), ("Semibold", 600))
COLOURS = {  # by their names in the style sheet
    "ink": INK,
    "grey": GREY,
    "pale": PALE,
    "colour_a": ARM_COLOURS["arm_a"],
    "colour_b": ARM_COLOURS["arm_b"],
}
_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./\w+\.js\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let) )", re.MULTILINE)


def _text(name: str) -> str:
    return files("hipstudy.explore").joinpath("front", name).read_text(encoding="utf-8")


@cache
def script(*hosts: str) -> str:
    """All modules in one, and those of a host after them; nothing is imported or exported.

    Parameters
    ----------
    hosts
        Names of the host's own modules, such as ``file_host``.
    """
    parts = (_EXPORT.sub("", _IMPORT.sub("", _text(f"{name}.js"))) for name in (*MODULES, *hosts))
    return "\n".join(part.strip() for part in parts)


@cache
def style() -> str:
    """The style sheet, with the typeface within it."""
    faces = []
    for name, weight in FACES:
        source = base64.b64encode((FONTS / f"SourceSans3-{name}.woff2").read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
            f"src: url(data:font/woff2;base64,{source}); }}"
        )
    return "\n".join([*faces, Template(_text("explorer.css")).substitute(COLOURS).strip()])


@cache
def word_table() -> dict[str, Any]:
    """The page's sentences, and the labels of its controls under ``labels``."""
    path = files("hipstudy.explore").joinpath("words", "page.en.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
