"""Wait: for seconds, or until a time. Scaled by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from localcloud.stepfunctions.expressions import Constant, Template
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.transition import Step


@dataclass(frozen=True)
class Wait(State):
    seconds: Template | None
    timestamp: Template | None

    type_name = "Wait"

    @classmethod
    def parse(cls, context: ParseContext) -> Wait:
        fields = context.fields
        if fields.has("Seconds") == fields.has("Timestamp"):
            message = "Exactly one of these fields is required: [Seconds, Timestamp]"
            fields.report_here(message)
        seconds = fields.integer_template("Seconds", 0, MAX_SECONDS)
        timestamp = fields.template("Timestamp")
        if isinstance(timestamp, Constant) and parse_time(timestamp.value) is None:
            fields.report("Timestamp", "The field 'Timestamp' should be an RFC 3339 timestamp")
        return cls(context.common, seconds, timestamp)

    def run(self, frame: Frame) -> Step:
        frame.branch.sleep(self._duration(frame))
        return self.leave(frame, frame.data, frame.scope())

    def _duration(self, frame: Frame) -> float:
        if self.timestamp is None:
            return frame.number(self.seconds, 0, MAX_SECONDS) or 0.0
        value = frame.evaluate(self.timestamp)
        end = parse_time(value)
        if end is None:
            raise frame.unexpected(self.timestamp, "timestamp", value)
        return max(0.0, end - frame.branch.execution.engine.clock.now())


def parse_time(value: object) -> float | None:
    """Epoch seconds of an RFC 3339 timestamp; the T must be upper-case, and the zone given.

    https://states-language.net/spec.html#timestamps
    """
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.timestamp() if time.tzinfo else None
