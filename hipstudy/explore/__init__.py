"""The explorer: move a dose, see the weeks change; live, in a notebook, or in one offline file."""

from typing import Any

__all__ = ["page"]


def page(cohort: str = "", n_runners: int = 200, seed: int = 0, out: str = "") -> Any:
    """The explorer as a cell's last line; what it shows is its ``settings`` and its ``study``.

    Parameters
    ----------
    cohort
        File of runners to start from; empty draws some.
    n_runners
        How many to draw.
    seed
        Of their luck.
    out
        Folder for reports; ``reports`` under the current one when empty.

    Raises
    ------
    ProblemsFound
        When the file, or a setting, is wrong, or the package that shows it is not installed.
    """
    from hipstudy import extras

    extras.require("explore")
    from hipstudy.explore.widget import explorer

    return explorer(cohort=cohort, n_runners=n_runners, seed=seed, out=out)
