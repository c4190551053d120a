"""The AWS::Serverless transform, by AWS's own translator, without any network."""

import copy
import logging
import threading
from collections.abc import Callable
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]  # ships no types
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]  # ships no types
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]  # ships no types
from samtranslator.utils import py27hash_fix  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.template import Template, text_of

SERVERLESS = "AWS::Serverless-2016-10-31"

log = logging.getLogger(__name__)

# It warns of its own feature toggles and metrics.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

# The translator keeps the Region in class attributes, so translations take turns.
_lock = threading.Lock()


ManagedPolicies = Callable[[], dict[str, str]]  # ARNs of AWS's managed policies by name


def managed_policies(iam: Any) -> dict[str, str]:
    """As IAM lists them; ``iam`` is a boto3 client."""
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    return {policy["PolicyName"]: policy["Arn"] for page in pages for policy in page["Policies"]}


def translate(
    template: Template, values: dict[str, Any], region: str, policies: ManagedPolicies
) -> Template:
    """``template`` without serverless resources; ``values`` are those of all parameters."""
    # ``policies`` is asked only if the template names a managed policy.
    original, values = copy.deepcopy(template), dict(values)
    for definition in original.get("Parameters", {}).values():
        if "Default" in definition and not isinstance(definition["Default"], list):
            definition["Default"] = text_of(definition["Default"])
    py27hash_fix.to_py27_compatible_template(original, values)
    with _lock:
        try:
            session = boto3.Session(region_name=region)
            translated = Translator(None, Parser(), boto_session=session).translate(
                original, parameter_values=values, get_managed_policy_map=policies
            )
        except InvalidDocumentException as error:
            raise validation_error(_message(error)) from error
        except Exception as error:
            # AWS says so, too, where its translator, which this is, stumbles over a template:
            # https://github.com/aws/serverless-application-model/issues/2126
            log.info("the translator failed", exc_info=error)
            raise validation_error(
                f"Transform {SERVERLESS} failed with: Internal transform failure."
            ) from error
    result: Template = py27hash_fix.undo_mark_unicode_str_in_template(translated)
    result.pop("Transform", None)
    return result


def _message(error: InvalidDocumentException) -> str:
    causes = " ".join(cause.message for cause in error.causes)
    return f"Transform {SERVERLESS} failed with: {error.message} {causes}"
