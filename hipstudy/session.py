"""What every command of the command line shares."""

from dataclasses import dataclass

import click


@dataclass
class Session:
    """Whether an error is shown with where it arose."""

    debug: bool = False


def _debug(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.ensure_object(Session).debug = True


debug = click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_debug,
    help="Show where an error arose.",
)
