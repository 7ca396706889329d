"""Draw the floors of the package from its imports: ``make floors`` writes ``docs/floors.svg``.

A floor is a package of ``hipstudy``, or ``ground`` for the modules of its root. A dot stands where
a floor imports another; all dots stand left of the floor's own place, since imports go downwards.
"""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "hipstudy"
PICTURE = Path(__file__).with_name("floors.svg")
FLOORS = (
    "ground prescription model cohort_file evidence analysis studies figures report pages handout "
    "batch explore cli"
).split()
OUTSIDE = (
    "__init__",
    "__main__",
    "door",
    "plot",
)  # the door sees every floor, and no floor the door
COLUMNS, STEP = 9.3, 0.42  # where the columns of dots begin, and how far apart they stand


def floor_of(dotted: str) -> str:
    """The floor of a dotted name such as ``hipstudy.model.simulate``."""
    part = dotted.split(".")[1]
    return part if part in FLOORS else "ground"


def imports() -> set[tuple[str, str]]:
    """Pairs of floors of which the first imports the second."""
    pairs = set()
    for file in PACKAGE.rglob("*.py"):
        if file.parent == PACKAGE and file.stem in OUTSIDE:
            continue
        own = floor_of(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            names = [node.module]
            if node.module == "hipstudy":
                names = [f"hipstudy.{a.name}" for a in node.names if a.name != "__version__"]
            pairs |= {(own, floor_of(n)) for n in names if n.startswith("hipstudy.")}
    return {(one, other) for one, other in pairs if one != other}


def sentence(floor: str) -> str:
    """What a floor is for: the first sentence of its package's docstring."""
    if floor == "ground":
        return "What every floor may use: errors, files, chance, parameters, labels, words."
    text = (PACKAGE / floor / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def modules(floor: str) -> int:
    """How many modules a floor has."""
    folder = PACKAGE if floor == "ground" else PACKAGE / floor
    files = folder.glob("*.py") if floor == "ground" else folder.rglob("*.py")
    return sum(file.stem not in OUTSIDE for file in files)


def draw() -> None:
    """Write the picture; the pairs stand in its description, where the test reads them."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "hipstudy"
    pairs = imports()
    figure = Figure(figsize=(9, 7))
    axes = figure.subplots()
    for place, floor in enumerate(FLOORS):
        axes.text(0, place + 0.16, floor, weight="bold", va="center", size=10)
        axes.text(0, place - 0.24, sentence(floor), va="center", size=6, color="0.35")
        axes.text(8.9, place, f"{modules(floor)}", va="center", ha="right", size=9, color="0.35")
        axes.axhline(place - 0.5, color="0.85", lw=0.8)
        axes.text(COLUMNS + place * STEP, len(FLOORS) - 0.3, floor, rotation=60, size=8)
    for one, other in pairs:
        x = COLUMNS + FLOORS.index(other) * STEP
        axes.plot(x, FLOORS.index(one), "o", color="0.25", ms=6)
    axes.text(8.9, len(FLOORS) - 0.3, "modules", ha="right", size=8, color="0.35")
    axes.text(COLUMNS, -1, "A dot: the floor of this line imports that one.", size=8, color="0.35")
    axes.set(xlim=(-0.1, COLUMNS + len(FLOORS) * STEP), ylim=(-1.2, len(FLOORS) + 1.2))
    axes.axis("off")
    said = "; ".join(f"{one} > {other}" for one, other in sorted(pairs))
    figure.savefig(PICTURE, bbox_inches="tight", metadata={"Date": None, "Description": said})


if __name__ == "__main__":
    draw()
