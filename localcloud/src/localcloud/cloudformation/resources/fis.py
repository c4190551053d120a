"""AWS FIS: experiment templates."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import names

PROVIDERS = (
    ApiResource(
        type="AWS::FIS::ExperimentTemplate",
        supported=names(
            "Actions Description ExperimentOptions LogConfiguration RoleArn StopConditions Tags "
            "Targets"
        ),
        tags_are_map=True,
        calls=Calls("create_experiment_template", "delete_experiment_template"),
        key="id",
        updates=(Update("update_experiment_template", defaults={"Actions": {}, "Targets": {}}),),
        tagging=Tagging("resourceArn", "arn:aws:fis:{region}:{account}:experiment-template/{id}"),
    ),
)
