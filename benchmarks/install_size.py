"""What a plain install takes: hipstudy's dependencies and theirs, as they are installed here.

Without byte code, which is written when it is first needed and adds about a third. The largest
packages are listed, with those that ask for them.
"""

import sys
import tomllib
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LISTED = 25


def plain_install(root):
    """Megabytes of each package, and who asks for it; by the pyproject.toml of a checkout."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rest = [("hipstudy", text) for text in project["dependencies"]]
    megabytes, asked_by = {}, defaultdict(set)
    seen = set()
    while rest:
        who, text = rest.pop()
        one = Requirement(text)
        for extra in ("", *one.extras):
            try:
                known = distribution(one.name)
            except PackageNotFoundError:
                sys.exit(f"{one.name} is not installed here, so what it takes is not known.")
            asked_by[known.name].add(who)
            if (known.name, extra) in seen:
                continue
            seen.add((known.name, extra))
            files = (Path(known.locate_file(file)) for file in known.files or ())
            sizes = (file.stat().st_size for file in files if _counts(file))
            megabytes[known.name] = sum(sizes) / 1e6
            for other in known.requires or ():
                marker = Requirement(other).marker
                if marker is None or marker.evaluate({"extra": extra}):
                    rest.append((known.name, other.split(";")[0]))
    return megabytes, asked_by


def _counts(file):
    return file.suffix != ".pyc" and file.is_file()


def main():
    megabytes, asked_by = plain_install(ROOT)
    print(f"{len(megabytes)} packages, {sum(megabytes.values()):.0f} MB without byte code")
    for name, size in sorted(megabytes.items(), key=lambda one: -one[1])[:LISTED]:
        print(f"{size:7.1f} MB  {name:20} {', '.join(sorted(asked_by[name]))}")


if __name__ == "__main__":
    main()
