"""The explorer: move a dose, see the weeks change; live in a browser, or in one file to send on."""

from typing import Any

__all__ = ["page"]


def page(**settings: Any) -> Any:
    """The live explorer, as a cell's last line; see ``hipstudy.explore.live.page``."""
    from hipstudy import extras

    extras.require("explore")
    from hipstudy.explore.live import page

    return page.page(**settings)
