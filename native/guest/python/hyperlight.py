"""The host, as a program sees it: `from hyperlight import call_tool, ToolError`."""

import json as _json

from componentize_py_types import Err as _Err
from wit_world.imports import tools as _tools

__all__ = ["ToolError", "call_tool"]

_ARGUMENTS_LIMIT = 3 * 1024 * 1024
"""Bytes of JSON that fit through the VM's output buffer. The host's own limit is lower and names itself."""

_NESTING_LIMIT = 400
"""Levels of lists and dicts. Lower than the host's limit, and than what the C encoder survives on this stack."""


class ToolError(RuntimeError):
    """A tool failed, does not exist, or does not take these arguments. The message names the tool."""


def call_tool(*name, **arguments):
    """Calls the application's tool `name` with keyword arguments and returns its result.

    Arguments and result are JSON values: None, bool, int, float, str, and lists and dicts of them.
    Raises ToolError when the tool fails.
    """
    if len(name) != 1 or not isinstance(name[0], str):
        raise TypeError("call_tool takes the tool's name and keyword arguments only: call_tool('name', key=value)")
    tool = name[0]
    _check_nesting(tool, arguments)
    try:
        text = _json.dumps(arguments, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode("utf-8")) + len(tool.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise ValueError(
            f"call_tool({tool!r}): text must be valid Unicode, and this has the lone surrogate "
            f"U+{ord(error.object[error.start]):04X}"
        ) from None
    except (TypeError, ValueError) as error:
        raise type(error)(f"call_tool({tool!r}): {error}") from None
    if size > _ARGUMENTS_LIMIT:
        raise ValueError(f"call_tool({tool!r}): the arguments take {size} bytes, at most {_ARGUMENTS_LIMIT} can be sent")
    try:
        result = _tools.call(tool, text)
    except _Err as error:
        raise ToolError(error.value) from None
    return _json.loads(result)


def _check_nesting(tool, arguments):
    level = {id(arguments): arguments}
    for _ in range(_NESTING_LIMIT):
        level = {
            id(value): value
            for container in level.values()
            for value in (container.values() if isinstance(container, dict) else container)
            if isinstance(value, (dict, list, tuple))
        }
        if not level:
            return
    raise ValueError(f"call_tool({tool!r}): the arguments are nested more than {_NESTING_LIMIT} levels deep, or contain themselves")
