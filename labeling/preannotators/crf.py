"""A linear-chain CRF in the CRFsuite file format as arrays, decoded for many sentences at once.

The arithmetic is that of underthesea_core 3.3.2, addition by addition (emissions in the order of the
features, then best predecessor, then emission; the first of equal labels wins), so that tags are the
same to the last tie.  Working on all sentences of a batch together takes the interpreter out of the
inner loops.  File format: CRFsuite 0.12, `lCRF` with a FEAT chunk and two CQDB dictionaries.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from corpus.errors import DataError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
S = TypeVar("S", bound=np.generic)

_FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
_SMALLEST = 1e-10  # the library forgets state weights that are not larger


class Crf:
    """A model: labels, weights (attributes + 1, labels), transitions (from, to).

    An attribute is a template and a value, "T[0].lower=huyện"; `values` is template → value → its row in
    `weights`.  The last row, `unknown`, is zero: the row of every attribute that the model does not know.
    """

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        if data[:4] != b"lCRF":
            raise DataError(f"{path}: not a CRFsuite model; reinstall underthesea")
        features, labels, attributes = struct.unpack_from("<III", data, 28)
        self.labels = tuple(_strings(data, labels))
        names = _strings(data, attributes)
        self.unknown = len(names)
        self.values: dict[str, dict[str, int]] = {}
        for index, name in enumerate(names):
            template, _, value = name.partition("=")
            self.values.setdefault(template, {})[value] = index
        count = struct.unpack_from("<I", data, features + 8)[0]
        rows = np.frombuffer(data, _FEATURE, count, features + 12)
        self.weights = np.zeros((self.unknown + 1, len(self.labels)))
        self.transitions = np.zeros((len(self.labels), len(self.labels)))
        state = rows[(rows["kind"] == 0) & (np.abs(rows["weight"]) > _SMALLEST)]
        moves = rows[rows["kind"] == 1]
        self.weights[state["source"], state["target"]] = state["weight"]
        self.transitions[moves["source"], moves["target"]] = moves["weight"]

    def emissions(self, columns: Sequence[Ints]) -> Floats:
        """(tokens, labels) from one array of attribute ids per feature, added in their order."""
        total = np.zeros((len(columns[0]), len(self.labels)))
        part = np.empty_like(total)
        for ids in columns:
            np.take(self.weights, ids, axis=0, out=part, mode="clip")
            total += part
        return total


def _strings(data: bytes, offset: int) -> list[str]:
    """All strings of the CQDB at `offset`, by id."""
    if data[offset : offset + 4] != b"CQDB":
        raise DataError("a CRFsuite model without its dictionary; reinstall underthesea")
    count, links = struct.unpack_from("<II", data, offset + 16)
    found = []
    for place in struct.unpack_from(f"<{count}I", data, offset + links):
        size = struct.unpack_from("<I", data, offset + place + 4)[0]
        start = offset + place + 8
        found.append(data[start : start + size - 1].decode("utf-8"))
    return found


class Steps:
    """Sentences turned by a quarter: step t holds token t of every sentence that has one.

    `order` sorts the tokens (given sentence by sentence) into steps; within a step sentences stand
    longest first, so those that go on are always the first ones.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        sizes = np.asarray(lengths, dtype=np.int64)
        ranked = np.argsort(-sizes, kind="stable")
        starts = (np.cumsum(sizes) - sizes)[ranked]
        longest = int(sizes.max()) if len(sizes) else 0
        active = [int(np.searchsorted(-sizes[ranked], -step, side="left")) for step in range(longest)]
        self.order = np.concatenate([starts[:many] + step for step, many in enumerate(active)])
        bounds = np.concatenate([[0], np.cumsum(active)])
        self.slices = [slice(int(bounds[step]), int(bounds[step + 1])) for step in range(longest)]
        self.active = active

    def back(self, values: npt.NDArray[S]) -> npt.NDArray[S]:
        """`values` of the steps, put back into the order of the sentences."""
        placed = np.empty_like(values)
        placed[self.order] = values
        return placed


def decode(model: Crf, emissions: Floats, steps: Steps) -> Ints:
    """The best label ids, in the order of the sentences (Viterbi)."""
    given = emissions[steps.order]
    score = np.empty_like(given)
    score[steps.slices[0]] = given[steps.slices[0]]
    moves = model.transitions[:, None, :]
    for step in range(1, len(steps.slices)):
        many = steps.active[step]
        before = score[steps.slices[step - 1]][:many]
        reached = before.T[:, :, None] + moves
        np.add(reached.max(axis=0), given[steps.slices[step]], out=score[steps.slices[step]])
    best = np.empty(len(given), dtype=np.int64)
    into = np.ascontiguousarray(model.transitions.T)
    later = best[:0]
    for step in range(len(steps.slices) - 1, -1, -1):
        here = score[steps.slices[step]]
        chosen = best[steps.slices[step]]
        many = len(later)
        if many:
            chosen[:many] = (here[:many] + into[later]).argmax(axis=1)
        if many < len(here):
            chosen[many:] = here[many:].argmax(axis=1)
        later = chosen
    return steps.back(best)


def marginals(model: Crf, emissions: Floats, steps: Steps, chosen: Ints) -> Floats:
    """The probability of each token's chosen label, rounded to four places (forward-backward).

    Sums run along a fixed axis, so a sentence's figures do not depend on its neighbours in the batch.
    """
    given = np.exp(emissions - emissions.max(axis=1, keepdims=True))[steps.order]
    moves = np.exp(model.transitions)
    forward = np.empty_like(given)
    forward[steps.slices[0]] = _scaled(given[steps.slices[0]])
    for step in range(1, len(steps.slices)):
        before = forward[steps.slices[step - 1]][: steps.active[step]]
        reached = (before.T[:, :, None] * moves[:, None, :]).sum(axis=0)
        forward[steps.slices[step]] = _scaled(reached * given[steps.slices[step]])
    backward = np.ones_like(given)
    back = np.ascontiguousarray(moves.T)[:, None, :]
    for step in range(len(steps.slices) - 1, 0, -1):
        after = given[steps.slices[step]] * backward[steps.slices[step]]
        came = (after.T[:, :, None] * back).sum(axis=0)
        backward[steps.slices[step - 1]][: steps.active[step]] = _scaled(came)
    both = steps.back(_scaled(forward * backward))
    found: Floats = np.round(np.take_along_axis(both, chosen[:, None], axis=1)[:, 0], 4)
    return found


def _scaled(rows: Floats) -> Floats:
    """Rows that sum to 1; the sum runs over the columns one after the other."""
    total = rows[:, 0].copy()
    for column in range(1, rows.shape[1]):
        total += rows[:, column]
    scaled: Floats = rows / total[:, None]
    return scaled
