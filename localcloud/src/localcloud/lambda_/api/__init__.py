"""The API of Lambda: a class for each kind of operation, and one of them all."""

from localcloud.lambda_.api.functions import FunctionsApi
from localcloud.lambda_.api.invocation import InvocationApi
from localcloud.lambda_.api.layers import LayersApi
from localcloud.lambda_.api.permissions import PermissionsApi


class LambdaApi(InvocationApi, FunctionsApi, LayersApi, PermissionsApi):
    """moto's Lambda must not answer for operations that are not here."""
