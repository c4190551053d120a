"""The output of a function: log frames of the runtime client, and lines on stdout and stderr."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from localcloud.cloudwatch.logs import LogEvent

# type (4), length (4), time in microseconds (8), big-endian: FramedTelemetryLogSink in awslambdaric
_HEADER_BYTES = 16


@dataclass
class FunctionOutput:
    """Cuts the two streams into log events: a frame is one event, and so is a line of stdout."""

    lines: list[LogEvent] = field(default_factory=list)
    _frames: bytearray = field(default_factory=bytearray)
    _text: bytearray = field(default_factory=bytearray)

    def on_frames(self, data: bytes) -> None:
        buffer = self._frames
        buffer += data
        while len(buffer) >= _HEADER_BYTES:
            length = int.from_bytes(buffer[4:8], "big")
            if len(buffer) < _HEADER_BYTES + length:
                return
            micros = int.from_bytes(buffer[8:16], "big")
            message = buffer[_HEADER_BYTES : _HEADER_BYTES + length].decode(errors="replace")
            self.lines.append(LogEvent(micros // 1000, message))
            del buffer[: _HEADER_BYTES + length]

    def on_text(self, data: bytes) -> None:
        self._text += data
        *lines, incomplete = bytes(self._text).split(b"\n")
        now = int(time.time() * 1000)
        self.lines += [LogEvent(now, line.decode(errors="replace") + "\n") for line in lines]
        self._text = bytearray(incomplete)

    def take(self) -> list[LogEvent]:
        """Remove and return all events, oldest first, with an incomplete last line."""
        if self._text:
            self.on_text(b"\n")
        lines, self.lines = self.lines, []
        return sorted(lines, key=lambda line: line.time_ms)
