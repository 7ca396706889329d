"""The command line: every command is one call of the library."""

import inspect
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hipstudy import __version__, csv_locale, extras
from hipstudy.cli import (
    batch_command,
    clinic_flags,
    diff_command,
    preregister_command,
    report_command,
    session,
    template_files,
    verify_command,
)
from hipstudy.errors import ProblemsFound, harmless
from hipstudy.resources import place

HELP = Path(__file__).with_name("help.txt").read_text(encoding="utf-8")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
FILE = click.Path(path_type=Path)
COPIES = "hipstudy-notebooks"
ARM = "PROTOCOL is a preset's name, a TOML file, or a prescription on one line, in quotes."


@click.group(
    help=HELP.replace("\n\n", "\n\n\b\n"), invoke_without_command=True, context_settings=CONTEXT
)
@click.version_option(__version__, prog_name="hipstudy", message="%(prog)s %(version)s")
@session.debug
@click.pass_context
def cli(context: click.Context) -> None:
    """Without a command: the few things one can do."""
    if context.invoked_subcommand is None:
        click.echo(inspect.cleandoc(HELP))


@cli.command(cls=session.SettingCommand)
@click.argument("name", required=False)
@session.cohort
@click.option(
    "-p",
    "pairs",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter; may be given several times.",
)
@click.option("--out", metavar="DIR", help="Folder for the results [reports/NAME].")
@click.option("--since", metavar="RUN", help="Say what changed: since a run, folder or older file.")
@click.option("--since-cohort", metavar="FILE", help="Cohort file of that run [found by its name].")
@click.option("--show-values", is_flag=True, help="Changed values in edits.csv, for the owner.")
@session.clinic
@click.option("--author", metavar="NAME", help="Who made it.")
@session.logo
@click.option("--date", metavar="DATE", help="On every page: 2026-01-31 [today].")
@session.paper
@click.option("--locale", type=click.Choice(csv_locale.LOCALES),
              help="Tables with ; and a decimal comma for other than en [en].")  # fmt: skip
@click.option("--language", metavar="CODE",
              help="Of the first two pages: en, de or es, where there are [en].")  # fmt: skip
@click.option("--name", "run_name", metavar="WORDS", help="What to call this run, in its head.")
@click.option("--each", metavar="FOLDER", type=FILE, help="One report for each file in it.")
@click.option("--watch", metavar="FOLDER", type=FILE, help="The same, again after each change.")
@session.workers
@session.scheduler
@click.option("--explorer", is_flag=True, help="Put a one-file explorer beside the PDF.")
@click.option("--parameters", is_flag=True, help="List what can be set, and make no report.")
@session.debug
def report(name: str | None, parameters: bool, **settings: Any) -> None:
    """Make the report NAME: PDF, details, Word, workbook, HTML, notebook, tables.

    NAME is one of the reports listed without it, or the path of a notebook. What the clinic has in
    hipstudy.toml, in the current folder, need not be typed. An earlier report in the same folder is
    kept in its history; hipstudy runs lists them.
    """
    from hipstudy.report import catalogue, parameter_list, parameters_cell

    if name is None:
        if parameters or any(value not in (None, (), False) for value in settings.values()):
            raise click.UsageError("Which report? For example: hipstudy report compare")
        sources = catalogue.package_reports().values()
        session.say_table([("report", "title"), *((one.name, one.title) for one in sources)])
    elif parameters:
        source = catalogue.find(name)
        read = parameters_cell.read(source.notebook, source.path.name)
        click.echo("\n".join(parameter_list.listing(read, session.terminal_width())))
    else:
        report_command.run(name, **settings)


cli.add_command(batch_command.sweep)
cli.add_command(verify_command.verify)
cli.add_command(diff_command.diff)
cli.add_command(preregister_command.preregister)


@cli.command()
@click.argument("folder", required=False, type=FILE)
@click.option("--open", "number", type=int, metavar="N", help="Show the PDF of run N of the list.")
@session.debug
def runs(folder: Path | None, number: int | None) -> None:
    """List the reports made in FOLDER [reports], newest first: when, and from what."""
    from hipstudy.cli import runs_command

    runs_command.run(folder, number)


