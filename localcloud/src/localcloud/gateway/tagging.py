"""The operations on tags, which most services spell alike."""

from typing import Any

from localcloud.gateway.identify import Call


class Tagging:
    """Of a ``Service`` whose resources keep their tags as a map."""

    def tags_of(self, call: Call, arn: str) -> dict[str, str]:
        """The tags of a resource, to be changed in place. Raises ApiError if there is none."""
        raise NotImplementedError

    def tag_resource(self, call: Call, **_: Any) -> dict[str, Any]:
        arn, tags = _inputs(call)
        self.tags_of(call, arn).update(tags or {})
        return {}

    def untag_resource(self, call: Call, **_: Any) -> dict[str, Any]:
        """Without keys, which FIS alone allows, it removes all tags."""
        arn, keys = _inputs(call)
        tags = self.tags_of(call, arn)
        for key in keys or list(tags):
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call, **_: Any) -> dict[str, Any]:
        operation: Any = call.operation
        [name] = operation.output_shape.members
        return {name: self.tags_of(call, *_inputs(call))}

    list_tags = get_tags = list_tags_for_resource


def _inputs(call: Call) -> list[Any]:
    """The resource, and what is to be done with its tags: in this order everywhere."""
    operation: Any = call.operation
    return [call.params.get(name) for name in operation.input_shape.members]
