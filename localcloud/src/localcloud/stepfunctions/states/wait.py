"""Wait: for seconds, or until a time. Scaled by the clock."""

from __future__ import annotations

from datetime import datetime

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.states.state import CommonFields, ParseContext, State, Step


class Wait(State):
    kind = "Wait"

    def __init__(
        self, common: CommonFields, seconds: Template | None, timestamp: Template | None
    ) -> None:
        super().__init__(common)
        self.seconds = seconds
        self.timestamp = timestamp

    def run(self, frame: Frame) -> Step:
        frame.branch.sleep(self._duration(frame))
        return self.leave(frame, frame.data, frame.scope())

    def _duration(self, frame: Frame) -> float:
        if self.timestamp is None:
            return frame.number(self.seconds, 0, MAX_SECONDS) or 0.0
        value = frame.evaluate(self.timestamp)
        until = parse_time(value)
        if until is None:
            raise frame.unexpected(self.timestamp, "timestamp", value)
        return max(0.0, until - frame.branch.execution.engine.clock.now())


def parse_time(value: object) -> float | None:
    """Epoch seconds of an RFC 3339 timestamp with an upper-case T, as the Amazon States Language
    wants it.
    """
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.timestamp() if time.tzinfo else None


def read(context: ParseContext) -> State:
    fields = context.fields
    if fields.has("Seconds") == fields.has("Timestamp"):
        fields.diagnostics.add(
            fields.location, "Exactly one of these fields is required: [Seconds, Timestamp]"
        )
    seconds = fields.integer_template("Seconds", 0, MAX_SECONDS)
    timestamp = fields.template("Timestamp")
    if timestamp is not None and timestamp.is_constant:
        constant = getattr(timestamp, "value", None)
        if parse_time(constant) is None:
            fields.wrong("Timestamp", "The field 'Timestamp' should be an RFC 3339 timestamp")
    return Wait(context.common, seconds, timestamp)
