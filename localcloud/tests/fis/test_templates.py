"""Experiment templates: what is valid, how they are listed, tagged and changed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fis.conftest import EAST, Lab, disrupt, subnets, wait


def test_a_template_is_found_by_its_name_tag_as_the_cli_query_does(lab: Lab) -> None:
    template = lab.template({"a": wait()}, tags={"Name": "X"})
    lab.template({"a": wait()}, tags={"Name": "Y"})
    templates = lab.fis.list_experiment_templates()["experimentTemplates"]
    # --query 'experimentTemplates[?tags.Name==`X`].{id: id}'
    assert [item["id"] for item in templates if item["tags"]["Name"] == "X"] == [template]


def test_a_template_has_its_parameters_and_defaults(lab: Lab) -> None:
    template = lab.template({"a": disrupt("s3")}, subnets(resourceTags={"a": "b"}))
    view = lab.fis.get_experiment_template(id=template)["experimentTemplate"]
    assert view["arn"] == f"arn:aws:fis:{EAST}:123456789012:experiment-template/{template}"
    assert view["actions"]["a"] == disrupt("s3")
    assert view["experimentOptions"]["emptyTargetResolutionMode"] == "fail"


def test_options_other_than_the_default_are_not_emulated(lab: Lab) -> None:
    with pytest.raises(ClientError, match=r"does not emulate .* emptyTargetResolutionMode skip"):
        lab.template({"a": wait()}, experimentOptions={"emptyTargetResolutionMode": "skip"})


def test_a_template_can_be_changed_tagged_and_deleted(lab: Lab) -> None:
    template = lab.template({"a": wait()})
    lab.fis.update_experiment_template(id=template, description="new")
    view = lab.fis.get_experiment_template(id=template)["experimentTemplate"]
    assert (view["description"], view["actions"]["a"]) == ("new", wait())
    lab.fis.tag_resource(resourceArn=view["arn"], tags={"k": "v", "l": "w"})
    lab.fis.untag_resource(resourceArn=view["arn"], tagKeys=["l"])
    assert lab.fis.list_tags_for_resource(resourceArn=view["arn"])["tags"] == {"k": "v"}
    lab.fis.delete_experiment_template(id=template)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lab.fis.get_experiment_template(id=template)


@pytest.mark.parametrize(
    ("actions", "targets", "words"),
    [
        ({}, None, "at least one action"),
        ({"a": wait("PT59S")}, None, "must be from PT1M to PT12H"),
        ({"a": wait("soon")}, None, "must be from PT1M to PT12H"),
        ({"a": wait(), "b": wait(startAfter=["a"])}, None, "does not emulate startAfter"),
        ({"a": disrupt("s3")}, None, "the target subnets, which does not exist"),
        ({"a": disrupt("moon")}, subnets(resourceTags={"a": "b"}), "moon of scope is not valid"),
        ({"a": disrupt("s3")}, subnets(), "either resource ARNs or resource tags"),
        (
            {"a": disrupt("s3")},
            subnets(resourceTags={"a": "b"}, selectionMode="SOME"),
            "selection mode SOME",
        ),
        (
            {"a": disrupt("s3")},
            {"subnets": {"resourceType": "aws:s3:bucket", "selectionMode": "ALL",
                         "resourceTags": {"a": "b"}}},
            "does not emulate the resource type aws:s3:bucket",
        ),
        (
            {"a": disrupt("s3")},
            subnets(resourceTags={"a": "b"}, selectionMode="COUNT(1)"),
            r"does not emulate the selection mode COUNT\(1\)",
        ),
        (
            {"a": disrupt("s3")},
            subnets(resourceTags={"a": "b"}, filters=[{"path": "VpcId", "values": ["v"]}]),
            "does not emulate filters of FIS",
        ),
        ({"a": disrupt("prefix-list")}, subnets(resourceTags={"a": "b"}), "does not emulate"),
        ({"a": {"actionId": "aws:rds:failover-db-cluster"}}, None, "aws:rds:failover-db-cluster"),
        (
            {"a": {"actionId": "aws:s3:bucket-pause-replication"}},
            None,
            "does not emulate the FIS action aws:s3:bucket-pause-replication",
        ),
    ],
)  # fmt: skip
def test_a_template_that_cannot_run_is_refused(
    lab: Lab, actions: Any, targets: Any, words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        lab.template(actions, targets)
