"""Tables as methods of the study that they are tables of."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def table(module: str, name: str) -> "Callable[[Any], pd.DataFrame]":
    """A method that gives a table of its study; the module is imported when it is called.

    Parameters
    ----------
    module
        Module of ``hipstudy.studies`` that makes the table, and itself knows the study's class.
    name
        Function of this module, which takes the study.
    """

    def method(study: Any) -> "pd.DataFrame":
        return getattr(import_module(f"hipstudy.studies.{module}"), name)(study)

    method.__name__ = name
    method.__doc__ = f"Table ``hipstudy.studies.{module}.{name}`` of this study."
    return method
