"""Sobol's indices of the reference comparison: how long, against evaluating the rows one by one.

The reference evaluates the first rows of the same sample singly, as a loop over a model without
draws would; both must give the same answers before a time is printed.
"""

import os
from time import perf_counter

import numpy as np

from hipstudy.studies import compare_study, global_sensitivity, sensitivity, sensitivity_model
from hipstudy.studies.compare_tables import margins

ROWS = 40


def timed(work):
    start = perf_counter()
    found = work()
    return perf_counter() - start, found


def main():
    question = sensitivity.reference_question(seed=0)
    screened = (*sensitivity_model.unknown(question), sensitivity_model.DUMMY)
    t_screen, driven = timed(lambda: sensitivity.reference(seed=0))
    u = global_sensitivity.sobol_sample(driven.main, sensitivity.BASE, seed=0)
    t_batch, found = timed(
        lambda: sensitivity_model.evaluate(question, driven.main, u, margins=margins())
    )
    t_index, _ = timed(lambda: global_sensitivity.sobol(driven.main, found, seed=0))
    t_single, singly = timed(
        lambda: [
            sensitivity_model.evaluate(question, driven.main, row[np.newaxis], margins=margins())
            for row in u[:ROWS]
        ]
    )
    for name, answer in found.items():
        one_by_one = np.concatenate([one[name] for one in singly])
        assert np.allclose(one_by_one, answer[:ROWS], atol=1e-12), f"{name} differs"
    per_row = t_batch / len(u), t_single / ROWS
    print(f"{len(screened)} factors screened, {len(driven.main)} kept, {len(u):,} runs")
    print(f"{'screen, sample, runs and indices':40} {t_screen:6.2f} s")
    print(f"{'runs of the indices':40} {t_batch:6.2f} s")
    print(
        f"{'indices and their intervals':40} {t_index:6.2f} s, {t_index / t_batch:.2f} of the runs"
    )
    print(f"{'a run alone over a run in the batch':40} {per_row[1] / per_row[0]:6.1f}")
    t_study, study = timed(compare_study.run)
    t_few, few = timed(lambda: sensitivity.of_study(study))
    print(f"{'a compare report: model':40} {t_study:6.2f} s")
    print(
        f"{'what it hangs on':40} {t_few:6.2f} s, {t_few / t_study:.2f} of it, {few.n_runs:,} runs"
    )


if __name__ == "__main__":
    os.environ["HIPSTUDY_CACHE"] = "off"  # what is timed is worked out
    main()
