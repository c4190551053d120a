"""What AWS would bill: units that the services count, as sums. It knows no prices."""

from localcloud.usage.usage import Span, Usage

__all__ = ["Span", "Usage"]
