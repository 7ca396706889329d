"""What can be read of a plan that has wrong fields: its columns are looked for all the same."""

from pathlib import Path

from pydantic import ValidationError

from hipstudy import text_files
from hipstudy.analysis.plan import AnalysisPlan, shipped_plan
from hipstudy.text_files import WrongEncoding, read_text


def partial_plan(path: Path) -> AnalysisPlan | None:
    """A plan without its wrong fields, those that every plan needs taken from the shipped one.

    It is for looking for columns only, so that what is wrong with the plan and what the cohort file
    does not have are told at once. None where nothing can be made of the file.
    """
    try:
        table = text_files.loads(read_text(path))
    except (OSError, text_files.NotToml, WrongEncoding):
        return None
    needed = shipped_plan().model_dump(include=_needed())
    for _ in AnalysisPlan.model_fields:  # a field may be wrong only once another is right
        try:
            return AnalysisPlan.model_validate(table, context=table)
        except ValidationError as error:
            wrong = {one["loc"][0] for one in error.errors() if one["loc"]}
            table = {name: value for name, value in table.items() if name not in wrong}
            table |= {name: needed[name] for name in wrong if name in needed}
    return None


def _needed() -> set[str]:
    return {name for name, one in AnalysisPlan.model_fields.items() if one.is_required()}
