"""The record that a run leaves beside its files: when, from what, by which version, and what."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from hipstudy.report.parameters_cell import Value
from hipstudy.resources import place
from hipstudy.text_files import NotToml, WrongEncoding, loads, read_text

# One table a report, since several reports may be made in one folder.
RECORD_FILE = "run.toml"
SEAL = "record_sha256"  # of all else in a table: so an edited record is told from one as written


class NotRecord(ValueError):
    """What is called ``run.toml`` is not a run's record; the message says why."""


@dataclass(frozen=True)
class InputFile:
    """A file that a run has read.

    Parameters
    ----------
    parameter
        Which names it.
    file
        Its name, without folders.
    sha256
        Of its bytes, 64 hexadecimal digits.
    """

    parameter: str
    file: str
    sha256: str


@dataclass(frozen=True)
class RunRecord:
    """What a run was made from, and what it made.

    Parameters
    ----------
    report
        Its name, which the files are called by.
    time
        When its files got their names, with the offset from UTC.
    run_name
        As the user called it; may be empty.
    version
        Of hipstudy; empty in a record made afterwards for a run that left none.
    fingerprint
        Twelve hexadecimal digits of all that the numbers come from, as printed on every page.
    code_sha256, data_sha256
        Of the modules of hipstudy, and of its own tables of parameters, evidence and trials.
    job_sha256
        Of all that the files of the run come from, their head and the libraries as well.
    notebook
        File name of the notebook that was run.
    notebook_sha256
        Of its cells as they were before the run.
    paper
        Of the PDF.
    seed
        None where the report takes none.
    settings
        Every parameter with its value; those that are empty are left out. Files have no folders.
    differing
        Names of those set differently from the notebook's own.
    inputs
        Files that the settings name, and those that are read with one of them.
    versions
        Of Python and of the libraries by which numbers and pages are made.
    outputs
        Files of the run, by their place in its folder, with the SHA-256 of their bytes.
    """

    report: str
    time: datetime
    run_name: str = ""
    version: str = ""
    fingerprint: str = ""
    code_sha256: str = ""
    data_sha256: str = ""
    job_sha256: str = ""
    notebook: str = ""
    notebook_sha256: str = ""
    paper: str = ""
    seed: int | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def table(self) -> dict[str, Any]:
        """The record as a table for TOML, which has no empty values."""
        own = asdict(self)
        own["settings"] = {n: v for n, v in self.settings.items() if v is not None and v != ""}
        own = {name: value for name, value in own.items() if value is not None}
        return own | {SEAL: table_sha256(own)}

    @classmethod
    def of_table(cls, table: Any) -> "RunRecord":
        """Read a table as ``table`` gives it; keys of a later version are passed over.

        Raises
        ------
        NotRecord
            When it is none.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            record = TypeAdapter(cls).validate_python(table)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise NotRecord(f"{where}: {first['msg']}") from None
        if record.time.tzinfo is None:
            raise NotRecord("time: a date and time with its offset from UTC is needed")
        return record


def table_sha256(table: Mapping[str, Any]) -> str:
    """Digest of a record's table, its own digest apart, however its lines stand in the file."""
    rest = {name: value for name, value in table.items() if name != SEAL}
    return sha256(json.dumps(rest, default=_as_text, sort_keys=True, ensure_ascii=False))


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def tables(folder: Path) -> dict[str, dict[str, Any]]:
    """Tables of the record in a folder, one a report; none where there is no record.

    Raises
    ------
    NotRecord
        When the file of that name is no record.
    """
    path = folder / RECORD_FILE
    try:
        read = loads(read_text(path))
    except FileNotFoundError:
        return {}
    except (OSError, NotToml, WrongEncoding) as error:
        raise NotRecord(str(error)) from None
    for name, table in read.items():
        if RunRecord.of_table(table).report != name:
            raise NotRecord(f"the table {name} is not of a report of this name")
    return read


def text(report_tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Tables as the text of a record file."""
    import tomli_w

    return tomli_w.dumps(dict(sorted(report_tables.items())))


def sha256(content: bytes | str) -> str:
    """Digest of a file's content, 64 hexadecimal digits."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def joint_sha256(parts: Iterable[bytes | str]) -> str:
    """Digest of several parts in their order, of which none can pass for two."""
    digest = hashlib.sha256()
    for part in (part if isinstance(part, bytes) else part.encode() for part in parts):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()


def data_parts() -> list[bytes | str]:
    """Names and bytes of the package's own tables."""
    return _parts(place("data"), (".csv", ".toml"))


@cache
def code_sha256() -> str:
    """Digest of the modules and words of hipstudy: a version number alone may stand for several."""
    return joint_sha256(_parts(Path(__file__).resolve().parents[1], (".py", ".j2", ".toml")))


def _parts(folder: Path, endings: tuple[str, ...]) -> list[bytes | str]:
    parts: list[bytes | str] = []
    for path in sorted(folder.rglob("*")):
        place_in_it = path.relative_to(folder)
        if path.suffix in endings and place_in_it.parts[0] != "_share":  # the wheel's own data
            parts += [place_in_it.as_posix(), path.read_bytes()]
    return parts
