"""The base of the module `socket`: there is no network in the sandbox, only HTTP requests that the host makes.

A socket remembers the host and port it is connected to, reads the one HTTP/1.1 request that a client library sends, has it
made by the host, and gives the response back as HTTP/1.1. So `http.client`, and all that stands on it, works unmodified.
TLS is the host's: `ssl.SSLContext.wrap_socket` only marks the socket.
"""

import errno
import importlib.util
import ipaddress
import os
import sys
import types

import _socket as native
from exchange import Exchange, check_connection

_HEAD_LIMIT = 1 << 20
_CHUNK_LINE_LIMIT = 4096


class socket:
    """The base class of `socket.socket`."""

    __slots__ = ("__dict__",)  # The subclass has a slot for weak references itself.

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        if fileno is not None:
            raise OSError(errno.EBADF, "a socket cannot be made from a file descriptor in the sandbox")
        self._family = native.AF_INET if family == -1 else int(family)
        self._type = native.SOCK_STREAM if type == -1 else int(type)
        self._proto = 0 if proto == -1 else int(proto)
        self._timeout = _default_timeout
        self._peer = None
        self._secure = False
        self._request = _Request()
        self._exchange = None
        self._received = memoryview(b"")
        self._ended = False
        self._shut = False

    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)
    timeout = property(lambda self: self._timeout)

    def connect(self, address):
        if self._type != native.SOCK_STREAM:
            raise _refused()
        host, port = str(address[0]), int(address[1])
        check_connection(f"{_in_url(host)}:{port}")
        self._peer = (host, port)

    def connect_ex(self, address):
        try:
            self.connect(address)
        except OSError as error:
            return error.errno or errno.EACCES
        return 0

    def send(self, data, flags=0):
        self.sendall(data, flags)
        return memoryview(data).nbytes

    def sendall(self, data, flags=0):
        self._require_peer()
        if self._shut:
            raise BrokenPipeError(errno.EPIPE, "the connection is closed for writing")
        if self._ended or (self._exchange is not None and self._request is None):
            raise ConnectionResetError(errno.ECONNRESET, "a connection of the sandbox carries one request")
        for body in self._request.feed(data):
            if isinstance(body, _Head):
                self._exchange = Exchange(body.method, body.url(self._secure, *self._peer), body.fields)
            else:
                self._exchange.send(body)

    def recv(self, count, flags=0):
        if not self._received and not self._ended:
            self._receive(count)
        part = self._received[:count]
        if not flags & native.MSG_PEEK:
            self._received = self._received[count:]
        return bytes(part)

    def recv_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def _receive(self, count):
        self._require_peer()
        if self._exchange is None:
            raise ConnectionError("only HTTP requests leave the sandbox, and none was sent on this connection")
        if self._request is not None:
            self._request = None
            response = self._exchange.respond()
            kept = "".join(line + "\r\n" for line in response.fields.split("\r\n") if line and not _frames(line))
            head = f"HTTP/1.1 {response.status:03} {response.reason}\r\n{kept}Connection: close\r\n\r\n"
            self._received = memoryview(head.encode("latin-1", "replace"))
            return
        data = self._exchange.receive(count)
        self._received = memoryview(data)
        if not data:
            self._end()

    def _end(self):
        self._ended = True
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.finish()

    def _require_peer(self):
        if self._peer is None:
            raise OSError(errno.ENOTCONN, "the socket is not connected")

    def _move_to(self, other):
        """Makes `other` the same connection."""
        for name in ("_timeout", "_peer", "_request", "_exchange", "_received", "_ended", "_shut"):
            setattr(other, name, getattr(self, name))
        self._exchange = None
        self._ended = True

    def close(self):
        self._received = memoryview(b"")
        self._end()

    def detach(self):
        return -1

    def fileno(self):
        return -1

    def shutdown(self, how):
        self._require_peer()
        if how != native.SHUT_RD:
            self._shut = True

    def settimeout(self, timeout):
        """The host's time limits hold. A program's own are kept for it to read."""
        if timeout is not None and timeout < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = None if timeout is None else float(timeout)

    def gettimeout(self):
        return self._timeout

    def setblocking(self, flag):
        self._timeout = None if flag else 0.0

    def getblocking(self):
        return self._timeout != 0.0

    def setsockopt(self, *arguments):
        pass

    def getsockopt(self, level, option, length=0):
        return bytes(length) if length else 0

    def getpeername(self):
        self._require_peer()
        return self._peer

    def getsockname(self):
        return ("0.0.0.0", 0)

    def _refuse(self, *arguments, **keywords):
        raise _refused()

    bind = listen = _accept = sendto = sendmsg = recvfrom = recvfrom_into = recvmsg = recvmsg_into = _refuse


