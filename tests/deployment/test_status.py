"""deployment/deployer/status.py: shows what can be learned, also while a Region is down."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest

from deployment.deployer import status
from deployment.deployer.active_region import FunctionFailed
from deployment.deployer.errors import DeployError
from deployment.deployer.routing_controls import RoutingControls
from deployment.deployer.status import show_status
from tests.deployment.fakes import FakeAws, error, failing, plan

MRAP = "arn:aws:s3::123456789012:accesspoint/m.mrap"
OUTPUTS = {
    "ClusterArn": "cluster",
    "PrimaryControlArn": "p",
    "SecondaryControlArn": "s",
    "MrapArn": MRAP,
}


def deployed() -> FakeAws:
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
    stack = {"StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}
    return FakeAws(
        cloudformation={"describe_stacks": lambda **_: {"Stacks": [stack]}},
        sts={"get_caller_identity": lambda: {"Account": "123456789012"}},
    )


@pytest.fixture(autouse=True)
def _parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are a word each; one of them asks for the active Region."""
    for name, word in (("replication_lag_lines", "lag"), ("unfinished_files_lines", "files")):
        monkeypatch.setattr(status, name, lambda *args, w=word: [f"{w} {args[-1]}"])
    monkeypatch.setattr(status, "waiting_chunks_lines", lambda *args: [f"chunks {list(args[-1])}"])
    monkeypatch.setattr(RoutingControls, "describe", lambda _: "controls")
    monkeypatch.setattr(status, "active_region", lambda *_: "eu-west-1")


def test_every_part_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_status(deployed(), plan())
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:2] == [
        "batch-foundation-x eu-west-1 UPDATE_COMPLETE",
        "batch-foundation-x eu-central-1 UPDATE_COMPLETE",
    ]
    assert lines[6:] == [
        f"Multi-Region Access Point: {MRAP}",
        "controls",
        "DNS in eu-west-1: active is eu-west-1",
        "DNS in eu-central-1: active is eu-west-1",
        "lag 123456789012",
        "chunks ['eu-west-1', 'eu-central-1']",
        "files 123456789012",
    ]


def test_before_the_first_deployment_only_the_stacks_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def describe(**_params: Any) -> Any:
        raise error("ValidationError", "Stack with id s does not exist")

    show_status(FakeAws(cloudformation={"describe_stacks": describe}), plan())
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["MISSING"] * 6


def test_a_part_that_fails_does_not_hide_the_later_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_controls: Any) -> None:
        raise DeployError("no endpoint answers")

    monkeypatch.setattr(RoutingControls, "describe", fail)
    with pytest.raises(DeployError, match="no endpoint answers"):
        show_status(deployed(), plan())
    assert "files 123456789012" in capsys.readouterr().out


@pytest.mark.parametrize("failure", [FunctionFailed("no settings"), error("Down", "down")])
def test_a_region_whose_dns_cannot_be_asked_is_unknown(
    failure: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> str:
        raise failure

    monkeypatch.setattr(status, "active_region", fail)
    show_status(deployed(), plan())
    assert "DNS in eu-west-1: active is unknown" in capsys.readouterr().out


def test_a_region_whose_stacks_cannot_be_asked_is_named_and_the_files_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = deployed()
    aws.services["cloudformation"] = {"describe_stacks": failing("Down", "no answer")}
    show_status(aws, plan())
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("batch-foundation-x eu-west-1 does not answer: ")
    assert lines[6] == (
        "routing controls: not shown, since batch-global-x in us-west-2 does not answer"
    )
    assert lines[-1] == "files 123456789012"


def test_the_parts_are_asked_at_the_same_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of these two answers before the other one is asked."""
    both = Barrier(2)

    def answer(*_: Any) -> list[str]:
        both.wait(30)
        return ["together"]

    monkeypatch.setattr(status, "replication_lag_lines", answer)
    monkeypatch.setattr(status, "unfinished_files_lines", answer)
    show_status(deployed(), plan())
    assert capsys.readouterr().out.count("together") == 2


def test_each_stack_is_described_once() -> None:
    aws = deployed()
    show_status(aws, plan())
    assert len(aws.called("describe_stacks")) == 6
