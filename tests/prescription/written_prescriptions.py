"""Prescriptions as people write them, with the dose that they mean: drawn from a list of wordings.

``line(random)`` gives a line, and the lines in terms that it means: one where it can only mean one,
two where it has a range or is otherwise for the prescriber to say.
"""

from collections.abc import Callable, Sequence
from random import Random

COUNTS = "one two three four five six seven eight nine ten eleven twelve".split()


def _count(random: Random, n: int) -> str:
    return COUNTS[n - 1] if n <= len(COUNTS) and random.random() < 0.2 else str(n)


def _often_at_all(random: Random) -> tuple[str, list[str]]:
    """How often, for either exercise: as written, and in terms."""
    n = random.randint(2, 6)
    word = {2: "twice", 3: "three times"}.get(n, f"{n} times")
    week = random.choice(["week", "wk"])
    day = random.randint(1, 2)
    days = random.randint(2, 7)
    return random.choice(
        [
            *(
                (text, [f"{n}/wk"])
                for text in (
                    f"{n}/wk",
                    f"{n}x/{week}",
                    f"{n} x / {week}",
                    f"{n} times/{week}",
                    f"{n}x per {week}",
                    f"{word} a {week}",
                    f"{word} per {week}",
                    f"{n} days/{week}",
                    f"{n} d/{week}",
                    f"{n}x weekly",
                    f"{word} weekly",
                    f"{n} sessions per {week}",
                    f"{n}x a {week}",
                    f"{n} times every {week}",
                    f"{n}x{week}",
                    f"{n}x p/w",
                    f"{n} x {week}",
                )
            ),
            *(
                (text, ["daily"])
                for text in (
                    "daily",
                    "every day",
                    "each day",
                    "once a day",
                    "once daily",
                    "every morning",
                    "1x/day",
                    "7x/week",
                    "nightly",
                    "1/day",
                )
            ),
            *(
                (text, ["14/wk"])
                for text in (
                    "2x/day",
                    "twice a day",
                    "twice daily",
                    "2 x day",
                    "2/day",
                    "2 times per day",
                    "two times a day",
                    "2x/d",
                    "2x daily",
                )
            ),
            *(
                (text, [f"{day * days}/wk"])
                for text in (
                    f"{day}x/day on {days} days a {week}",
                    f"{days} days/{week}, {day}x daily",
                )
            ),
            *((text, ["5/wk"]) for text in ("every weekday", "on weekdays", "weekdays")),
            *(
                (text, ["3/wk", "4/wk"])
                for text in (
                    "every other day",
                    "every second day",
                    "3-4x/week",
                    "on alternate days",
                    "3 to 4 times a week",
                    "3–4/wk",
                    "every 2 days",
                    "three or four times a week",
                )
            ),
            (f"{n}/7", [f"{n}/wk", f"{n}/wk"]),
            ("2-3x/day", ["14/wk", "21/wk"]),
        ]
    )


def _often(random: Random, most: int) -> tuple[str, list[str]]:
    while True:
        text, terms = _often_at_all(random)
        if all(term == "daily" or int(term.split("/")[0]) <= most for term in terms):
            return text, terms


def _weeks(random: Random) -> tuple[str, list[str]]:
    n = random.choice([4, 6, 8, 10, 12, 16])
    words = (
        f"x {n} wk",
        f"{n} weeks",
        f"for {n} weeks",
        f"{n} wks",
        f"{n} wk",
        f"over {n} weeks",
        f"{n}-week programme",
        f"for {_count(random, n)} weeks",
        f"x{n}wk",
        f"{n}weeks",
        f"during {n} weeks",
        f"× {n} weeks",
        f"{n} weeks in total",
    )
    return random.choice(
        [
            *((text, [f"x {n} wk"]) for text in words),
            (f"{n}-{n + 4} weeks", [f"x {n} wk", f"x {n + 4} wk"]),
            (f"for {n} to {n + 2} wk", [f"x {n} wk", f"x {n + 2} wk"]),
            ("3 months", ["x 12 wk", "x 13 wk"]),
            (f"{n}/52", [f"x {n} wk", f"x {n} wk"]),
        ]
    )


