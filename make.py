"""Set hipstudy up on a machine that has only Python, then run it.

    python3 make.py report     the report on stretching against strength, as a PDF
    python3 make.py explore    move a dose in a browser, and see the weeks change
    python3 make.py test       the tests; what follows goes to pytest, as in: test -k wheel
    python3 make.py validate   the long checks
    python3 make.py bench      the benchmarks
    python3 make.py calibrate  weigh the model's numbers again by the calibration trials
    python3 make.py lab        JupyterLab on the notebooks
    python3 make.py lock       pin the dependencies again, after a change in pyproject.toml
    python3 make.py floors     the picture of the floors in CONTRIBUTING, drawn from the imports
    python3 make.py pictures   the pictures in README and docs, made by the program
    python3 make.py clean      remove .venv, builds and caches; your reports stay

Everything is installed in .venv, once, from the lock files, and checked against their hashes.
"""

# The standard library only, and no syntax newer than Python 3.6: an old Python must get as far
# as saying that it is too old.
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = os.path.join(BIN, "python" + EXE)
STATE = os.path.join(VENV, "hipstudy-state.json")
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}
OLDEST = (3, 11)

# uv writes no byte code, and where PYTHONDONTWRITEBYTECODE is set nobody ever would: every kernel
# would then start some 5 s later. Compiling these takes 5 s once; compiling all takes 11 s.
SLOW_TO_LOAD = """
    IPython PIL SALib annotated_types anywidget arcp arrow attr bs4 charset_normalizer click comm
    contourpy cycler dateutil defusedxml dill docx entrypoints.py fastjsonschema filelock fontTools
    formulaic idna ipykernel ipywidgets isoduration jinja2 jsonpointer.py jsonschema jupyter_client
    jupyter_core jupyter_server lark markupsafe matplotlib mistune mpl_toolkits msgpack multiprocess
    narwhals nbclient nbconvert nbformat numpy openpyxl packaging pandas papermill patsy
    platformdirs prompt_toolkit pydantic pydantic_core pygments pyparsing pypdf referencing requests
    rocrate scipy seaborn six.py soupsieve statsmodels tenacity tomli_w tornado traitlets
    typing_extensions.py typing_inspection uri_template urllib3 webcolors wrapt xlrd yaml zmq
"""


class SetUpError(Exception):
    """What stands in the way, in a sentence."""


def why_not(version, has_venv):
    """Say in one sentence why this Python cannot be used; nothing when it can."""
    wanted = "{}.{}".format(*OLDEST)
    found = "{}.{}".format(*version)
    if tuple(version[:2]) < OLDEST:
        return (
            f"hipstudy needs Python {wanted} or newer and this is Python {found}: install a newer "
            f"one, or name it, as in `make report PYTHON=python{wanted}`."
        )
    if not has_venv:
        return (
            "This Python cannot make virtual environments, because its venv or ensurepip module "
            f"is missing: on Debian or Ubuntu, `sudo apt install python{found}-venv` adds them."
        )
    return ""


