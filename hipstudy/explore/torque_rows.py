"""Torque along the range as the page draws it: every number follows from the library's curve."""

from typing import Any

from hipstudy.explore.cache import ModelCache
from hipstudy.explore.state import ARMS, PageState
from hipstudy.parameters import number
from hipstudy.studies import torque_curves

SHOWN_FROM_DEG = -60


def torque_rows(now: PageState, model_cache: ModelCache) -> dict[str, Any]:
    """The curve of both arms at the start and at the week that is looked at, with the norm.

    Returns
    -------
    dict
        ``rows`` of arm (``a``, ``b`` or ``norm``), week, angle (degrees of extension), mean, low
        and high (Nm/kg); ``trained`` ranges and ``running`` angles, degrees of extension;
        ``shown_week`` and ``test_angle_deg``, at which end range is tested.
    """
    study = model_cache.study(now.settings())
    curves = torque_curves.torque_angle(
        study, ARMS, weeks=(0, now.shown_week), gain_of=model_cache.gain
    )
    shown = curves[curves["angle_ext_deg"] >= SHOWN_FROM_DEG]
    rows = [
        {
            "arm": str(arm).removeprefix("arm_"),
            "week": int(week),
            "angle": float(angle),
            "mean": float(mean),
            "low": float(low),
            "high": float(high),
        }
        for arm, week, angle, mean, low, high in shown.itertuples(index=False)
    ]
    trained = {
        (work.trained_from_ext_deg, work.trained_to_ext_deg)
        for arm in study.design.arms
        if (work := arm.strength)
    }
    return {
        "rows": rows,
        "trained": sorted(trained),
        "running": [float(angle) for angle in torque_curves.running_angles().values()],
        "shown_week": now.shown_week,
        "test_angle_deg": number("end_range_test_angle_deg"),
    }
