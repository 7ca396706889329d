"""Packages that only some commands need, and how to add them to a plain install."""

from importlib.util import find_spec

from hipstudy.errors import Problem, UsageProblems

MODULES = {
    "dask": ("distributed",),
    "explore": ("anywidget",),
    "lab": ("jupyterlab",),
}


def require(extra: str) -> None:
    """Say what an extra of ``pyproject.toml`` misses, before anything is imported that needs it.

    Raises
    ------
    UsageProblems
        When a package of the extra is not installed, with the command that installs it.
    """
    missing = [name for name in MODULES[extra] if find_spec(name) is None]
    if missing:
        rule = f"this part of hipstudy needs {', '.join(missing)}, which a plain install leaves out"
        mend = (
            f'Run python -m pip install "hipstudy[{extra}]", or in a checkout python -m pip '
            f'install -e ".[{extra}]".'
        )
        raise UsageProblems([Problem("install", f"no {missing[0]}", rule, mend)])
