"""Prescriptions as hypothesis draws them, as far as fields can say what is allowed."""

from hypothesis import strategies as st


def numbers(low, high, **more):
    return st.floats(low, high, allow_nan=False, **more)


LOADS = st.sampled_from(["unloaded", "near-failure"]) | numbers(0, 60, exclude_min=True).map(str)
STRENGTH = st.fixed_dictionaries(
    {
        "sets": st.integers(1, 10),
        "reps": st.integers(1, 30),
        "sessions_per_week": st.integers(1, 14),
    },
    optional={
        "lever": st.sampled_from(["leg-lever", "trunk-lever"]),
        "sides": st.sampled_from(["both", "left", "right"]),
        "lower_s": numbers(0, 30),
        "pause_s": numbers(0, 60),
        "raise_s": numbers(0, 30),
        "rest_s": numbers(0, 600),
        "unloaded_weeks": st.integers(0, 52),
        "load": LOADS,
        "support_height_cm": numbers(0, 40),
        "trained_from_ext_deg": numbers(-105, 40),
        "trained_to_ext_deg": numbers(-105, 40),
    },
)
STRETCH = st.fixed_dictionaries(
    {
        "holds": st.integers(1, 100),
        "hold_s": numbers(0, 600, exclude_min=True),
        "times_per_week": st.integers(1, 21),
    },
    optional={"rest_s": numbers(0, 600)},
)
TEXT = st.text() | st.text(alphabet='";,|\\ \nab×')
TEXT |= st.lists(st.sampled_from(["'", "’", "“", "stretch", "and", ".", ",", "label"])).map(
    " ".join
)
PROTOCOL = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[a-z][a-z0-9_]{0,60}", fullmatch=True),
        "label": TEXT.map(lambda text: text[:60] or "x"),
        "weeks": st.integers(1, 104),
    },
    optional={
        "contact_min_wk": numbers(0, 600),
        "note": TEXT.map(lambda text: text[:200]),
        "strength": st.none() | STRENGTH,
        "stretch": st.none() | STRETCH,
    },
)
