"""AWS FIS: experiment templates."""

from __future__ import annotations

import uuid

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    gone,
    lower_first,
    names,
)

_MAPS = names("Parameters Targets ResourceTags")


def _api(props: Props) -> Props:
    """In the API's own spelling; the names of actions and targets and their parameters stay."""
    made: Props = {"description": props["Description"], "roleArn": props["RoleArn"]}
    made["stopConditions"] = lower_first(props["StopConditions"])
    made["targets"] = {name: _member(item) for name, item in props.get("Targets", {}).items()}
    made["actions"] = {name: _member(item) for name, item in props.get("Actions", {}).items()}
    for key in ("LogConfiguration", "ExperimentOptions"):
        made |= lower_first({key: props[key]}) if key in props else {}
    return made


def _member(item: Props) -> Props:
    return {
        key[:1].lower() + key[1:]: value if key in _MAPS else lower_first(value)
        for key, value in item.items()
    }


class ExperimentTemplate(ResourceType):
    type = "AWS::FIS::ExperimentTemplate"
    tags_as_map = True
    consumes = names(
        "Actions Description ExperimentOptions LogConfiguration RoleArn StopConditions Tags Targets"
    )

    def create(self, site: Site, props: Props) -> str:
        made: str = site.client("fis").create_experiment_template(
            clientToken=str(uuid.uuid4()), tags=props.get("Tags", {}), **_api(props)
        )["experimentTemplate"]["id"]
        return made

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        fis = site.client("fis")
        changed = fis.update_experiment_template(id=physical_id, **_api(new))
        arn = changed["experimentTemplate"]["arn"]
        if removed := sorted(old.get("Tags", {}).keys() - new.get("Tags", {}).keys()):
            fis.untag_resource(resourceArn=arn, tagKeys=removed)
        if new.get("Tags"):
            fis.tag_resource(resourceArn=arn, tags=new["Tags"])

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        remove = site.client("fis").delete_experiment_template
        gone(remove, "ResourceNotFoundException", id=physical_id)


TYPES = (ExperimentTemplate,)
