"""The label scheme → Label Studio's labelling interface (XML) and its task list.

All labels sit in one `Labels` control.  With one control per layer Label Studio lets a region carry a
label of each, and a name that is relabelled as a number would keep both.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from typing import Any
from xml.sax.saxutils import quoteattr

from labeling.scheme import Label, Scheme

CONTROL = "label"
OBJECT = "text"
VALUE = "value"  # what a number says, at its region
NOTE = "note"
DISCUSS = "discuss"
REJECT = "reject"
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

_DATA = ("key", "round", "document", "digest", "title", "meta", "reference", "text", "part", "part_digest")
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

_LABEL_STYLE = (
    '.vv-text .htx-highlight[data-label$=":{name}"]:not(.__active):not(.__hidden)'
    " {{ background-color: {color}38 !important; box-shadow: 0 2px 0 {color}; }}\n"
)


def _style(scheme: Scheme) -> str:
    page = resources.files("labeling.studio").joinpath("page.css").read_text("utf-8")
    return page + "".join(_LABEL_STYLE.format(name=label.name, color=label.color) for label in scheme.labels)


def build_config(scheme: Scheme) -> str:
    """The labelling interface for the labels of `scheme`, with their colours, hotkeys and hints."""
    groups = "\n".join(_group(scheme, layer, title) for layer, title in LAYERS)
    numbers = ",".join(label.name for label in scheme.labels if label.layer == "numbers")
    return f"""<View>
  <Style>{escape(_style(scheme), quote=False)}</Style>
  <View className="vv-head"><Header value="$title" size="5" underline="false"/></View>
  <View className="vv-meta"><HyperText name="meta" value="$meta" clickableLinks="true" inline="true"/></View>
  <View className="vv-legend">
    <Labels name="{CONTROL}" toName="{OBJECT}" showInline="true">
{groups}
    </Labels>
    <View className="vv-value" visibleWhen="region-selected" whenLabelValue="{numbers}">
      <TextArea name="{VALUE}" toName="{OBJECT}" perRegion="true" editable="true"
        maxSubmissions="2" rows="1" placeholder="Shift+Tab: sửa giá trị"/>
    </View>
  </View>
  <View className="vv-text"><Text name="{OBJECT}" value="$text" granularity="word"/></View>
  <View className="vv-foot">
{_reasons(scheme, DISCUSS, "Cần trao đổi", "multiple")}
{_reasons(scheme, REJECT, "Loại bài này vì", "single")}
    <Header value="Ghi chú" size="5" underline="false"/>
    <TextArea name="{NOTE}" toName="{OBJECT}" rows="2" maxSubmissions="1" editable="true"
      placeholder="Ghi chú về bài này"/>
  </View>
</View>
"""


def _group(scheme: Scheme, layer: str, title: str) -> str:
    labels = "\n".join(_label(label) for label in scheme.labels if label.layer == layer)
    return f'      <View className="vv-group">\n{labels}\n      </View>'


def _reasons(scheme: Scheme, kind: str, title: str, choice: str) -> str:
    choices = "\n".join(
        f"      <Choice value={quoteattr(reason.vi)} alias={quoteattr(reason.name)}"
        f" hotkey={quoteattr(reason.hotkey)}/>"
        for reason in scheme.reasons
        if reason.kind == kind
    )
    return f"""    <Header value={quoteattr(title)} size="5" underline="false"/>
    <Choices name="{kind}" toName="{OBJECT}" choice="{choice}" layout="inline">
{choices}
    </Choices>"""


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
