"""What the commands ``outage`` and ``fault`` do to the switch."""

from __future__ import annotations

from localcloud.control import BadCommand, Command
from localcloud.faults.effects import Cut, Delay, Effect, Refuse
from localcloud.faults.switch import Faults, Match


def execute(faults: Faults, command: Command) -> list[str]:
    """What a command prints, one line an item. Raises BadCommand."""
    kind = command["command"]
    if kind == "add":
        return [faults.add(Match(**command["match"]), _effect(command["effect"]))]
    if kind == "outage":
        (faults.outage if command["state"] == "on" else faults.recover)(command["region"])
    elif kind == "remove":
        _remove(faults, command["id"])
    elif kind != "list":
        raise BadCommand(f"There is no command {kind}.")
    out = [f"{region} is out" for region in sorted(faults.regions_out)]
    return out + [f"{rule.id}: {rule.effect}: {rule.condition}" for rule in faults.rules]


def _remove(faults: Faults, wanted: str) -> None:
    if wanted == "all":
        for rule in faults.rules:
            faults.remove(rule.id)
    elif not faults.remove(wanted):
        raise BadCommand(f"There is no fault {wanted}.")


def _effect(words: list[str]) -> Effect:
    kind, *rest = words
    if kind == "delay":
        return Delay(float(rest[0]))
    if kind == "refuse":
        code, _, status = rest[0].partition(":")
        return Refuse(code, int(status or 503))
    return Cut()
