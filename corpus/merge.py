"""From blocks of prepared pages to the verdict on each: what `ingest` decides with all documents in view.

Ids, revisions and near duplicates are compared in a DuckDB file with a memory limit, so memory does not
grow with the corpus.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from corpus.dedup import Edge, add_sketches, connect, create_tables, edges
from corpus.document import Document, Fact
from corpus.documents import read_documents, shards
from corpus.families import Verdicts, decide
from corpus.readers.page import Refusal
from corpus.sketch import Sketch, line_key, sketch
from corpus.staging import read_block
from corpus.store import Workspace
from corpus.takedowns import Takedowns, read_takedowns

_STRIDE = 1_000  # rows of a block are numbered block * _STRIDE + row
_OLD = 1 << 31  # documents of the workspace are numbered from here
_number = re.compile(r"block-(\d+)-")

_ROWS = """
CREATE TABLE rows AS
SELECT CAST(regexp_extract(filename, 'block-(\\d+)-', 1) AS UBIGINT) * {stride} + file_row_number AS n,
    id, digest, code
FROM read_parquet({files}, filename = true, file_row_number = true)
"""
_CURRENT = """
CREATE TABLE current AS
SELECT id, arg_max(digest, (filename, file_row_number)) AS digest
FROM read_parquet({files}, filename = true, file_row_number = true) GROUP BY id
"""
_VERDICTS = """
CREATE TABLE verdicts AS
WITH kept AS (
    SELECT n, id, digest, first_value(digest) OVER places AS first, row_number() OVER places AS nth
    FROM rows WHERE code = 'kept' WINDOW places AS (PARTITION BY id ORDER BY n)
)
SELECT n, id, CASE
    WHEN nth > 1 AND kept.digest = first THEN 'repeated' WHEN nth > 1 THEN 'duplicate-id'
    WHEN current.digest IS NULL THEN 'new'
    WHEN current.digest = kept.digest THEN 'unchanged' ELSE 'revised' END AS code
