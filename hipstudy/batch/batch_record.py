"""The record of a batch: of what it is, so that another one does not come among its reports."""

from dataclasses import asdict, dataclass
from pathlib import Path

from hipstudy.errors import Problem, UsageProblems
from hipstudy.temporary_folders import PREFIX
from hipstudy.text_files import NotToml, WrongEncoding, loads, read_text

BATCH_FILE = "batch.toml"
EACH, SWEEP = "each", "sweep"


@dataclass(frozen=True)
class BatchRecord:
    """What a folder's reports are of.

    Parameters
    ----------
    kind
        ``EACH`` for a folder's files, ``SWEEP`` for a grid of settings.
    report
        Its name.
    source
        Name of that folder or of the grid's file, without the folders above.
    """

    kind: str
    report: str
    source: str

    def text(self) -> str:
        """As its file has it."""
        import tomli_w

        return tomli_w.dumps(asdict(self))


def refuse_other_batch(folder: Path, record: BatchRecord) -> None:
    """Refuse a folder that holds something else: another batch, or a single report.

    Raises
    ------
    UsageProblems
        Saying what it holds.
    """
    mend = "Choose another folder: --out DIR"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        rule = "a folder is needed, and no link to one"
        raise UsageProblems([Problem("--out", folder.name, rule, mend)])
    if (folder / "run.toml").exists():
        rule = "this folder holds a single report, and a batch has a folder of its own"
        raise UsageProblems([Problem("--out", folder.name, rule, mend)])
    if not (folder / BATCH_FILE).exists():
        if folder.is_dir() and any(not p.name.startswith(PREFIX) for p in folder.iterdir()):
            rule = "this folder holds something else, which a batch could write over"
            raise UsageProblems([Problem("--out", folder.name, rule, mend)])
        return
    try:
        there = BatchRecord(**loads(read_text(folder / BATCH_FILE)))
    except (OSError, NotToml, WrongEncoding, TypeError) as error:
        rule = f"this is no record of a batch ({type(error).__name__})"
        raise UsageProblems([Problem(f"{folder.name}/{BATCH_FILE}", None, rule, mend)]) from None
    if there != record:
        rule = f"this folder holds the reports {there.report} of {there.source} ({there.kind})"
        raise UsageProblems([Problem("--out", folder.name, rule, mend)])
