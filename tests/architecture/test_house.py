"""The house itself: what it is installed from, how it is started, what may lie in it."""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import hypothesis
import pytest
import yaml
from documentation import everything

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
INSTALLED = [*PROJECT["project"]["dependencies"], *EXTRAS["explore"], *EXTRAS["lab"]]  # by make
LOCKS = ("requirements.lock", "requirements-test.lock")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "hipstudy").rglob("*.py"))

# Not on conda-forge, or not everywhere: pip brings them with the project itself.
NAMED_OTHERWISE = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "docx": "python-docx",
    "IPython": "ipython",
    "SALib": "salib",
}
NOT_FROM_CONDA = {"math-core", "tex2typst", "typst"}


def bounds(requirements):
    """Name and lower bound of each requirement; conda-forge writes some names with a _."""
    form = r"([a-z0-9_-]+)>=([0-9.]+)(?:,<[0-9.]+)?"
    parts = (re.fullmatch(form, line).groups() for line in requirements)
    return {name.replace("_", "-"): low for name, low in parts}


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def tracked():
    """Files that git knows; in an unpacked sdist, the files that are there."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.splitlines() or [str(f.relative_to(ROOT)) for f in ROOT.rglob("*.*")]
    return [ROOT / name for name in names if ".venv" not in name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_py", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_environment_yml_has_the_bounds_of_pyproject():
    listed = yaml.safe_load(text("environment.yml"))["dependencies"]
    assert listed[-1] == {"pip": ["-e ."]}
    plain = [line for line in listed if isinstance(line, str) and line != "pip"]
    ours = bounds(INSTALLED)
    python = PROJECT["project"]["requires-python"].removeprefix(">=")
    expected = {name: low for name, low in ours.items() if name not in NOT_FROM_CONDA}
    assert bounds(plain) == {"python": python, **expected}


def test_what_is_imported_is_depended_on():
    ours = {"hipstudy", *bounds([*INSTALLED, *EXTRAS["dask"]])}
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names:
                name = NAMED_OTHERWISE.get(top, top.replace("_", "-"))
                assert name in ours, f"{file.name} imports {top}: add it to pyproject.toml"


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host(name):
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted", "file:", " @ "):
        assert word not in text(name), word
    comments = [line for line in text(name).splitlines() if "#" in line]
    assert comments[1:] == ["#    make lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_dependency_with_hashes(name):
    wanted = INSTALLED + PROJECT["dependency-groups"]["setup"]
    wanted += PROJECT["build-system"]["requires"]
    if name == "requirements-test.lock":
        wanted += PROJECT["project"]["optional-dependencies"]["test"]
    entries = re.findall(r"^([a-z0-9-]+)==([^\s;]+)(.*?)(?=^[a-z0-9]|\Z)", text(name), re.M | re.S)
    pinned = {}
    for package, version, rest in entries:
        assert "--hash=sha256:" in rest, package
        pinned.setdefault(package, []).append(version)
    for package, low in bounds(wanted).items():
        assert package in pinned, f"{package} is not pinned: make lock"
        for version in pinned[package]:
            assert numbers(version) >= numbers(low), f"{package} {version} < {low}: make lock"


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def test_both_locks_pin_the_same_versions():
    run, test = (set(re.findall(r"^[a-z0-9-]+==[^\s;]+", text(name), re.M)) for name in LOCKS)
    assert run <= test


def test_make_py_is_read_by_old_pythons(make):
    ast.parse(text("make.py"), feature_version=(3, 6))
    said = make.why_not((3, 6, 15), has_venv=True)
    assert "Python 3.11 or newer" in said
    assert said.endswith(".")
    assert ". " not in said, "one sentence"


def test_make_py_names_the_package_that_is_missing(make):
    said = make.why_not((3, 12, 1), has_venv=False)
    assert "python3.12-venv" in said
    assert ". " not in said, "one sentence"
    assert make.why_not((3, 11, 0), has_venv=True) == ""


def test_make_py_ends_with_a_sentence_on_an_old_python(make, monkeypatch, capsys):
    monkeypatch.setattr("sys.version_info", (3, 9, 2))
    assert make.main(["report"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "3.11" in said[0]


def test_make_py_compiles_hipstudy_and_what_scipy_loads_of_numpy(make, monkeypatch):
    commands = []
    monkeypatch.setattr(make, "answer", lambda _: (0, sysconfig.get_path("purelib")))
    monkeypatch.setattr(make, "run", lambda command, **_: commands.append(command))
    make.compile_packages()
    command, of_templates = commands
    passed_over = re.compile(command[command.index("-x") + 1])
    names = {Path(one).name for one in command[command.index("-x") + 2 :]}
    assert {"hipstudy", "numpy", "scipy", "openpyxl"} <= names
    assert not passed_over.search("/numpy/f2py/crackfortran.py")
    assert of_templates[-2:] == ["-m", "hipstudy.template_code"]
    assert passed_over.search("/numpy/tests/test_all.py")


def test_make_py_compiles_nearly_all_that_a_report_loads(make):
    """Where Python is told to write no byte code, the rest is compiled anew for each report."""
    code = (
        "import sys\n"
        "import papermill, hipstudy.cli.app, hipstudy.pages.compare_report, seaborn\n"
        "from hipstudy.report.rehearsal import rehearse\n"
        "rehearse()\n"
        "print(*[getattr(one, '__file__', None) for one in sys.modules.values()], sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folder = Path(sysconfig.get_path("purelib"))
    loaded = [Path(name) for name in done.stdout.splitlines() if name.endswith(".py")]
    loaded = [file for file in loaded if file.is_relative_to(folder)]
    compiled = make.SLOW_TO_LOAD.split()
    left = [file for file in loaded if file.relative_to(folder).parts[0] not in compiled]
    assert len(loaded) > 1000
    assert sum(file.stat().st_size for file in left) < 200_000, left


def test_make_py_uses_the_standard_library_only():
    nodes = [node for node in ast.walk(ast.parse(text("make.py"))) if isinstance(node, ast.Import)]
    names = {alias.name.split(".")[0] for node in nodes for alias in node.names}
    assert names <= sys.stdlib_module_names


def test_make_py_lists_its_verbs_and_refuses_others(make, capsys):
    assert make.main([]) == 0
    assert make.main(["reprot"]) == 2
    said = capsys.readouterr().out
    for verb in make.VERBS:
        assert f"make.py {verb} " in said
        assert re.search(rf"^report .*\b{verb}\b|make {verb} ", text("Makefile"), re.M)


def test_a_set_up_stopped_half_way_or_moved_is_made_again(make, monkeypatch, tmp_path):
    monkeypatch.setattr(make, "STATE", str(tmp_path / "state.json"))
    monkeypatch.setattr(make, "run", lambda *_, **__: 0)
    assert make.usable(), "a .venv that somebody made by hand is used"
    for state, expected in [
        ({"root": make.ROOT, "done": {"run": "x"}}, True),
        ({"root": make.ROOT, "done": {}}, False),
        ({"root": "/elsewhere", "done": {"run": "x"}}, False),
    ]:
        make.write_state(state)
        assert make.usable() is expected, state
    monkeypatch.setattr(make, "run", lambda *_, **__: 127)
    make.write_state({"root": make.ROOT, "done": {"run": "x"}})
    assert not make.usable(), "its Python is gone"


def test_pip_takes_over_where_uv_fails(make, monkeypatch):
    asked = []
    monkeypatch.setattr(make, "get_uv", lambda _: "")
    monkeypatch.setattr(make, "pip", lambda *args: asked.append(args) or 0)
    make.install("run")
    assert "requirements.lock" in asked[0]
    assert "--require-hashes" in asked[0]
    assert asked[1][-2:] == ("--editable", ".")
    monkeypatch.setattr(make, "pip", lambda *_: 1)
    with pytest.raises(make.SetUpError, match="pip says why"):
        make.install("run")


def test_uv_is_pinned_through_the_lock(make):
    lines = make.pinned("uv", "requirements.lock")
    assert lines.startswith("uv==")
    assert lines.count("==") == 1
    assert "--hash=sha256:" in lines


def test_ci_runs_the_tests():
    assert re.search(r"^exec make test$", text(".ci/run"), re.M)
    assert os.name == "nt" or os.access(ROOT / ".ci" / "run", os.X_OK)


def test_modules_have_names_that_say_something_and_stay_short():
    for file in MODULES:
        assert file.stem not in ("utils", "helpers", "core", "base"), file
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 420, file


def test_no_path_of_somebodys_machine():
    somewhere = re.compile(
        rb"(?<![\w.])(/home/\w|/Users/\w|/root/\w|/work/\w|/opt/\w|[A-Z]:\\Users)"
    )
    for file in tracked():
        if file.suffix not in (".ttf", ".png", ".pdf") and file != Path(__file__).resolve():
            assert not somewhere.search(file.read_bytes()), file


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_committed_clean(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    tagged = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1, "one cell tagged parameters"
    for cell in code:
        tree = ast.parse("".join(cell["source"]))
        kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        assert not any(isinstance(node, kinds) for node in ast.walk(tree)), "code goes in hipstudy"


def test_reports_are_not_committed():
    listed = subprocess.run(
        ["git", "ls-files", "reports"], cwd=ROOT, capture_output=True, text=True
    )
    assert set(listed.stdout.split()) <= {"reports/README.md"}


def test_make_report_ends_with_the_pdf_and_what_to_try_next(make, monkeypatch, capsys):
    pdf = str(ROOT / "reports" / "compare" / "compare.pdf")
    program = [sys.executable, "-c", f"print('made'); print({pdf!r})"]
    monkeypatch.setattr(make, "set_up", lambda _: None)
    monkeypatch.setattr(make, "hipstudy", lambda *_: program)
    monkeypatch.chdir(ROOT)
    assert make.main(["report"]) == 0
    made, path, following = capsys.readouterr().out.splitlines()
    assert made == "made"
    assert Path(path) == Path("reports/compare/compare.pdf"), "as seen from the project's folder"
    again = "report compare -p weeks 8 --out reports/eight-weeks"
    called = Path(make.BIN, "hipstudy").relative_to(ROOT)
    assert following == f"Next, another dose: {called} {again}"


@pytest.mark.skipif(os.name == "nt", reason="the shell's quotes are others on Windows")
def test_what_make_says_is_next_runs_from_another_folder_and_with_blanks(
    make, monkeypatch, capsys, tmp_path
):
    root = tmp_path / "my own folder"
    called = root / ".venv/bin/hipstudy"
    called.parent.mkdir(parents=True)
    called.write_text('#!/bin/sh\necho "$@"\n')
    called.chmod(0o755)
    monkeypatch.setattr(make, "ROOT", str(root))
    monkeypatch.setattr(make, "BIN", str(called.parent))
    monkeypatch.setattr(make, "set_up", lambda _: None)
    program = [sys.executable, "-c", "print('reports/compare/compare.pdf')"]
    monkeypatch.setattr(make, "hipstudy", lambda *_: program)
    for folder, pdf in ((tmp_path, "my own folder/reports/compare/compare.pdf"),
                        (root / ".venv", str(root / "reports/compare/compare.pdf"))):  # fmt: skip
        monkeypatch.chdir(folder)
        assert make.main(["report"]) == 0
        path, following = capsys.readouterr().out.splitlines()
        assert path == pdf
        command = following.removeprefix("Next, another dose: ")
        ran = subprocess.run(command, shell=True, capture_output=True, text=True)  # noqa: S602
        assert ran.stdout.startswith("report compare -p weeks 8 --out"), ran.stderr


@pytest.mark.parametrize("code", [1, 2, 130])
def test_make_passes_the_exit_code_on(make, monkeypatch, capsys, code):
    program = [sys.executable, "-c", f"import sys; sys.exit({code})"]
    monkeypatch.setattr(make, "set_up", lambda _: None)
    monkeypatch.setattr(make, "hipstudy", lambda *_: program)
    assert make.main(["report"]) == code
    assert make.main(["lab"]) == code
    assert capsys.readouterr().out == "", "nothing to try next where nothing was made"


@pytest.mark.parametrize(
    ("args", "first"),
    [
        (["-k", "wheel"], ["-n", "auto", "--dist", "loadfile"]),
        (["-n", "1"], []),
        (["-n0"], []),
        (["--numprocesses=3"], []),
        (["--pdb"], []),
        (["-p", "no:xdist"], []),
    ],
)
def test_make_test_runs_files_side_by_side_unless_told(make, monkeypatch, args, first):
    asked = []
    monkeypatch.setattr(make, "set_up", lambda _: None)
    monkeypatch.setattr(make, "run", lambda command, **_: asked.append(command) or 0)
    assert make.main(["test", *args]) == 0
    assert asked == [[make.PYTHON, "-m", "pytest", *first, *args]]


def test_make_test_lets_byte_code_be_written(make, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("HIPSTUDY_CACHE", "elsewhere")
    given = {}
    monkeypatch.setattr(make, "set_up", lambda _: None)
    monkeypatch.setattr(make, "run", lambda _, env: given.update(env) or 0)
    assert make.main(["test"]) == 0
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["HIPSTUDY_CACHE"] == "elsewhere"


def test_make_validate_leaves_its_results_with_the_commit(make, monkeypatch, tmp_path):
    (tmp_path / "reports").mkdir()
    monkeypatch.setattr(make, "ROOT", str(tmp_path))
    monkeypatch.setattr(make, "set_up", lambda _: None)
    monkeypatch.setattr(make, "run", lambda _: 1)
    said = {"rev-parse": (0, "ab" * 20), "status": (0, "")}
    monkeypatch.setattr(make, "answer", lambda command: said[command[3]])
    stored = []
    for changes in ("", " M make.py"):
        said["status"] = (0, changes)
        assert make.main(["validate", "-k", "wheel"]) == 1
        stored.append(json.loads((tmp_path / "reports/validate.json").read_text()))
    assert stored[0] == {"commit": "ab" * 20, "arguments": ["-k", "wheel"], "exit_code": 1,
                         "results": "validate.xml"}  # fmt: skip
    assert stored[1]["commit"] == "ab" * 20 + ", with changes that are not committed"
    said["rev-parse"] = (128, "not a repository")
    assert make.commit() == "unknown"


def test_no_property_has_a_deadline():
    assert hypothesis.settings().deadline is None
    for file in (ROOT / "tests").rglob("*.py"):
        said = re.findall(r"deadline\s*=\s*\w+", file.read_text(encoding="utf-8"))
        assert not said or file.name == "conftest.py", (
            f"{file.name} says again what conftest.py says"
        )


def test_python_in_the_docs_runs():
    """What README.md and docs/ show in Python gives frames, as they stand there."""
    blocks = re.findall(r"```python\n(.*?)```", everything(), re.S)
    assert len(blocks) == 3
    for block in blocks:
        *lines, last = ast.parse(block).body
        space = {}
        exec(compile(ast.Module(lines, []), "docs", "exec"), space)  # noqa: S102
        frame = eval(compile(ast.Expression(last.value), "docs", "eval"), space)  # noqa: S307
        assert len(frame) > 50
