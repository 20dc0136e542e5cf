"""Tags of tokens → tags of a tokenizer's pieces, and back; exact wherever `word_ids` are told."""

from __future__ import annotations

from collections.abc import Sequence

IGNORED = -100  # what the loss of PyTorch leaves out


def align(tags: Sequence[int], word_ids: Sequence[int | None]) -> list[int]:
    """The tag of each piece: the first piece of a token has the token's tag, everything else IGNORED."""
    found, previous = [], None
    for word in word_ids:
        first = word is not None and word != previous
        found.append(tags[word] if first else IGNORED)
        previous = word
    return found


def back(pieces: Sequence[int], word_ids: Sequence[int | None], tokens: int, missing: int = 0) -> list[int]:
    """The tag of each of `tokens` tokens from the tags of its pieces: that of its first piece.

    A token that got no piece (cut off at the model's longest input, or nothing the vocabulary keeps) gets
    `missing`.
    """
    tags = [missing] * tokens
    previous = None
    for tag, word in zip(pieces, word_ids, strict=True):
        if word is not None and word != previous:
            tags[word] = tag
        previous = word
    return tags
