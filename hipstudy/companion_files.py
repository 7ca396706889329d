"""Files beside a cohort file that are read with it without being named."""

from pathlib import Path

DICTIONARIES = "*DataDictionary*.csv"  # of REDCap


def mapping_name(path: Path) -> str:
    """Name of the mapping of a cohort file, whether or not it is there.

    Examples
    --------
    >>> mapping_name(Path("clinic.xlsx"))
    'clinic.mapping.toml'
    """
    return f"{path.stem}.mapping.toml"


def companions(path: Path) -> tuple[Path, ...]:
    """The mapping and the data dictionaries that lie beside a file.

    Parameters
    ----------
    path
        Of a cohort file.
    """
    beside = [path.with_name(mapping_name(path)), *sorted(path.parent.glob(DICTIONARIES))]
    return tuple(one for one in beside if one.is_file() and one.name != path.name)
