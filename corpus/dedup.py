"""Near duplicates: candidates from an inverted index over 5-gram hashes, then exact measures.

Everything large stays in a DuckDB file with a memory limit, so the number of documents is bounded by the
disk.  Grams in at most `FREQUENT` documents pair all their documents; a gram in more of them (formulae,
templates used hundreds of times) pairs each document with the most preferred one only, so that large
families are still found in linear time.  A pair that shares `SHARE` of the smaller document's grams is
measured exactly over all grams:

- *same article*: Jaccard >= 0.85 or containment >= 0.95, and the same set of numbers: one is kept.
- *same family*: Jaccard >= 0.3 or containment >= 0.5, or the same opening paragraph of 40 syllables or
  more: all are kept, and share a family (a unit for splits).

Texts of fewer than `SMALL` grams are the same only when all their grams are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.sketch import Sketch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FREQUENT = 50  # documents
SHARE = 0.1  # of the smaller document's grams, to be measured at all
SMALL = 20  # grams
SAME_JACCARD, SAME_CONTAINMENT = 0.85, 0.95
FAMILY_JACCARD, FAMILY_CONTAINMENT = 0.3, 0.5
MEMORY = "250MB"


PART = 3_000_000  # grams compared at a time
ATTEMPTS = 3
_VALUES: dict[str, Any] = {
    "frequent": FREQUENT,
    "share": SHARE,
    "small": SMALL,
    "same_jaccard": SAME_JACCARD,
    "same_containment": SAME_CONTAINMENT,
    "family_jaccard": FAMILY_JACCARD,
    "family_containment": FAMILY_CONTAINMENT,
}


class Edge(NamedTuple):
    """Two documents that are alike; `left` is preferred (already kept, then longer, then smaller id)."""

    left: str
    right: str
    jaccard: float
    containment: float
    same: bool


def connect(folder: Path, memory: str = MEMORY) -> DuckDBPyConnection:
    """An empty DuckDB file in `folder`, with a memory limit; it spills into `folder`."""
    import duckdb

    for old in folder.glob("index.duckdb*"):
        old.unlink()
    connection = duckdb.connect(str(folder / "index.duckdb"))
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute("SET threads = 2")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET temp_directory = '{folder}/index.spill'")
    return connection


def create_tables(connection: DuckDBPyConnection) -> None:
    """`docs` (one row a document) and `grams` (one row a gram of a document), both empty."""
    connection.execute(
        "CREATE TABLE docs(n UINTEGER, id VARCHAR, kept BOOLEAN, size UINTEGER, length UINTEGER,"
        " numbers UBIGINT, lead UBIGINT)"
    )
    connection.execute("CREATE TABLE grams(h UBIGINT, n UINTEGER)")


def add_sketches(
    connection: DuckDBPyConnection, sketches: Iterable[tuple[int, str, bool, Sketch]], *, batch: int = 1_000
) -> None:
    """Add (number, id, already kept, sketch) rows to `docs` and `grams`."""
    import numpy as np
    import pyarrow as pa

    block: list[tuple[int, str, bool, Sketch]] = []

    def flush() -> None:
        arrays = {
            "n": pa.array([row[0] for row in block], pa.uint32()),
            "id": pa.array([row[1] for row in block], pa.string()),
            "kept": pa.array([row[2] for row in block], pa.bool_()),
            "size": pa.array([len(row[3].grams) for row in block], pa.uint32()),
            "length": pa.array([row[3].length for row in block], pa.uint32()),
            "numbers": pa.array([row[3].numbers for row in block], pa.uint64()),
            "lead": pa.array([row[3].lead for row in block], pa.uint64()),
        }
        hashes = np.concatenate([row[3].grams for row in block])
        owners = np.repeat([row[0] for row in block], [len(row[3].grams) for row in block])
        connection.register("rows_in", pa.table(arrays))
        connection.register("grams_in", pa.table({"h": hashes, "n": owners.astype(np.uint32)}))
        connection.execute("INSERT INTO docs SELECT * FROM rows_in")
        connection.execute("INSERT INTO grams SELECT * FROM grams_in")
        connection.unregister("rows_in")
        connection.unregister("grams_in")
        block.clear()

    for row in sketches:
        block.append(row)
        if len(block) >= batch:
            flush()
    if block:
        flush()


_RANK = """
CREATE OR REPLACE TABLE ranked AS
SELECT *, CAST(row_number() OVER (ORDER BY kept DESC, length DESC, id) AS UINTEGER) AS rank FROM docs
"""
_EMPTY = """
CREATE OR REPLACE TABLE postings(h UBIGINT, rank UINTEGER, frequent BOOLEAN);
CREATE OR REPLACE TABLE pairs(l UINTEGER, r UINTEGER, shared UINTEGER);
CREATE OR REPLACE TABLE candidates(l UINTEGER, r UINTEGER);
CREATE OR REPLACE TABLE common(l UINTEGER, r UINTEGER, common UINTEGER)
"""
# Grams that are in one document only are of no use; each part of the hashes is counted apart.
_POSTINGS = """
INSERT INTO postings
WITH part AS (SELECT h, n FROM grams WHERE h % {parts} = {part}),
counts AS (SELECT h, count(*) AS documents FROM part GROUP BY h HAVING count(*) > 1)
SELECT part.h, ranked.rank, documents > {frequent}
FROM part JOIN counts USING (h) JOIN ranked USING (n)
"""
_PAIRS = """
INSERT INTO pairs
WITH part AS (SELECT * FROM postings WHERE h % {parts} = {part}),
rare AS (SELECT h, rank FROM part WHERE NOT frequent)
SELECT a.rank, b.rank, count(*) FROM rare a JOIN rare b ON a.h = b.h AND a.rank < b.rank GROUP BY ALL
UNION ALL
SELECT l, r, count(*) FROM (
    SELECT first_value(rank) OVER (PARTITION BY h ORDER BY rank) AS l, rank AS r FROM part WHERE frequent
) WHERE l < r GROUP BY ALL
"""
_CANDIDATES = """
INSERT INTO candidates
SELECT l, r FROM (SELECT l, r, sum(shared) AS shared FROM pairs WHERE r % {parts} = {part} GROUP BY ALL)
JOIN ranked a ON a.rank = l JOIN ranked b ON b.rank = r
WHERE NOT b.kept AND shared >= {share} * least(a.size, b.size)
"""
_LEADS = """
INSERT INTO candidates
WITH firsts AS (
    SELECT lead, min(rank) AS first FROM ranked
    WHERE lead <> 0 GROUP BY lead HAVING count(*) BETWEEN 2 AND {frequent}
)
SELECT f.first, r.rank FROM firsts f JOIN ranked r USING (lead)
WHERE r.rank > f.first AND NOT r.kept AND (f.first, r.rank) NOT IN (SELECT (l, r) FROM candidates)
"""
# The grams of the left documents are written down first: left to itself the optimizer joins the postings
# with themselves, which is quadratic in the documents of a formula.
_LEFT = """
CREATE OR REPLACE TABLE lefts AS
SELECT l, r, h FROM candidates JOIN postings ON rank = l WHERE h % {parts} = {part}
"""
_COMMON = """
INSERT INTO common
SELECT l, r, count(*) FROM lefts JOIN postings b ON b.rank = lefts.r AND b.h = lefts.h
WHERE b.h % {parts} = {part} GROUP BY ALL
"""
_MEASURED = """
CREATE OR REPLACE TABLE measured AS
WITH summed AS (SELECT l, r, sum(common) AS common FROM common GROUP BY ALL)
SELECT a.id AS l, b.id AS r, l AS l_rank, r AS r_rank,
    common / (a.size + b.size - common) AS jaccard,
    common / least(a.size, b.size) AS containment,
    least(a.size, b.size) AS small,
    a.numbers = b.numbers AS same_numbers,
    a.lead = b.lead AND a.lead <> 0 AS same_lead