@cli.command()
@click.argument("name", required=False)
@session.debug
def protocols(name: str | None) -> None:
    """List the prescriptions that come with hipstudy, or print NAME as TOML to start from.

    NAME is one of those listed, a TOML file, or a prescription on one line, in quotes.
    """
    from hipstudy.prescription import design

    if name is not None:
        click.echo(design.to_toml(name).rstrip())
        return
    head = ("name", "min/wk", "prescription")
    rows = ((arm, f"{minutes:.1f}", dose) for arm, dose, minutes in design.preset_rows())
    session.say_table([head, *rows])


@cli.command()
@click.option("--xlsx", is_flag=True, help="A spreadsheet, the dictionary on its second sheet.")
@click.option("--csv", is_flag=True, help="A text file, the dictionary in another beside it.")
@click.option("--redcap", is_flag=True, help="A data dictionary for REDCap.")
@click.option("--sheet", is_flag=True, help="A page to write on at a visit, as PDF.")
@session.paper
@click.option("--out", metavar="FILE", type=FILE, help="To write [cohort.xlsx, or cohort.csv].")
@session.debug
def template(
    xlsx: bool, csv: bool, redcap: bool, sheet: bool, paper: str | None, out: Path | None
) -> None:
    """Write an empty cohort file to fill in, with a dictionary of its columns."""
    from hipstudy.cohort_file.template import write_template

    if xlsx + csv + redcap + sheet > 1:
        raise click.UsageError("--xlsx, --csv, --redcap or --sheet: give one of them.")
    if paper is not None and not sheet:
        raise click.UsageError("--paper is for --sheet.")
    if redcap or sheet:
        template_files.write(out, redcap=redcap, paper=paper)
        return
    paths = write_template(out, "csv" if csv else "xlsx" if xlsx else None)
    click.echo("\n".join(map(str, paths)))
    click.echo(f"once it is filled in: {session.command_line('check', str(paths[0]))}", err=True)


@cli.command()
@click.option("--out", metavar="FILE", type=FILE, help="To write [example_cohort.csv].")
@session.debug
def example(out: Path | None) -> None:
    """Copy a synthetic cohort file to look at and to try things on."""
    from hipstudy.cohort_file.template import copy_example

    path = copy_example(out)
    click.echo(path)
    click.echo(f"to look at it: {session.command_line('check', str(path))}", err=True)


@cli.command()
@click.argument("file", type=FILE)
@click.option("--mapping", metavar="FILE", type=FILE, help="Own names [FILE's .mapping.toml].")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@click.option("--plan", metavar="PLAN", type=FILE, help="Read what this analysis plan names too.")
@click.option("--suggest-mapping", is_flag=True, help="Draft a file for own names instead.")
@click.option("--show-reading", is_flag=True, help="Say what each column is read as.")
@click.option("--out", metavar="PAGE", type=FILE, help="Page [reports/check/NAME.html].")
@session.debug
def check(
    file: Path,
    mapping: Path | None,
    sheet: str | None,
    plan: Path | None,
    suggest_mapping: bool,
    show_reading: bool,
    out: Path | None,
) -> None:
    """Say what is wrong with the cohort FILE, here and as an HTML page. It is never changed."""
    from hipstudy.cli import check_command

    if not suggest_mapping:
        more = {"mapping": mapping, "sheet": sheet, "plan": plan, "out": out}
        raise click.exceptions.Exit(check_command.run(file, **more, show_reading=show_reading))
    if any(one is not None for one in (mapping, plan, out)) or show_reading:
        others = "--mapping, --plan, --show-reading and --out"
        raise click.UsageError(f"--suggest-mapping checks nothing: leave {others} away.")
    check_command.draft(file, sheet)


@cli.command()
@session.no_browser
@session.port
@session.debug
def lab(no_browser: bool, port: int | None) -> None:
    """Open the notebooks in JupyterLab."""
    open_lab(browser=not no_browser, port=port)


