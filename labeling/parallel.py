"""Batches of work in processes, in order, with a killed worker survived.

Processes, not threads: the taggers hold the interpreter lock.  Workers are spawned, so each loads its
models once; a batch whose worker dies is tried again item by item, and the item that kills three times is
named.  Results come in the order of the items, as pipes need them; `corpus.shards` is for work whose
results are files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, Generic, TypeVar

from corpus.shards import STRIKES, worker_pool

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """Run `work(settings, items) -> results` over batches in `jobs` processes, results in order.

    `work` and `settings` must be picklable; `killed(item)` gives the result of an item whose worker died.
    """

    def __init__(
        self,
        work: Callable[[Any, Sequence[Item]], list[Result]],
        settings: Any,
        killed: Callable[[Item], Result],
        *,
        jobs: int,
        size: int,
    ) -> None:
        self.work = work
        self.settings = settings
        self.killed = killed
        self.jobs = jobs
        self.size = size

    def run(self, items: Iterable[Item]) -> Iterator[Result]:
        """Results in the order of the items; at most 2 x jobs batches are under way."""
        stream = iter(items)
        if self.jobs <= 1:
            while batch := list(islice(stream, self.size)):
                yield from self.work(self.settings, batch)
            return
        pool = worker_pool(self.jobs)
        waiting: deque[tuple[list[Item], Future[list[Result]]]] = deque()
        try:
            while True:
                while len(waiting) < 2 * self.jobs and (batch := list(islice(stream, self.size))):
                    waiting.append((batch, pool.submit(self.work, self.settings, batch)))
                if not waiting:
                    return
                batch, future = waiting.popleft()
                try:
                    yield from future.result()
                except BrokenProcessPool:
                    pool.shutdown(wait=False, cancel_futures=True)
                    yield from self._one_by_one(batch)
                    pool = worker_pool(self.jobs)
                    waiting = deque(
                        (again, pool.submit(self.work, self.settings, again)) for again, _ in waiting
                    )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _one_by_one(self, batch: list[Item]) -> Iterator[Result]:
        """Each item in a process where nothing else runs, so that a death has one possible cause."""
        pool = worker_pool(1)
        try:
            for item in batch:
                for strike in range(1, STRIKES + 1):
                    try:
                        yield from pool.submit(self.work, self.settings, [item]).result()
                        break
                    except BrokenProcessPool:
                        pool.shutdown(wait=False)
                        pool = worker_pool(1)
                        if strike == STRIKES:
                            yield self.killed(item)
        finally:
            pool.shutdown(wait=False)
