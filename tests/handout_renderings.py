"""Facts that reach every sentence of a handout, in whatever language its words are."""

from datetime import date
from types import SimpleNamespace

from hipstudy.handout import body_limits, plain_words
from hipstudy.prescription import protocol
from hipstudy.prescription.shorthand import parse

LEG = "hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk"
STRETCH = "stretch 4x30 s daily x 12 wk"
RULES = {
    "reps_low": 8, "reps_top": 12, "sore_limit_nrs": 4.0, "step_kg": 1.0, "max_kg": 10.0,
}  # fmt: skip


def with_rules(line="hip-flexor 3x10", **rules):
    """A prescription with rules of progression."""
    data = parse(f"{line}, 3/wk x 12 wk").model_dump()
    data["strength"]["progression"] = RULES | rules
    return protocol.from_dict(data, "x")


def of_page():
    """Facts that reach every sentence."""
    work = (
        "3x10 @bodyweight", "3x1 @5 kg, left only, support 20 cm", "1x10, first 1 wk @bodyweight",
        "3x10, first 3 wk @bodyweight, lower 0 s, pause 0 s, raise 0 s, rest 90 s",
        "trunk-lever 3x10 @bodyweight", "trunk-lever 3x10 @5 kg, right only, support 20 cm",
        "trunk-lever 3x10, range -60 to -30 deg", "3x10, range -60 to -10 deg",
        "3x10, range -90 to 0 deg", "3x10, range -100 to 10 deg", "3x10, range 0 to 10 deg",
        "3x10, range 5 to 20 deg", "trunk-lever 3x10 @bodyweight, range 0 to 10 deg",
        "3x10 @bodyweight, range 0 to 10 deg, support 5 cm", "3x10, support 5 cm",
        "3x10 @2.5 kg, first 4 wk @bodyweight, lower 2.5 s, pause 0.5 s",
    )  # fmt: skip
    arms = [parse(f"hip-flexor {one}, 3/wk x 12 wk") for one in work]
    first = ", first 2 wk @bodyweight"
    high, rules = "hip-flexor 3x10, support 20 cm", {"support_step_cm": 5.0}
    arms += [
        with_rules(), with_rules(lever="trunk-lever"), with_rules(high, **rules),
        with_rules(step_kg=0.5, max_kg=7.5), with_rules("hip-flexor 3x10, first 1 wk @bodyweight"),
        with_rules(f"{high}{first}", **rules), with_rules(f"hip-flexor 3x10{first}"),
        with_rules("hip-flexor 3x10, first 12 wk @bodyweight", step_back=False, reps_low=10,
                   reps_top=10, sore_limit_nrs=0.0),
        with_rules("hip-flexor trunk-lever 3x10, support 20 cm", **rules),
    ]  # fmt: skip
    cert = {"cert": {"progression_rule": "1 kg more each week", "exercises": "a lunge"}}
    arms.append(protocol.from_dict(parse(f"{LEG}; {STRETCH}").model_dump() | cert, "x"))
    arms += [parse(f"stretch 4x60 s, rest 5 s, {often}/wk x 12 wk") for often in (1, 7, 10, 14)]
    for arm in arms:
        if arm.strength:
            facts = plain_words.work_facts(arm, "Jo Smith")
            for name in ("steps", "dose", "easier", "progress", "caption_prescribed"):
                yield name, facts
            for way in body_limits.easier_ways(arm.strength):
                yield "caption_easier", way == "support"
            yield "alt_text", facts
        if arm.stretch:
            yield "stretch", plain_words.stretch_facts(arm, "Jo Smith")
    page = SimpleNamespace(physio="Jo Smith", day=date(2026, 1, 31), names_profession=False)
    for name in ("screening", "stop_rule", "stretch_caption", "stretch_alt_text", "title",
                 "screened", "promise", "diary", "by", "note", "diary_exercise",
                 "diary_stretch", "diary_soreness"):  # fmt: skip
        yield name, page
    yield "program", "1"
    yield "by", SimpleNamespace(physio="Jo Smith, PT", names_profession=True)
    for month in range(1, 13):
        yield "date", date(2026, month, 7)
    for name in ("for_runner", "telephone", "telephone_to_call", "logo", "to_clinician"):
        yield name, "A 12"
    yield "logo", ""
    for word in ("start", "stop", "held foot", "20 cm"):
        yield "picture_word", word
    yield "diary_week", 3
    yield "diary_week", None
    told = {
        "has_phone": False, "rounded": [("rest_s", 8.0, 7.6, "s")], "bench_cm": 45,
        "stature_m": 1.7, "heavy_share": 0.9, "other_lever": "trunk-lever", "rules_kg": 10.0,
        "held_kg": 8.5, "held_step_kg": 0.5, "has_note": True, "is_usual_stretch": True,
    }  # fmt: skip
    yield "notices", told
    yield "notices", told | {"has_phone": True, "other_lever": None}


def of_refusals():
    """Passages on why there is no handout, with facts."""
    yield "questions", None
    yield "refused_note", None
    least = {"least": 0.5, "unit": "s", "is_move": True, "is_hold": False}
    yield "refused_too_little", least
    yield "refused_too_little", least | {"is_move": False, "is_hold": True}
    for name, number in (("short_way", 5), ("soreness", 7), ("reach", 30)):
        yield f"refused_{name}", number
    heavy = {
        "work": parse(LEG).strength, "stature_m": 1.7, "largest_cm": 20, "least_cm": 20,
        "share": 1.2, "largest_deg": 20, "smallest_cm": 31,
    }  # fmt: skip
    for name in ("support", "head", "body_weight"):
        yield f"refused_{name}", heavy
    yield "refused_body_weight", heavy | {"largest_deg": None, "smallest_cm": None}
