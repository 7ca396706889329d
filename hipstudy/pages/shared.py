"""What several reports say: what is known and assumed, the estimand, where everything came from."""

import platform
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy import __version__, show
from hipstudy.cohort_file.rbds import ATTRIBUTION
from hipstudy.cohort_file.rbds import SOURCE as RBDS
from hipstudy.cohort_file.runners_origin import origin
from hipstudy.labels import WORLD_LABELS, arm_label, format_number, percent
from hipstudy.parameters import Parameter, calibrated, shipped
from hipstudy.resources import place, without_folders
from hipstudy.studies import sensitivity
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.report_settings import ReportSettings
from hipstudy.studies.sensitivity import SensitivityResult, strongest
from hipstudy.studies.sensitivity_model import BREAK_EVEN
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

# Hamstrings by analogy, hip flexors, and a caution; none is a trial of the claim itself.
FOR_AND_AGAINST = ("S101", "S102", "S103", "S104", "S107", "S017", "S110")
words = Wording("hipstudy.pages", "shared")
_LABELS = Path(__file__).parent / "words" / "labels.en.toml"
LABELS: dict[str, dict[str, Any]] = tomllib.loads(_LABELS.read_text(encoding="utf-8"))
LEAST_SHARE = 0.01  # of the variance of an answer: what carries less is not named
DATA = ("parameters.csv", "evidence.csv", "symptom_trials.csv")
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "seaborn")


def cells(text: str) -> list[tuple[str, ...]]:
    """Rows of a table that stand in a template, a list item each with | between the cells."""
    rows = (row.removeprefix("- ").split("|") for row in text.splitlines())
    return [tuple(cell.strip() for cell in row) for row in rows]


def _basis(row: Parameter) -> str:
    return "assumption" if row.assumed else ", ".join(p.split()[0] for p in row.source.split("; "))


def options(row: Parameter, weights: Iterable[float]) -> str:
    """The options of a choice, each with its weight."""
    pairs = zip(LABELS["options"][row.name], weights, strict=True)
    return ", ".join(f"{option} {percent(weight)}" for option, weight in pairs)


def _value(row: Parameter) -> str:
    if row.weights:
        return LABELS["options"][row.name][int(row.value)]
    return f"{row.value:g}".replace("-", "−")


def _could_be(row: Parameter) -> str:
    if row.weights:
        return options(row, row.weights)
    if row.law == "spike":
        facts = {"share": row.mass_at_low, "least": f"{row.low:g}", "most": f"{row.high:g}"}
        return words("could_be_spike", facts)
    return f"SD {row.spread}" if row.law == "normal" else row.spread.replace("-", "−")


