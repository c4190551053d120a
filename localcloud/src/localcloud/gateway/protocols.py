"""Which of its service's protocols a request is written in: the content type tells.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

from functools import cache

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel, ServiceModel
from moto.core.utils import get_service_model

from localcloud.gateway.http import Request

FORM = "application/x-www-form-urlencoded"
# By protocol, so that moto takes each for what it is.
CONTENT_TYPES = {
    "ec2": FORM,
    "json": "application/x-amz-json-1.0",
    "query": FORM,
    "rest-json": "application/json",
    "rest-xml": "application/xml",
}


def protocol_of(service: str, request: Request) -> str | None:
    """The protocol; None if the service has no such, or takes no such content type."""
    model = model_of(service)
    if model is None:
        return None
    supported = model.metadata.get("protocols", [model.protocol])
    if (preferred := supported[0]).startswith("rest-"):
        return str(preferred)
    content_type = request.header("Content-Type").partition(";")[0].strip().lower()
    if "json" in supported and _is_json(model, content_type, request):
        return "json"
    form = next((name for name in supported if name in ("query", "ec2")), None)
    return form if content_type == FORM or not request.body else None


def _is_json(model: ServiceModel, content_type: str, request: Request) -> bool:
    """Of calls without a body, only the target counts, as on DynamoDB."""
    if not request.body:
        return bool(request.header("X-Amz-Target"))
    version = model.metadata.get("jsonVersion", "1.0")
    return content_type in ("application/json", f"application/x-amz-json-{version}")


def default_protocol(service: str) -> str:
    """The protocol of the answer to what no protocol of the service is."""
    model = model_of(service)
    return model.resolved_protocol if model else "rest-json"


def any_operation(service: str) -> OperationModel | None:
    """Some operation, to write an error of the service with; None if there is no model."""
    model = model_of(service)
    return model.operation_model(model.operation_names[0]) if model else None


@cache
def model_of(service: str) -> ServiceModel | None:
    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None
