"""Several tools at the same time, by `call_tools` and under asyncio. The test's host ends the last call that was begun first."""

import asyncio
import time
import traceback

from hyperlight import ToolError, call_tool_async, call_tools as imported

assert call_tools is imported
assert call_tools([]) == []
assert call_tools([("echo", {"a": 1}), {"name": "echo", "arguments": {"a": 2}}, ["echo", {"a": 3}], "echo", ("echo",), {"name": "echo"}]) == [
    {"a": 1}, {"a": 2}, {"a": 3}, {}, {}, {}
]
assert call_tools([("echo", {"n": n}) for n in range(200)]) == [{"n": n} for n in range(200)]
try:
    call_tools([("echo", {"a": 1}), ("bad",), ("echo", {"a": 2}), ("worse",)])
except ToolError as error:
    assert str(error) == "no tool bad" and "2 of 4 calls failed" in error.__notes__[0]
    assert [str(result) for result in error.results] == ["{'a': 1}", "no tool bad", "{'a': 2}", "no tool worse"]
    assert "hyperlight.py" not in str(error)
else:
    raise AssertionError("nothing failed")
results = call_tools([("bad",), ("echo", {"a": 1})], return_exceptions=True)
assert isinstance(results[0], ToolError) and results[1] == {"a": 1}
before = call_tool("calls")
for wrong in (1, ("echo", 1), {"nam": "echo"}, {"name": "echo", "other": 1}, (), ("echo", {}, {}), ("echo", {"a": {1}})):
    try:
        call_tools(["echo", wrong])
    except TypeError:
        continue
    raise AssertionError(wrong)
assert call_tool("calls") == before + 1, "a call that cannot be made must keep the others from beginning"


async def main():
    results = await asyncio.gather(*(call_tool_async("echo", n=n) for n in range(5)))
    assert results == [{"n": n} for n in range(5)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call_tool_async("echo", name=n)) for n in range(3)]
    assert [task.result() for task in tasks] == [{"name": n} for n in range(3)]
    results = await asyncio.gather(call_tool_async("bad"), call_tool_async("echo"), return_exceptions=True)
    assert isinstance(results[0], ToolError) and results[1] == {}
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(call_tool_async("bad"))
            group.create_task(asyncio.sleep(3600))
    except* ToolError as group:
        assert str(group.exceptions[0]) == "no tool bad"
    begin = time.monotonic()
    await asyncio.sleep(0.02)
    assert time.monotonic() - begin >= 0.02
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except TimeoutError:
        pass
    else:
        raise AssertionError("no time-out")
    assert call_tools(["echo"]) == [{}] and call_tool("echo", a=1) == {"a": 1}  # Inside the loop, too.
    queue = asyncio.Queue()

    async def produce():
        for number in range(3):
            await queue.put(number)
            await asyncio.sleep(0)

    asyncio.create_task(produce())
    assert [await queue.get() for _ in range(3)] == [0, 1, 2]
    assert await asyncio.to_thread(sum, [1, 2]) == 3
    return "done"


assert asyncio.run(main()) == "done"
assert asyncio.run(main()) == "done"


async def stuck():
    await asyncio.get_running_loop().create_future()


try:
    asyncio.run(stuck())
except RuntimeError as error:
    assert "cannot happen" in str(error)
else:
    raise AssertionError("waited for nothing")


def fails():
    call_tools(["bad"])


try:
    fails()
except ToolError:
    assert "in fails" in traceback.format_exc()
