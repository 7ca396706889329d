"""Where the notebooks and data of the package are: in the checkout, or inside the wheel."""

import re
from pathlib import Path

OPEN_DATA = "rbds"  # what is typed in place of a cohort file
_PACKAGE = Path(__file__).resolve().parent


def place(*parts: str) -> Path:
    """Path of a file or folder that travels with the package, for example of ``data``.

    The parts are those of its path below the top of the project: inside the wheel's
    ``hipstudy/_share`` when that exists, else in the checkout.

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


def cohort_path(cohort: str) -> Path:
    """Path of a cohort as it is typed: a file, or the word ``rbds``.

    The word stands for the open table of runners that travels with the package; a file of one's own
    that is called so is typed as ``./rbds``.

    Examples
    --------
    >>> cohort_path("rbds").name, cohort_path("clinic/runners.csv").name
    ('RBDSinfo.txt', 'runners.csv')
    """
    return place("data", "RBDSinfo.txt") if is_open_data(cohort) else Path(cohort)


def is_open_data(cohort: str) -> bool:
    """Whether what is typed as a cohort is the word for the open table of runners."""
    return cohort.strip().lower() == OPEN_DATA


def file_name(path: str) -> str:
    r"""Last part of a path of whichever system: a folder says whose machine it was.

    Examples
    --------
    >>> file_name("/data/clinic/runners.csv"), file_name(r"C:\clinic\runners.csv")
    ('runners.csv', 'runners.csv')
    """
    return path.replace("\\", "/").rsplit("/", 1)[-1]


_ITEM = re.compile(r"[^,|]+")


def toml_files(names: str) -> dict[str, str]:
    """Prescription files among names with commas or ``|`` between: what stands there, file name.

    Examples
    --------
    >>> toml_files("stretch_only | /data/clinic/mine.toml, strength_only")
    {'/data/clinic/mine.toml': 'mine.toml'}
    """
    items = (item.strip() for item in _ITEM.findall(names))
    return {item: file_name(item) for item in items if item.lower().endswith(".toml")}


def without_folders(names: str) -> str:
    """Names with commas or ``|`` between, files among them (TOML, CSV) by their file names only.

    Examples
    --------
    >>> without_folders("stretch_only, /data/clinic/mine.toml")
    'stretch_only, mine.toml'
    >>> without_folders("stretch_only | /data/clinic/mine.toml")
    'stretch_only | mine.toml'
    """

    def shortened(match: re.Match[str]) -> str:
        item = match[0].strip()
        is_file = item.lower().endswith((".toml", ".csv"))
        return match[0].replace(item, file_name(item)) if is_file else match[0]

    return _ITEM.sub(shortened, names)
