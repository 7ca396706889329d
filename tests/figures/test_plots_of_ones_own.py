"""Pictures that somebody has in a notebook of their own, to which anything may be added."""

from hipstudy import plot
from hipstudy.studies import compare_study


def test_whatever_is_added_has_room():
    study = compare_study.run(n_runners=4, weeks=3, protocols="stretch_only, strength_only")
    axs = plot.weeks(study, outcomes=("tightness_nrs", "soreness_nrs"))
    ax = plot.causes(study.effects())
    for one in (axs[0], ax):
        figure = one.figure
        shown = one.scatter([0, 1], [0, 1], c=[0, 1])
        bar = figure.colorbar(shown, ax=one)
        above = figure.suptitle("Ours")
        one.tick_params(axis="x", rotation=45)
        figure.draw_without_rendering()
        page, panel = figure.bbox, one.get_window_extent()
        assert above.get_window_extent().y0 >= panel.y1
        assert not bar.ax.get_window_extent().overlaps(panel)
        for name in one.get_xticklabels():
            assert name.get_window_extent().y0 >= page.y0
