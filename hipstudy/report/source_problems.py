"""What is wrong with a notebook and its settings that can be said before anything runs."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hipstudy.errors import Problem
from hipstudy.report import read_markdown
from hipstudy.report.catalogue import title_mark
from hipstudy.report.document import Block
from hipstudy.report.parameters_cell import NotebookParameter, Value, cell_source
from hipstudy.report.read_notebook import NamedCell, check_levels, named_cells, title_of
from hipstudy.text_files import NotToml, WrongEncoding, loads, read_text
from hipstudy.typeface import letter_problems

_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAGIC = re.compile(r"^\s*(?:[%!]|[\w.]+\s*=\s*[%!]|.*\?\s*$)", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6} \S", re.MULTILINE)


def source_problems(notebook: Mapping[str, Any]) -> list[Problem]:
    """Problems of the cells themselves, each with its cell.

    A title that is missing or not the only one, skipped heading levels, formulas and pictures that
    cannot be set, letters that no typeface has, and code that is no Python. Title and levels are
    left to the end of the run where a code cell may put out headings of its own.
    """
    problems: list[Problem] = []
    cells = named_cells(notebook)
    blocks: dict[bool, list[tuple[str, Block]]] = {False: [], True: []}
    for one in cells:
        if one.cell["cell_type"] == "markdown":
            source = cell_source(one.cell)
            found = read_markdown.blocks(source, one.where, problems)
            blocks[one.is_detail] += [(one.where, block) for block in found]
            problems += letter_problems(one.where, source.splitlines())
        elif one.cell["cell_type"] == "code":
            problems += _code_problems(one)
    first = next((one.where for one in cells if one.cell["cell_type"] == "markdown"), "")
    if not title_mark(notebook) and not _puts_out_headings(cells):
        title_of([*blocks[False], *blocks[True]], first, problems)
        for part in blocks.values():
            check_levels(part, problems)
    return problems


def _puts_out_headings(cells: Sequence[NamedCell]) -> bool:
    """Whether a text in the code has a heading in it."""
    for one in cells:
        if one.cell["cell_type"] != "code":
            continue
        with suppress(SyntaxError, ValueError):
            for node in ast.walk(_compile(cell_source(one.cell))):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and _HEADING.search(value):
                    return True
    return False


def _code_problems(one: NamedCell) -> list[Problem]:
    """A cell that is no Python, also not after IPython has read its magics."""
    source = cell_source(one.cell)
    try:
        _compile(source)
    except SyntaxError as error:
        if _MAGIC.search(source):
            with suppress(SyntaxError):
                _compile(_without_magics(source))
                return []
        line = (error.text or "").strip() or source.strip().splitlines()[0]
        rule = f"line {error.lineno or 1} of the cell cannot be read as Python ({error.msg})"
        return [Problem(one.where, line, rule)]
    except ValueError as error:  # a null byte
        return [Problem(one.where, source[:60], f"this cannot be read as Python ({error})")]
    return []


def _compile(source: str) -> ast.AST:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the cell runs
        tree = compile(source, "cell", "exec", _FLAGS)
    if not isinstance(tree, ast.AST):
        raise TypeError("the flags ask for a tree")
    return tree


def _without_magics(source: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def setting_problems(
    parameters: Sequence[NotebookParameter], values: Mapping[str, Value]
) -> list[Problem]:
    """Problems of settings, and of the TOML files that they name, that would be printed as squares.

    Parameters
    ----------
    parameters
        What the notebook takes.
    values
        By name, every one.
    """
    problems: list[Problem] = []
    for parameter in parameters:
        value = values.get(parameter.name)
        if not isinstance(value, str):
            continue
        for item in re.split(r"[,|]", value):
            if item.strip().lower().endswith(".toml"):
                path = Path(item.strip())
                problems += letter_problems(path.name, _texts_of(path))
            elif parameter.unit != "file":
                problems += letter_problems(f"parameter {parameter.name}", [item.strip()])
    return problems


def _texts_of(path: Path) -> list[str]:
    """Every text in a TOML file; what is wrong with the file itself is said where it is read."""
    try:
        return list(_leaves(loads(read_text(path))))
    except (OSError, NotToml, WrongEncoding):
        return []


def _leaves(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from (key, *_leaves(value))
    elif isinstance(part, list):
        for value in part:
            yield from _leaves(value)
