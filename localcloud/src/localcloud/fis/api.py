"""The operations of FIS. An operation that is not here is refused by name."""

import secrets
import string
import threading
from typing import Any, TypeVar

from localcloud.cloud import Cloud
from localcloud.fis.experiment import FINAL_STATUSES, Experiment
from localcloud.fis.templates import Template, validate
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.gateway.tagging import Tagging
from localcloud.settings import ACCOUNT_ID

Output = dict[str, Any]
T = TypeVar("T")
Resources = dict[tuple[str, str], T]  # by Region and id


class Fis(Tagging, Service):
    service = "fis"
    pager = Pager(100, "ValidationException", "The next token is not valid.", largest=100)

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._templates: Resources[Template] = {}
        self._experiments: Resources[Experiment] = {}
        # By Region and client token: the parameters and the id of the resource.
        self._tokens: dict[tuple[str, str], tuple[Output, str]] = {}

    # Templates

    def create_experiment_template(self, call: Call, **params: Any) -> Output:
        with self._lock:
            template_id = self._created_before(call, params)
            if template_id is None:
                body, now = validate(params), self._cloud.clock.now()
                template_id = _new_id("EXT")
                arn = f"arn:aws:fis:{call.region}:{ACCOUNT_ID}:experiment-template/{template_id}"
                tags = dict(params.get("tags") or {})
                template = Template(template_id, arn, body, now, now, tags)
                self._templates[call.region, template_id] = template
                self._tokens[call.region, params["clientToken"]] = params, template_id
            return {"experimentTemplate": self._template(call, template_id).view()}

    def get_experiment_template(self, call: Call, **params: Any) -> Output:
        return {"experimentTemplate": self._template(call, params["id"]).view()}

    def update_experiment_template(self, call: Call, **params: Any) -> Output:
        template = self._template(call, params.pop("id"))
        template.body = validate({**template.body, **params})
        template.updated = self._cloud.clock.now()
        return {"experimentTemplate": template.view()}

    def delete_experiment_template(self, call: Call, **params: Any) -> Output:
        template = self._template(call, params["id"])
        del self._templates[call.region, template.id]
        return {"experimentTemplate": template.view()}

    def list_experiment_templates(self, call: Call) -> Output:
        templates = _in_region(self._templates, call)
        return {"experimentTemplates": [template.summary() for template in templates]}

    # Experiments

    def start_experiment(self, call: Call, **params: Any) -> Output:
        with self._lock:
            if experiment_id := self._created_before(call, params):
                return {"experiment": self._experiment(call, experiment_id).view()}
            template = self._template(call, params["experimentTemplateId"])
            if params.get("experimentOptions", {}).get("actionsMode") == "skip-all":
                raise not_emulated("FIS experiments that skip all actions")
            tags = dict(params.get("tags") or {})
            experiment = Experiment(self._cloud, _new_id("EXP"), call.region, template, tags)
            self._experiments[call.region, experiment.id] = experiment
            self._tokens[call.region, params["clientToken"]] = params, experiment.id
            view = experiment.view()
            experiment.start()
        return {"experiment": view}

    def get_experiment(self, call: Call, **params: Any) -> Output:
        return {"experiment": self._experiment(call, params["id"]).view()}

    def stop_experiment(self, call: Call, **params: Any) -> Output:
        experiment = self._experiment(call, params["id"])
        if experiment.status in FINAL_STATUSES:
            message = f"The experiment has ended: {experiment.status}."
            raise ApiError("ValidationException", message, 400)
        experiment.stop()
        return {"experiment": experiment.view()}

    def close(self) -> None:
        running = [e for e in self._experiments.values() if e.status not in FINAL_STATUSES]
        for experiment in running:
            experiment.stop()
        for experiment in running:
            experiment.join(timeout=5)

    def tags_of(self, call: Call, arn: str) -> dict[str, str]:
        resources: Resources[Any] = {**self._templates, **self._experiments}
        for (region, _), resource in resources.items():
            if (region, resource.arn) == (call.region, arn):
                tags: dict[str, str] = resource.tags
                return tags
        raise _not_found(f"Resource {arn}")

    def _template(self, call: Call, template_id: str) -> Template:
        if (call.region, template_id) not in self._templates:
            raise _not_found(f"Experiment template {template_id}")
        return self._templates[call.region, template_id]

    def _experiment(self, call: Call, experiment_id: str) -> Experiment:
        if (call.region, experiment_id) not in self._experiments:
            raise _not_found(f"Experiment {experiment_id}")
        return self._experiments[call.region, experiment_id]

    def _created_before(self, call: Call, params: Output) -> str | None:
        """The id of what the same request with the same client token has made."""
        token = call.region, params["clientToken"]
        first, resource_id = self._tokens.get(token, (params, None))
        if first != params:
            message = "The client token was used with other parameters."
            raise ApiError("ConflictException", message, 409)
        return resource_id


def _in_region(resources: Resources[T], call: Call) -> list[T]:
    return [resource for (region, _), resource in resources.items() if region == call.region]


def _new_id(prefix: str) -> str:
    """``EXTDCh1MgKAZ29sdf``: the prefix, letters and digits."""
    alphabet = string.ascii_letters + string.digits
    return prefix + "".join(secrets.choice(alphabet) for _ in range(15))


def _not_found(resource: str) -> ApiError:
    return ApiError("ResourceNotFoundException", f"{resource} does not exist.", 404)
