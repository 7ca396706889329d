"""What every command of the command line shares."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from hipstudy.errors import harmless


@dataclass
class Session:
    """Whether an error is shown with where it arose."""

    debug: bool = False


def _debug(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


debug = click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_debug,
    help="Show where an error arose.",
)


class SettingCommand(click.Command):
    """A command with ``-p NAME VALUE``: whoever writes ``-p NAME=VALUE`` is told how it is written.

    Unasked, the next word would be taken for the value, and something else be called wrong.

    Parameters
    ----------
    report
        The one report that the command makes; empty where a word names it.
    """

    def __init__(self, *args: Any, report: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command line.

        Raises
        ------
        click.UsageError
            Naming every setting that is written with a sign of equality.
        """
        written = [pair for word, pair in pairwise(args) if word == "-p" and "=" in pair]
        written += [word[2:] for word in args if word.startswith("-p") and "=" in word]
        if written:
            found = ", ".join(repr(harmless(pair)) for pair in written)
            pairs = (pair.split("=", 1) for pair in written)
            mend = " ".join(shlex.join(("-p", name, value or "VALUE")) for name, value in pairs)
            rule = "-p takes a name and a value with a space between"
            raise click.UsageError(f"{rule}: found {found}; write {harmless(mend)}", context)
        typed = list(args)  # click takes out of the list what it reads
        try:
            return super().parse_args(context, args)
        except click.NoSuchOption as error:
            name = error.option_name.lstrip("-").replace("-", "_")
            if name not in _setting_names(self.report or self._plain_words(context, typed)):
                raise
            said = f"a setting is written with -p: -p {name} VALUE"
            said = f"No such option {error.option_name!r}: {said}."
            raise click.UsageError(said, context) from None
        except click.BadOptionUsage as error:
            if error.option_name != "-p":
                raise
            said = "-p takes a name and a value, such as -p weeks 8; one of the two is missing."
            raise click.UsageError(said, context) from None
        except click.UsageError as error:
            if "-p" in typed and "unexpected extra" in error.message:
                error.message += ". After -p, a value of several words stands in quotes"
            raise

    def _plain_words(self, context: click.Context, args: Sequence[str]) -> list[str]:
        """Words that are no option of this command nor the value of one, in their order."""
        parser = self.make_parser(context)
        parser.ignore_unknown_options = True
        try:
            options, others, _ = parser.parse_args(list(args))
        except click.UsageError:  # more is wrong, which is said next
            return list(args)
        own = [options.get(one.name) for one in self.params if isinstance(one, click.Argument)]
        return [one for one in (*own, *others) if isinstance(one, str)]


def _setting_names(report: str | Sequence[str]) -> set[str]:
    """Names of the parameters of a report, for whoever took one for an option.

    Of words the first that names a report; where none does, of every report.
    """
    from hipstudy.errors import UsageProblems
    from hipstudy.report import catalogue, parameters_cell

    shipped = catalogue.package_reports()
    words = [report] if isinstance(report, str) else report
    asked = next((one for one in words if one in shipped or one.endswith(".ipynb")), "")
    try:
        sources = [catalogue.find(asked)] if asked else shipped.values()
        return {one.name for own in sources for one in parameters_cell.read(own.notebook)}
    except UsageProblems:
        return set()  # what is wrong with the notebook is said when it is run


cohort = click.option(
    "--cohort", metavar="FILE", help="Runners' baseline; rbds: 28 real ones, open data."
)
no_browser = click.option(
    "--no-browser", is_flag=True, help="Print the address instead of opening it."
)
port = click.option("--port", type=click.IntRange(1, 65535), help="To listen on.")
workers = click.option(
    "--workers", type=click.IntRange(1, 64), metavar="N", help="Reports at once [processors]."
)
scheduler = click.option(
    "--scheduler", metavar="ADDRESS", help="Of Dask, whose workers see the same files."
)
# None where nothing is typed: then hipstudy.toml in the current folder may say it.
paper = click.option(
    "--paper", type=click.Choice(["a4", "us-letter"]), help="Size of the PDF's pages [a4]."
)
clinic = click.option("--clinic", metavar="NAME", help="Whose page it is.")
logo = click.option("--logo", metavar="FILE", help="PNG, JPEG or SVG, for the head.")


def terminal_width() -> int | None:
    """Where to wrap: the terminal's width, or nowhere in a pipe."""
    return os.get_terminal_size().columns if sys.stdout.isatty() else None


def say_readings(arms: str) -> None:
    """Say what in prescriptions on a line is read otherwise than it is written there."""
    from hipstudy.prescription import design

    for reading in design.readings(arms):
        click.echo(harmless(reading), err=True)


def say_table(rows: Iterable[Sequence[str]]) -> None:
    """Print a plain table as wide as the terminal."""
    from hipstudy.report.parameter_list import table

    click.echo("\n".join(table(rows, terminal_width())))


def command_line(*words: str) -> str:
    """A command of this program as it runs when it is typed: as it was called, words in quotes."""
    every = [*_program(), *words]
    return subprocess.list2cmdline(every) if os.name == "nt" else shlex.join(every)


def _program() -> Sequence[str]:
    """How this program was called; by its name where the shell finds that very one by it."""
    name = Path(sys.argv[0])
    if name.parts[-2:] == ("hipstudy", "__main__.py"):
        return [sys.executable, "-m", "hipstudy"]
    by_name = shutil.which("hipstudy")
    is_same = by_name is not None and name.exists() and Path(by_name).samefile(name)
    return ["hipstudy"] if is_same or name.stem != "hipstudy" else [sys.argv[0]]
