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
