"""The one error that ends a command."""


class DeployError(Exception):
    """The command cannot go on; the message tells the operator where, why and what to do."""
