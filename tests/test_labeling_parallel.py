"""Batches in processes: order, and a worker that dies."""

from itertools import islice

from labeling.parallel import Batches
from tests.killer import double, killed


def run(items, jobs, size=3):
    return list(Batches(double, "=", killed, jobs=jobs, size=size).run(items))


def test_order_is_kept_by_any_number_of_processes():
    expected = [f"={number * 2}" for number in range(20)]
    assert run(range(20), 1) == expected
    assert run(range(20), 2) == expected


def test_a_killed_worker_costs_only_the_item_that_kills():
    items = [1, 2, -3, 4, 5, 6, 7, -8, 9, 10, 11]
    assert run(items, 2) == [f"killed {n}" if n < 0 else f"={n * 2}" for n in items]


def test_input_is_read_only_as_far_as_needed():
    read = []

    def numbers():
        for number in range(1_000):
            read.append(number)
            yield number

    results = Batches(double, "=", killed, jobs=2, size=3).run(numbers())
    assert list(islice(results, 2)) == ["=0", "=2"]
    results.close()
    assert len(read) <= 3 * 2 * 3
