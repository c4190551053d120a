"""CloudFormation's API."""

from typing import ClassVar

from localcloud.cloudformation.api.change_sets import ChangeSetOperations
from localcloud.cloudformation.api.read import ReadOperations
from localcloud.cloudformation.api.stacks import StackOperations
from localcloud.gateway.service import Service


class CloudFormation(StackOperations, ReadOperations, ChangeSetOperations, Service):
    service: ClassVar[str] = "cloudformation"