def _sets(random: Random) -> tuple[str, list[str]]:
    sets, reps = random.randint(1, 5), random.randint(5, 15)
    words = (
        f"{sets}x{reps}",
        f"{sets} x {reps}",
        f"{sets}×{reps} reps",
        f"{sets} sets of {reps}",
        f"{sets} sets of {reps} reps",
        f"{sets} sets x {reps} repetitions",
        f"{reps} reps x {sets} sets",
        f"{sets} sets, {reps} reps",
        f"{_count(random, sets)} sets of {_count(random, reps)} per side",
        f"{reps} repetitions, {sets} sets",
        f"sets: {sets}, reps: {reps}",
        f"{sets}x{reps} each leg",
        f"{sets}*{reps}",
        f"{sets} sets {reps} reps",
    )
    ends = [f"{sets}x{reps}", f"{sets + 1}x{reps + 4}"]
    return random.choice(
        [
            *((text, [ends[0]]) for text in words),
            (f"{sets}x{reps}-{reps + 4}", [ends[0], f"{sets}x{reps + 4}"]),
            (f"{sets} x {reps} to {reps + 4} reps", [ends[0], f"{sets}x{reps + 4}"]),
            (f"{sets}-{sets + 1} sets of {reps}–{reps + 4} reps", ends),
            (f"{sets} or {sets + 1} sets of {reps}", [ends[0], f"{sets + 1}x{reps}"]),
        ]
    )


def _load(random: Random) -> tuple[str, list[str]]:
    kg, left = random.choice([1, 2.5, 5, 10]), random.randint(0, 3)
    return random.choice(
        [
            ("", [""]),
            ("", [""]),
            *(
                (text, ["@bodyweight"])
                for text in (
                    "@bodyweight",
                    "BW",
                    "@BW",
                    "bodyweight",
                    "body weight",
                    "unloaded",
                    "with bodyweight",
                    "no weight",
                    "without added weight",
                    "at body-weight",
                )
            ),
            *(
                (text, [f"@{kg} kg"])
                for text in (
                    f"@{kg} kg",
                    f"with {kg} kg",
                    f"@{kg}kg",
                    f"+ {kg} kg",
                    f"BW + {kg} kg",
                    f"at {kg} kilos",
                    f"bodyweight plus {kg} kg",
                )
            ),
            *(
                (text, ["@near-failure"])
                for text in (
                    "@near-failure",
                    "near failure",
                    "to failure",
                    f"RIR {left}",
                    f"@RIR {left}",
                    f"{left} RIR",
                    f"RPE {10 - left}",
                    f"@RPE{10 - left}",
                    f"RPE {10 - left}/10",
                    f"@RPE {10 - left}.0",
                    f"with {left} reps in reserve",
                    f"{left} reps left",
                    "RPE 7-8",
                    "RIR 1-2",
                    "rpe 8.5",
                    f"at an RPE of {10 - left}",
                    f"{10 - left} RPE",
                    "2-3 reps in reserve",
                )
            ),
            *(
                (text, ["@near-failure", "@5 kg"])
                for text in (
                    "RPE 13",
                    "RPE 12/20",
                    "@70% 1RM",
                    "70 % of 1RM",
                    "80%",
                    "at 10% bodyweight",
                )
            ),
            *(
                (text, ["@5 kg", "@5 kg"])  # it is not near failure, and asked about
                for text in (
                    "RPE 6",
                    "@RPE 5",
                    "RIR 5",
                    "RPE 5-8",
                    "5 reps in reserve",
                    "RIR 2-4",
                )
            ),
        ]
    )


def _speed(random: Random) -> tuple[str, list[str]]:
    a, b, c = (random.randint(0, 6) for _ in range(3))
    last = random.randint(1, 3)
    terms = f"lower {a} s, pause {b} s, raise {c} s"
    some = random.choice(
        [
            *(
                (text, [terms])
                for text in (
                    terms,
                    f"tempo {a}-{b}-{c}-0",
                    f"tempo {a}{b}{c}0",
                    f"@{a}{b}{c}0",
                    f"tempo {a}/{b}/{c}/0",
                    f"tempo {a}-{b}-{c}",
                    f"tempo: {a}:{b}:{c}:0",
                    f"{a}-{b}-{c}-0",
                    f"tempo {a} {b} {c} 0",
                    f"at a tempo of {a}-{b}-{c}",
                    f"@{a}-{b}-{c}-0",
                    f"{a} s down, {b} s pause, {c} s up",
                    f"eccentric {a} s, pause {b} sec, concentric {c} s",
                    f"{a}{b}{c}0 tempo",
                )
            ),
            *(
                (text, [terms, terms])
                for text in (
                    f"tempo {a}-{b}-{c}-{last}",
                    f"@{a}{b}{c}{last}",
                    f"tempo {a}{b}{c}{last}",
                )
            ),
            (f"tempo {a}{b}X0", [f"lower {a} s, pause {b} s, raise 1 s"] * 2),
            (f"hold {b} s", [f"pause {b} s"] * 2),
        ]
    )
    return some if random.random() < 0.5 else ("", [""])


