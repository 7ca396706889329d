"""A plain install makes reports; the explorer and JupyterLab say how to add what they need."""

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from hipstudy.extras import MODULES

ROOT = Path(__file__).resolve().parents[2]
EVERY = sorted({name for names in MODULES.values() for name in names})
BLOCK = f"import sys\nfor name in {EVERY}:\n    sys.modules[name] = None\n"


def run(code, folder):
    command = [sys.executable, "-c", BLOCK + code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_modules_are_those_of_the_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra, modules in MODULES.items():
        names = {line.split(">")[0] for line in project["optional-dependencies"][extra]}
        of = {packages_distributions()[module][0].lower().replace("_", "-") for module in modules}
        assert of <= names
        assert names - of <= {"tornado", "traitlets"}, "these every notebook's kernel needs"
        assert not any(line.split(">")[0] in of for line in project["dependencies"])


def test_a_comparison_imports_none_of_the_extras(tmp_path):
    """Neither in this process, up to the kernel, nor in what the notebook's own cells import."""
    code = (
        "import hipstudy.report.make_report, hipstudy.report.execute, hipstudy.report.write_pdf\n"
        "import hipstudy.report.write_html, hipstudy.report.kernel\n"
        "import papermill, nbclient, ipykernel\n"
        "import hipstudy.pages.compare_report, hipstudy.studies.compare_study\n"
        "import hipstudy.studies.sensitivity, hipstudy.handout\n"
        "from hipstudy.cli import main\n"
        "sys.argv = ['hipstudy', 'report', 'compare', '-p', 'n_runners', '0']\n"
        "sys.exit(main())\n"
    )
    done = run(code, tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Import" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["lab"], "lab"),
        (["report", "cohort", "--each", ".", "--scheduler", "tcp://127.0.0.1:1"], "dask"),
    ],
)
def test_what_is_missing_is_a_sentence_with_the_command(arguments, extra, tmp_path):
    find = "import importlib.util as u\nu.find_spec = lambda name: None\n"
    code = f"{find}from hipstudy.cli import main\nsys.exit(main({arguments}))\n"
    done = run(code, tmp_path)
    assert done.returncode == 2, done.stderr
    assert f'python -m pip install "hipstudy[{extra}]"' in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_page_in_a_notebook_says_so_as_well(tmp_path):
    find = "import importlib.util as u\nu.find_spec = lambda name: None\n"
    done = run(f"{find}from hipstudy import explore\nexplore.page()\n", tmp_path)
    assert "which a plain install leaves out" in done.stderr
