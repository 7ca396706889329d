"""Open the notebooks in JupyterLab, with a kernel that has hipstudy."""

import os
import shutil
from pathlib import Path

from hipstudy import extras
from hipstudy.resources import place

COPIES = "hipstudy-notebooks"


def open_lab(*, browser: bool = True, port: int | None = None) -> None:
    """Start JupyterLab on the notebooks; returns when it is closed.

    Parameters
    ----------
    browser
        Open a browser window.
    port
        To listen on; JupyterLab chooses a free one by default.

    Raises
    ------
    UsageProblems
        When JupyterLab is not installed.
    """
    extras.require("lab")
    from jupyterlab.labapp import LabApp

    options = [
        f"--ServerApp.root_dir={notebooks_folder().resolve()}",
        "--ServerApp.kernel_spec_manager_class=hipstudy.report.kernel.OnlyThisInterpreter",
    ]
    if not browser:
        options.append("--no-browser")
    if port is not None:
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container there is often no other user
    LabApp.launch_instance(options)


def notebooks_folder() -> Path:
    """Return the checkout's notebooks, or copies of the installed ones under the current folder.

    Copies that are there already are left alone: they may have been edited.
    """
    source = place("notebooks")
    if source.parent.name != "_share":
        return source
    folder = Path(COPIES)
    folder.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.ipynb")):
        if not (folder / path.name).exists():
            shutil.copyfile(path, folder / path.name)
    return folder
