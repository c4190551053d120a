"""AWS Secrets Manager: secrets."""

from __future__ import annotations

import json

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names


class Secret(ApiResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        """The value is given, or generated anew, only if its properties have changed."""
        properties = {**context.properties}
        properties.pop("SecretString", None)
        if context.changed("SecretString", "GenerateSecretString") or not context.physical_id:
            properties["SecretString"] = self._value(context)
        return properties

    def _value(self, context: ResourceContext) -> str:
        generate = context.properties.get("GenerateSecretString")
        if generate is None:
            return str(context.properties.get("SecretString", ""))
        client = self.client(context)
        answer = client.get_random_password(**self.params(context, "get_random_password", generate))
        password = str(answer["RandomPassword"])
        if "SecretStringTemplate" not in generate:
            return password
        members = json.loads(generate["SecretStringTemplate"])
        return json.dumps({**members, generate["GenerateStringKey"]: password})


PROVIDERS = (
    Secret(
        type="AWS::SecretsManager::Secret",
        supported=names("Description GenerateSecretString KmsKeyId Name SecretString Tags"),
        calls=Calls("create_secret", "delete_secret"),
        delete_params={"ForceDeleteWithoutRecovery": True},
        key="SecretId",
        id_path="ARN",
        unique_name="Name",
        name_limit=512,
        updates=(
            Update(
                "update_secret",
                "Description GenerateSecretString KmsKeyId SecretString",
                {"KmsKeyId": "alias/aws/secretsmanager"},
                sends_all=True,
            ),
        ),
        tagging=Tagging("SecretId"),
    ),
)
