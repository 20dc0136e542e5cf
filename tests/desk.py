"""What an annotator does at a task page, with a real mouse and a real keyboard."""

from __future__ import annotations

import json
from typing import Any

# Where the characters [start, end) of the task's text stand on the screen; a <br> is one line break.
_LOCATE = """
([start, end]) => {
  const root = document.querySelector('.vv-text .lsf-htx-richtext');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const range = document.createRange();
  let place = 0, begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) { if (node.tagName === 'BR') place += 1; continue; }
    const points = Array.from(node.data);
    const units = (count) => points.slice(0, count).join('').length;
    if (!begun && start < place + points.length) { range.setStart(node, units(start - place)); begun = true; }
    if (begun && end <= place + points.length) { range.setEnd(node, units(end - place)); break; }
    place += points.length;
  }
  range.startContainer.parentElement.scrollIntoView({block: 'center'});
  return Array.from(range.getClientRects()).map((box) => [box.left, box.top, box.right, box.bottom]);
}
"""

# Where the first line of a span stands, after bringing it into sight below the sticky legend.
_FIRST_LINE = """
(node) => {
  node.scrollIntoView({block: 'center'});
  const box = node.getClientRects()[0];
  return [box.left, box.top, box.right, box.bottom];
}
"""


class Desk:
    """A browser page at one task of a project."""

    def __init__(self, page: Any, address: str, project: int) -> None:
        self.page, self.address, self.project = page, address, project

    def open(self, task: int) -> None:
        """Open a task from the project's list, as a link in a chat would."""
        self.page.goto(f"{self.address}/projects/{self.project}/data?task={task}")
        self.ready()

    def start(self) -> None:
        """Open the project and press "Label All Tasks"; the guideline comes up first and is closed."""
        self.page.goto(f"{self.address}/projects/{self.project}/data")
        self.page.get_by_role("button", name="Label All Tasks").click()
        self.ready()

    def ready(self) -> None:
        """Wait until the text of the task stands there."""
        self.page.wait_for_selector(".vv-text .lsf-richtext__line", timeout=60_000)
        self.page.wait_for_timeout(500)
        close = self.page.get_by_label("Close modal")
        if close.count():
            close.first.click()
            close.first.wait_for(state="detached")

    def key(self, shortcut: str) -> None:
        """Press a key or a combination such as "Control+Enter"."""
        self.page.keyboard.press(shortcut)
        self.page.wait_for_timeout(150)

    def label(self, hotkey: str) -> None:
        """Press a label's hotkey as the scheme writes it."""
        self.key(hotkey.replace("shift+", "Shift+"))

    def regions(self) -> list[dict[str, Any]]:
        """The spans that are drawn: {"start", "end", "label"}, offsets as the editor counts them."""
        found = self.page.eval_on_selector_all(
            ".vv-text .htx-highlight",
            "nodes => nodes.map(n => [n.dataset.start, n.dataset.end, n.dataset.label])",
        )
        unique = {json.dumps(item): item for item in found}
        return [
            {"start": int(start), "end": int(end), "label": label.partition(":")[2]}
            for start, end, label in unique.values()
        ]

    def select(self, start: int, end: int) -> None:
        """Click the drawn span that has exactly these edges."""
        span = self.page.locator(f'.vv-text .htx-highlight[data-start="{start}"][data-end="{end}"]').first
        left, top, _, bottom = span.evaluate(_FIRST_LINE)
        self.page.mouse.click(left + 3, (top + bottom) / 2)
        self.page.wait_for_timeout(200)

    def drag(self, start: int, end: int) -> None:
        """Drag the mouse over the characters [start, end) of the text."""
        boxes = self.page.evaluate(_LOCATE, [start, end])
        (left, top, _, bottom), (_, last_top, right, last_bottom) = boxes[0], boxes[-1]
        self.page.mouse.move(left + 1, (top + bottom) / 2)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + last_bottom) / 2, steps=4)
        self.page.mouse.move(right - 1, (last_top + last_bottom) / 2, steps=4)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)

    def submit(self) -> None:
        """Submit with the keys and wait until the server has it."""
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method in ("POST", "PATCH")
        ) as answer:
            self.page.keyboard.press("Control+Enter")
        assert answer.value.ok, answer.value.text()
