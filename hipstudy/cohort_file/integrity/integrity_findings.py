"""What the looks at a file's data give, as warnings: one for each kind, with its rows.

Rows and columns are named, never a value nor a code. That rows of a limb go back in weeks is said
by the check of visits, row by row.
"""

from collections.abc import Sequence

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.integrity.result import CHECKS, IntegrityResult
from hipstudy.cohort_file.integrity.visit_order import ROWS
from hipstudy.errors import Finding
from hipstudy.numerals import ENGLISH


def integrity_findings(source: Source, results: Sequence[IntegrityResult]) -> list[Finding]:
    """One warning for every check that has a look beyond its limit.

    Parameters
    ----------
    source
        The sheet.
    results
        Of ``checks.look_at_data``.
    """
    findings = []
    for check in CHECKS:
        beyond = [one for one in results if one.check == check and one.is_beyond]
        beyond = [one for one in beyond if one.where != ROWS]
        if not beyond:
            continue
        columns = list(dict.fromkeys(name for one in beyond for name in one.columns))
        places = sorted({place for one in beyond for place in one.places})
        names = ENGLISH.listing([source.name(name) for name in columns])
        column = columns[0] if len(columns) == 1 else None
        findings.append(
            source.once(f"integrity_{check}", column=column, where=places, columns=names)
        )
    return findings
