"""The commands ``outage`` and ``fault``, carried out."""

from localcloud.control import BadCommand, Command
from localcloud.faults.effects import Cut, Delay, Effect, Refuse
from localcloud.faults.switch import Faults, Match


def execute(faults: Faults, command: Command) -> list[str]:
    """Return the lines that a command prints. Raises BadCommand, or ValueError for a wrong name."""
    kind, outages = command["command"], faults.outages
    if kind == "add":
        return [faults.add(Match(**command["match"]), _effect(command["effect"]))]
    if kind == "outage":
        (outages.begin if command["state"] == "on" else outages.end)(command["region"])
    elif kind == "remove":
        _remove(faults, command["id"])
    elif kind != "list":
        raise BadCommand(f"There is no command {kind}.")
    regions = [f"{region} is out" for region in sorted(outages.regions)]
    return regions + [f"{rule.id}: {rule.effect}: {rule.condition}" for rule in faults.rules]


def _remove(faults: Faults, rule_id: str) -> None:
    if rule_id == "all":
        for rule in faults.rules:
            faults.remove(rule.id)
    elif not faults.remove(rule_id):
        raise BadCommand(f"There is no fault {rule_id}.")


def _effect(words: list[str]) -> Effect:
    match words:
        case ["delay", seconds]:
            return Delay(float(seconds))
        case ["refuse", answer]:
            code, _, status = answer.partition(":")
            return Refuse(code, int(status or 503))
    return Cut()
