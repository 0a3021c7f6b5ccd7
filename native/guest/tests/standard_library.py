"""Every module of the standard library that can work here can be imported, and the popular ones do their work."""

import importlib
import sys

# No sockets, no subprocesses, no terminal, no dynamic libraries in the sandbox; these compression formats are not built.
MISSING = {"bz2", "lzma", "ctypes", "curses", "dbm", "readline", "resource", "termios", "tty", "pty", "fcntl", "grp", "pwd",
           "mmap", "syslog", "winreg", "winsound", "msvcrt", "nt", "nturl2path", "tkinter", "turtle", "turtledemo",
           "idlelib", "ensurepip", "pydoc_data", "venv", "multiprocessing", "antigravity", "this", "posixshmem"}

failed = []
for name in sorted(sys.stdlib_module_names):
    if name.startswith("_") or name in MISSING:
        continue
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed.append(f"{name}: {error}")
assert not failed, failed

import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute("create table t (a)")
connection.executemany("insert into t values (?)", [(1,), (2,)])
assert connection.execute("select sum(a) from t").fetchone() == (3,)

import datetime, decimal, hashlib, json, re, statistics, zlib
assert statistics.fmean([1, 2, 6]) == 3
assert hashlib.sha256(b"").hexdigest().startswith("e3b0c442")
assert zlib.decompress(zlib.compress(b"x" * 1000)) == b"x" * 1000
assert decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")
assert datetime.date(2026, 2, 28) + datetime.timedelta(1) == datetime.date(2026, 3, 1)
assert re.sub(r"(\w+)@", r"<\1>", "ab@cd") == "<ab>cd"
