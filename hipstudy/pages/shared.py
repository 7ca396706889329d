"""Page 7: what is known and what is assumed, the estimand, and where everything came from."""

import platform
from hashlib import sha256
from importlib.metadata import version

from hipstudy import __version__, show
from hipstudy.cohort_file.rbds import ATTRIBUTION
from hipstudy.cohort_file.rbds import SOURCE as RBDS
from hipstudy.labels import WORLD_LABELS, arm_label, format_number, percent
from hipstudy.model.cohort import DRAWN
from hipstudy.parameters import Parameter, shipped
from hipstudy.resources import place, without_folders
from hipstudy.studies import sensitivity
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.sensitivity import SensitivityResult, strongest
from hipstudy.studies.sensitivity_model import BREAK_EVEN, DUMMY, SHARES, TIGHTNESS, TORQUE

# Hamstrings by analogy, hip flexors, and a caution; none is a trial of the claim itself.
FOR_AND_AGAINST = ("S101", "S102", "S103", "S104", "S107", "S017", "S110")
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "seaborn")


def _basis(row: Parameter) -> str:
    if row.assumed:
        return "assumption"
    ids = (part.split()[0] for part in row.source.split("; "))
    return ", ".join(ids)


def _rows(parameters: list[Parameter]) -> dict[str, list[str]]:
    return {
        "Number": [row.label for row in parameters],
        "Value": [f"{row.value:g}".replace("-", "−") for row in parameters],
        "Unit": [row.unit for row in parameters],
        "Basis": [_basis(row) for row in parameters],
    }


def uncertain_numbers(study: CompareStudy) -> show.Table:
    """Every number that is not known exactly, those the answer follows most first."""
    import pandas as pd

    follows = sensitivity.influence(study).set_index("name")
    strongest = follows["weak"].abs().sort_values(ascending=False, kind="stable")
    names = [name for name in strongest.index if name in shipped()]
    idle = [name for name in shipped() if name in sensitivity.unused(study)]
    names += idle
    rows = [shipped()[name] for name in names]
    columns = _rows(rows)
    spreads = [r.spread if r.law == "pert" else f"SD {r.spread}" for r in rows]
    columns["Could be"] = [spread.replace("-", "−") for spread in spreads]
    columns["Correlation"] = [
        "not used" if name in idle else format_number(float(follows.loc[name, "weak"]))
        for name in names
    ]
    frame = pd.DataFrame(columns)[["Number", "Value", "Could be", "Unit", "Basis", "Correlation"]]
    caption = (
        "Evidence against assumption: numbers drawn anew in each of "
        f"{study.values.n_draws} draws. Basis: rows of data/evidence.csv that were read, or "
        "assumption. Could be: the ends of a PERT law around the value, or the SD of a normal one. "
        "Correlation: rank correlation of the number with the primary difference in "
        "tightness where end-range torque is the cause, strongest first; within "
        f"±{format_number(float(follows['noise'].iloc[0]))} it is what chance alone gives among so many. "
        "Not used: nothing in these arms depends on it."
    )
    return show.Table(
        frame,
        caption,
        "known",
        align={"Could be": "left", "Value": "number", "Correlation": "right"},
    )


def fixed_numbers() -> show.Table:
    """Every number held at one value."""
    import pandas as pd

    held_ = [row for row in shipped().values() if row.low == row.high]
    rows = held_ + [shipped()[name] for name in (*sensitivity.SEEN_ONLY, *sensitivity.IDLE)]
    caption = (
        "Numbers held at one value: descriptions of the runners, conventions, definitions; last, "
        f"{len(sensitivity.SEEN_ONLY)} that only a trial's size or a visit's readings rest on, and "
        f"{len(sensitivity.IDLE)} that nothing in this comparison uses."
    )
    return show.Table(pd.DataFrame(_rows(rows)), caption, "held", align={"Value": "number"})


def claim() -> show.Table:
    """What was read that speaks for or against the claim."""
    import pandas as pd

    frame = pd.read_csv(place("data", "evidence.csv"), dtype=str, keep_default_na=False)
    frame = frame.set_index("id").loc[list(FOR_AND_AGAINST)]
    shown = pd.DataFrame(
        {
            "What was looked at": frame["quantity"],
            "Found": frame["value"],
            "In whom": frame["population"],
            "Citation": frame["citation"] + ", " + frame.index,
        }
    )
    caption = "Read for and against the claim. None is a trial of the claim in runners' hips."
    return show.Table(shown, caption, "claim", align={"Found": "left"})


def _interval(text: str) -> str:
    """An interval in brackets; a p-value alone is none and is left out."""
    return f" ({text})" if text and not text.lower().startswith("p") else ""