class _Head:
    """A request without its body."""

    def __init__(self, head: bytes):
        line, _, fields = head.decode("latin-1").partition("\r\n")
        parts = line.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise ConnectionError("only HTTP/1.1 requests leave the sandbox")
        self.method, self._target, _ = parts
        if self.method == "CONNECT":
            raise ConnectionError("there are no proxies in the sandbox: the host makes the connections")
        self.length = 0
        self.is_chunked = False
        kept = []
        for field in fields.split("\r\n"):
            name, _, value = field.partition(":")
            name = name.lower()
            if name == "content-length" and value.strip().isascii() and value.strip().isdigit():
                self.length = int(value)
            if name == "transfer-encoding":
                self.is_chunked = value.strip().lower() == "chunked"
            elif field:
                kept.append(field + "\r\n")
        self.fields = "".join(kept)

    def url(self, secure: bool, host: str, port: int) -> str:
        if "://" in self._target.partition("?")[0]:
            return self._target
        default = port == (443 if secure else 80)
        return f"{'https' if secure else 'http'}://{_in_url(host)}{'' if default else f':{port}'}{self._target}"


class _Request:
    """Takes a request apart as it comes: its head first, then pieces of its body."""

    def __init__(self):
        self._pending = bytearray()
        self._head = None
        self._left = 0
        self._last_chunk = False

    def feed(self, data):
        if self._head is None:
            self._pending += data
            end = self._pending.find(b"\r\n\r\n")
            if end < 0:
                if len(self._pending) > _HEAD_LIMIT:
                    raise ConnectionError("only HTTP/1.1 requests leave the sandbox")
                return
            self._head = _Head(bytes(self._pending[:end]))
            self._left = self._head.length
            yield self._head
            data = bytes(self._pending[end + 4 :])
            self._pending.clear()
        if self._head.is_chunked:
            yield from self._chunks(data)
            return
        view = memoryview(data).cast("B")
        if len(view) > self._left:
            raise ConnectionResetError(errno.ECONNRESET, "a connection of the sandbox carries one request")
        self._left -= len(view)
        if len(view):
            yield view

    def _chunks(self, data):
        self._pending += data
        while True:
            if self._left:
                part = bytes(self._pending[: self._left])
                del self._pending[: len(part)]
                self._left -= len(part)
                # The two bytes behind a chunk are CRLF.
                if body := part[: len(part) - max(0, 2 - self._left)]:
                    yield body
                if self._left:
                    return
            end = self._pending.find(b"\r\n")
            if end < 0:
                if len(self._pending) > _CHUNK_LINE_LIMIT:
                    raise ConnectionError("the request's body is not chunked as HTTP/1.1 has it")
                return
            line = bytes(self._pending[:end])
            del self._pending[: end + 2]
            if self._last_chunk:
                continue  # The end of the body, or a trailer, which is not sent.
            size = int(line.partition(b";")[0], 16)
            self._last_chunk = size == 0
            self._left = size + 2 if size else 0


def _in_url(host: str) -> str:
    """The form of a host in a URL."""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return f"[{host}]" if ":" in host else host


def _frames(field: str) -> bool:
    """Whether a response's field is about the connection that the host had."""
    return field.partition(":")[0].strip().lower() in ("connection", "keep-alive", "transfer-encoding", "trailer")


def _refused():
    return PermissionError(errno.EACCES, "only HTTP and HTTPS requests leave the sandbox")


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """The host resolves names: here, a name stands for itself."""
    if host is None:
        host = "localhost"
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii")
    if port is None:
        port = 0
    elif not isinstance(port, int):
        port = {"http": 80, "https": 443}.get(port) or _number(port)
    if type not in (0, native.SOCK_STREAM):
        raise native.gaierror(native.EAI_SOCKTYPE, "only HTTP and HTTPS requests leave the sandbox")
    if family not in (0, native.AF_INET, native.AF_INET6):
        raise native.gaierror(native.EAI_FAMILY, "the address family is not supported")
    return [(family or native.AF_INET, native.SOCK_STREAM, native.IPPROTO_TCP, "", (host, port))]


def _number(port):
    try:
        return int(port)
    except ValueError:
        raise native.gaierror(native.EAI_SERVICE, "the service is not known") from None


def gethostbyname(host):
    """Only what is an address already, for the host resolves names."""
    try:
        return str(ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise native.gaierror(native.EAI_FAIL, f"names are resolved by the host of the sandbox, not in it: {host}") from None


_default_timeout = None


def setdefaulttimeout(timeout):
    global _default_timeout
    _default_timeout = None if timeout is None else float(timeout)


def getdefaulttimeout():
    return _default_timeout


def install() -> None:
    """Puts this under the module `socket`, which must not have been imported, and `tls.py` in the place of `ssl`."""
    module = types.ModuleType("_socket", native.__doc__)
    module.__dict__.update({name: value for name, value in vars(native).items() if name != "CAPI"})
    module.__dict__.update(
        socket=socket,
        SocketType=socket,
        has_ipv6=False,
        getaddrinfo=getaddrinfo,
        gethostbyname=gethostbyname,
        gethostname=lambda: "sandbox",
        setdefaulttimeout=setdefaulttimeout,
        getdefaulttimeout=getdefaulttimeout,
    )
    module.__dict__.pop("socketpair", None)
    sys.modules["_socket"] = module
    sys.modules.pop("socket", None)
    tls = importlib.util.spec_from_file_location("ssl", f"{os.path.dirname(__file__)}/tls.py")
    sys.modules["ssl"] = importlib.util.module_from_spec(tls)
    tls.loader.exec_module(sys.modules["ssl"])