FROM kept LEFT JOIN current USING (id)
UNION ALL SELECT n, id, code FROM rows WHERE code <> 'kept'
"""
_RECURRING = """
SELECT line, count(*) AS times, min(n) AS n FROM lines
WHERE n NOT IN (SELECT n FROM docs JOIN alike USING (id))
GROUP BY line HAVING count(*) >= {times} ORDER BY times DESC, line LIMIT {most}
"""


class Verdict(NamedTuple):
    """What becomes of one row: a code (`new`, `revised`, `unchanged` or a reason) and what it is about."""

    code: str
    document: Document | None
    refusal: Refusal | None


class Recurring(NamedTuple):
    """A line that stands in many documents of a run: probably boilerplate that no rule knows yet."""

    text: str
    times: int


class Merge:
    """The comparison of one run's blocks with each other and with the workspace."""

    def __init__(
        self, workspace: Workspace, blocks: list[Path], folder: Path, *, duplicates: bool = True
    ) -> None:
        self.workspace = workspace
        self.blocks = sorted(blocks)
        self.takedowns: Takedowns = read_takedowns(workspace)
        self.recurring: list[Recurring] = []
        self.largest: tuple[str, int] | None = None
        self._connection = connect(folder)
        self._load()
        self._alike = Verdicts({}, {}, {}, {})
        self._families: dict[str, str] = {}
        if duplicates and self._count("code IN ('new', 'revised')"):
            self._compare()
        elif self._count("code = 'revised'"):
            for document in read_documents(workspace):  # a revision keeps its family, compared or not
                if document.family:
                    self._families[document.id] = document.family

    def close(self) -> None:
        """Close the index; it is no longer needed."""
        self._connection.close()

    def verdicts(self) -> Iterator[Verdict]:
        """The verdict on every row, in the order of reading."""
        codes = self._codes("TRUE")
        for path in self.blocks:
            for _, record, made in read_block(path):
                yield self._verdict(record, made, next(codes)[1])

    def _verdict(self, record: str, made: Document | Refusal, code: str) -> Verdict:
        if isinstance(made, Refusal):
            return Verdict(code, None, made)
        if self.takedowns.covers(made):
            return _refused(record, made, "taken-down", f"{made.id!r} is on the takedown list")
        if code == "repeated":
            return _refused(
                record, made, code, f"{made.id!r} was read already in this run, with the same text"
            )
        if code == "duplicate-id":
            return _refused(record, made, code, f"the id {made.id!r} was used in this run for another text")
        if code == "new" and made.id in self._alike.copies:
            edge = self._alike.copies[made.id]
            message = f"{made.id!r} is the same article as {edge.left!r} ({_measures(edge)})"
            return _refused(record, made, "same-article", message, edge)
        if code == "new" and made.id in self._alike.held:
            first, second = self._alike.held[made.id]
            message = (
                f"{made.id!r} links the families {first!r} and {second!r}; decide by hand which it joins"
            )
            return _refused(record, made, "links-families", message)
        return Verdict(code, self._grouped(made), None)

    def _grouped(self, document: Document) -> Document:
        family = self._families.get(document.id) or self._alike.families.get(document.id)
        edge = self._alike.nearest.get(document.id)
        facts = document.facts
        if edge:
            partner = edge.left if edge.right == document.id else edge.right
            facts = (
                *facts,
                Fact("near_duplicate", partner, "document", _measures(edge), round(edge.jaccard, 3)),
            )
        return msgspec.structs.replace(document, family=family, facts=facts)

    def _load(self) -> None:
        create_tables(self._connection)
        run = self._connection.execute
        if self.blocks:
            run(_ROWS.format(stride=_STRIDE, files=[str(path) for path in self.blocks]))
        else:
            run("CREATE TABLE rows(n UBIGINT, id VARCHAR, digest VARCHAR, code VARCHAR)")
        parts = [str(path) for path in shards(self.workspace)]
        if parts:
            run(_CURRENT.format(files=parts))
        else:
            run("CREATE TABLE current(id VARCHAR, digest VARCHAR)")
        run(_VERDICTS)

    def _codes(self, where: str) -> Iterator[tuple[int, str]]:
        cursor = self._connection.cursor()
        found = cursor.execute(f"SELECT n, code FROM verdicts WHERE {where} ORDER BY n")  # noqa: S608
        while rows := found.fetchmany(5_000):
            yield from rows

    def _count(self, where: str) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM verdicts WHERE {where}")  # noqa: S608
        return int(found.fetchall()[0][0])

    def _compare(self) -> None:
        """Index the workspace and the new documents, then decide."""
        revised = self._ids("code = 'revised'")
        add_sketches(self._connection, self._old(revised))
        self._connection.execute("CREATE TABLE lines(line UBIGINT, n UBIGINT)")
        add_sketches(self._connection, self._new(revised))
        found = list(edges(self._connection))
        ends = {edge.left for edge in found} | {edge.right for edge in found}
        known = {one: self._families.get(one, one) for one in ends & (self._kept(ends) | revised)}
        self._alike = decide(found, known)
        self._report()

    def _old(self, revised: set[str]) -> Iterator[tuple[int, str, bool, Sketch]]:
        for number, document in enumerate(read_documents(self.workspace)):
            if document.family:
                self._families[document.id] = document.family
            if document.id not in revised:
                yield _OLD + number, document.id, True, sketch(document)

    def _new(self, revised: set[str]) -> Iterator[tuple[int, str, bool, Sketch]]:
        wanted = self._codes("code IN ('new', 'revised')")
        following = next(wanted, None)
        lines: list[tuple[int, int]] = []
        for path in self.blocks:
            base = _base(path)
            for row, _, made in read_block(path):
                if following is None or base + row != following[0] or isinstance(made, Refusal):
                    continue
                following = next(wanted, None)
                if self.takedowns.covers(made):
                    continue  # it must not be the copy that is kept
                drawn = sketch(made)
                lines += ((line, base + row) for line in drawn.lines)
                yield base + row, made.id, made.id in revised, drawn
            self._add_lines(lines)

    def _add_lines(self, lines: list[tuple[int, int]]) -> None:
        import pyarrow as pa

        table = pa.table(
            {
                "line": pa.array([line for line, _ in lines], pa.uint64()),
                "n": pa.array([n for _, n in lines], pa.uint64()),
            }
        )
        self._connection.register("lines_in", table)
        self._connection.execute("INSERT INTO lines SELECT * FROM lines_in")
        self._connection.unregister("lines_in")
        lines.clear()

    def _ids(self, where: str) -> set[str]:
        found = self._connection.execute(f"SELECT id FROM verdicts WHERE {where}")  # noqa: S608
        return {row[0] for row in found.fetchall()}

    def _kept(self, ids: Iterable[str]) -> set[str]:
        import pyarrow as pa

        self._connection.register("ends", pa.table({"id": pa.array(list(ids), pa.string())}))
        found = self._connection.execute("SELECT id FROM docs JOIN ends USING (id) WHERE kept").fetchall()
        self._connection.unregister("ends")
        return {row[0] for row in found}

    def _report(self) -> None:
        """The largest family, and lines that recur in documents that are not alike: for a person."""
        import pyarrow as pa

        sizes = Counter(self._alike.families.values()) + Counter(self._families.values())
        if sizes:
            name, members = max(sizes.items(), key=lambda item: (item[1], item[0]))
            self.largest = (name, members + 1)
        times = max(5, self._count("code = 'new'") // 100)
        copies = pa.array([*self._alike.copies, *self._alike.nearest], pa.string())
        self._connection.register("alike", pa.table({"id": copies}))
        rows = self._connection.execute(_RECURRING.format(times=times, most=5)).fetchall()
        for line, count, n in rows:
            text = self._line(int(n), int(line))
            if text:
                self.recurring.append(Recurring(text, int(count)))

    def _line(self, n: int, line: int) -> str | None:
        path = next((path for path in self.blocks if _base(path) <= n < _base(path) + _STRIDE), None)
        for row, _, made in read_block(path) if path else ():
            if row == n % _STRIDE and isinstance(made, Document):
                return next((piece for piece in made.text.split("\n") if line_key(piece) == line), None)
        return None


def _base(path: Path) -> int:
    found = _number.search(path.name)
    assert found is not None
    return int(found.group(1)) * _STRIDE


def _measures(edge: Edge) -> str:
    return f"Jaccard {edge.jaccard:.2f}, containment {edge.containment:.2f}"


def _refused(record: str, document: Document, code: str, message: str, edge: Edge | None = None) -> Verdict:
    refusal = Refusal(
        record=record,
        code=code,
        message=f"{record}: {message}",
        id=document.id,
        partner=edge.left if edge else None,
        score=round(edge.jaccard, 4) if edge else None,
        text=document.text,
    )
    return Verdict(code, None, refusal)
