"""Real releases of settled records for tests: two written documents, or the gold articles by paragraph."""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from corpus.document import Document
from corpus.documents import add_documents
from corpus.store import Workspace, write_rows
from exporters.formats.base import Published
from exporters.material import records_path
from exporters.release import release
from exporters.rows import Item, Tally, document_rows, span_rows
from exporters.sentences import token_rows
from exporters.views import column_labels, tag_names
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.span import Record, RecordSpan, by_position

GOLD = Path(__file__).parent / "cases" / "gold" / "gold.jsonl"

# Each span: label, surface, value.  White space that formats stumble over is part of the texts: a span
# over two lines, a no-break space, runs of blanks, a tab-like gap, emoji, quotes, a leading blank line.
WRITTEN = [
    (
        Document(
            id="tin/1", title="Thu ngân sách", published="2022-03-04", source="Đài", url="https://a.vn/1",
            text="Phó Chủ tịch UBND huyện Đầm Hà Trần Thị Lan dự hội nghị.\n"
            "Thu ngân sách đạt trên 52 tỷ đồng, 13,71%.\u00a0Đoàn thăm “xã Tân Lập”.",
        ),
        [
            ("TITLE", "Phó Chủ tịch UBND huyện Đầm Hà", None),
            ("ORG", "UBND huyện Đầm Hà", None),
            ("LOC", "huyện Đầm Hà", None),
            ("PER", "Trần Thị Lan", None),
            ("MONEY", "trên 52 tỷ đồng",
             Norm(value="52000000000", low="52000000000", low_open=True, mod="more", unit="VND")),
            ("PERCENT", "13,71%", Norm(value="13.71", unit="%")),
            ("LOC", "xã Tân Lập", None),
        ],
    ),
    (
        Document(
            id="tin 2: đặc biệt",
            text="\nĐẠI HỘI ĐẢNG BỘ\nHUYỆN SA THẦY LẦN THỨ XX  😀\nNgày 21/10,  63,4 triệu đồng/người/năm; 11/27 xã "
            "\"=SUM(1)\" được khen.\n\n",
        ),
        [
            ("EVENT", "ĐẠI HỘI ĐẢNG BỘ\nHUYỆN SA THẦY LẦN THỨ XX", None),
            ("ORG", "ĐẢNG BỘ\nHUYỆN SA THẦY", None),
            ("LOC", "HUYỆN SA THẦY", None),
            ("ORDINAL", "LẦN THỨ XX", Norm(value="20")),
            ("DATE", "Ngày 21/10", Norm(edtf="XXXX-10-21")),
            ("MONEY", "63,4 triệu đồng/người/năm", Norm(value="63400000", unit="VND", per=("{person}", "a"))),
            ("RATIO", "11/27", Norm(value="0.407407", numerator="11", denominator="27")),
        ],
    ),
    (Document(id="tin3", text="Không có gì ở đây."), []),
]  # fmt: skip


def record(document, spans, **more):
    """The settled record of a document; spans are (start, end, label, norm)."""
    made = [
        RecordSpan(
            id=f"{document.digest[:6]}{start:03x}{end:03x}", start=start, end=end, label=label,
            text=document.text[start:end], norm=norm,
        )
        for start, end, label, norm in spans
    ]  # fmt: skip
    said = {
        "document": document.id,
        "digest": document.digest,
        "scheme": "1",
        "guideline": "1.0",
        "round": "default",
        "quality": {"names": "single", "numbers": "single"},
        "authors": ("annotator-01",),
        "spans": tuple(by_position(made)),
        "shown": False,
        "annotated_at": "2022-03-05T00:00:00Z",
    }
    return Record(**{**said, **more})


def released(root, pairs):
    """(workspace, folder) of a release of (document, record) pairs."""
    workspace = Workspace(root, create=True)
    add_documents(workspace, [document for document, _ in pairs])
    ordered = sorted(pairs, key=lambda pair: pair[0].id)
    write_rows(records_path(workspace), [(item.id, item.digest, said) for item, said in ordered])
    done = release(workspace)
    return workspace, done.path


def written_pairs():
    """The written documents with their records."""
    pairs = []
    for document, spans in WRITTEN:
        found = []
        for label, surface, norm in spans:
            start = document.text.index(surface)
            found.append((start, start + len(surface), label, norm))
        pairs.append((document, record(document, found)))
    return pairs


def gold_pairs():
    """Each paragraph of the gold articles that has a span, as a document of its own, with its record."""
    pairs = []
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        start = 0
        for number, paragraph in enumerate(article["text"].split("\n")):
            end = start + len(paragraph)
            inside = [span for span in article["spans"] if start <= span["start"] and span["end"] <= end]
            if inside:
                document = Document(id=f"{article['id']}/{number}", text=paragraph)
                spans = [(s["start"] - start, s["end"] - start, s["label"], None) for s in inside]
                pairs.append((document, record(document, spans)))
            start = end + 1
    return pairs


def published(document, said):
    """What `Release.documents` gives for a document, without the files in between."""
    scheme, tally = load_scheme(), Tally()
    item = Item(document=document, record=said, machine=False)
    tags = {column: tag_names(labels) for column, labels in column_labels(scheme).items()}
    sentences = token_rows(item, scheme, tally)
    for row in sentences:
        for column, names in tags.items():
            row[column] = [names[tag] for tag in row[column]]
    (spans,) = span_rows(item, scheme, tally)
    for span in spans["spans"]:
        span["label"] = scheme.names[span["label"]]
    (about,) = document_rows(item, scheme, tally)
    return Published(document.id, document.text, spans["spans"], sentences, about)


@cache
def shared(kind):
    """(workspace, folder) of the release of `written` or `gold`, made once a process; nobody changes it."""
    root = tempfile.mkdtemp(prefix=f"vicivic-{kind}-")
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    pairs = {"written": written_pairs, "gold": gold_pairs}[kind]()
    return released(Path(root) / "w", pairs)
