"""Arrays that are used again: each thread has its own, and they are few."""

import threading

import numpy as np

from hipstudy import arrays


def test_scratch_is_one_thread_s_own_and_its_zeros_stay():
    mine, found = arrays.scratch((2, 3)), []
    other = threading.Thread(target=lambda: found.append(arrays.scratch((2, 3))))
    other.start()
    other.join()
    assert arrays.scratch((2, 3)) is mine
    assert not any(np.shares_memory(a, b) for a in mine for b in found[0])
    assert (mine[2] == 0).all()
    assert not mine[2].flags.writeable


def test_scratch_of_many_shapes_is_let_go_of():
    for n in range(1, 40):
        arrays.scratch((n,))
    assert len(arrays._scratch.by_shape) <= arrays._MOST_SHAPES
