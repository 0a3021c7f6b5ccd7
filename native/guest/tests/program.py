"""What a program finds: its own `__main__`, its source in tracebacks, limits of Python that hold."""

import inspect
import sys
import traceback

assert __name__ == "__main__" and sys.modules["__main__"].__dict__ is globals()
assert sys.argv == ["program.py"]


def where():
    raise KeyError("here")


try:
    where()
except KeyError:
    text = traceback.format_exc()
assert 'raise KeyError("here")' in text, text
assert "def where" in inspect.getsource(where)


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError:
    pass
else:
    raise AssertionError("recursion has no end")

try:
    "x" * 10**9
except MemoryError:
    pass
else:
    raise AssertionError("memory has no end")

# What texts for models name is there without an import.
for name in ("call_tool", "call_tools", "call_tool_async", "ToolError", "RequestRefused", "http_get", "http_post", "exit", "quit"):
    assert callable(getattr(__builtins__, name)), name

# The working directory is the one that comes back, and the machine has sensible answers.
import getpass
import locale
import multiprocessing
import os
import pathlib
import platform
import tempfile

assert os.getcwd() == "/output" and pathlib.Path.cwd() == pathlib.Path("/output")
assert pathlib.Path.home() == pathlib.Path("/tmp") and os.path.expanduser("~/x") == "/tmp/x"
assert tempfile.gettempdir() == "/tmp" and getpass.getuser() == "sandbox"
assert os.cpu_count() == 1 and multiprocessing.cpu_count() == 1
assert platform.python_implementation() == "CPython" and platform.system()
assert locale.getpreferredencoding().lower() == "utf-8"
with open("relative.txt", "w") as file:
    file.write("kept")
assert pathlib.Path("/output/relative.txt").read_text() == "kept"
os.remove("relative.txt")

# glibc's strftime, and what it does with what it does not know.
import datetime
import time

moment = datetime.datetime(2024, 7, 4, 9, 5, 3)
for format, text in {
    "%k|%l|%P": " 9| 9|am", "%-d %-m %-H %-I": "4 7 9 9", "%_d|%e": " 4| 4", "%^a %^B": "THU JULY", "%j %-j": "186 186",
    "%Q %": "%Q %", "100%%": "100%", "%Y-%m-%d": "2024-07-04", "%5d": "00004",
}.items():  # fmt: skip
    assert moment.strftime(format) == text, (format, moment.strftime(format))
    assert time.strftime(format, moment.timetuple()) == text
assert moment.strftime("%s") == "1720083903" and f"{moment:%-d.%-m.}" == "4.7."
assert time.tzname == ("UTC", "UTC"), time.tzname

# Time zones come with the image.
import zoneinfo

assert len(zoneinfo.available_timezones()) > 400
assert datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset() == datetime.timedelta(hours=2)

# Key derivation, which CPython takes from OpenSSL: RFC 7914's test vectors.
import hashlib

assert hashlib.pbkdf2_hmac("sha256", b"passwd", b"salt", 1, 64).hex().startswith("55ac046e56e3089fec1691c22544b605")
assert hashlib.scrypt(b"password", salt=b"NaCl", n=16, r=1, p=1, dklen=8) == hashlib.scrypt(b"password", salt=b"NaCl", n=16, r=1, p=1)[:8]
assert hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1).hex().startswith("77d6576238657b203b19ca42c18a0497")

# The image's own modules do not stand in the way of an application's.
import sys

assert not {"ending", "hints", "kdf", "library", "locks", "source", "strftime", "writes"} & set(sys.modules)

# Waiting for a thread, of which there are none, ends: as an error, or at its time-out.
import queue
import threading

for wait in (queue.Queue().get, queue.SimpleQueue().get, threading.Event().wait, threading.Semaphore(0).acquire):
    try:
        wait()
    except RuntimeError as error:
        assert "deadlock" in str(error)
    else:
        raise AssertionError(f"{wait} returned")
assert not threading.Event().wait(0.001)
try:
    queue.Queue().get(timeout=0.001)
except queue.Empty:
    pass
lock = threading.Lock()
with lock:
    assert lock.locked() and not lock.acquire(blocking=False)
