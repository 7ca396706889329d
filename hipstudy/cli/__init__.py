"""The command line: thin, each command one call of the library."""

from hipstudy.cli.app import main

__all__ = ["main"]
