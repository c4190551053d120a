"""deployment/arc.sh: the routing controls are set once, and never flipped."""

from __future__ import annotations

from tests.deployment.standins import Shell

CLUSTER = "arn:aws:route53-recovery-control::123456789012:cluster/c"
ARGUMENTS = (CLUSTER, "arn:primary", "arn:secondary")
ENDPOINTS = r"""
case "$*" in *describe-cluster*)
    for region in us-east-1 us-west-2 eu-west-1 ap-northeast-1 ap-southeast-2; do
        printf 'https://x.route53-recovery-cluster.%s.amazonaws.com/v1\t%s\n' $region $region
    done; exit;;
esac
"""


def _answers(primary: str, secondary: str) -> str:
    return f"""{ENDPOINTS}
case "$*" in
    *get-routing-control-state*arn:primary*) echo {primary} ;;
    *get-routing-control-state*arn:secondary*) echo {secondary} ;;
esac"""


def _updates(shell: Shell) -> list[str]:
    return [call for call in shell.calls() if "update-routing-control" in call]


def test_after_the_first_deployment_the_primary_becomes_active_in_one_call(shell: Shell) -> None:
    shell.program("aws", _answers("Off", "Off"))
    assert shell.run("deployment/arc.sh", "begin", *ARGUMENTS).returncode == 0
    (update,) = _updates(shell)
    assert "RoutingControlArn=arn:primary,RoutingControlState=On" in update
    assert "RoutingControlArn=arn:secondary,RoutingControlState=Off" in update


def test_a_deployment_after_a_failover_leaves_the_secondary_active(shell: Shell) -> None:
    shell.program("aws", _answers("Off", "On"))
    assert shell.run("deployment/arc.sh", "begin", *ARGUMENTS).returncode == 0
    assert not _updates(shell)


def test_showing_never_sets(shell: Shell) -> None:
    shell.program("aws", _answers("Off", "Off"))
    done = shell.run("deployment/arc.sh", "show", *ARGUMENTS)
    assert "primary Off, secondary Off" in done.stdout
    assert not _updates(shell)


def test_an_endpoint_that_is_down_is_passed_over(shell: Shell) -> None:
    down = '\ncase "$*" in *us-east-1*|*eu-west-1*) echo down >&2; exit 255;; esac'
    shell.program("aws", ENDPOINTS + down + _answers("On", "Off").removeprefix(ENDPOINTS))
    done = shell.run("deployment/arc.sh", "show", *ARGUMENTS)
    assert "primary On, secondary Off" in done.stdout


def test_all_endpoints_down_is_a_failure(shell: Shell) -> None:
    shell.program("aws", ENDPOINTS + "\necho down >&2; exit 255")
    done = shell.run("deployment/arc.sh", "begin", *ARGUMENTS)
    assert done.returncode != 0
    assert "no endpoint" in done.stderr


def test_the_endpoints_come_in_one_order_so_that_a_deployment_changes_nothing(shell: Shell) -> None:
    shell.program("aws", ENDPOINTS)
    seen = {shell.run("deployment/arc.sh", "endpoints", CLUSTER).stdout for _ in range(3)}
    (listed,) = seen
    assert [one.split("=")[0] for one in listed.strip().split(",")] == [
        "ap-northeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "us-east-1",
        "us-west-2",
    ]
    assert "eu-west-1=https://x.route53-recovery-cluster.eu-west-1.amazonaws.com/v1" in listed


def test_what_it_does_not_understand_it_explains_and_does_not_do(shell: Shell) -> None:
    shell.program("aws", _answers("Off", "Off"))
    for arguments in ((), ("flip", *ARGUMENTS), ("begin", CLUSTER)):
        done = shell.run("deployment/arc.sh", *arguments)
        assert done.returncode == 2
        assert "arc.sh begin" in done.stderr
    assert not _updates(shell)
