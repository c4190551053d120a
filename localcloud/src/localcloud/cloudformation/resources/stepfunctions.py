"""AWS Step Functions: state machines."""

from __future__ import annotations

import json
import re

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    lower_first,
    names,
)
from localcloud.cloudformation.templates.template import parse, text_of

_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def _definition(site: Site, props: Props) -> str:
    """The definition's text with DefinitionSubstitutions put in. YAML becomes JSON."""
    if "DefinitionString" in props:
        text = str(props["DefinitionString"])
    elif "Definition" in props:
        text = json.dumps(props["Definition"])
    else:
        where = props["DefinitionS3Location"]
        version = {"VersionId": where["Version"]} if "Version" in where else {}
        answer = site.client("s3").get_object(Bucket=where["Bucket"], Key=where["Key"], **version)
        text = answer["Body"].read().decode()
        if not text.lstrip().startswith("{"):
            text = json.dumps(parse(text))
    values = props.get("DefinitionSubstitutions", {})
    return _SUBSTITUTION.sub(
        lambda match: text_of(values[match[1]]) if match[1] in values else match[0], text
    )


def _settings(site: Site, props: Props) -> Props:
    made: Props = {"definition": _definition(site, props), "roleArn": props["RoleArn"]}
    made |= lower_first(given(props, "LoggingConfiguration", "TracingConfiguration"))
    return made


class StateMachine(ResourceType):
    type = "AWS::StepFunctions::StateMachine"
    named_by = "StateMachineName"
    consumes = names(
        "Definition DefinitionS3Location DefinitionString DefinitionSubstitutions "
        "LoggingConfiguration RoleArn StateMachineName StateMachineType Tags TracingConfiguration"
    )

    def create(self, site: Site, props: Props) -> str:
        tags = {"tags": lower_first(props["Tags"])} if props.get("Tags") else {}
        arn: str = site.client("stepfunctions").create_state_machine(
            name=props.get("StateMachineName") or site.name(80),
            type=props.get("StateMachineType", "STANDARD"),
            **_settings(site, props),
            **tags,
        )["stateMachineArn"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        client = site.client("stepfunctions")
        told = client.describe_state_machine(stateMachineArn=physical_id)
        # "INITIAL" until the first update: the API shows no revision then.
        revision = told.get("revisionId", "INITIAL")
        return {"Arn": physical_id, "Name": told["name"], "StateMachineRevisionId": revision}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client = site.client("stepfunctions")
        if changed(old, new, *(self.consumes - {"Tags"})):
            logging = {"loggingConfiguration": {"level": "OFF"}}
            tracing = {"tracingConfiguration": {"enabled": False}}
            defaults = {
                **(logging if "LoggingConfiguration" in old else {}),
                **(tracing if "TracingConfiguration" in old else {}),
            }
            client.update_state_machine(
                stateMachineArn=physical_id, **{**defaults, **_settings(site, new)}
            )
        if changed(old, new, "Tags"):
            kept = {item["Key"] for item in new.get("Tags", [])}
            dropped = [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept]
            if dropped:
                client.untag_resource(resourceArn=physical_id, tagKeys=dropped)
            if kept:
                client.tag_resource(resourceArn=physical_id, tags=lower_first(new["Tags"]))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("stepfunctions").delete_state_machine,
            "StateMachineDoesNotExist",
            stateMachineArn=physical_id,
        )


TYPES = (StateMachine,)
