"""What can be said in a one-line prescription: its parts, and the terms of each."""

from hipstudy.protocol import Strength, Stretch
from hipstudy.terms import Term

OWN = "own"
WEEKS = Term("x {weeks:wk}", joint=" ")
STRENGTH = (
    Term("leg-lever", {"lever": "leg-lever"}, " "),
    Term("trunk-lever", {"lever": "trunk-lever"}, " "),
    Term("{sets}x{reps}", joint=" "),
    Term("@bodyweight", {"load": "unloaded"}, " "),
    Term("@near-failure", {"load": "near-failure"}, " "),
    Term("@{load:kg}", joint=" "),
    Term("first {unloaded_weeks:wk} @bodyweight"),
    Term("left only", {"sides": "left"}),
    Term("right only", {"sides": "right"}),
    Term("both sides", {"sides": "both"}),
    Term("lower {lower_s:s}"),
    Term("pause {pause_s:s}"),
    Term("raise {raise_s:s}"),
    Term("rest {rest_s:s}"),
    Term("range {trained_from_ext_deg} to {trained_to_ext_deg:deg}"),
    Term("support {support_height_cm:cm}"),
    Term("daily", {"sessions_per_week": 7}),
    Term("{sessions_per_week}/wk"),
    WEEKS,
)
STRETCH = (
    Term("{holds}x{hold_s:s}", joint=" "),
    Term("daily", {"times_per_week": 7}, " "),
    Term("{times_per_week}/wk", joint=" "),
    WEEKS,
    Term("rest {rest_s:s}"),
)
PLAN = (
    Term("contact {contact_min_wk:min/wk}"),
    Term("name {name:word}"),
    Term("label {label:text}"),
    Term("note {note:text}"),
    WEEKS,
)
TERMS = {"strength": STRENGTH, "stretch": STRETCH, "none": (WEEKS,), "plan": PLAN}
HEADS = {"strength": "hip-flexor", "stretch": "stretch", "none": "no exercise"}
MODELS = {"strength": Strength, "stretch": Stretch}
STARTS = {
    "strength": r"hip[\s-]?flexors?(?![\w-])",
    "stretch": r"stretch(?:ing|es)?(?![\w-])",
    "none": r"no\s+exercise(?![\w-])",
}
# A comma, or a word for "and", before one of these starts a part as well: people write it so, and
# it can mean nothing else.
_JOINT = r",|(?:,\s*)?(?:[+&]|\.(?=\s)|(?<=\s)(?:and|plus|with|then)(?=\s))"
PARTS = rf";|(?:{_JOINT})(?=\s*(?:{'|'.join(STARTS.values())}|(?:contact|name|label|note)\b))"
# What people call a part that has another name here, and would be taken for a third.
OTHERWISE = {
    **dict.fromkeys(("strength", "strengthen", "strengthening"), HEADS["strength"]),
    **dict.fromkeys(("none", "nothing"), HEADS["none"]),
}
# Path of a field that every prescription, or every such part, needs -> what it is, an example.
NEEDED = {
    "strength.sets": ("sets and repetitions are missing", "3x10"),
    "strength.sessions_per_week": ("how often is missing", "3/wk, or daily"),
    "stretch.holds": ("how many holds of how long is missing", "4x30 s"),
    "stretch.times_per_week": ("how often is missing", "daily, or 5/wk"),
    "weeks": ("for how many weeks is missing", "x 12 wk"),
}
