"""Work that kills its process on demand; imported by worker processes."""

import os
import time
from collections.abc import Sequence


def double(settings: str, items: Sequence[int]) -> list[str]:
    """Each item doubled as text; a negative item ends the process as the kernel's OOM killer would."""
    if any(item < 0 for item in items):
        os._exit(9)
    time.sleep(0.01)
    return [f"{settings}{item * 2}" for item in items]


def killed(item: int) -> str:
    """What stands in the place of an item that killed its process."""
    return f"killed {item}"
