"""What a function writes: log frames of the runtime client, and lines on stdout and stderr."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from localcloud.cloudwatch.logs import LogEvent

# type (4), length (4), time in microseconds (8), big-endian: FramedTelemetryLogSink in awslambdaric
_FRAME_HEAD = 16


@dataclass
class FunctionOutput:
    """Cuts the two streams into log events: a frame is one event, and so is a line of stdout."""

    lines: list[LogEvent] = field(default_factory=list)
    _frames: bytearray = field(default_factory=bytearray)
    _text: bytearray = field(default_factory=bytearray)

    def on_frames(self, data: bytes) -> None:
        buffer = self._frames
        buffer += data
        while len(buffer) >= _FRAME_HEAD:
            length = int.from_bytes(buffer[4:8], "big")
            if len(buffer) < _FRAME_HEAD + length:
                return
            micros = int.from_bytes(buffer[8:16], "big")
            message = buffer[_FRAME_HEAD : _FRAME_HEAD + length].decode(errors="replace")
            self.lines.append(LogEvent(micros // 1000, message))
            del buffer[: _FRAME_HEAD + length]

    def on_text(self, data: bytes) -> None:
        self._text += data
        *whole, rest = bytes(self._text).split(b"\n")
        now = int(time.time() * 1000)
        self.lines += [LogEvent(now, line.decode(errors="replace") + "\n") for line in whole]
        self._text = bytearray(rest)

    def take(self) -> list[LogEvent]:
        """All events so far, oldest first; a line without its end counts as one."""
        if self._text:
            self.on_text(b"\n")
        lines, self.lines = self.lines, []
        return sorted(lines, key=lambda line: line.time_ms)
