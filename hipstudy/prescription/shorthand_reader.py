"""Reading a one-line prescription: what is written, where it stands, and what is wrong."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from hipstudy.errors import Problem
from hipstudy.prescription.protocol import Strength, Stretch
from hipstudy.prescription.shorthand_match import (
    BETWEEN,
    TERMS,
    in_terms,
    range_at,
    read_first,
    term_at,
    variant_at,
)
from hipstudy.prescription.shorthand_slips import meant_signs
from hipstudy.prescription.shorthand_terms import (
    COUNT,
    COUNTS,
    FLAGS,
    GRAMMAR,
    QUOTED,
    TEXTS,
    UNIT_WANTED,
    WEIGHT,
    Term,
    exact,
    factor,
    number,
    piece_bounds,
    unclosed,
    unquoted,
    weight,
)
from hipstudy.prescription.shorthand_translation import translate
from hipstudy.prescription.shorthand_variants import (
    ASKED,
    ENDS,
    ONE_OR_OTHER,
    Ways,
    most_reps,
)

OWN = "own"
PLAN, WEEKS = TERMS["plan"], TERMS["none"][0]
HEADS, STARTS, OTHERWISE, NEEDED = (
    GRAMMAR[table] for table in ("heads", "starts", "otherwise", "needed")
)
MODELS = {"strength": Strength, "stretch": Stretch}
# A comma, or a word for "and", before one of these starts a part as well: people write it so, and
# it can mean nothing else.
_JOINT = r",|(?:,\s*)?(?:[+&]|\.(?=\s)|(?<=\s)(?:and|plus|with|then)(?=\s))"
PARTS = rf";|(?:{_JOINT})(?=\s*(?:{'|'.join(STARTS.values())}|(?:contact|name|label|note)\b))"

_PIECE = re.compile(rf"(?:{QUOTED}|[^\s,]|(?<=[0-9]),(?=[0-9]))+", FLAGS)
_HEADS = {term.head for terms in TERMS.values() for term in terms} - {"", "@", WEEKS.head}
_TERM = (
    rf"(?:{'|'.join(map(re.escape, sorted(_HEADS)))})(?![\w-])|@"
    rf"|(?:[0-9]+|{COUNT})\s*(?:[x×/]|times|per|a\b)|(?:[x×]|for)\s*(?:[0-9]+\s*|\S+\s+)w"
    rf"|(?:with|at|plus|\+)\s*(?:[0-9]|{COUNT})|unloaded(?![\w-])"
)
_MORE = re.compile(rf"\s+(?!{_TERM}){_PIECE.pattern}", FLAGS)
_A_DOSE = re.compile(r"(?:[0-9.,]+\s*|[^\s0-9]+\s+)[x×*]\s*\S", FLAGS)
_A_PART = f"a part starts with {', '.join([*HEADS.values(), *(t.head for t in PLAN[:-1])])}"


@dataclass(frozen=True)
class Change:
    """What would stand in a line, in place of what stands from start to end.

    Parameters
    ----------
    start, end
        Of what is replaced.
    texts
        What may stand there, one or more.
    names
        What each of several texts is called.
    """

    start: int
    end: int
    texts: tuple[str, ...]
    names: tuple[str, ...] = ONE_OR_OTHER


def _homes(word: str) -> str:
    """Parts in which a word has its place."""
    homes = [
        f"the {HEADS[kind]} part" if kind in HEADS else "a part of its own"
        for kind, terms in TERMS.items()
        if word and word != WEEKS.head and word in {term.head for term in terms}
    ]
    return " or ".join(homes)


class Line:
    """One line while it is read: every part is looked at before anything is said.

    Parameters
    ----------
    text
        The line.
    source
        Name of the arm, and what problems call the line.
    """

    def __init__(self, text: str, source: str) -> None:
        self.translation = translate(text)
        text = self.translation.text
        self.text, self.source = text, source
        self.problems: list[tuple[int, Problem]] = []
        # What would mend each problem; None for one of which that is not known.
        self.changes: list[Change | None] = []
        # What was read otherwise than it was written.
        self.readings: list[str] = [*self.translation.readings]
        self._most_reps: list[re.Match[str]] = []
        # Path of a field, such as strength.sets -> its value, and where that stands.
        self.values: dict[str, Any] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        self.tried: set[str] = set()  # fields that were written, even if wrongly
        self.ends: dict[str, int] = {}  # part -> where it ends
        bounds = piece_bounds(text, PARTS, TEXTS)
        starts = [self._start_in(BETWEEN.match(text, *one).end(), one[1])[0] for one in bounds]
        self.exercises = [kind for kind in starts if kind in MODELS]
        for start, end in bounds:
            self._part(start, start + len(text[start:end].rstrip()))
        self._missing()
        self._by_most_reps()

    def say(
        self, start: int, end: int, rule: str, mend: str = "", change: Change | None = None
    ) -> None:
        """Note a problem with what stands from start to end, and what would mend it."""
        self.changes.append(change)
        start, end = self.translation.span(start, end)
        where = f"{self.source}, character {start + 1}"
        match = self.translation.original[start:end] or "nothing"
        self.problems.append((start, Problem(where, match, rule, mend)))

    def _part(self, start: int, end: int) -> None:
        at = BETWEEN.match(self.text, start, end).end()
        if at >= end:
            return
        kind, at = self._kind(at, end)
        while (at := BETWEEN.match(self.text, at, end).end()) < end:
            at = self._term(kind, at, end) if kind else end

    def _kind(self, start: int, end: int) -> tuple[str, int]:
        """Which part this is, and where its terms start; no kind when it is none."""
        kind, head_start, head_end = self._start_in(start, end)
        if kind:
            once = self._once(kind, head_start, head_end, end)
            while (
                once and (start := BETWEEN.match(self.text, start, head_start).end()) < head_start
            ):
                start = self._term(once, start, head_start)
            return once, head_end
        heads = {term.head: "plan" for term in PLAN} | {head: kind for kind, head in HEADS.items()}
        piece = _PIECE.match(self.text, start, end)
        word = re.match(r"[^\s0-9]*", piece[0])[0].lower()
        homes = _homes(word)
        close = [] if homes else get_close_matches(word, heads, n=1, cutoff=0.7)
        close = [OTHERWISE[word]] if word in OTHERWISE else close
        if word in heads or self._says("plan", start, end):
            return "plan", start
        last = list(self.ends)[-1] if self.ends else ""
        if last in MODELS and self._says(last, start, end):
            return self._said_of(last, start, end)
        if close and heads[close[0]] == "plan":
            return "plan", start
        if close:
            change = Change(start, start + len(word), (close[0],))
            self.say(start, piece.end(), _A_PART, f"Did you mean {close[0]}?", change)
            return self._once(heads[close[0]], start, piece.end(), end), piece.end()
        mend = f"{word} belongs in {homes}, after a comma." if homes else ""
        self.say(start, end, _A_PART, mend)
        # What stands in a part that is not understood may be what would be missing.
        self.tried |= {*NEEDED, "part"}
        return "", end

    def _start_of(self, start: int, end: int) -> tuple[str, int]:
        """The exercise that a part names first, and where that name ends; empty for none."""
        for kind, pattern in STARTS.items():
            if match := re.compile(pattern, FLAGS).match(self.text, start, end):
                return kind, match.end()
        return "", start

    def _start_in(self, start: int, end: int) -> tuple[str, int, int]:
        """The exercise that a part names, first or behind what is said of it, and where."""
        kind, head_end = self._start_of(start, end)
        if kind:
            return kind, start, head_end
        for kind, pattern in STARTS.items():
            named = re.compile(rf"(?<=\s){pattern}", FLAGS).search(self.text, start, end)
            if named and kind in MODELS and self._is_all_of(kind, start, named.start()):
                return kind, *named.span()
        return "", start, start

    def _is_all_of(self, kind: str, start: int, end: int) -> bool:
        """Whether all that stands here can be said in such a part."""
        while (start := BETWEEN.match(self.text, start, end).end()) < end:
            found = variant_at(kind, self.text, start, end) or term_at(kind, self.text, start, end)
            ranged = range_at(kind, self.text, start, end)
            if not found and not ranged:
                return False
            start = ranged[2] if ranged else found[1].end()
        return True

    def _says(self, kind: str, start: int, end: int) -> bool:
        """Whether something stands here that can be said in such a part."""
        return bool(
            term_at(kind, self.text, start, end)
            or variant_at(kind, self.text, start, end)
            or range_at(kind, self.text, start, end)
        )

    def _said_of(self, kind: str, start: int, end: int) -> tuple[str, int]:
        """A part without a start, that goes on with the exercise before it."""
        if len(self.exercises) == 1:
            self.ends[kind] = end
            return kind, start
        word = re.match(r"[^\s0-9]*", self.text[start:end])[0].lower()
        homes = _homes(word)
        mend = f"{word} belongs in {homes}, after a comma." if homes else ""
        joint = self.text.rindex(";", 0, start) if ";" in self.text[:start] else start
        self.say(start, end, f"{_A_PART}; {ASKED['part']}", mend, Change(joint, start, (", ",)))
        self.tried |= {*NEEDED, "part"}
        return "", end

    def _once(self, kind: str, start: int, head_end: int, end: int) -> str:
        """The kind, unless the line has such a part already."""
        rule = ""
        if kind in self.ends:
            rule = f"the line has {HEADS[kind]} already"
        elif self.ends and "none" in (kind, *self.ends):
            rule = "exercise and no exercise cannot both be"
        if rule:
            self.say(start, head_end, rule, "Leave one of the two out.")
            return ""
        self.ends[kind] = end
        return kind

    def _term(self, kind: str, at: int, end: int) -> int:
        """Read what stands here; return where it ends."""
        if other := variant_at(kind, self.text, at, end):
            variant, match = other
            if variant.name == "most_reps":  # how near to failure that is, is seen at the end
                self._most_reps.append(match)
            self._otherwise(kind, match.span(), variant.ways(match))
            return match.end()
        if (ends := range_at(kind, self.text, at, end)) is not None:
            low, high, stop = ends
            self._otherwise(kind, (at, stop), Ways((low, high), ASKED["range"], names=ENDS))
            return stop
        if pair := term_at(kind, self.text, at, end):
            self._take(kind, *pair)
            return pair[1].end()
        # What is not understood goes up to a comma, or to what looks like another term.
        stop = _PIECE.match(self.text, at, end).end()
        while more := _MORE.match(self.text, stop, end):
            stop = more.end()
        stop = end if unclosed(self.text[at:stop]) else stop
        self._unknown(kind, at, stop)
        return stop

    def _otherwise(self, kind: str, span: tuple[int, int], ways: Ways) -> None:
        """Take what is said in other words, or ask which of the terms is meant."""
        span = (span[0], span[0] + len(self.text[slice(*span)].rstrip()))
        if ways.question:
            change = Change(*span, ways.texts, ways.names) if ways.texts else None
            self.say(*span, ways.question, change=change)
            for text in ways.texts:
                terms = in_terms(kind, text) or in_terms(kind, read_first(kind, text)[1]) or []
                self.tried |= {self._path(kind, field) for term, _ in terms for field in term.units}
            return
        self.readings += [ways.read_as] if ways.read_as else []
        for term, match in in_terms(kind, ways.texts[0]) or []:
            self._take(kind, term, match, span)

    def _by_most_reps(self) -> None:
        """What weights for a number of repetitions mean, now that all of the part is known."""
        reps = self.values.get("strength.reps")
        for match in self._most_reps if isinstance(reps, int) else ():
            self._otherwise("strength", match.span(), most_reps(match, reps))

    def _unknown(self, kind: str, at: int, stop: int) -> None:
        piece = self.text[at:stop]
        word = re.match(r"@?[^\s0-9@]?[^\s0-9@'\"‘“«]*", piece)[0].lower()
        word = "" if word in COUNTS else word
        heads = {term.head: term for term in reversed(TERMS[kind])}
        by_number = [term for term in TERMS[kind] if not term.head]
        likely = heads.get(word) if word else None
        if by_number and not likely and (_A_DOSE.match(piece) or not word):
            likely = by_number[0 if _A_DOSE.match(piece) else -1]
        meant = meant_signs(piece)
        change = Change(at, stop, (meant,)) if meant != piece and in_terms(kind, meant) else None
        if match := WEIGHT.match(piece):
            rule, mend = UNIT_WANTED["kg"], f"Write for example {weight(*match.groups())}."
            change = Change(at, at + match.end(), (weight(*match.groups()),))
            likely = None
            if "@" not in heads:
                rule, mend, change = f"a weight belongs in {_homes('@')}", "", None
        elif likely:
            rule, mend = "this is not understood", f"Write for example {likely.example}."
        elif homes := _homes(word):
            rule, mend = f"{word} belongs in {homes}", ""
        else:
            words = [head for head in reversed(heads) if head not in ("", "@")]
            close = get_close_matches(word, words, n=1, cutoff=0.75)
            likely = heads[close[0]] if close else None
            rule = "there is no such word here"
            mend = f"Did you mean {close[0]}?" if close else f"Valid names: {', '.join(words)}."
            change = Change(at, at + len(word), (close[0],)) if close else change
        if unclosed(piece):
            change, rule = None, "the closing quote is missing"
        self.tried |= {self._path(kind, field) for field in likely.units} if likely else set()
        self.say(at, stop, rule, mend, change)

    @staticmethod
    def _path(kind: str, field: str) -> str:
        return f"{kind}.{field}" if kind in MODELS and field != "weeks" else field

    def _take(
        self, kind: str, term: Term, match: re.Match[str], whole: tuple[int, int] | None = None
    ) -> None:
        """Take what a term says; ``whole`` is where it stands, for one in other words."""
        before = self.text[: (whole or match.span())[0]]
        again = re.search(r"(?:\b(?:and|then|plus)|[&+])\s*\Z", before, FLAGS)
        for field, unit in term.units.items():
            path = self._path(kind, field)
            self.tried.add(path)
            span = match.span() if term.fixed else match.span(field)
            if unit in UNIT_WANTED and not term.fixed:
                span = (span[0], match.end(f"{field}_unit"))
            span = whole or span
            value = term.fixed[field] if term.fixed else self._value(term, field, unit, match)
            if value is None:
                continue
            known = path in self.values
            if self.values.setdefault(path, value) != value or (known and again):
                start, end = self.translation.span(*self.spans[path])
                first = self.translation.original[start:end]
                rule = f"{first} was written at character {start + 1}"
                self.say(*(whole or match.span()), rule, "Write one of the two.")
                return
            self.spans.setdefault(path, span)

    def _value(self, term: Term, field: str, unit: str, match: re.Match[str]) -> Any:
        """What is written for a field; None, and a problem, when that cannot be read."""
        text, (start, end) = match[field], match.span(field)
        if unit == "word":
            return text
        if unit == "text":
            if (plain := unquoted(text)) is None:
                closed = len(text) > 1 and text.endswith('"')
                rule = "in quotes, \\ stands before a quote or another \\"
                self.say(start, end, rule if closed else "the closing quote is missing")
            return plain
        if "," in text:
            plain = text.replace(",", ".")
            change = Change(start, end, (plain,))
            self.say(start, end, "a decimal point is needed", f"Write {plain}.", change)
            return None
        value = number(text)
        if unit:
            times = factor(unit, match[f"{field}_unit"])
            if times is None:
                span = match.span(f"{field}_unit") if match[f"{field}_unit"] else (start, end)
                amount = WEIGHT.fullmatch(self.text, start, match.end())
                like = weight(*amount.groups()) if amount and unit == "kg" else term.example
                change = self._in_unit(match, field, unit)
                self.say(*span, UNIT_WANTED[unit], f"Write for example {like}.", change)
                return None
            value = value if times == 1 else value * times
        return f"{value} kg" if unit == "kg" else value

    def _in_unit(self, match: re.Match[str], field: str, unit: str) -> Change | None:
        """A number with the unit that is missing, or a weight in kilograms."""
        (start, end), written = match.span(field), match[f"{field}_unit"]
        amount = WEIGHT.match(self.text, start, match.end())
        if unit == "kg" and amount:
            return Change(start, amount.end(), (weight(*amount.groups()).removeprefix("@"),))
        if unit == "s" and written in ('"', "″", "''"):
            return Change(start, match.end(f"{field}_unit"), (f"{match[field]} s",))
        if written or unit == "wk":  # x 12 may be anything
            return None
        text = f"{exact(number(match[field]))} {unit}"
        # In a gym @8 is a rating of exertion as often as a weight.
        texts = (text, f"RPE {match[field]}") if unit == "kg" else (text,)
        return Change(start, end, texts)

    def _missing(self) -> None:
        if not {*self.ends, *self.tried} & {*HEADS, "part"}:
            self.say(0, 0, "hip-flexor, stretch or both are needed, or no exercise")
        for path, (rule, example) in NEEDED.items():
            part = path.partition(".")[0]
            if path not in self.tried and (part in self.ends or path == "weeks"):
                end = self.ends.get(part, len(self.text.rstrip()))
                self.say(end, end, rule, f"Write for example {example}.")
