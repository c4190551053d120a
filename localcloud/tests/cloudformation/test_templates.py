"""Reading the text of a template."""

from __future__ import annotations

import pytest

from localcloud.cloudformation.templates.template import load
from localcloud.gateway.errors import ApiError

RESOURCE = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: %s}}}"


def _display_name(yaml: str) -> object:
    return load(RESOURCE % yaml)["Resources"]["Topic"]["Properties"]["DisplayName"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub 'x${A}'", {"Fn::Sub": "x${A}"}),
        (
            "!Join [',', [!Ref A, !GetAZs '']]",
            {"Fn::Join": [",", [{"Ref": "A"}, {"Fn::GetAZs": ""}]]},
        ),
        ("!If [C, a, !Ref AWS::NoValue]", {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}),
        ("!Not [!Condition C]", {"Fn::Not": [{"Condition": "C"}]}),
        ("{Fn::Transform: {Name: N}}", {"Fn::Transform": {"Name": "N"}}),
    ],
)
def test_a_short_form_means_its_long_form(short: str, long: object) -> None:
    assert _display_name(short) == long


def test_a_date_stays_a_string() -> None:
    assert _display_name("2012-10-17") == "2012-10-17"


def test_json_is_a_template_too() -> None:
    assert load('{"Resources": {"A": {"Type": "T"}}}') == {"Resources": {"A": {"Type": "T"}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: {", "Template format error: YAML not well-formed. (line 2, column 1)"),
        ("just text", "Template format error: unsupported structure."),
        (
            "Resources: {}",
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            "Resource: {}\nResources: {A: {Type: T}}",
            "Invalid template property or properties [Resource]",
        ),
    ],
)
def test_a_text_that_is_no_template_is_refused(text: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        load(text)
    assert (caught.value.code, caught.value.message) == ("ValidationError", message)