FROM summed JOIN ranked a ON a.rank = l JOIN ranked b ON b.rank = r
"""
# Statements, and whether they are run once for each part of the hashes.
_STEPS = (
    ((_RANK, _EMPTY), False),
    ((_POSTINGS, _PAIRS), True),
    ((_CANDIDATES,), True),
    ((_LEADS,), False),
    ((_LEFT, _COMMON), True),
    ((_MEASURED,), False),
)
_EDGES = """
SELECT l, r, jaccard, containment,
    same_numbers AND (CASE WHEN small < {small} THEN jaccard = 1
        ELSE jaccard >= {same_jaccard} OR containment >= {same_containment} END) AS same
FROM measured
WHERE same_lead OR CASE WHEN small < {small} THEN jaccard = 1
    ELSE jaccard >= {family_jaccard} OR containment >= {family_containment} END
ORDER BY l_rank, r_rank
"""


def edges(connection: DuckDBPyConnection) -> Iterator[Edge]:
    """The pairs of documents that are alike, of which at least one is new, most preferred first.

    `docs` and `grams` are filled; the order of filling does not matter.  The work is done in as many
    parts as the memory asks for: PART grams each, fewer when a part does not fit after all.
    """
    import duckdb

    parts = 1 + connection.execute("SELECT count(*) FROM grams").fetchall()[0][0] // PART
    for attempt in range(ATTEMPTS):
        try:
            _measure(connection, parts)
            break
        except duckdb.OutOfMemoryException:
            if attempt == ATTEMPTS - 1:
                raise
            parts *= 4
    found = connection.execute(_EDGES.format(**_VALUES))
    while rows := found.fetchmany(10_000):
        yield from (Edge(*row) for row in rows)


def _measure(connection: DuckDBPyConnection, parts: int) -> None:
    for statements, parted in _STEPS:
        for part in range(parts if parted else 1):
            for statement in statements:
                connection.execute(statement.format(parts=parts, part=part, **_VALUES))
