"""Where the notebooks and data of the package are: in the checkout, or inside the wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def place(*parts: str) -> Path:
    """Path of a file or folder that travels with the package.

    Parameters
    ----------
    *parts
        Path below the top of the project, for example ``"data", "parameters.csv"``.

    Returns
    -------
    pathlib.Path
        Inside the wheel's ``hipstudy/_share`` when that exists, else in the checkout.

    Raises
    ------
    FileNotFoundError
        When neither has it.
    """
    for root in (_PACKAGE / "_share", _PACKAGE.parent):
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{'/'.join(parts)} is missing from this installation of hipstudy")