def surroundings():
    """Return the environment for what is started here, without another Python's packages in it."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}


def say(text):
    """Tell what is going on, on stderr: stdout carries results."""
    print(text, file=sys.stderr, flush=True)


def run(command, quiet=False, **more):
    """Run a command in the project's folder; return its exit code as a shell would."""
    if quiet:
        more.update(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    more.setdefault("env", surroundings())
    try:
        code = subprocess.call(command, cwd=ROOT, **more)
    except FileNotFoundError:
        return 127
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    return code if code >= 0 else 128 - code


def answer(command):
    """Run a command; return its exit code and what it printed."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    env = surroundings()
    done = subprocess.run(command, check=False, env=env, universal_newlines=True, **pipes)
    return done.returncode, done.stdout.strip()


def fingerprint(kind):
    """Return a digest of everything the installed packages follow from."""
    digest = hashlib.sha256()
    for name in (LOCKS[kind], "pyproject.toml", os.path.join("hipstudy", "__init__.py")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read_state():
    """Return what the last set-up left in .venv; empty when .venv is not ours or is damaged."""
    try:
        with open(STATE, encoding="utf-8") as file:
            state = json.load(file)
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(state):
    """Keep the state for the next run."""
    with open(STATE + ".new", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(STATE + ".new", STATE)


def usable():
    """Return whether there is a .venv here that packages can be installed in.

    Not when its Python is gone or too old, when the checkout has been moved (its scripts hold
    the old path), or when an earlier set-up was stopped half-way.
    """
    state = read_state()
    if state and (state.get("root") != ROOT or not state.get("done")):
        return False
    check = "import sys, pip; sys.exit(sys.version_info[:2] < {})".format(OLDEST)
    return run([PYTHON, "-c", check], quiet=True) == 0


def make_venv():
    """Make .venv, in place of whatever is there."""
    if os.path.lexists(VENV):
        say("The .venv that is here is not whole, or was made elsewhere: making it again.")
    code, text = answer([sys.executable, "-m", "venv", "--clear", VENV])
    if code:
        last = (text.splitlines() or ["no reason given"])[-1]
        raise SetUpError("The virtual environment .venv could not be made: {}".format(last))


def pip(*args):
    """Run the pip of .venv; return its exit code."""
    return run([PYTHON, "-m", "pip", "--disable-pip-version-check", *args], stdout=sys.stderr)


def pinned(name, lock_file):
    """Return the lines of the lock that pin one package."""
    lines = []
    with open(os.path.join(ROOT, lock_file), encoding="utf-8") as file:
        for line in file:
            if line.startswith(name + "==") or (lines and line.startswith(" ")):
                lines.append(line)
            elif lines:
                break
    return "".join(lines)


def get_uv(lock_file):
    """Install the pinned uv in .venv; return its path, or nothing when that fails."""
    wanted = os.path.join(VENV, "uv.lock.txt")
    with open(wanted, "w", encoding="utf-8") as file:
        file.write(pinned("uv", lock_file))
    uv = os.path.join(BIN, "uv" + EXE)
    failed = pip("install", "-qq", "--no-deps", "--require-hashes", "--retries", "2", "-r", wanted)
    return "" if failed or run([uv, "--version"], quiet=True) else uv


def uv_surroundings():
    """Return the environment for uv: pip's package index, if one is set, is uv's as well."""
    env = surroundings()
    for line in answer([PYTHON, "-m", "pip", "config", "list"])[1].splitlines():
        name, _, value = line.partition("=")
        if name.rpartition(".")[2] == "index-url" and "UV_INDEX_URL" not in env:
            env.setdefault("UV_DEFAULT_INDEX", value.strip("'\""))
    return env


def install(kind):
    """Install what the lock says, then the project itself, from this folder."""
    lock_file = LOCKS[kind]
    uv = get_uv(lock_file)
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes"]
        uv_failed = run([*command, "-r", lock_file], env=uv_surroundings(), stdout=sys.stderr)
    if not uv or uv_failed:
        say("uv cannot be used here: installing with pip, which takes a minute or two.")
        hashed = ["-qq", "--no-deps", "--require-hashes", "--retries", "2"]
        if pip("install", *hashed, "-r", lock_file):
            raise SetUpError("The packages could not be installed; pip says why above.")
    itself = ["-qq", "--no-build-isolation", "--no-deps", "--editable", "."]
    if pip("install", "--no-index", *itself):
        raise SetUpError("hipstudy itself could not be installed; pip says why above.")


def compile_packages():
    """Write the byte code of what is slow to load, hipstudy's too; without it all works, slower.

    Where Python is told to write none, each report would compile it anew, for a second. So it is
    with the code of hipstudy's templates of words.
    """
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = answer([PYTHON, "-c", where])[1]
    packages = [os.path.join(folder, name) for name in SLOW_TO_LOAD.split()]
    packages = [name for name in packages if os.path.exists(name)]
    packages.append(os.path.join(ROOT, "hipstudy"))
    unused = r"[/\\](tests?|sandbox|distutils)[/\\]"  # scipy loads numpy's f2py and testing
    run([PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", unused, *packages], quiet=True)
    env = {k: v for k, v in surroundings().items() if k != "PYTHONDONTWRITEBYTECODE"}
    run([PYTHON, "-m", "hipstudy.template_code"], quiet=True, env=env)


def set_up(kind):
    """Bring .venv to what the lock says; quick when it is there already."""
    wanted = fingerprint(kind)
    state = read_state()
    ready = state.get("root") == ROOT and state.get("done", {}).get(kind) == wanted
    if ready and os.path.exists(hipstudy()[0]) and run([PYTHON, "-c", ""], quiet=True) == 0:
        return
    trouble = why_not(sys.version_info, has_venv())
    if trouble:
        raise SetUpError(trouble)
    say("Setting up .venv: once, one to three minutes and 0.8 GB ...")
    if not usable():
        make_venv()
    write_state({"root": ROOT, "done": {}})
    install(kind)
    compile_packages()
    # What the tests need includes all that a run needs, at the same versions.
    done = {k: fingerprint(k) for k in (("run", "test") if kind == "test" else ("run",))}
    write_state({"root": ROOT, "done": done})


def has_venv():
    """Can this Python make a virtual environment? Debian splits these modules off."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def hipstudy(*args):
    """Return the command line of the installed program."""
    return [os.path.join(BIN, "hipstudy" + EXE), *args]


def report(args):
    """Make the report; the last lines are where it is and what to try next."""
    set_up("run")
    with subprocess.Popen(
        hipstudy("report", "compare", *args),
        cwd=ROOT,
        env=surroundings(),
        stdout=subprocess.PIPE,
        universal_newlines=True,
    ) as process:
        lines = process.stdout.read().splitlines()
    if process.returncode:
        print("\n".join(lines), end="\n" if lines else "")
        return process.returncode if process.returncode > 0 else 128 - process.returncode
    print("\n".join([*lines[:-1], *map(near, lines[-1:])]))
    following = [near(os.path.join(BIN, "hipstudy")), "report", "compare", "-p", "weeks", "8"]
    print("Next, another dose: " + typed([*following, "--out", "reports/eight-weeks"]))
    return 0


def near(path):
    """Return a path of the project as seen from the current folder, when it lies inside that."""
    whole, here = os.path.abspath(os.path.join(ROOT, path)), os.getcwd()
    return os.path.relpath(whole, here) if whole.startswith(here + os.sep) else whole


def typed(words):
    """Return a command as it can be typed, with quotes where they are needed."""
    if os.name == "nt":
        return subprocess.list2cmdline(words)
    return " ".join(map(shlex.quote, words))


def side_by_side(args):
    """Return pytest's arguments for as many files at once as there are processors, unless told.

    A file's tests stay together and in order: what they share is made once.
    """
    told = any(arg.startswith(("-n", "--numprocesses", "--dist", "--pdb")) for arg in args)
    return [] if told or "no:xdist" in args else ["-n", "auto", "--dist", "loadfile"]


def test(args):
    """Run the tests.

    They start hundreds of Pythons: byte code is written, even where Python is told to write none,
    or each would compile again what `compile_packages` leaves out, and pytest every test.
    """
    set_up("test")
    env = surroundings()
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return run([PYTHON, "-m", "pytest", *side_by_side(args), *args], env=env)


def validate(args):
    """Run the long checks; their results are left in reports/ with the commit that made them."""
    set_up("test")
    stored = os.path.join("reports", "validate.xml")
    made_by = {"commit": commit(), "arguments": args}
    code = run([PYTHON, "-m", "pytest", "-m", "validate", "--junitxml", stored, *args])
    with open(os.path.join(ROOT, "reports", "validate.json"), "w", encoding="utf-8") as file:
        json.dump(dict(made_by, exit_code=code, results="validate.xml"), file, indent=1)
    return 0 if code == 5 else code  # 5: there is none to run


def commit():
    """Return which commit these files are, and whether something in them is not committed."""
    git = ["git", "-C", ROOT]
    try:
        code, text = answer([*git, "rev-parse", "HEAD"])
        changed = answer([*git, "status", "--porcelain"])[1]
    except OSError:
        code, text, changed = 1, "", ""
    if code:
        return "unknown"
    return text + (", with changes that are not committed" if changed else "")


def bench(args):
    """Run the benchmarks one after the other, so that none disturbs another."""
    set_up("test")
    folder = os.path.join(ROOT, "benchmarks")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    scripts = [name for name in names if name.endswith(".py")]
    if not scripts:
        say("There are no benchmarks in this folder.")
    codes = [run([PYTHON, os.path.join(folder, name), *args]) for name in scripts]
    return max(codes, default=0)


def calibrate(args):
    """Store what the calibration trials leave likely of the model's numbers."""
    set_up("run")
    say("Weighing the unknown numbers by the calibration trials: a few minutes ...")
    code = run([PYTHON, "-m", "hipstudy.evidence.calibration", *args])
    return code or run([PYTHON, "-m", "hipstudy.evidence.trial_record"])


def explore(args):
    """Open the explorer in a browser."""
    set_up("run")
    return run(hipstudy("explore", *args))


def lab(args):
    """Open the notebooks in JupyterLab."""
    set_up("run")
    return run(hipstudy("lab", *args))


def lock(args):
    """Pin the dependencies again; `lock --upgrade` also takes newer versions."""
    set_up("test")
    command = [os.path.join(BIN, "uv" + EXE), "pip", "compile", "--quiet", "--universal"]
    command += ["--generate-hashes", "--no-annotate", "--custom-compile-command", "make lock"]
    command += ["pyproject.toml", "--group", "setup", "--extra", "explore", "--extra", "lab", *args]
    return run([*command, "-o", LOCKS["run"]], stdout=sys.stderr) or run(
        [*command, "--extra", "test", "--extra", "dask", "-c", LOCKS["run"], "-o", LOCKS["test"]],
        stdout=sys.stderr,
    )


def floors(_):
    """Draw the floors of the package again, from its imports."""
    set_up("test")
    return run([PYTHON, os.path.join("docs", "floors.py")])


def pictures(_):
    """Make the pictures of README.md and docs/ again, from a report and the explorer."""
    set_up("test")
    return run([PYTHON, os.path.join("docs", "pictures.py")])


def clean(_):
    """Remove what can be made again; reports are somebody's work and stay."""
    for name in (".venv", "build", "dist", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)
    return 0


VERBS = (report, explore, test, validate, bench, calibrate, lab, lock, floors, pictures, clean)
VERBS = {f.__name__: f for f in VERBS}


def main(args):
    """Do what the first argument says; return the exit code."""
    if not args or args[0] not in VERBS:
        print(__doc__.strip())
        return 2 if args and args[0] not in ("help", "-h", "--help") else 0
    trouble = why_not(sys.version_info, has_venv=True)
    if trouble:
        say(trouble)
        return 1
    try:
        return VERBS[args[0]](args[1:])
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    except SetUpError as error:
        say(str(error))
        return 1
    except OSError as error:
        say("{}: {}".format(error.filename or "The disk", error.strerror or error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
