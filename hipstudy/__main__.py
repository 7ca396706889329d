"""``python -m hipstudy`` is the same as the command ``hipstudy``."""

import sys

from hipstudy.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
