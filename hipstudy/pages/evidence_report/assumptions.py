"""The assumption ledger: every number, its source, its share of variance, what would replace it."""

import pandas as pd

from hipstudy import show
from hipstudy.evidence.number_basis import counts
from hipstudy.evidence.sources import OpenQuestion
from hipstudy.evidence.sources import shipped as shipped_studies
from hipstudy.labels import WORLD_LABELS, format_number
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.pages.evidence_report.cases import WORDS
from hipstudy.pages.shared import number_columns, provenance_table, settings_changed
from hipstudy.parameters import shipped
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import SensitivityResult, tightness
from hipstudy.studies.sensitivity_model import DUMMY, SHARES

LIBRARIES = ("numpy", "scipy", "pandas", "SALib", "matplotlib", "seaborn")
DATA = (
    "parameters.csv", "calibrated_draws.csv", "evidence.csv", "trials.toml", "studies.toml",
    "symptom_trials.csv",
)  # fmt: skip


def largest_shares(result: SensitivityResult) -> dict[str, tuple[float, str]]:
    """Parameter -> its largest total-order share of a difference in tightness, and the world."""
    answers = {tightness(world): world for world in (*WORLDS, PRIOR)}
    rows = result.indices[result.indices["answer"].isin(answers)]
    rows = rows[~rows["factor"].isin((*SHARES, DUMMY))]
    top = rows.loc[rows.groupby("factor", sort=False)["total"].idxmax()]
    return {r.factor: (float(r.total), answers[r.answer]) for r in top.itertuples()}


def _share(name: str, shares: dict[str, tuple[float, str]], result: SensitivityResult) -> str:
    if name in shares:
        share, world = shares[name]
        return f"{format_number(100 * share, 1)}, {WORLD_LABELS[world].lower()}"
    return "screened out" if name in result.screened else "held"


def _order(result: SensitivityResult) -> list[str]:
    """Largest share first, then the screen's order, then what is held at one value."""
    shares = largest_shares(result)
    effect = result.screen.groupby("factor", sort=False)["of_largest"].max()
    ranks = {
        name: (0, -shares[name][0]) if name in shares else (1, -effect[name])
        for name in effect.index
    }
    return sorted(shipped(), key=lambda name: ranks.get(name, (2, 0)))


def _study_order(shares: dict[str, tuple[float, str]]) -> list[OpenQuestion]:
    """The studies, those first that would replace what carries most; the ledger has their place."""
    return sorted(shipped_studies(), key=lambda one: -_replaced_share(one, shares))


def _replaced_share(one: OpenQuestion, shares: dict[str, tuple[float, str]]) -> float:
    return sum(shares[name][0] for name in one.replaces if name in shares)


def ledger(study: EvidenceStudy) -> show.Table:
    """Every parameter of the model, with the number of the study that would replace it."""
    result = study.sensitivity
    shares, names = largest_shares(result), _order(result)
    places = {
        name: str(at)
        for at, one in enumerate(_study_order(shares), 1)
        for name in one.replaces
    }  # fmt: skip
    frame = pd.DataFrame(number_columns([shipped()[name] for name in names]))
    frame["Share of variance, %"] = [_share(name, shares, result) for name in names]
    frame["Study"] = [places.get(name, "") for name in names]
    align = {"Value": "number", "Share of variance, %": "left"}
    caption = WORDS("ledger_caption", counts())
    return show.Table(frame, caption, "ledger", align=align, sortable=True)


def studies(study: EvidenceStudy) -> show.Table:
    """The studies, those first that would replace what carries most."""
    shares = largest_shares(study.sensitivity)
    order = _study_order(shares)
    frame = pd.DataFrame(
        {
            "Study": [str(at) for at in range(1, len(order) + 1)],
            "What it would measure": [one.what for one in order],
            "Numbers": [str(len(one.replaces)) for one in order],
            "Share, %": [format_number(100 * _replaced_share(one, shares), 0) for one in order],
        }
    )
    return show.Table(frame, WORDS("studies_caption"), "studies", align={"Share, %": "right"})


def provenance(study: EvidenceStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same report back."""
    rows = {
        "Settings changed": settings_changed(study.settings),
        "Seed": str(study.settings.seed),
    }
    return provenance_table(rows, libraries=LIBRARIES, data=DATA)
