"""The AWS::Serverless transform, by AWS's own translator, without any network."""

from __future__ import annotations

import copy
import logging
import threading
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.translator import Translator
from samtranslator.utils.py27hash_fix import (
    to_py27_compatible_template,
    undo_mark_unicode_str_in_template,
)

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.template import Template, text_of

SERVERLESS = "AWS::Serverless-2016-10-31"

# It warns of its own feature toggles and metrics, which concern nobody here.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

# The translator keeps the Region in class attributes, so translations take turns.
_lock = threading.Lock()


def translate(
    template: Template, parameters: dict[str, Any], region: str, policies: ManagedPolicyLoader
) -> Template:
    """``template`` without serverless resources. ``parameters`` are values by name, pseudo-parameters too."""
    given = copy.deepcopy(template)
    for definition in given.get("Parameters", {}).values():
        if "Default" in definition and not isinstance(definition["Default"], list):
            definition["Default"] = text_of(definition["Default"])
    values = dict(parameters)
    to_py27_compatible_template(given, values)
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
    result: Template = undo_mark_unicode_str_in_template(made)
    result.pop("Transform", None)
    return result


def _wording(error: InvalidDocumentException) -> str:
    causes = " ".join(cause.message for cause in error.causes)
    return f"Transform {SERVERLESS} failed with: {error.message} {causes}"
