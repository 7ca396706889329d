"""The rooms of the house: who may import whom, and what importing costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "hipstudy"

# From the ground up: a module may import those that stand before it.
ROOMS = (
    "__init__ places problems text_files session staging new_files spreadsheet toml_text columns "
    "findings template luck cells file_warnings show labels "
    "parameters cert_fields progression_rules protocol terms grammar line_reader one_line matching "
    "design progression_words cert cert_shown "
    "listed numbers_in_text identifiers rows zipped grid delimited workbook sheet suggest mapping "
    "heads codes typed rules wrong_units legs visit_weeks visits check "
    "physiology worlds cohort rbds basis clinic settings limbs running start enough baseline load "
    "adherence bouts doses dose_shapes gains simulate progress sweep instruments observe example "
    "evidence trials trial_file one_runner gallery studies "
    "analysis mock_cohorts association few plan enrolled comparable cohort_study predicted "
    "compare effects curves readings influence answers sensitivity drives factor_words "
    "evidence_study dose_settings dose_phases dose_study dose_readings dose_afterwards "
    "figures pages cohort_pages evidence_pages dose_pages "
    "tables report handout explore lab check_command prescription_commands cli __main__"
).split()
MODEL = set(ROOMS[ROOMS.index("parameters") : ROOMS.index("figures")])
NO_MODEL = {"show", "figures", "report", "lab"}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree):
    """Rooms of hipstudy that a module imports, wherever in the file it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "hipstudy":
            yield from (alias.name for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hipstudy."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            names = (alias.name.split(".") for alias in node.names)
            yield from (parts[1] for parts in names if parts[0] == "hipstudy" and parts[1:])


def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_downwards(file):
    name = room(file)
    others = set(imported(parsed(file))) - {name}
    for unknown in {name, *others} - set(ROOMS):
        pytest.fail(f"say in ROOMS where {unknown} stands")
    for other in others:
        assert ROOMS.index(other) < ROOMS.index(name), f"{name} imports {other}, which is above it"
        assert not (name in NO_MODEL and other in MODEL), f"{name} must not know {other}"


def test_only_analysis_fits_models():
    for file in FILES:
        names = [
            name
            for node in ast.walk(parsed(file))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
        ]
        fits = any((name or "").startswith("statsmodels") for name in names)
        assert not fits or room(file) == "analysis", file


def test_physiology_is_numpy_only():
    file = PACKAGE / "physiology.py"
    if file.exists():
        text = file.read_text(encoding="utf-8")
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
    if not (PACKAGE / "cli.py").exists():
        pytest.skip("there is no command line yet")
    assert started(f"import sys, hipstudy.cli; print(sorted({HEAVY} & set(sys.modules)))") == "[]\n"
