"""What an annotator does at a task page, with a real mouse and a real keyboard."""

from __future__ import annotations

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

_PARTS = """
(nodes) => nodes.map((node) => [
  Array.from(node.classList).find((name) => name.startsWith('htx-highlight-')),
  node.dataset.start, node.dataset.end, node.dataset.label])
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
        parts = self.page.eval_on_selector_all(".vv-text .htx-highlight", _PARTS)
        whole: dict[str, dict[str, str]] = {}
        for region, *values in parts:  # a span drawn over others has parts: the first knows its start …
            known = whole.setdefault(region, {})
            known |= {
                name: value for name, value in zip(("start", "end", "label"), values, strict=True) if value
            }
        found = [
            {"start": int(item["start"]), "end": int(item["end"]), "label": item["label"].partition(":")[2]}
            for item in whole.values()
        ]
        return sorted(found, key=lambda item: (item["start"], -item["end"]))

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

    def move_edge(self, side: str, place: int) -> None:
        """Drag the left or right edge of the selected span to the character at `place`."""
        (box,) = self.page.evaluate(_LOCATE, [place, place + 1])[:1]
        at = self.page.locator(f".vv-text .__resize_{side}").first.bounding_box()
        target = box[2] - 1 if side == "right" else box[0] + 1
        self.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        self.page.mouse.down()
        for nudge in (1, 2, 3):  # a hand starts slowly; the editor takes two moves to take hold
            self.page.mouse.move(at["x"] + at["width"] / 2 + nudge, at["y"] + at["height"] / 2)
            self.page.wait_for_timeout(60)
        self.page.mouse.move(target, (box[1] + box[3]) / 2, steps=25)
        self.page.wait_for_timeout(60)
        self.page.mouse.up()
        self.page.wait_for_timeout(300)

    def value(self) -> str | None:
        """What the value box of the selected span says, None when it is not there."""
        box = self.page.locator(".vv-value").locator("visible=true")
        if not box.count():
            return None
        return str(box.locator("[data-testid=htx-textbox-content]").last.inner_text())

    def correct(self, value: str) -> None:
        """Type another value for the selected number: Shift+Tab into the box, Enter out of it."""
        self.key("Shift+Tab")
        self.page.keyboard.insert_text(value)
        self.key("Enter")

    def note(self, text: str) -> None:
        """Write a note about the document, then leave the field."""
        self.page.locator(".vv-foot textarea").fill(text)
        self.page.locator(".vv-head").click()

    def skip(self) -> None:
        """Skip with the keys and wait until the server has it."""
        self._send("Alt+Enter")

    def compose(self, letter: str, composed: str) -> None:
        """What a browser sees of an input method that composes: key code 229, then composition events."""
        client = self.page.context.new_cdp_session(self.page)
        key = {"windowsVirtualKeyCode": 229, "key": "Process", "code": f"Key{letter.upper()}"}
        client.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
        client.send("Input.imeSetComposition", {"text": letter, "selectionStart": 1, "selectionEnd": 1})
        client.send("Input.insertText", {"text": composed})
        client.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
        client.detach()

    def submit(self) -> None:
        """Submit with the keys and wait until the server has it."""
        self._send("Control+Enter")

    def _send(self, shortcut: str) -> None:
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method in ("POST", "PATCH")
        ) as answer:
            self.page.keyboard.press(shortcut)
        assert answer.value.ok, answer.value.text()
