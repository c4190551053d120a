"""The AWS::Serverless transform, by AWS's own translator, without any network."""

from __future__ import annotations

import copy
import logging
import threading
from typing import Any, Protocol

import boto3
from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]  # ships no types
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]  # ships no types
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]  # ships no types
from samtranslator.utils import py27hash_fix  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.template import Template, text_of

SERVERLESS = "AWS::Serverless-2016-10-31"

# It warns of its own feature toggles and metrics, which concern nobody here.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

# The translator keeps the Region in class attributes, so translations take turns.
_lock = threading.Lock()


class ManagedPolicies(Protocol):
    """Name → ARN of AWS's managed policies; asked only when a template names one."""

    def load(self) -> dict[str, str]: ...


def translate(
    template: Template, parameters: dict[str, Any], region: str, policies: ManagedPolicies
) -> Template:
    """``template`` without serverless resources.

    ``parameters`` are values by name, pseudo-parameters too.
    """
    given = copy.deepcopy(template)
    for definition in given.get("Parameters", {}).values():
        if "Default" in definition and not isinstance(definition["Default"], list):
            definition["Default"] = text_of(definition["Default"])
    values = dict(parameters)
    py27hash_fix.to_py27_compatible_template(given, values)
    with _lock:
        try:
            translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=region))
            made = translator.translate(
                given,
                parameter_values=values,
                get_managed_policy_map=policies.load,
            )
        except InvalidDocumentException as error:
            raise validation_error(_wording(error)) from error
    result: Template = py27hash_fix.undo_mark_unicode_str_in_template(made)
    result.pop("Transform", None)
    return result


def _wording(error: InvalidDocumentException) -> str:
    causes = " ".join(cause.message for cause in error.causes)
    return f"Transform {SERVERLESS} failed with: {error.message} {causes}"
