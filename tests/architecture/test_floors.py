"""The floors of the house: who may import whom, what names may be called, what importing costs."""

import ast
import importlib.util
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "hipstudy"
FILES = sorted(PACKAGE.rglob("*.py"))

SPEC = importlib.util.spec_from_file_location("floors", PACKAGE.parent / "docs" / "floors.py")
drawing = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(drawing)
# A package imports only what stands before it in this list; modules in the root are the ground.
FLOORS = drawing.FLOORS
OUTSIDE = {
    "__init__",
    "__main__",
    "door",
    "plot",
}  # the door sees every floor, and no floor the door
# What a package does not import although it stands below: these know nothing of the model.
GROUND_ONLY = {"figures", "report"}
GROUND = {file.stem for file in PACKAGE.glob("*.py")} - OUTSIDE

# Past participles say that something was done, and not what the thing is.
PARTICIPLES = set(
    """allowed applied asked bound broken built called changed checked chosen counted cut dealt
    done drawn expected fed felt found given gone got grown held hidden hit kept known laid led left
    listed lost made marked matched meant measured met missed moved named needed observed packed
    paid passed picked placed planned planted put said seen sent shown sold sought sound spent
    spoken stamped stated stood struck taken tested thought told torn trained tried understood used
    wanted worked worn wound written""".split()
)


def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def floor(name):
    """The floor of a dotted name such as ``hipstudy.model.simulate``."""
    parts = name.split(".")
    return parts[1] if parts[1] in FLOORS else "ground"


def dotted(file):
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file):
    """Dotted names of hipstudy that a module imports, wherever in the file it does."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "hipstudy":
            yield from (f"hipstudy.{a.name}" for a in node.names if a.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hipstudy."):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("hipstudy."))


def inside():
    """Modules of packages: the door and ``python -m`` stand outside and see everything."""
    return [file for file in FILES if file.parent != PACKAGE or file.stem in GROUND]


@pytest.mark.parametrize("file", inside(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_downwards(file):
    own = floor(dotted(file))
    for name in imports(file):
        other = floor(name)
        assert FLOORS.index(other) <= FLOORS.index(own), f"{own} imports {name}, which is above it"
        assert own not in GROUND_ONLY or other in (own, "ground"), f"{own} must not know {name}"


def test_every_folder_is_a_floor():
    folders = {f.parent.relative_to(PACKAGE).parts[0] for f in FILES if f.parent != PACKAGE}
    assert folders <= set(FLOORS), "say in FLOORS where it stands"


def test_the_picture_of_the_floors_is_the_one_of_these_imports():
    pairs = "; ".join(f"{one} &gt; {other}" for one, other in sorted(drawing.imports()))
    assert pairs in drawing.PICTURE.read_text(encoding="utf-8"), "make floors"


def test_the_list_of_moved_modules_leads_to_modules():
    known = {dotted(file) for file in FILES}
    listed = (PACKAGE.parent / "docs" / "moved_modules.csv").read_text(encoding="utf-8")
    for line in listed.splitlines()[1:]:
        now = line.partition(",")[2]
        assert now == "" or now in known, line


def test_no_floor_imports_the_door():
    for file in inside():
        assert "hipstudy.door" not in set(imports(file)), file


def test_no_modules_import_each_other_in_a_circle():
    known = {dotted(file) for file in FILES}
    graph = {}
    for file in FILES:
        targets = set()
        for node in parsed(file).body:  # what is imported when the module is
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hipstudy"):
                each = {f"{node.module}.{alias.name}" for alias in node.names}
                targets |= (each & known) or ({node.module} & known)
        graph[dotted(file)] = targets - {dotted(file), "hipstudy"}
    done, path = set(), []

    def walk(name):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            path.append(name)
            for other in sorted(graph[name]):
                walk(other)
            path.pop()
            done.add(name)

    for name in graph:
        walk(name)


def test_no_name_of_a_module_or_class_stands_twice():
    modules, classes = defaultdict(list), defaultdict(list)
    for file in FILES:
        if file.stem not in ("__init__", "__main__"):
            modules[file.stem].append(file)
        for node in parsed(file).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(file)
    for package in {file.parent for file in FILES}:
        modules[package.name].append(package)
    for names in (modules, classes):
        assert {name: where for name, where in names.items() if len(where) > 1} == {}


def test_no_public_name_is_a_bare_participle():
    bad = []
    for file in FILES:
        for node in parsed(file).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            inner = node.body if isinstance(node, ast.ClassDef) else []
            defs = [n for n in (node, *inner) if isinstance(n, ast.FunctionDef)]
            names = [node.name, *(n.target.id for n in inner if isinstance(n, ast.AnnAssign))]
            for one in (d for d in defs if not d.name.startswith("_")):
                every = (*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs)
                more = (one.args.vararg, one.args.kwarg)
                names += [one.name, *(arg.arg for arg in (*every, *filter(None, more)))]
            bad += [f"{file.name}: {n}" for n in names if n.lower() in PARTICIPLES]
    assert bad == []


def test_only_analysis_fits_models():
    for file in FILES:
        names = [
            name
            for node in ast.walk(parsed(file))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
        ]
        fits = any((name or "").startswith("statsmodels") for name in names)
        assert not fits or floor(dotted(file)) == "analysis", file


def test_equations_are_numpy_only():
    text = (PACKAGE / "model" / "equations.py").read_text(encoding="utf-8")
    assert "pandas" not in text, "the equations take arrays"
    assert ".random" not in text, "the equations know no chance"


def test_no_global_random_numbers():
    """Generators are made and handed on; all else in `np.random` is one global state."""
    allowed = {"default_rng", "Generator", "SeedSequence", "Philox", "PCG64", "BitGenerator"}
    for file in FILES:
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                owner = node.value
                numpy = isinstance(owner.value, ast.Name) and owner.value.id in ("np", "numpy")
                if numpy and owner.attr == "random":
                    assert node.attr in allowed, f"{file.name}:{node.lineno}"
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            assert "random" not in modules, f"{file.name}:{node.lineno}"


def started(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout


HEAVY = "{'numpy', 'pandas', 'matplotlib', 'seaborn', 'statsmodels', 'scipy', 'papermill'}"


def test_importing_hipstudy_is_quick_and_silent():
    assert started("import hipstudy") == ""
    assert started(f"import sys, hipstudy; print(sorted({HEAVY} & set(sys.modules)))") == "[]\n"


def test_the_command_line_starts_without_the_heavy_libraries():
    assert started(f"import sys, hipstudy.cli; print(sorted({HEAVY} & set(sys.modules)))") == "[]\n"
