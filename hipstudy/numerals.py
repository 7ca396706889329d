"""Numbers in words, in the language of the sentence that they stand in.

A template says at its top how its language writes numbers (``numerals``), and the filters of
``hipstudy.wording`` follow it. So one page never mixes decimal points and decimal commas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hipstudy import labels


@dataclass(frozen=True)
class Numerals:
    """How a language writes numbers and what stands between them.

    Parameters
    ----------
    decimal_mark
        A point or a comma.
    to
        Between the ends of an interval.
    under
        Before one per cent, of a share that is smaller.
    both
        Before the last of several things.
    over
        Before ninety-nine per cent, of a share that is larger and not the whole.

    Examples
    --------
    >>> german = Numerals(",", "bis", "unter", "und", "über")
    >>> german.number(-0.304), german.short(2.5), german.count(1.5, "Woche", "Wochen")
    ('−0,30', '2,5', '1,5 Wochen')
    >>> german.interval(0.21, 0.05, 0.38), german.percent(0.004)
    ('0,21 (0,05 bis 0,38)', 'unter 1 %')
    >>> german.percent(0.996), german.chance(1.0)
    ('über 99 %', 'über 99 %')
    """

    decimal_mark: str = "."
    to: str = "to"
    under: str = "under"
    both: str = "and"
    over: str = "over"

    def number(self, value: float, digits: int = 2) -> str:
        """A number with so many decimals and a real minus sign; a rounded zero has no sign."""
        return self._with_mark(labels.format_number(value, digits))

    def short(self, value: float) -> str:
        """A number with as few digits as it needs, at most six, and a real minus sign.

        Examples
        --------
        >>> Numerals().short(-5), Numerals(",").short(0.25)
        ('−5', '0,25')
        """
        return self._with_mark(f"{value:g}".replace("-", "−"))

    def count(self, n: float, one: str, many: str = "") -> str:
        """A number of things; without ``many``, more than one of them end in an s."""
        said = self.short(n)  # 1.0000001 is printed as 1, and is one
        return f"{said} {one if said == '1' else many or f'{one}s'}"

    def interval(self, value: float, low: float, high: float, digits: int = 2) -> str:
        """A number with its interval."""
        ends = f"{self.number(low, digits)} {self.to} {self.number(high, digits)}"
        return f"{self.number(value, digits)} ({ends})"

    def percent(self, share: float) -> str:
        """A share as whole per cent; all is 100 % and none 0 %, and what is near them neither."""
        if 0 < share < labels.NEAR_NONE:
            return f"{self.under} 1 %"
        if labels.NEAR_ALL <= share < 1:
            return f"{self.over} 99 %"
        return labels.percent(share)

    def chance(self, share: float) -> str:
        """A chance by a law without ends, so that it is never 0 % or 100 %."""
        return self.percent(labels.within_ends(share))

    def listing(self, items: Sequence[str], word: str = "") -> str:
        """Items in a sentence, ``word`` or ``both`` before the last."""
        *most, last = items
        return f"{', '.join(most)} {word or self.both} {last}" if most else last

    def _with_mark(self, number: str) -> str:
        return number.replace(".", self.decimal_mark)


ENGLISH = Numerals()
