"""The two Regions cannot drift apart."""

from __future__ import annotations

from tests.templates.loading import resources, written

PRIMARY, STANDBY, BATCH = "template-primary.yaml", "template-standby.yaml", "templates/batch.yaml"


def _batch(root: str) -> dict[str, object]:
    return resources(root, "AWS::CloudFormation::Stack")["Batch"]


def test_both_roots_nest_the_same_template_with_the_same_parameters() -> None:
    assert _batch(PRIMARY)["TemplateURL"] == BATCH
    assert _batch(PRIMARY) == _batch(STANDBY)


def test_a_root_hands_on_every_parameter_of_the_application() -> None:
    handed_on = _batch(PRIMARY)["Parameters"]
    assert isinstance(handed_on, dict)
    assert set(handed_on) == set(written(BATCH)["Parameters"])
    assert all(f"'Ref': '{name}'" in str(value) for name, value in handed_on.items())


def test_a_root_has_the_defaults_of_the_application() -> None:
    for root in (PRIMARY, STANDBY):
        for name, parameter in written(BATCH)["Parameters"].items():
            own = written(root)["Parameters"][name]
            assert own.get("Default") == parameter.get("Default"), name
            assert own["Type"] == parameter["Type"], name