def sources() -> show.Table:
    """The evidence rows that numbers rest on, with what was read of each."""
    import pandas as pd

    used = set(FOR_AND_AGAINST)
    used |= {i for row in shipped().values() if not row.assumed for i in _basis(row).split(", ")}
    frame = pd.read_csv(place("data", "evidence.csv"), dtype=str, keep_default_na=False)
    frame = frame[frame["id"].isin(used)]
    shown = pd.DataFrame(
        {
            "Id": frame["id"],
            "Citation": frame["citation"],
            "Quantity": frame["quantity"],
            "Value": frame["value"] + " " + frame["unit"] + frame["interval"].map(_interval),
            "Population": frame["population"],
            "Source": frame["doi_or_url"].str.removeprefix("https://doi.org/"),
        }
    )
    caption = (
        "The evidence rows behind the numbers. No paper was read in full: what was read is the "
        "abstract, or, for RBDS, the open data themselves. It is what was found in stored pages, "
        "not a systematic review: absence here is not absence of evidence."
    )
    return show.Table(shown, caption, "sources", align={"Value": "left"})


def estimand(study: CompareStudy) -> show.Table:
    """The estimand, attribute by attribute."""
    import pandas as pd

    drawn = "regular, drawn from published summary figures, hips called tight"
    runners = {
        DRAWN: drawn,
        RBDS: "regular, of the RBDS file, treated as if their hips were tight; none was asked",
    }.get(study.cohort.source, "of a cohort file, as they were at baseline")
    treatment, control = (arm_label(arm) for arm in study.primary)
    rows = {
        "Population": f"{study.cohort.n_runners} runners, {runners}",
        "Treatments": f"{treatment} against {control}, as in the first table",
        "Variable": f"true tightness at rest, NRS 0 to 10, week {study.design.weeks}",
        "Missed sessions": "left as they happen (treatment policy)",
        "Stopping the exercise": "left as it happens (treatment policy)",
        "Loss to follow-up": "none: the truth is looked at, not a visit",
        "Summary": "difference of means between the same runners under both arms, limbs averaged",
        "Uncertainty": f"95 % band over {study.values.n_draws} draws of the parameters",
    }
    frame = pd.DataFrame({"Attribute": list(rows), "Here": list(rows.values())})
    return show.Table(frame, "What is estimated (the estimand).", "estimand")


def _fingerprint(*parts: str) -> str:
    return sha256(place("data", *parts).read_bytes()).hexdigest()[:12]


def provenance(study: CompareStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same report back."""
    import pandas as pd

    given = study.settings.model_dump(exclude={"cohort"}, exclude_defaults=True)
    cohort = study.cohort
    whose = f"{RBDS} ({ATTRIBUTION})" if cohort.source == RBDS else cohort.source
    data = f"{whose}, SHA-256 {cohort.sha256[:12]}" if cohort.sha256 else "drawn runners"
    rows = {
        "hipstudy": __version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "Settings changed": "; ".join(f"{k} = {without_folders(str(v))}" for k, v in given.items())
        or "none",
        "Seed": str(study.settings.seed),
        "Cohort": data,
        "data/parameters.csv": f"SHA-256 {_fingerprint('parameters.csv')}",
        "data/evidence.csv": f"SHA-256 {_fingerprint('evidence.csv')}",
    }
    frame = pd.DataFrame({"What": list(rows), "Which": list(rows.values())})
    caption = "Provenance: the same versions, settings and data give the same report."
    return show.Table(frame, caption, "provenance", align={"Which": "left"})


_STICKS = (
    "share tight from end-range torque",
    "short tissue's share of the rest",
    "guarding's share of what is then left",
)
_ANSWERS = {TIGHTNESS: "Tightness", TORQUE: "End-range strength"}


def factor_label(name: str) -> str:
    """A factor of the sensitivity analysis in words."""
    if name == DUMMY:
        return "a dummy that nothing uses"
    return dict(zip(SHARES, _STICKS, strict=True)).get(name) or shipped()[name].label


def answer_label(name: str) -> str:
    """An answer of the sensitivity analysis in words.

    Examples
    --------
    >>> answer_label("tightness_nrs weak"), answer_label("break_even_share")
    ('Tightness, end-range torque', 'Break-even share')
    """
    if name == BREAK_EVEN:
        return "Break-even share"
    outcome, world = name.split()
    return f"{_ANSWERS[outcome]}, {WORLD_LABELS[world].lower()}"


def leading_factors(driven: SensitivityResult, answer: str, n: int) -> str:
    """The factors that carry most of an answer, each with its share in total and the interval."""
    return ", ".join(
        f"“{factor_label(r.factor)}” ({percent(r.total)}, {format_number(100 * r.total_low, 0)} to "
        f"{format_number(100 * r.total_high, 0)})"
        for r in strongest(driven, answer, n).itertuples()
    )
