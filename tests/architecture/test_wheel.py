"""The wheel: what travels in it, and that it works where there is no checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built with the backend that is pinned, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def outside(wheel, tmp_path_factory):
    """Run code against the installed wheel from a folder that is not the checkout."""
    target = tmp_path_factory.mktemp("installed")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target"]
    subprocess.run([sys.executable, "-m", "pip", *install, target, wheel], check=True)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    env = {**os.environ, "PYTHONPATH": str(target)}

    def run(*command):
        command = [sys.executable, *command]
        return subprocess.run(command, cwd=elsewhere, env=env, capture_output=True, text=True)

    run.target = target
    return run


def shared():
    """Files of notebooks/ and data/ that have to travel."""
    files = [file for name in ("notebooks", "data") for file in (ROOT / name).rglob("*.*")]
    return {
        file.relative_to(ROOT).as_posix()
        for file in files
        if file.is_file() and ".ipynb_checkpoints" not in file.parts
    }


def test_notebooks_and_data_travel_inside(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "data/parameters.csv" in shared()
    missing = {name for name in shared() if f"hipstudy/_share/{name}" not in names}
    assert not missing


def test_package_data_travels_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for file in (ROOT / "hipstudy").rglob("*.*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert file.relative_to(ROOT).as_posix() in names, "the wheel has all of the package"
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"hipstudy"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_installed_wheel_finds_its_files_outside_the_checkout(outside):
    code = "from hipstudy.resources import place; print(place('data', 'parameters.csv'))"
    done = outside("-c", code)
    assert done.returncode == 0, done.stderr
    found = Path(done.stdout.strip())
    assert found == outside.target / "hipstudy" / "_share" / "data" / "parameters.csv"
    assert found.read_bytes() == (ROOT / "data" / "parameters.csv").read_bytes()


def test_installed_wheel_has_the_open_runners_and_their_licence(outside, wheel):
    code = (
        "from hipstudy.studies.settings import check; "
        "print(check(cohort='rbds').runners().n_runners)"
    )
    done = outside("-c", code)
    assert (done.returncode, done.stdout.strip()) == (0, "28"), done.stderr
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/data/RBDSinfo_NOTICE.md") for name in names)
    assert "hipstudy/_share/data/RBDSinfo_NOTICE.md" in names


def test_installed_wheel_has_the_command(outside):
    done = outside("-c", "import sys; from hipstudy.cli.app import main; sys.exit(main())")
    assert done.returncode == 0, done.stderr
    assert "report" in done.stdout
