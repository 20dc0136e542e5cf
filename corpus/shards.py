"""Run one plain function over many blocks of work with processes, and survive what kills a worker.

The function is importable and picklable, takes a list of items and the path of its result, and writes
that path atomically: the path, keyed by the hash of input and settings, is there or it is not, and its
presence is the commit.  Here processes run it (spawned, so that nothing is inherited); a cluster can run
the same function.  A worker that is killed costs its block, which is tried again alone; a block that
kills again is halved until the item that kills is found; after `STRIKES` deaths it is given up.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")
STRIKES = 3


class Block(NamedTuple):
    """A piece of work: where its result goes, and its items."""

    path: Path
    items: list[object]


Function = Callable[[list[object], Path], R]
GiveUp = Callable[[object], object]


def run(
    function: Function[R], blocks: Iterable[Block], *, workers: int, give_up: GiveUp
) -> Iterator[tuple[Block, R]]:
    """Yield (block, result) as blocks finish, in no fixed order, with at most 2 * workers under way.

    `give_up(item)` makes the item that takes the place of one that kills workers.
    """
    source = iter(blocks)
    waiting: dict[Future[R], Block] = {}
    pool = worker_pool(workers)
    try:
        while True:
            while len(waiting) < 2 * workers and (block := next(source, None)) is not None:
                waiting[pool.submit(function, block.items, block.path)] = block
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            broken: list[Block] = []
            for future in done:
                block = waiting.pop(future)
                try:
                    yield block, future.result()
                except BrokenProcessPool:
                    broken.append(block)
            if broken:
                broken += waiting.values()
                waiting.clear()
                _close(pool)
                for block in broken:
                    yield block, _alone(function, block, give_up)
                pool = worker_pool(workers)
    finally:
        _close(pool)


def _alone(function: Function[R], block: Block, give_up: GiveUp) -> R:
    """Run a block that may be deadly by itself; replace the items that kill."""
    result = _survives(function, block.items, block.path)
    if result is not None:
        return result[0]
    probe = partial(_survives, function)
    deadly = set(_deadly(probe, list(range(len(block.items))), block))
    items = [give_up(item) if place in deadly else item for place, item in enumerate(block.items)]
    result = _survives(function, items, block.path)
    if result is None:
        items = [give_up(item) for item in items]
        return function(items, block.path)
    return result[0]


Probe = Callable[[list[object], Path], "tuple[object] | None"]


def _deadly(probe: Probe, places: list[int], block: Block) -> Iterator[int]:
    """The places of the items that kill a worker, by halving."""
    trial = block.path.with_name(f".probe-{block.path.name}")
    strikes = STRIKES if len(places) == 1 else 1
    try:
        if any(probe([block.items[i] for i in places], trial) is not None for _ in range(strikes)):
            return
    finally:
        trial.unlink(missing_ok=True)
    if len(places) == 1:
        yield places[0]
        return
    middle = len(places) // 2
    yield from _deadly(probe, places[:middle], block)
    yield from _deadly(probe, places[middle:], block)


def _survives(function: Function[R], items: list[object], path: Path) -> tuple[R] | None:
    """(result,) when a fresh worker lives through the items; None when it dies."""
    pool = worker_pool(1)
    try:
        return (pool.submit(function, items, path).result(),)
    except BrokenProcessPool:
        return None
    finally:
        _close(pool)


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """Spawned workers that leave Ctrl-C to the main process."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf_to_ctrl_c)


def _close(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=True, cancel_futures=True)


def _deaf_to_ctrl_c() -> None:
    """Ctrl-C is for the main process, which then ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
