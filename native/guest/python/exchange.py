"""HTTP requests, made by the host: what the sockets and `http_get` are built on."""

from componentize_py_types import Err
from wit_world.imports import http

BLOCK = 1 << 20
"""The most bytes of a body that go to the host or come back at a time (`../wit`)."""

LEAST = 64 * 1024
"""What is asked for at least: a VM exit costs as much as some ten thousand bytes."""


class RequestRefused(PermissionError):
    """The host does not allow the request. The message says why."""


RequestRefused.__module__ = "hyperlight"  # Where programs find it.


def check_connection(authority: str) -> None:
    """Raises `RequestRefused` unless something on that host and port (`example.com:443`) may be requested."""
    _answer(http.request, "CONNECT", authority, "")


class Exchange:
    """One request and its response."""

    def __init__(self, method: str, url: str, fields: str) -> None:
        self._request = None
        self._request = _answer(http.request, method, url, fields)

    def send(self, data) -> None:
        """Adds to the request's body."""
        view = memoryview(data).cast("B")
        for start in range(0, len(view), BLOCK):
            # One character a byte, which is how bytes travel to the host.
            _answer(http.send_body, self._request, str(view[start : start + BLOCK], "latin-1"))

    def respond(self):
        """Ends the request's body and waits for the response's `status`, `reason` and `fields`."""
        return _answer(http.respond, self._request)

    def receive(self, count: int) -> bytes:
        """Waits for some of the response's body: no bytes are its end."""
        return _answer(http.receive_body, self._request, min(max(count, LEAST), BLOCK))

    def finish(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            http.finish(request)

    __del__ = finish


def _answer(function, *arguments):
    try:
        return function(*arguments)
    except Err as error:
        failure = error.value
    kind = {0: RequestRefused, 1: ConnectionError, 2: TimeoutError}.get(failure.kind, OSError)
    raise kind(failure.message)
