"""Options that belong together and that several commands have: said once, as a named tuple.

A command takes such a group as one argument; on the command line each of its fields is an option.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let each field of a command's groups be an option of its own, where the group stands among the arguments.

    Parameters
    ----------
    command
        Its groups are arguments that are annotated with a named tuple, whose fields are annotated as options are.
    """
    signature = inspect.signature(command)
    groups = {name: one.annotation for name, one in signature.parameters.items() if _is_group(one.annotation)}

    @wraps(command)
    def of_options(**given: Any) -> None:
        made = {name: group(**{field: given.pop(field) for field in group._fields}) for name, group in groups.items()}
        command(**given, **made)

    options = [option for one in signature.parameters.values() for option in _options_of(one)]
    of_options.__annotations__ = {option.name: option.annotation for option in options}
    of_options.__dict__["__signature__"] = signature.replace(parameters=options)
    return of_options


def _is_group(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def _options_of(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    """What stands for an argument of a command: itself, or the fields of its group."""
    group = parameter.annotation
    if not _is_group(group):
        yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        return
    for name, annotation in group.__annotations__.items():
        default = group._field_defaults.get(name, inspect.Parameter.empty)
        yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
