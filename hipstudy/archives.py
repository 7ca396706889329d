"""Office files are zip archives that carry the hour they were made: here it is always the same."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

DAY = datetime(2000, 1, 1)  # noqa: DTZ001  # the same every time; the format has no zone
_TIMES = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*")


def without_time(
    archive: bytes, day: datetime = DAY, parts: Mapping[str, bytes] | None = None
) -> bytes:
    """The same Office file with one constant time, so that it is the same file every time.

    Parameters
    ----------
    archive
        Bytes of a DOCX or XLSX file.
    day
        Said to be when it was made.
    parts
        By name: what stands in place of that part of the archive.
    """
    made = io.BytesIO()
    stamp = rb"\g<1>" + f"{day:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, DAY.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            content = (parts or {}).get(name) or old.read(name)
            if name == "docProps/core.xml":
                content = _TIMES.sub(stamp, content)
            new.writestr(entry, content)
    return made.getvalue()
