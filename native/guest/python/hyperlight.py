"""The host, as a program sees it. All names are builtins too, so no import is needed.

Arguments and results of tools are JSON values: None, bool, int, float, str, and lists and dicts of them.
"""

import asyncio as _asyncio
import json as _json
import time as _time

from componentize_py_types import Err as _Err
from exchange import Exchange as _Exchange
from exchange import RequestRefused
from wit_world.imports import tools as _tools

__all__ = [
    "RequestRefused",
    "ToolError",
    "call_tool",
    "call_tool_async",
    "call_tools",
    "http_get",
    "http_post",
]

_ARGUMENTS_LIMIT = 3 * 1024 * 1024
"""Bytes of JSON that fit through the VM's output buffer. The host's own limit is lower and names itself."""

_NESTING_LIMIT = 400
"""Levels of lists and dicts. Lower than the host's limit, and than what the C encoder survives on this stack."""

_encode_parts = _json.encoder.c_make_encoder(
    None, _json.JSONEncoder().default, _json.encoder.encode_basestring, None, ":", ",", False, False, False
)
"""What `json.dumps(ensure_ascii=False, allow_nan=False, separators=(",", ":"))` comes to. The steps on the way there take
ten times longer than encoding what most tools are called with."""

_decode = _json.JSONDecoder().scan_once
"""What `json.loads` comes to, for text that the host wrote."""

_FOREVER = 2**64 - 1

_begun = {}
"""What takes the end of each call that was begun, by the call's number."""


class ToolError(RuntimeError):
    """A tool failed, does not exist, or does not take these arguments. The message names the tool."""


def call_tool(*name, **arguments):
    """Calls the application's tool `name` with keyword arguments and returns its result.

    Raises ToolError when the tool fails.
    """
    tool, arguments = _tool_and_arguments("call_tool", name, arguments)
    text = _encode(tool, arguments)
    try:
        result = _tools.call(tool, text)
    except _Err as error:
        raise ToolError(error.value) from None
    return _decode(result, 0)[0]


def call_tools(calls, *, return_exceptions=False):
    """Calls several tools at the same time and returns their results, in the order of the calls.

    A call is `("name", {"argument": value})` or `{"name": "name", "arguments": {"argument": value}}`; a call without
    arguments can be the name alone. All calls run to their end. If some fail, the first one's ToolError is raised then; its
    attribute `results` holds what every call returned, with a ToolError in the place of each that failed. With
    `return_exceptions=True` that list is the result, and nothing is raised.
    """
    encoded = [(name, _encode(name, arguments)) for name, arguments in map(_call_of, calls)]
    ends = [None] * len(encoded)
    left = len(encoded)

    def take(index):
        def end(finished):
            nonlocal left
            ends[index] = finished
            left -= 1

        return end

    for index, (name, text) in enumerate(encoded):
        _begun[_tools.begin(name, text)] = take(index)
    while left:
        _wait(_FOREVER)
    results = [ToolError(end.text) if end.failed else _decode(end.text, 0)[0] for end in ends]
    failures = [result for result in results if isinstance(result, ToolError)]
    if failures and not return_exceptions:
        failures[0].results = results
        if len(failures) > 1:
            failures[0].add_note(f"{len(failures)} of {len(results)} calls failed; this is the first")
        raise failures[0]
    return results


async def call_tool_async(*name, **arguments):
    """`call_tool` to be awaited: under `asyncio.gather` or in a TaskGroup, tools run at the same time."""
    tool, arguments = _tool_and_arguments("call_tool_async", name, arguments)
    text = _encode(tool, arguments)
    future = _asyncio.get_running_loop().create_future()

    def end(finished):
        if future.done():
            return  # It was cancelled.
        if finished.failed:
            future.set_exception(ToolError(finished.text))
        else:
            future.set_result(finished.text)

    _begun[_tools.begin(tool, text)] = end
    return _decode(await future, 0)[0]


def http_get(url):
    """Makes a GET request and returns `{"status": int, "body": str}`, whatever the status is."""
    return _fetch("GET", url, b"", "")


