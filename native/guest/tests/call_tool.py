"""What `call_tool` sends and refuses to send. The test's host has one tool, `echo`, which answers its arguments."""

import builtins
import json

import hyperlight

assert builtins.call_tool is hyperlight.call_tool

values = {
    "none": None, "true": True, "zero": 0, "big": 2**200, "negative": -(2**63) - 1, "float": 0.1, "tiny": 5e-324,
    "text": "a\u0000\"\\\n\u2028\U0001f40d", "empty": "", "list": [[], {}], "nested": {"a": {"b": [1, {"c": None}]}},
    "name": "a parameter called name", "tool_name": 1, "self": 2,
}
assert call_tool("echo", **values) == values
assert type(call_tool("echo", a=1)["a"]) is int and type(call_tool("echo", a=1.0)["a"]) is float
assert call_tool("echo", a=(1, 2)) == {"a": [1, 2]}
assert call_tool("echo") == {}
assert call_tool("echo", {"a": 1}) == {"a": 1}  # One dict can only be meant as the keyword arguments.


def refuses(kind, *parts):
    class Refuses:
        def __enter__(self):
            return self

        def __exit__(self, raised, error, trace):
            assert raised is kind, repr(error)
            for part in parts:
                assert part in str(error), str(error)
            return True

    return Refuses()


with refuses(TypeError, "keyword arguments only"):
    call_tool("echo", 1)
with refuses(TypeError, "keyword arguments only"):
    call_tool("echo", {"a": 1}, b=2)
with refuses(TypeError, "keyword arguments only"):
    call_tool("echo", {"a": 1}, {"b": 2})
with refuses(TypeError, "keyword arguments only"):
    call_tool()
with refuses(TypeError, "keyword arguments only"):
    call_tool(1)
with refuses(TypeError, "echo", "set is not JSON serializable"):
    call_tool("echo", a={1})
with refuses(ValueError, "echo", "nan"):
    call_tool("echo", a=float("nan"))
with refuses(ValueError, "echo", "U+D800"):
    call_tool("echo", a="\ud800")
with refuses(ValueError, "U+DFFF"):
    call_tool("\udfff")
shared = []
for _ in range(16):
    shared = [shared, shared]
assert call_tool("echo", a=shared) == {"a": shared}
loop = []
loop.append(loop)
with refuses(ValueError, "echo", "contain themselves"):
    call_tool("echo", a=loop)
deep = []
for _ in range(1000):
    deep = [deep]
with refuses(ValueError, "echo", "nested more than"):
    call_tool("echo", a=deep)
with refuses(ValueError, "echo", "bytes"):
    call_tool("echo", a="x" * (4 << 20))
with refuses(hyperlight.ToolError, "no tool nothing"):
    call_tool("nothing")
assert issubclass(hyperlight.ToolError, RuntimeError)

large = "x" * (1 << 20)
assert call_tool("echo", a=large) == {"a": large}
assert json.dumps(call_tool("echo", a="ü")) == '{"a": "\\u00fc"}'
