"""What pydantic finds wrong with a field, as a ``Problem`` in the same words everywhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from hipstudy.errors import Problem, nearest


def field_rule(error: Mapping[str, Any]) -> str:
    """The rule that a value breaks, without what pydantic puts in front, in lower case.

    Examples
    --------
    >>> field_rule({"msg": "Input should be less than 3"})
    'should be less than 3'
    """
    if error.get("type") == "string_too_long":
        most, found = error["ctx"]["max_length"], len(error["input"])
        return f"at most {most} letters, blanks counted; this has {found}"
    rule = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return rule[:1].lower() + rule[1:]


def field_problem(error: Mapping[str, Any], where: str, names: Iterable[str]) -> Problem:
    """One of the errors that ``ValidationError.errors()`` lists.

    ``where`` is file and field, or the parameter; ``names`` are those of the fields that there are.
    """
    name, value = str(error["loc"][-1]), str(error["input"])
    if error["type"] == "extra_forbidden":
        return Problem(where, value, f"there is no field {name}", nearest(name, names))
    if error["type"] == "missing":
        return Problem(where, "nothing", "this field is needed")
    return Problem(where, value, f"the rule: {field_rule(error)}")
