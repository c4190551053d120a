"""Token buckets: ``rate`` requests a second, and bursts of at most ``burst``.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

import threading
from collections.abc import Hashable
from dataclasses import dataclass

from localcloud.clock import Clock


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Throttle:
    """A bucket for each key; requests are work, whose time the time scale does not shorten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[Hashable, _Bucket] = {}

    def admits(self, key: Hashable, rate: float, burst: float) -> bool:
        """Take a token, if there is one."""
        now = self._clock.now()
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(burst, now))
            refill = max(0.0, now - bucket.filled_at) * rate
            bucket.tokens = min(burst, bucket.tokens + refill)
            bucket.filled_at = now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True