def http_post(url, body="", content_type="application/json"):
    """Makes a POST request and returns `{"status": int, "body": str}`, whatever the status is."""
    data = body if isinstance(body, (bytes, bytearray)) else str(body).encode("utf-8")
    if not content_type.isprintable():
        raise ValueError("content_type is one line of text")
    return _fetch("POST", url, data, f"Content-Type: {content_type}\r\nContent-Length: {len(data)}\r\n")


def _fetch(method, url, body, fields):
    exchange = _Exchange(method, url if "://" in url else f"https://{url}", fields)
    try:
        exchange.send(body)
        status = exchange.respond().status
        parts = []
        while part := exchange.receive(0):
            parts.append(part)
    finally:
        exchange.finish()
    return {"status": status, "body": b"".join(parts).decode("utf-8", "replace")}


def _tool_and_arguments(function, positional, arguments):
    """The name and the arguments of a call. One dict in the place of keyword arguments can only be meant as them."""
    if positional and isinstance(positional[0], str):
        if len(positional) == 1:
            return positional[0], arguments
        if len(positional) == 2 and isinstance(positional[1], dict) and not arguments:
            return positional
    raise TypeError(f"{function} takes the tool's name and keyword arguments only: {function}('name', key=value)")


def _call_of(call):
    """The name and the arguments of one of `call_tools`'s calls."""
    if isinstance(call, dict) and set(call) <= {"name", "arguments"}:
        name, arguments = call.get("name"), call.get("arguments", {})
    elif isinstance(call, (tuple, list)) and 1 <= len(call) <= 2:
        name, arguments = call if len(call) == 2 else (call[0], {})
    else:
        name, arguments = call, {}
    if isinstance(name, str) and isinstance(arguments, dict):
        return name, arguments
    raise TypeError(
        "call_tools takes a list of calls, each ('name', {'argument': value}) or "
        f"{{'name': 'name', 'arguments': {{'argument': value}}}}, not {call!r:.200}"
    )


def _encode(tool, arguments):
    """The arguments as JSON that can be sent."""
    for value in arguments.values():
        if isinstance(value, (dict, list, tuple)):
            _check_nesting(tool, arguments)
            break
    try:
        text = "".join(_encode_parts(arguments, 0))
        size = _size(text) + _size(tool)
    except UnicodeEncodeError as error:
        raise ValueError(
            f"call_tool({tool!r}): text must be valid Unicode, and this has the lone surrogate "
            f"U+{ord(error.object[error.start]):04X}"
        ) from None
    except (TypeError, ValueError) as error:
        raise type(error)(f"call_tool({tool!r}): {error}") from None
    if size > _ARGUMENTS_LIMIT:
        raise ValueError(f"call_tool({tool!r}): the arguments take {size} bytes, at most {_ARGUMENTS_LIMIT} can be sent")
    return text


def _size(text):
    """Bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8"))


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


def _wait(nanoseconds):
    """Waits for the end of a call that was begun. Whoever began it hears of it."""
    finished = _tools.next(nanoseconds)
    end = _begun.pop(finished.id, None)
    if end is not None:
        end(finished)


class _EventLoop(_asyncio.BaseEventLoop):
    """asyncio's event loop for the sandbox, where there is only time, and tools' ends, to wait for."""

    def __init__(self):
        super().__init__()
        self._selector = self

    def select(self, timeout):
        """What BaseEventLoop calls when nothing is ready to run; no timeout is forever."""
        if _begun:
            _wait(_FOREVER if timeout is None else max(0, int(timeout * 1e9)))
        elif timeout is None:
            raise RuntimeError("every task waits for something that cannot happen: no call of a tool and no timer is pending")
        elif timeout > 0:
            _time.sleep(timeout)
        return ()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        """Would wake the loop up from another thread. There is none."""

    def run_in_executor(self, executor, function, *arguments):
        """There are no threads in the sandbox: the function runs right now."""
        future = self.create_future()
        try:
            future.set_result(function(*arguments))
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            future.set_exception(error)
        return future


class _EventLoopPolicy(_asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = _EventLoop
