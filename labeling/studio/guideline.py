"""The guideline in Vietnamese, generated from the scheme as HTML: one click from every task page.

First how to work, then a sheet of all keys, then each label with its decision, examples and near misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from labeling.scheme import Label, Scheme
from labeling.studio.config import DISCUSS, KEYMAP, LAYERS, REJECT

_HOW_TO = (
    "Các vùng tô màu là gợi ý của máy: giữ vùng đúng, sửa hoặc xóa vùng sai, thêm vùng còn thiếu.",
    "Thêm: bấm phím của nhãn rồi kéo chuột qua chữ. Đổi nhãn: bấm vào vùng, rồi bấm phím của nhãn mới.",
    "Sửa ranh giới: bấm vào vùng, rồi kéo mép trái hoặc mép phải của vùng.",
    "Vùng có thể nằm trọn trong vùng khác, không được cắt ngang nhau.",
    "Số và thời gian: giá trị máy hiểu hiện ở góc phải trên khi bấm vào vùng. Nếu sai: {value}, gõ lại bằng "
    "tiếng Việt thường (“63,4 triệu đồng/người/năm”, “ngày 21/10/2021”), rồi {enter}.",
    "Sau khi gõ ghi chú, bấm chuột vào chỗ trống để các phím lại có tác dụng.",
)


def build_instruction(scheme: Scheme, *, rulings: str = "", version: str | None = None) -> str:
    """The guideline of a scheme with the rulings made since; everything from the scheme is escaped.

    `rulings` is HTML that is escaped already; `version` is the guideline's with these rulings.
    """
    lines = [*_how_to(), *_keys_sheet(scheme), rulings, *_sections(scheme)]
    return "\n".join([*lines, f"<p>Bản hướng dẫn {escape(version or scheme.guideline)}.</p>"])


def _how_to() -> Iterable[str]:
    yield "<h3>Cách làm</h3><ul>"
    for line in _HOW_TO:
        yield f"<li>{line.format(value=_keys('shift+tab'), enter=_keys('enter'))}</li>"
    yield "</ul>"


def _keys_sheet(scheme: Scheme) -> Iterable[str]:
    """One table with every key: labels by layer, then what can be said of the document, then the work."""
    rows = [
        (title, [(label.hotkey, label.name) for label in scheme.labels if label.layer == layer])
        for layer, title in LAYERS
    ]
    for kind, title in ((DISCUSS, "Cần trao đổi"), (REJECT, "Loại bài")):
        rows.append((title, [(reason.hotkey, reason.vi) for reason in scheme.reasons if reason.kind == kind]))
    work = [("ctrl+enter", "Nộp bài, sang bài sau"), ("ctrl+z", "Hoàn tác"), ("escape", "Thôi chọn")]
    rows.append(("Làm việc", work + list(KEYMAP.values())))
    yield "<h3>Bảng phím</h3><table>"
    for title, keys in rows:
        cells = ", ".join(f"{_keys(key)} {escape(text)}" for key, text in keys)
        yield f"<tr><td><b>{escape(title)}</b></td><td>{cells}</td></tr>"
    yield "</table>"


def _sections(scheme: Scheme) -> Iterable[str]:
    for layer, title in LAYERS:
        yield f"<h3>{escape(title)}</h3><ul>"
        for label in scheme.labels:
            if label.layer == layer:
                yield _section(label)
        yield "</ul>"


def _section(label: Label) -> str:
    examples = "; ".join(_marked(example) for example in label.examples)
    near = "; ".join(escape(example) for example in label.near)
    return (
        f"<li><b>{escape(label.name)}</b> ({escape(label.vi)}, phím {_keys(label.hotkey)}): "
        f"{escape(label.definition_vi)}<br>Ví dụ: {examples}.<br>Không đánh dấu: {near}.</li>"
    )


def _marked(example: str) -> str:
    return re.sub(r"\](\w+)", r"]<sub>\1</sub>", escape(example))


def _keys(shortcut: str) -> str:
    return "+".join(f"<kbd>{escape(key.capitalize())}</kbd>" for key in shortcut.split("+"))