@cli.command()
@session.cohort
@click.option(
    "--runners", "n_runners", type=click.IntRange(20, 500), help="How many to draw [200]."
)
@click.option("--link", metavar="ADDRESS", help="Open with the settings in a page's address.")
@click.option("--export", metavar="FILE", type=FILE, help="Write one offline HTML file instead.")
@session.no_browser
@session.port
@session.debug
def explore(export: Path | None, no_browser: bool, port: int | None, **scene: Any) -> None:
    """Move a dose in a browser and see the weeks change; or write that as one file."""
    from hipstudy.cli import explore_command

    if export is None:
        debug = click.get_current_context().ensure_object(session.Session).debug
        own = {"browser": not no_browser, "port": port, "debug": debug}
        explore_command.live(**scene, **own)
        return
    if no_browser or port is not None:
        raise click.UsageError("--export opens nothing: leave --no-browser and --port away.")
    click.echo(explore_command.one_file(export, **scene))


@cli.command(help=f"Say what of a prescription is reported, by CERT. {ARM}")
@click.argument("protocol")
@session.debug
def cert(protocol: str) -> None:
    """Print the CERT table of a prescription, and how complete it is."""
    from hipstudy.prescription import cert as cert_items
    from hipstudy.prescription import design

    arm = design.arm_of(protocol)
    session.say_table([("item", "asks", "prescribed"), *cert_items.cert_rows(arm)])
    count = cert_items.completeness(cert_items.table(arm))
    missing = f"; not filled: {', '.join(count.missing)}" if count.missing else ""
    click.echo(f"{count}{missing}")
    if count.missing:
        click.echo(
            "to fill one in: a TOML file with a table [cert], see docs/prescriptions.md", err=True
        )


@cli.command(help=f"Write a handout of a prescription, for a runner: a page and a diary. {ARM}")
@click.argument("protocol")
@click.option("--physio", default="", metavar="NAME", help="Who asked the screening questions.")
@click.option("--screened", "confirmed", is_flag=True, help="The screening questions were asked.")
@click.option("--date", metavar="DATE",
              help="When they were asked: 2026-01-31; or today.")  # fmt: skip
@click.option("--runner", default="", metavar="NAME", help="The runner's code or name.")
@session.clinic
@click.option("--phone", metavar="NUMBER", help="The clinic's telephone.")
@session.logo
@click.option("--language", metavar="CODE", help="Of the page: en, de or es [en].")
@click.option("--note", default="", metavar="TEXT", help="A few words of your own.")
@session.paper
@click.option("--out", metavar="FILE", default="handout.pdf", show_default=True, help="To write.")
@session.debug
def handout(protocol: str, out: str, **page: Any) -> None:
    """Write the handout; refused without the physio's name and confirmation."""
    from hipstudy.handout import notices, write
    from hipstudy.prescription import design

    arm = design.arm_of(protocol)
    page = clinic_flags.of_handout(page)
    click.echo(write(arm, Path(out).expanduser(), **page))
    for line in notices(arm, page["phone"], page["language"], addressed=True):
        click.echo(line, err=True)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Without the program's name; by default those it was called with.

    Returns
    -------
    int
        0 done, 1 the data has problems, 2 wrong use, 130 stopped by Ctrl-C.
    """
    from hipstudy.files import one_end

    with one_end(leaving=arguments is None):
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    own = session.Session()
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        with cli.make_context("hipstudy", words, obj=own) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; nothing was written", err=True)
        return 130
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if own.debug:
            traceback.print_exc()
            click.echo(getattr(error, "detail", ""), err=True)
        return _explain(error, own.debug)


def _explain(error: Exception, with_trace: bool) -> int:
    """Say what went wrong; return the exit code."""
    if isinstance(error, click.ClickException):
        error.message = harmless(error.message)
        error.show()
        return error.exit_code
    code = getattr(error, "exit_code", None)
    if code is not None:
        own = isinstance(error, ProblemsFound)  # it is harmless, and has a line for each problem
        click.echo(str(error) if own else harmless(f"hipstudy: {error}"), err=True)
        return int(code)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    more = "" if with_trace else " Run again with --debug to see where."
    click.echo(f"hipstudy: this was not foreseen: {harmless(words)}.{more}", err=True)
    return 1
