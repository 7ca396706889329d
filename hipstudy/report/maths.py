"""TeX formulas into Typst and into MathML; what cannot be turned is an error, never a guess."""

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML
from tex2typst import tex2typst

_COMMENT = re.compile(r"(?<!\\)%.*$", re.MULTILINE)
_ALT = re.compile(r"^\s*%\s*alt:\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.DOTALL)
_COLUMN = re.compile(r"(?<!\\)&")
# Not read alike by both converters, or read as code by one of them: refused rather than guessed.
_REFUSED = {
    "#": re.compile(r"#"),
    '"': re.compile(r'"'),
    r"\operatorname*": re.compile(r"\\operatorname\s*\*"),
}


class NotConvertibleError(ValueError):
    """A formula that cannot be written; the message says why."""


def split_alt(tex: str) -> tuple[str, str]:
    r"""Take the ``% alt:`` line out of a formula; without one, the TeX itself is the words.

    Examples
    --------
    >>> split_alt("% alt: torque falls with speed\n\\tau = k / v")
    ('\\tau = k / v', 'torque falls with speed')
    >>> split_alt("x^2")
    ('x^2', 'x^2')
    """
    match = _ALT.search(tex)
    bare = " ".join(_COMMENT.sub("", tex).split())
    return bare, " ".join(match.group(1).split()) if match else bare


@lru_cache(maxsize=512)
def to_typst(tex: str) -> str:
    r"""Return a TeX formula as Typst mathematics.

    Raises
    ------
    NotConvertibleError
        When it holds something that one of the converters does not read.

    Examples
    --------
    >>> to_typst(r"\frac{a}{b_2}")
    'a/(b_2)'
    """
    _refuse(tex)
    try:
        return tex2typst(_CASES.sub(_apart, tex)).strip()
    except ValueError as error:
        raise NotConvertibleError(str(error).splitlines()[0]) from error


@lru_cache(maxsize=512)
def to_mathml(tex: str, display: bool) -> str:
    r"""Return a TeX formula as a MathML element.

    Raises
    ------
    NotConvertibleError
        When it holds something that one of the converters does not read.

    Examples
    --------
    >>> to_mathml("x", False)
    '<math><mi>x</mi></math>'
    """
    _refuse(tex)
    try:
        return LatexToMathML(fancy_error=False).convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        raise NotConvertibleError(str(error).splitlines()[0]) from error


def reason_against(tex: str, display: bool) -> str:
    r"""Say why a formula cannot be written by both converters; empty when it can.

    Examples
    --------
    >>> reason_against(r"\tau_0", display=False)
    ''
    >>> reason_against(r"\notacommand", display=False) != ""
    True
    """
    if not tex:
        return "the formula is empty"
    try:
        to_typst(tex)
        to_mathml(tex, display)
    except NotConvertibleError as error:
        return str(error)
    return ""


def _refuse(tex: str) -> None:
    for name, pattern in _REFUSED.items():
        if pattern.search(tex):
            raise NotConvertibleError(f"{name} is not allowed in a formula")


def _apart(cases: re.Match[str]) -> str:
    """Set the two columns of cases apart, as TeX does and Typst does not."""
    return _COLUMN.sub(r"\\quad &", cases.group())
