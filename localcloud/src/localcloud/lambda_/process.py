"""Processes of sandboxes: started from one thread, their use of memory, their output."""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.limits import MIB

_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")
# type (4), length (4), time in microseconds (8), big-endian: FramedTelemetryLogSink in awslambdaric
_HEADER_BYTES = 16
_STATUS_BYTES = 1 << 13


class ProcessStarter:
    """Starts processes from one thread that lives as long as the cloud.

    PR_SET_PDEATHSIG, which the sandboxes set, fires at the end of the *thread* that forked them
    (prctl(2)): a worker thread of a web server must therefore not fork them itself.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lambda-starter")

    def start(
        self, command: list[str], environment: dict[str, str], folder: Path, output: int, keep: int
    ) -> subprocess.Popen[bytes]:
        """``output`` becomes stdout and stderr; the descriptor ``keep`` stays open in the child."""
        return self._thread.submit(
            subprocess.Popen[bytes],
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[keep],
            start_new_session=True,
        ).result()

    def close(self) -> None:
        self._thread.shutdown()


class PeakMemory:
    """The largest resident set size of a process so far, also after its end; 0 without /proc."""

    def __init__(self, pid: int) -> None:
        self._latest = 0
        self._file: int | None = None
        with suppress(OSError):
            self._file = os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)

    def peak_mb(self) -> int:
        if self._file is not None:
            with suppress(OSError):  # the process has ended
                if match := _PEAK.search(os.pread(self._file, _STATUS_BYTES, 0)):
                    self._latest = int(match[1]) * 1024 // MIB
        return self._latest

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


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
