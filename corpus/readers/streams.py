"""Bytes of a file, decompressed by content, in pieces of bounded size."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from corpus.errors import BadRecord

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
PIECE = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The decompressed bytes of `path`, streaming.

    Raises BadRecord `unreadable` when it can't be opened or read and `truncated` when compressed data
    ends before its end mark.
    """
    import zstandard

    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic.startswith(GZIP):
                with gzip.open(raw) as stream:
                    yield stream  # type: ignore[misc]
            elif magic == ZSTD:
                yield io.BufferedReader(_Zstandard(raw), PIECE)
            else:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        raise BadRecord(
            "truncated", f"{path}: compressed data is damaged or cut off ({error}); fetch the file again"
        ) from None
    except OSError as error:
        raise BadRecord("unreadable", f"{path}: can't be read ({error.strerror or error})") from None


class _Zstandard(io.RawIOBase):
    """Zstandard frames, read in turn; a frame that is cut off raises EOFError instead of ending early."""

    def __init__(self, raw: IO[bytes]) -> None:
        import zstandard

        self._raw = raw
        self._new = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj
        self._frame = self._new()
        self._inside = False
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = self._raw.read(PIECE // 8)
            if not data:
                if self._inside:
                    raise EOFError("the last frame has no end")
                return 0
            self._ready = b"".join(self._decompressed(data))
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _decompressed(self, data: bytes) -> Iterator[bytes]:
        while data:
            self._inside = True
            yield self._frame.decompress(data)
            data = b""
            if self._frame.eof:
                data, self._inside = self._frame.unused_data, False
                self._frame = self._new()


def lines(stream: IO[bytes], longest: int) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, line without its end); None in place of a line of more than `longest` bytes."""
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if len(line) > longest and not line.endswith(b"\n"):
            while (rest := stream.readline(PIECE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line.rstrip(b"\r\n")
