"""The assumption ledger: every number, its source, its share of variance, what would replace it."""

import pandas as pd

from hipstudy import show
from hipstudy.evidence.number_basis import counts
from hipstudy.evidence.sources import by_parameter
from hipstudy.evidence.sources import shipped as shipped_studies
from hipstudy.labels import WORLD_LABELS, format_number
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.pages.shared import provenance_table, settings_changed
from hipstudy.parameters import Parameter, shipped
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import Driven, tightness
from hipstudy.studies.sensitivity_model import DUMMY, SHARES

LIBRARIES = ("numpy", "scipy", "pandas", "SALib", "matplotlib", "seaborn")
DATA = ("parameters.csv", "evidence.csv", "trials.toml", "studies.toml")


def carried(driven: Driven) -> dict[str, tuple[float, str]]:
    """Parameter -> its largest total-order share of a difference in tightness, and the world."""
    answers = {tightness(world): world for world in (*WORLDS, PRIOR)}
    rows = driven.indices[driven.indices["answer"].isin(answers)]
    rows = rows[~rows["factor"].isin((*SHARES, DUMMY))]
    top = rows.loc[rows.groupby("factor", sort=False)["total"].idxmax()]
    return {r.factor: (float(r.total), answers[r.answer]) for r in top.itertuples()}


def _basis(row: Parameter) -> str:
    return "assumption" if row.assumed else ", ".join(p.split()[0] for p in row.source.split("; "))


def _share(name: str, found: dict[str, tuple[float, str]], driven: Driven) -> str:
    if name in found:
        share, world = found[name]
        return f"{format_number(100 * share, 1)}, {WORLD_LABELS[world].lower()}"
    return "screened out" if name in driven.screened else "held"


def _order(driven: Driven) -> list[str]:
    """Largest share first, then the screen's order, then what is held at one value."""
    found = carried(driven)
    effect = driven.screen.groupby("factor", sort=False)["of_largest"].max()
    place = {
        name: (0, -found[name][0]) if name in found else (1, -effect[name]) for name in effect.index
    }
    return sorted(shipped(), key=lambda name: place.get(name, (2, 0)))


def ledger(study: EvidenceStudy) -> show.Table:
    """Every parameter of the model."""
    found, table = carried(study.driven), shipped()
    names = _order(study.driven)
    studies = by_parameter()
    frame = pd.DataFrame(
        {
            "Number": [table[n].label for n in names],
            "Value": [f"{table[n].value:g}".replace("-", "−") for n in names],
            "Unit": [table[n].unit for n in names],
            "Basis": [_basis(table[n]) for n in names],
            "Share of variance, %": [_share(n, found, study.driven) for n in names],
            "What would replace it": [studies[n].what if n in studies else "" for n in names],
        }
    )
    of = counts()
    caption = (
        f"Every number of the model: {of.assumed} of {of.total} are assumptions. Share of "
        "variance: largest total-order index of the difference in tightness over the causes and "
        "the prior mix, and where; screened out: it moves no answer by a tenth of what another "
        "does; held: it has no spread here. Basis: rows of data/evidence.csv, or assumption."
    )
    return show.Table(
        frame, caption, "ledger", align={"Value": "number", "Share of variance, %": "left"},
        sortable=True,
    )  # fmt: skip


def studies(study: EvidenceStudy) -> show.Table:
    """The studies, those first that would replace what carries most."""
    found = carried(study.driven)
    shares = {
        one.name: sum(found[name][0] for name in one.replaces if name in found)
        for one in shipped_studies()
    }
    order = sorted(shipped_studies(), key=lambda one: -shares[one.name])
    order = [one for one in order if shares[one.name] > 0]
    frame = pd.DataFrame(
        {
            "Study": [one.what for one in order],
            "Would replace": ["; ".join(shipped()[n].label for n in one.replaces) for one in order],
            "Share, %": [format_number(100 * shares[one.name], 0) for one in order],
        }
    )
    caption = (
        "The studies that would replace what carries most. Share: sum of the ledger's shares of "
        "the numbers it would replace; shares of several worlds add up to more than 100."
    )
    return show.Table(frame, caption, "studies", align={"Share, %": "right"})


def provenance(study: EvidenceStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same report back."""
    rows = {
        "Settings changed": settings_changed(study.settings),
        "Seed": str(study.settings.seed),
    }
    return provenance_table(rows, libraries=LIBRARIES, data=DATA)