def number_columns(parameters: list[Parameter]) -> dict[str, list[str]]:
    """Columns of a table of the model's numbers: what it is, value, unit, what it rests on."""
    return {
        "Number": [row.label for row in parameters],
        "Value": [_value(row) for row in parameters],
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
    columns = number_columns(rows)
    columns["Could be"] = [_could_be(row) for row in rows]
    columns["Correlation"] = [
        "not used" if name in idle else format_number(float(follows.loc[name, "weak"]))
        for name in names
    ]
    frame = pd.DataFrame(columns)[["Number", "Value", "Could be", "Unit", "Basis", "Correlation"]]
    noise = float(follows["noise"].iloc[0])
    n_calibrated = len([name for name in names if name in calibrated().medians])
    printed = follows.loc[[name for name in names if name not in idle], "weak"].abs().round(2)
    caption = words(
        "uncertain_numbers",
        n_draws=study.values.n_draws,
        noise=noise,
        n_calibrated=n_calibrated,
        n_correlated=len(printed),
        n_beyond=int((printed > round(noise, 2)).sum()),
    )
    align = {"Could be": "left", "Value": "number", "Correlation": "right"}
    return show.Table(frame, caption, "known", align=align)


def fixed_numbers() -> show.Table:
    """Every number held at one value."""
    import pandas as pd

    seen_only, idle = sensitivity.SEEN_ONLY, sensitivity.IDLE
    rows = [row for row in shipped().values() if row.low == row.high]
    rows += [shipped()[name] for name in (*seen_only, *idle)]
    caption = words("fixed_numbers", n_seen_only=len(seen_only), n_idle=len(idle))
    return show.Table(
        pd.DataFrame(number_columns(rows)), caption, "held", align={"Value": "number"}
    )


def claim() -> show.Table:
    """What was read that speaks for or against the claim."""
    import pandas as pd

    frame = pd.read_csv(place("data", "evidence.csv"), dtype=str, keep_default_na=False)
    frame = frame.set_index("id").loc[list(FOR_AND_AGAINST)]
    table = pd.DataFrame(
        {
            "What was looked at": frame["quantity"],
            "Found": frame["value"],
            "In whom": frame["population"],
            "Citation": frame["citation"] + ", " + frame.index,
        }
    )
    return show.Table(table, words("claim"), "claim", align={"Found": "left"})


def _interval(text: str) -> str:
    """An interval in brackets; a p-value alone is none and is left out."""
    return f" ({text})" if text and not text.lower().startswith("p") else ""


def sources() -> show.Table:
    """The evidence rows that numbers rest on, with what was read of each; open data stand apart."""
    import pandas as pd

    used = set(FOR_AND_AGAINST)
    used |= {i for row in shipped().values() if not row.assumed for i in _basis(row).split(", ")}
    frame = pd.read_csv(place("data", "evidence.csv"), dtype=str, keep_default_na=False)
    frame = frame[frame["id"].isin(used) & ~frame["id"].str.startswith(RBDS)]
    table = pd.DataFrame(
        {
            "Id": frame["id"],
            "Citation": frame["citation"],
            "Quantity": frame["quantity"],
            "Value": frame["value"] + " " + frame["unit"] + frame["interval"].map(_interval),
            "Population": frame["population"],
            "Source": frame["doi_or_url"].str.removeprefix("https://doi.org/"),
        }
    )
    return show.Table(table, words("sources"), "sources", align={"Value": "left"})


def open_data() -> show.Table:
    """What the open data of measured runners gave: one citation, in the caption."""
    import pandas as pd

    frame = pd.read_csv(place("data", "evidence.csv"), dtype=str, keep_default_na=False)
    frame = frame[frame["id"].str.startswith(RBDS)]
    (citation,), (population,) = frame["citation"].unique(), frame["population"].unique()
    (source,) = frame["doi_or_url"].str.removeprefix("https://doi.org/").unique()
    table = pd.DataFrame(
        {
            "Id": frame["id"],
            "Quantity": frame["quantity"],
            "Value": frame["value"] + " " + frame["unit"] + frame["interval"].map(_interval),
        }
    )
    facts = {"citation": citation, "population": population, "source": source}
    return show.Table(table, words("open_data", facts), "open-data", align={"Value": "left"})


def estimand(study: CompareStudy) -> show.Table:
    """The estimand, attribute by attribute."""
    import pandas as pd

    treatment, control = map(arm_label, study.primary)
    rows = words(
        "attributes",
        n_runners=study.cohort.n_runners,
        origin=origin(study.cohort),
        treatment=treatment,
        control=control,
        weeks=study.design.weeks,
        n_draws=study.values.n_draws,
    )
    frame = pd.DataFrame(cells(rows), columns=["Attribute", "Here"])
    return show.Table(frame, words("estimand"), "estimand")


def settings_changed(settings: ReportSettings, *, leave_out: Collection[str] = ()) -> str:
    """Settings that differ from their defaults, in words; of a path the file's name only."""
    values = settings.model_dump(exclude=set(leave_out), exclude_defaults=True)
    changes = [f"{name} = {without_folders(str(value))}" for name, value in values.items()]
    return "; ".join(changes) or "none"


def provenance_table(
    rows: Mapping[str, str],
    *,
    libraries: Sequence[str],
    data: Sequence[str],
    settings: str = "settings",
) -> show.Table:
    """Versions, what is a report's own, and fingerprints that bring the same report back.

    Parameters
    ----------
    rows
        What is the report's own: settings, seed, cohort, plan.
    libraries
        Distributions whose versions count.
    data
        Names of files of the folder ``data``.
    settings
        What the report depends on besides versions and data.
    """
    import pandas as pd

    every = {
        "hipstudy": __version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in libraries},
        **rows,
        **{f"data/{name}": f"SHA-256 {_fingerprint(name)}" for name in data},
    }
    frame = pd.DataFrame({"What": list(every), "Which": list(every.values())})
    caption = words("provenance", settings)
    return show.Table(frame, caption, "provenance", align={"Which": "left"})


def _fingerprint(*parts: str) -> str:
    return sha256(place("data", *parts).read_bytes()).hexdigest()[:12]


def provenance(study: CompareStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same comparison back."""
    cohort = study.cohort
    whose = f"{RBDS} ({ATTRIBUTION})" if cohort.source == RBDS else cohort.source
    rows = {
        "Settings changed": settings_changed(study.settings, leave_out=["cohort"]),
        "Seed": str(study.settings.seed),
        "Cohort": f"{whose}, SHA-256 {cohort.sha256[:12]}" if cohort.sha256 else "made-up runners",
    }
    return provenance_table(rows, libraries=LIBRARIES, data=DATA)


def factor_label(name: str) -> str:
    """A factor of the sensitivity analysis in words."""
    return LABELS["factors"].get(name) or shipped()[name].label


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
    return f"{LABELS['answers'][outcome]}, {WORLD_LABELS[world].lower()}"


def carrying(driven: SensitivityResult, answer: str, n: int) -> "pd.DataFrame":
    """Rows of the factors that carry at least ``LEAST_SHARE`` of an answer, strongest first."""
    rows = strongest(driven, answer, n)
    return rows[rows["total"] >= LEAST_SHARE]


def leading_factors(driven: SensitivityResult, answer: str, n: int) -> str:
    """The factors that carry most of an answer, each with its share in total and the interval.

    At most ``n``, and none that carries less than ``LEAST_SHARE``.
    """
    rows = carrying(driven, answer, n)
    rows = rows.assign(name=rows["factor"].map(factor_label))
    return words("leading_factors", rows.to_dict("records"))
