"""Which reports of a batch are much larger than usual: said once, before the first is made."""

from collections.abc import Sequence
from contextlib import suppress

from hipstudy.batch.batch_pages import name_of
from hipstudy.batch.report_task import ReportTask, job_of
from hipstudy.errors import Finding
from hipstudy.studies.run_size import SIZED_BY_SETTINGS, LargeRun, large_batch


def large_reports(tasks: Sequence[ReportTask]) -> tuple[Finding, ...]:
    """Warn once of all that will be made and are large; reports that are there are not made again.

    No file of a cohort report is read for it: it takes as long as its rows, which nobody sets.

    Parameters
    ----------
    tasks
        Of the batch, each with the digest of what stands in its folder.
    """
    large: dict[str, LargeRun] = {}
    for task in (one for one in tasks if one.report in SIZED_BY_SETTINGS):
        with suppress(Exception):  # what is wrong with a report stands in the list at the end
            job = job_of(task)
            warnings = job.warnings if job else ()
            large |= {name_of(task.columns): w for w in warnings if isinstance(w, LargeRun)}
    return large_batch(large, len(tasks))
