"""Code that Jinja makes of templates, kept beside the byte code that Python makes of modules.

To make it takes most of a second a report. It is trusted as byte code is, since whoever can write
there can write that too, and kept where Python would keep its own: not where Python writes none,
nor in a folder of somebody else. ``python -m hipstudy.template_code`` makes that of all templates.
"""

import hashlib
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

_PACKAGE = Path(__file__).parent
_RULES = ("wording.py", "show.py")  # modules with the filters and settings that the code follows


class TemplateCode(FileSystemBytecodeCache):
    """Keeps the code of templates in ``__pycache__``; it is made anew when what it is of changes.

    That is the template, Jinja, or a filter: one of a constant is worked out when code is made.
    """

    def __init__(self, folder: Path = _PACKAGE / "__pycache__") -> None:
        super().__init__(str(folder), f"%s.{sys.implementation.cache_tag}.jinja")
        rules = b"".join((_PACKAGE / name).read_bytes() for name in _RULES)
        self._rules = version("jinja2") + hashlib.sha256(rules).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Digest of the template and of what else its code follows from."""
        return super().get_source_checksum(self._rules + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept; nothing where it cannot be read."""
        with suppress(Exception):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it where byte code can be kept."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


def main() -> None:
    """Make the code of every template of words."""
    from hipstudy.wording import environment

    for folder in sorted(_PACKAGE.glob("*/words")):
        templates = environment(f"{_PACKAGE.name}.{folder.parent.name}")
        for template in sorted(folder.glob("*.j2")):
            templates.get_template(template.name)
    for file in (_PACKAGE / "__pycache__").glob("*.jinja"):
        with suppress(OSError):
            file.chmod(0o644)  # for others too, as byte code is


if __name__ == "__main__":
    main()