def _rest(random: Random) -> tuple[str, list[str]]:
    n = random.choice([30, 60, 90])
    some = random.choice(
        [
            *(
                (text, [f"rest {n} s"])
                for text in (
                    f"rest {n} s",
                    f"{n} s rest",
                    f"{n}s rest between sets",
                    f"rest {n} sec between sets",
                    f"rest of {n} s after each set",
                )
            ),
            ("1-2 min rest", ["rest 60 s", "rest 120 s"]),
            ("rest 60-90 s", ["rest 60 s", "rest 90 s"]),
        ]
    )
    return some if random.random() < 0.3 else ("", [""])


def _holds(random: Random) -> tuple[str, list[str]]:
    n, s = random.randint(2, 6), random.choice([15, 20, 30, 45, 60])
    words = (
        f"{n}x{s} s",
        f"{n} x {s}s",
        f"{s}s x {n}",
        f"{s} s x {n} reps",
        f"{n} reps of {s} s",
        f"{n} holds of {s} seconds",
        f"{n} sets of {s} sec",
        f"{s} s, {n} reps",
        f"hold {s} s x {n}",
        f"{n} times {s} s",
        f"{s} sec holds x {n}",
        f"{n}×{s} s each",
        f"{n} x {s} s hold",
        f"{_count(random, n)} holds of {s} s",
        f"{n} reps x {s} s",
        f"hold for {s} s, {n} reps",
    )
    return random.choice(
        [
            *((text, [f"{n}x{s} s"]) for text in words),
            (f"{n}x{s}-{s + 15} s", [f"{n}x{s} s", f"{n}x{s + 15} s"]),
            (f"{n}-{n + 2} x {s} s", [f"{n}x{s} s", f"{n + 2}x{s} s"]),
            (f"{s}-{s + 15} s x {n}", [f"{n}x{s} s", f"{n}x{s + 15} s"]),
            (f"{n}x{s}", [f"{n}x{s} s", f"{n}x{s} s"]),
        ]
    )


def _part(
    head: str, terms: Sequence[tuple[str, list[str]]], joint: Callable[[], str]
) -> tuple[str, list[str], bool]:
    terms = [term for term in terms if term[0]]
    text = f"{head} " + "".join(
        term[0] + (joint() if at < len(terms) - 1 else "") for at, term in enumerate(terms)
    )
    asked = any(len(term[1]) > 1 for term in terms)
    ends = [", ".join(term[1][min(way, len(term[1]) - 1)] for term in terms) for way in range(2)]
    name = "stretch" if "stretch" in head else "hip-flexor"
    return text, [f"{name} {end}" for end in ends], asked


def line(random: Random) -> tuple[str, list[str]]:
    """A line as it is written, and those in terms that it means, where one must be chosen."""
    weeks, parts = _weeks(random), []

    def joint() -> str:
        return random.choice([", ", ", ", " ", "; ", " , "] if len(kinds) == 1 else [", ", " "])

    kinds = random.choice([["strength"], ["stretch"], ["strength", "stretch"]])
    for kind in kinds:
        last = [weeks] if kind == kinds[-1] else []
        if kind == "strength":
            head = random.choice(
                ["hip-flexor", "Hip flexor", "hip flexors:", "hip flexor strengthening"]
            )
            more = [_load(random), _speed(random), _rest(random)]
            random.shuffle(more)
            terms = [_sets(random), *more, _often(random, 14), *last]
        else:
            head = random.choice(
                ["stretch", "stretching", "static stretch:", "stretch hip flexors"]
            )
            terms = [_holds(random), _often(random, 21), *last]
        parts.append(_part(head, terms, joint))
    between = random.choice(["; ", " and ", " + ", ", then "])
    text = between.join(part[0] for part in parts)
    ends = ["; ".join(part[1][way] for part in parts) for way in range(2)]
    return text, ends if any(part[2] for part in parts) else ends[:1]
