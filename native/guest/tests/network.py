"""HTTP by `urllib`, `http.client`, `requests` and the builtins: the request reaches the host as it was meant."""

import errno
import http.client
import json
import socket
import ssl
import urllib.error
import urllib.request

import hyperlight
import requests

large = bytes((index * 7 >> 3) & 0xFF for index in range(1 << 11)) * (3 << 9)

with urllib.request.urlopen("http://a.example/x?y=1") as response:
    text = response.read().decode()
assert response.status == 200 and text.startswith("GET http://a.example/x?y=1\r\n"), text
assert "User-Agent: Python-urllib" in text
request = urllib.request.Request("https://a.example:8443/", data=bytes(range(256)), headers={"X-Own": "1"}, method="PUT")
with urllib.request.urlopen(request) as response:
    head, _, body = response.read().partition(b"\r\n\r\n")
assert head.startswith(b"PUT https://a.example:8443/\r\n") and b"X-Own: 1" in head and body == bytes(range(256)), head
assert urllib.request.urlopen("https://a.example/large").read() == large
assert urllib.request.urlopen("https://a.example/redirect").url == "https://a.example/landed"
try:
    urllib.request.urlopen("https://a.example/404")
except urllib.error.HTTPError as error:
    assert error.code == 404 and error.reason == "Not Found"
try:
    urllib.request.urlopen("https://refused/")
except urllib.error.URLError as error:
    assert isinstance(error.reason, PermissionError) and str(error.reason) == "https://refused/ is not allowed"
else:
    raise AssertionError("was not refused")

connection = http.client.HTTPSConnection("a.example", timeout=3)
connection.request("HEAD", "/")
response = connection.getresponse()
assert response.status == 200 and response.read() == b""
connection.request("GET", "/again")  # The same connection, which connects anew.
assert connection.getresponse().read().startswith(b"GET https://a.example/again")

response = requests.get("https://a.example/", params={"q": "ü&"}, timeout=5)
assert response.status_code == 200 and response.url == "https://a.example/?q=%C3%BC%26", response.url
assert response.encoding == "utf-8" and response.text.startswith("GET https://a.example/?q=%C3%BC%26\r\n")
assert requests.post("https://a.example/", json={"a": "ü"}).text.endswith('{"a": "\\u00fc"}')
assert requests.post("https://a.example/", data=(part for part in (b"one\r\n0\r\n", b"", large))).content.endswith(large)
assert requests.post("https://a.example/", files={"f": ("n", b"data")}).text.count("data") > 1
assert requests.get("https://a.example/redirect").history[0].status_code == 302
assert requests.get("https://a.example/404").status_code == 404
assert sum(map(len, requests.get("https://a.example/large", stream=True).iter_content(5000))) == len(large)
with requests.Session() as session:
    session.headers["X-Session"] = "7"
    for _ in range(3):
        assert "X-Session: 7" in session.get("http://a.example/").text
for url, kind in (("https://refused/", requests.ConnectionError), ("https://slow/", requests.Timeout), ("https://broken/", requests.ConnectionError)):
    try:
        requests.get(url)
    except kind as error:
        assert any(text in str(error) for text in ("not allowed", "timed out", "broke")), error
    else:
        raise AssertionError(url)

assert http_get("https://a.example/")["status"] == 200 and http_get("a.example/404")["status"] == 404
answer = hyperlight.http_post("https://a.example/", json.dumps({"a": "ü"}, ensure_ascii=False))
assert answer["body"].endswith('{"a": "ü"}') and "Content-Type: application/json" in answer["body"], answer
for url, kind in (("https://refused/", PermissionError), ("https://slow/", TimeoutError), ("https://broken/", ConnectionError)):
    try:
        http_get(url)
    except kind as error:
        refusal = error
    else:
        raise AssertionError(url)
assert issubclass(hyperlight.RequestRefused, PermissionError)

# A connection to what is not allowed fails when it is made.
for address in ("unlisted", 443), ("unlisted", 80, 0, 0):
    try:
        socket.socket().connect(address)
    except hyperlight.RequestRefused as error:
        assert str(error) == f"unlisted:{address[1]} is not allowed", error
    else:
        raise AssertionError(address)
assert socket.socket().connect_ex(("unlisted", 443)) == errno.EACCES

# Nothing but HTTP requests, and one on each connection.
for attempt in (
    lambda: socket.create_connection(("a.example", 80)).recv(1),
    lambda: socket.create_connection(("a.example", 25)).sendall(b"HELO a.example\r\n\r\n"),
    lambda: socket.create_connection(("a.example", 80)).sendall(b"CONNECT b:443 HTTP/1.1\r\n\r\n"),
    lambda: socket.create_connection(("a.example", 80)).sendall(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("a.example", 53)),
    lambda: socket.create_server(("", 80)),
    lambda: socket.gethostbyname("a.example"),
    lambda: ssl.create_default_context().load_cert_chain("/input/x"),
):
    try:
        attempt()
    except OSError:
        continue
    raise AssertionError("was not refused")

import gc

del session, connection, response
gc.collect()
assert call_tool("left_open") == 0
