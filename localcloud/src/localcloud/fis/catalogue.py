"""The actions of experiments: their parameters, targets and effects.

https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localcloud.fis import network
from localcloud.fis.role import Run, Undo


@dataclass(frozen=True)
class ActionKind:
    """``begin`` starts the effect; ``target``: its name in the action; ``check`` raises ApiError.

    ``more_parameters``: those beside the duration, and whether they are required.
    """

    begin: Callable[[Run], Undo]
    target: str | None = None
    more_parameters: Mapping[str, bool] = field(default_factory=dict)
    check: Callable[[dict[str, str]], None] = lambda _: None

    @property
    def parameters(self) -> dict[str, bool]:
        return {"duration": True, **self.more_parameters}


CATALOGUE = {
    "aws:fis:wait": ActionKind(lambda _: lambda: None),
    "aws:network:disrupt-connectivity": ActionKind(
        network.begin, "Subnets", {"scope": True, "prefixListIdentifier": False}, network.check
    ),
}
