"""The label scheme → Label Studio's labelling interface (XML) and the guideline (HTML).

All labels sit in one `Labels` control.  With one control per layer Label Studio lets a region carry a
label of each, and a name that is relabelled as a number would keep both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

from labeling.scheme import Label, Scheme

CONTROL = "label"
OBJECT = "text"
LAYERS = (("names", "Tên"), ("numbers", "Số và thời gian"))

# Keys that differ from Label Studio's own, for Vietnamese input methods: they send synthetic Backspaces,
# which must not delete the selected region, and are themselves switched by Ctrl+Space.
KEYMAP = {
    "region:delete": ("delete", "Xóa vùng đang chọn"),
    "region:delete-all": ("ctrl+shift+delete", "Xóa tất cả các vùng"),
    "region:unselect": ("alt+u", "Bỏ chọn vùng"),
    "annotation:skip": ("alt+enter", "Bỏ qua bài này"),
}
TELEX = frozenset("adefjorswxz")
VNI = frozenset("0123456789")

_DATA = ("key", "round", "document", "digest", "title", "meta", "reference", "text")
_FIELDS = (
    "id inner_id completed_at total_annotations cancelled_annotations total_predictions annotators "
    "annotations_results annotations_ids predictions_score predictions_model_versions predictions_results "
    "file_upload storage_filename created_at updated_at updated_by avg_lead_time draft_exists"
)
_COLUMNS = (*(f"tasks:data.{name}" for name in _DATA), *(f"tasks:{name}" for name in _FIELDS.split()))
_LISTED = (
    "id data.title data.document data.reference total_annotations cancelled_annotations annotators "
    "completed_at draft_exists"
)
_SHOWN = {
    "explore": frozenset(f"tasks:{name}" for name in _LISTED.split()),
    "labeling": frozenset({"tasks:data.title", "tasks:total_annotations"}),
}

# Laptop first (1366 × 768): the legend stays in sight while the text scrolls, and takes two or three lines.
# Nested spans carry their lines below each other.  No ">" or "&": Label Studio escapes them in a Style.
_STYLE = """
.vv-head h4 { margin: 0 !important; font-size: 18px; line-height: 1.35; }
.vv-meta .lsf-htx-richtext { color: #6b6860; font-size: 13px; line-height: 1.4; padding: 0; }
.vv-legend { position: sticky; top: 0; z-index: 5; padding: 4px 0 2px; margin: 0 0 8px;
  background: var(--color-neutral-background, #fff); border-bottom: 1px solid #d8d5cc; }
.vv-legend .lsf-labels { margin: 0; gap: 2px; }
.vv-legend .lsf-label { margin: 0 4px 3px 0; padding: 0 6px; height: 24px; line-height: 24px;
  font-size: 13px; }
.vv-text { max-width: 58em; }
.vv-text .lsf-htx-richtext { font-size: 16px; line-height: 2.05; padding: 0; }
.vv-text .htx-highlight { border: 0 !important; border-radius: 3px; padding-bottom: 1px; }
.vv-text .htx-highlight:has(.htx-highlight) { padding-bottom: 4px; }
.vv-text .htx-highlight:has(.htx-highlight .htx-highlight) { padding-bottom: 7px; }
.vv-text .htx-highlight.__active, .vv-text .htx-highlight.__highlighted { outline: 2px solid #1f6feb; }
"""
_LABEL_STYLE = (
    '.vv-text .htx-highlight[data-label$=":{name}"]:not(.__active):not(.__hidden)'
    " {{ background-color: {color}38 !important; box-shadow: 0 2px 0 {color}; }}\n"
)


def _style(scheme: Scheme) -> str:
    return _STYLE + "".join(
        _LABEL_STYLE.format(name=label.name, color=label.color) for label in scheme.labels
    )


def build_config(scheme: Scheme) -> str:
    """The labelling interface for the labels of `scheme`, with their colours, hotkeys and hints."""
    groups = "\n".join(_group(scheme, layer, title) for layer, title in LAYERS)
    return f"""<View>
  <Style>{escape(_style(scheme), quote=False)}</Style>
  <View className="vv-head"><Header value="$title" size="5" underline="false"/></View>
  <View className="vv-meta"><HyperText name="meta" value="$meta" clickableLinks="true" inline="true"/></View>
  <View className="vv-legend">
    <Labels name="{CONTROL}" toName="{OBJECT}" showInline="true">
{groups}
    </Labels>
  </View>
  <View className="vv-text"><Text name="{OBJECT}" value="$text" granularity="word"/></View>
</View>
"""


def _group(scheme: Scheme, layer: str, title: str) -> str:
    labels = "\n".join(_label(label) for label in scheme.labels if label.layer == layer)
    return f'      <View className="vv-group">\n{labels}\n      </View>'


def _label(label: Label) -> str:
    hint = f"{label.vi}: {label.definition_vi}"
    return (
        f"        <Label value={quoteattr(label.name)} background={quoteattr(label.color)}"
        f" hotkey={quoteattr(label.hotkey)} hint={quoteattr(hint)}/>"
    )


def build_view(title: str) -> dict[str, Any]:
    """A tab of the task list that shows what people look for; `push` makes it the project's first."""
    hidden = {
        place: [column for column in _COLUMNS if column not in shown] for place, shown in _SHOWN.items()
    }
    return {"title": title, "type": "list", "target": "tasks", "hiddenColumns": hidden}


def build_instruction(scheme: Scheme) -> str:
    """The guideline in Vietnamese as HTML: how to work, the keys, and each label with its examples."""
    return "\n".join([*_how_to(), *_sections(scheme), f"<p>Bản hướng dẫn {escape(scheme.guideline)}.</p>"])


def _how_to() -> Iterable[str]:
    yield "<h3>Cách làm</h3><ul>"
    yield "<li>Các vùng tô màu là gợi ý của máy: giữ vùng đúng, sửa hoặc xóa vùng sai, "
    yield "thêm vùng còn thiếu.</li>"
    yield "<li>Thêm: bấm phím của nhãn rồi kéo chuột qua chữ. Đổi nhãn: bấm vào vùng, "
    yield "rồi bấm phím của nhãn mới.</li>"
    yield "<li>Vùng có thể nằm trọn trong vùng khác, không được cắt ngang nhau.</li>"
    yield f"<li>{_keys('ctrl+enter')}: nộp bài và sang bài tiếp theo."
    yield "".join(f" {_keys(key)}: {escape(text.lower())}." for key, text in KEYMAP.values())
    yield "</li></ul>"


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
