"""Hypothesis strategies: Vietnamese text with everything that breaks offsets, and nested spans over it."""

from hypothesis import strategies as st

from corpus.canonical import canon
from labeling.scheme import load_scheme
from labeling.span import RecordSpan, by_position

PIECES = [
    "UBND", "huyện", "Đầm Hà", "Nguyễn Văn Hà", "xã", "TP.", "5.000", "17,2", "21/10", "13,71%", "QĐ-UBND",
    "🇻🇳", "👨‍👩‍👧", "😀", "\u00a0", "\u00a0\u00a0", "  ", " ", " ", "\n", "\n\n", ". ", ".", ", ", "“", "”", "(", ")",
    "hoà", "hòa", "nghị quyết", "…", "! Tại", "a", "Z", "&amp;", "<b>",
]  # fmt: skip
LABELS = load_scheme().names


@st.composite
def texts(draw):
    """Canonical text with at least one character that is not white space."""
    text = canon("".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40))))
    return text if text.strip() else text + "Đ"


@st.composite
def nested(draw, labels=LABELS):
    """(text, spans): nested or disjoint spans without white space at their edges, in the order of gold."""
    text = draw(texts())
    spans = {}

    def fill(start, end, depth):
        for _ in range(draw(st.integers(0, 3 if depth == 0 else 2))):
            if end - start < 1 or depth > 4:
                return
            low = draw(st.integers(start, end - 1))
            high = draw(st.integers(low + 1, end))
            piece = text[low:high]
            low += len(piece) - len(piece.lstrip())
            high = low + len(piece.strip())
            if low < high and (low, high) not in spans:
                spans[low, high] = draw(st.sampled_from(labels))
                fill(low, high, depth + 1)
            start = max(start, high)

    fill(0, len(text), 0)
    made = [
        RecordSpan(id=f"{low}-{high}", start=low, end=high, label=label, text=text[low:high])
        for (low, high), label in spans.items()
    ]
    return text, by_position(made)
