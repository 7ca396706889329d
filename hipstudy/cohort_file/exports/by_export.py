"""Which program a table was exported from, told by its heads and cells, and the reader for it."""

from collections.abc import Collection
from pathlib import Path

from hipstudy.cohort_file.exports.export_reading import ExportReading, fits
from hipstudy.cohort_file.exports.forms import read_forms
from hipstudy.cohort_file.exports.qualtrics import read_qualtrics
from hipstudy.cohort_file.exports.redcap import is_redcap, read_redcap
from hipstudy.cohort_file.exports.redcap_dictionary import dictionary_beside
from hipstudy.cohort_file.limits import Raw


def read_export(raw: Raw, mapped_names: Collection[str], path: Path) -> ExportReading:
    """Read a table as the export that it is; as it stands where it is none.

    Parameters
    ----------
    raw
        Rows of the file.
    mapped_names
        Names that a mapping file has, folded: these columns keep them.
    path
        The file, beside which a data dictionary of REDCap may lie.
    """
    if not fits(raw):
        return ExportReading(raw, notes=raw.notes)
    if is_redcap(raw):
        return read_redcap(raw, mapped_names, dictionary_beside(path))
    return (
        read_qualtrics(raw, mapped_names)
        or read_forms(raw, mapped_names)
        or ExportReading(raw, notes=raw.notes)
    )
