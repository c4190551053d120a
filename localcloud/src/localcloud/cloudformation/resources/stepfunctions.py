"""AWS Step Functions: state machines."""

import json
import re

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.cloudformation.templates.template import parse, text_of

_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_DEFINITION = "Definition DefinitionS3Location DefinitionString DefinitionSubstitutions"


class StateMachine(ApiResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        return {**context.properties, "Definition": _definition(context)}


def _definition(context: ResourceContext) -> str:
    """The definition's text with DefinitionSubstitutions put in. YAML becomes JSON."""
    properties = context.properties
    if "DefinitionString" in properties:
        text = str(properties["DefinitionString"])
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        text = read_s3_location(context, properties["DefinitionS3Location"])
        if not text.lstrip().startswith("{"):
            text = json.dumps(parse(text))
    values = properties.get("DefinitionSubstitutions", {})
    return _SUBSTITUTION.sub(
        lambda match: text_of(values[match[1]]) if match[1] in values else match[0], text
    )


def read_s3_location(context: ResourceContext, location: Properties) -> str:
    """The text of an object that a property refers to by Bucket, Key and perhaps Version."""
    version = {"VersionId": location["Version"]} if "Version" in location else {}
    answer = context.client("s3").get_object(
        Bucket=location["Bucket"], Key=location["Key"], **version
    )
    return str(answer["Body"].read().decode())


PROVIDERS = (
    StateMachine(
        type="AWS::StepFunctions::StateMachine",
        supported=names(
            f"{_DEFINITION} LoggingConfiguration RoleArn StateMachineName StateMachineType Tags "
            "TracingConfiguration"
        ),
        calls=Calls("create_state_machine", "delete_state_machine", "describe_state_machine"),
        missing="StateMachineDoesNotExist",
        key="stateMachineArn",
        unique_name="StateMachineName",
        name_limit=80,
        renamed={"StateMachineName": "name", "StateMachineType": "type"},
        updates=(
            Update(
                "update_state_machine",
                f"{_DEFINITION} RoleArn LoggingConfiguration TracingConfiguration",
                {
                    "LoggingConfiguration": {"Level": "OFF"},
                    "TracingConfiguration": {"Enabled": False},
                },
                sends_all=True,
            ),
        ),
        tagging=Tagging("resourceArn"),
        attributes={"Arn": "{id}"},
        # Until the first update the API shows no revision.
        described="{Name: name, StateMachineRevisionId: revisionId || 'INITIAL'}",
    ),
)
