"""How a plan has missing ends taken: the names of its field ``missing``, and of its models."""

from typing import Literal, get_args

Method = Literal["as-modelled", "mar", "jump-to-reference", "copy-increments"]
AS_MODELLED: Method = "as-modelled"
# What these estimate is another thing than what complete files, or values by arm, estimate.
BY_REFERENCE: tuple[Method, ...] = ("jump-to-reference", "copy-increments")
METHODS: tuple[Method, ...] = get_args(Method)


def imputed_model(method: str) -> str:
    """The model that ``effects`` names for an imputation.

    Examples
    --------
    >>> imputed_model("jump-to-reference")
    'imputed_jump_to_reference'
    """
    return f"imputed_{method.replace('-', '_')}"
