"""The operations of FIS. What is not here is an error that names it."""

from __future__ import annotations

import secrets
import string
import threading
from typing import Any

from localcloud.cloud import Cloud
from localcloud.fis.catalogue import CATALOGUE, RESOURCE_TYPES, action_view
from localcloud.fis.experiment import ENDED, Experiment
from localcloud.fis.templates import Template, checked
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service

Answer = dict[str, Any]


def _invalid_token(_: str) -> ApiError:
    return ApiError("ValidationException", "The next token is not valid.", 400)


class Fis(Service):
    service = "fis"
    pager = Pager(100, _invalid_token, largest=100)

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._templates: dict[tuple[str, str], Template] = {}  # by Region and id
        self._experiments: dict[tuple[str, str], Experiment] = {}
        self._tokens: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}

    # Templates

    def create_experiment_template(self, call: Call, **params: Any) -> Answer:
        with self._lock:
            known = self._same(call, params)
            if known is None:
                body, now = checked(params), self._cloud.clock.now()
                made = Template(_new_id("EXT"), "", body, now, now, dict(params.get("tags") or {}))
                made.arn = self._arn(call, "experiment-template", made.id)
                self._templates[call.region, made.id] = made
                known = self._remember(call, params, made.id)
            return {"experimentTemplate": self._template(call, known).view()}

    def get_experiment_template(self, call: Call, **params: Any) -> Answer:
        return {"experimentTemplate": self._template(call, params["id"]).view()}

    def update_experiment_template(self, call: Call, **params: Any) -> Answer:
        template = self._template(call, params.pop("id"))
        template.body = checked({**template.body, **params})
        template.updated = self._cloud.clock.now()
        return {"experimentTemplate": template.view()}

    def delete_experiment_template(self, call: Call, **params: Any) -> Answer:
        template = self._template(call, params["id"])
        del self._templates[call.region, template.id]
        return {"experimentTemplate": template.view()}

    def list_experiment_templates(self, call: Call) -> Answer:
        found = [one.summary() for (region, _), one in self._templates.items()
                 if region == call.region]  # fmt: skip
        return {"experimentTemplates": found}

    # Experiments

    def start_experiment(self, call: Call, **params: Any) -> Answer:
        with self._lock:
            known = self._same(call, params)
            if known is None:
                template = self._template(call, params["experimentTemplateId"])
                mode = params.get("experimentOptions", {}).get("actionsMode", "run-all")
                made = Experiment(
                    self._cloud, _new_id("EXP"), call.region, template,
                    dict(params.get("tags") or {}), mode,
                )  # fmt: skip
                self._experiments[call.region, made.id] = made
                known = self._remember(call, params, made.id)
                answer = {"experiment": made.view()}
                made.start()
                return answer
        return {"experiment": self._experiment(call, known).view()}

    def get_experiment(self, call: Call, **params: Any) -> Answer:
        return {"experiment": self._experiment(call, params["id"]).view()}

    def stop_experiment(self, call: Call, **params: Any) -> Answer:
        experiment = self._experiment(call, params["id"])
        if experiment.status in ENDED:
            raise ApiError(
                "ValidationException", f"The experiment has ended: {experiment.status}.", 400
            )
        experiment.stop()
        return {"experiment": experiment.view()}

    def list_experiments(self, call: Call, **params: Any) -> Answer:
        wanted = params.get("experimentTemplateId")
        found = [one.summary() for (region, _), one in self._experiments.items()
                 if region == call.region and wanted in (None, one.template_id)]  # fmt: skip
        return {"experiments": found}

    def list_experiment_resolved_targets(self, call: Call, **params: Any) -> Answer:
        experiment = self._experiment(call, params["experimentId"])
        types = experiment.view()["targets"]
        found = [
            {
                "resourceType": types[name]["resourceType"],
                "targetName": name,
                "targetInformation": {"arn": arn},
            }
            for name, arns in experiment.resolved().items()
            for arn in arns
            if params.get("targetName") in (None, name)
        ]
        return {"resolvedTargets": found}

    # Actions, resource types, tags

    def list_actions(self, call: Call) -> Answer:
        account = self._cloud.settings.account_id
        found = [action_view(kind, call.region, account) for kind in CATALOGUE.values()]
        for one in found:
            del one["parameters"]
        return {"actions": found}

    def get_action(self, call: Call, **params: Any) -> Answer:
        kind = CATALOGUE.get(params["id"])
        if kind is None:
            raise _not_found(f"Action {params['id']}")
        return {"action": action_view(kind, call.region, self._cloud.settings.account_id)}

    def get_target_resource_type(self, _: Call, **params: Any) -> Answer:
        kind = params["resourceType"]
        if kind not in RESOURCE_TYPES:
            raise _not_found(f"Target resource type {kind}")
        shown = {"resourceType": kind, "description": RESOURCE_TYPES[kind], "parameters": {}}
        return {"targetResourceType": shown}

    def list_target_resource_types(self, _: Call) -> Answer:
        found = [
            {"resourceType": kind, "description": text} for kind, text in RESOURCE_TYPES.items()
        ]
        return {"targetResourceTypes": found}

    def tag_resource(self, call: Call, **params: Any) -> Answer:
        self._tagged(call, params["resourceArn"]).update(params["tags"])
        return {}

    def untag_resource(self, call: Call, **params: Any) -> Answer:
        tags = self._tagged(call, params["resourceArn"])
        for key in params.get("tagKeys") or list(tags):
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call, **params: Any) -> Answer:
        return {"tags": self._tagged(call, params["resourceArn"])}

    def experiment(self, region: str, experiment_id: str) -> Experiment:
        """For tests and demonstrations, which may ``join`` it. KeyError if there is none."""
        return self._experiments[region, experiment_id]

    def close(self) -> None:
        running = [one for one in self._experiments.values() if one.status not in ENDED]
        for experiment in running:
            experiment.stop()
        for experiment in running:
            experiment.join(timeout=5)

    def _tagged(self, call: Call, arn: str) -> dict[str, str]:
        everything: list[Template | Experiment] = list(self._templates.values())
        everything += self._experiments.values()
        found = next((one for one in everything if one.arn == arn), None)
        if found is None or arn.split(":")[3] != call.region:
            raise _not_found(f"Resource {arn}")
        return found.tags

    def _template(self, call: Call, template_id: str) -> Template:
        if (call.region, template_id) not in self._templates:
            raise _not_found(f"Experiment template {template_id}")
        return self._templates[call.region, template_id]

    def _experiment(self, call: Call, experiment_id: str) -> Experiment:
        if (call.region, experiment_id) not in self._experiments:
            raise _not_found(f"Experiment {experiment_id}")
        return self._experiments[call.region, experiment_id]

    def _same(self, call: Call, params: dict[str, Any]) -> str | None:
        """What the same request has made already."""
        known = self._tokens.get((call.region, params["clientToken"]))
        if known is None:
            return None
        if known[0] != params:
            raise ApiError(
                "ConflictException", "The client token was used with other parameters.", 409
            )
        return known[1]

    def _remember(self, call: Call, params: dict[str, Any], made: str) -> str:
        self._tokens[call.region, params["clientToken"]] = params, made
        return made

    def _arn(self, call: Call, kind: str, name: str) -> str:
        return f"arn:aws:fis:{call.region}:{self._cloud.settings.account_id}:{kind}/{name}"


def _new_id(prefix: str) -> str:
    """``EXTDCh1MgKAZ29sdf``: the prefix and letters and digits."""
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(15))


def _not_found(what: str) -> ApiError:
    return ApiError("ResourceNotFoundException", f"{what} does not exist.", 404)
