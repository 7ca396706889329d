"""``hipstudy.toml``: what a clinic writes once, in the folder where it works, in place of flags."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hipstudy.errors import Problem, nearest
from hipstudy.report.letterhead import Letterhead
from hipstudy.text_files import NotToml, WrongEncoding, loads, read_text

FILE = "hipstudy.toml"
FIELDS = ("clinic", "author", "phone", "logo", "date", "paper", "locale", "language")


@dataclass(frozen=True)
class ClinicEntries:
    """What is typed with a command, and what the clinic's file says where nothing is typed.

    Parameters
    ----------
    values
        Field -> text; a field that nobody set is not there.
    places
        Where a field was read: the flag, or the file.
    problems
        What is wrong with the file itself.
    """

    values: Mapping[str, str]
    places: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    def get(self, name: str, otherwise: str = "") -> str:
        """A field's text."""
        return self.values.get(name, otherwise)

    def letterhead(self) -> Letterhead:
        """The head that these fields make."""
        logo = self.get("logo")
        return Letterhead(
            clinic=self.get("clinic"),
            author=self.get("author"),
            logo=Path(logo).expanduser() if logo else None,
            report_date=self.get("date"),
            places=self.places,
            file_problems=self.problems,
        )


def entries(flags: Mapping[str, str | None], folder: Path | None = None) -> ClinicEntries:
    """Flags, and the clinic's file in a folder for those that were not given.

    Parameters
    ----------
    flags
        Field -> what was typed, None where nothing was. Empty text means none, whatever the file
        says.
    folder
        Where ``hipstudy.toml`` may stand; the current one when None.
    """
    stored, problems = read(Path() if folder is None else folder)
    typed = {name: text for name, text in flags.items() if text is not None}
    return ClinicEntries(
        values=stored | typed,
        places={name: f"{FILE}, {name}" for name in stored} | {name: f"--{name}" for name in typed},
        problems=tuple(problems),
    )


def read(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """Fields of the file in a folder, and everything that is wrong with it; nothing without one.

    A logo's path counts from the folder. Whether a value can be printed is said by those who print.
    """
    path = folder / FILE
    try:
        tables = loads(read_text(path))
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [Problem(FILE, None, f"this file cannot be read ({error.strerror or error})")]
    except (NotToml, WrongEncoding) as error:
        mend = 'A line of it is like clinic = "Hill Clinic".'
        return {}, [Problem(FILE, None, f"this file is no TOML ({error})", mend)]
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in tables.items():
        where = f"{FILE}, {name}"
        is_day = name == "date" and type(value) is date
        if name not in FIELDS:
            rule = f"there is no field {name}"
            problems.append(Problem(where, str(value), rule, nearest(name, FIELDS)))
        elif not isinstance(value, str) and not is_day:
            rule = "the rule: text in quotation marks"
            problems.append(Problem(where, str(value), rule, f'For example {name} = "...".'))
        else:
            values[name] = str(value)
    if values.get("logo"):
        values["logo"] = str(folder / Path(values["logo"]).expanduser())
    return values, problems
