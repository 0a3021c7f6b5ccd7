"""Measures the steps of bench's Comparison with upstream's Python SDK. Prints one "NAME VALUE" a line, in ms, MiB or runs/s,
and for some steps "NAME VALUE EXITS FAULTS" where KVM tells what it counted meanwhile: exits of virtual processors and page
faults in their memory.

usage: measure.py first | runs | memory | throughput

The other half is Measure.java in io.github.hyperlight4j.bench.compare: what one does, the other does, in the same order.
"""

import multiprocessing
import sys
import threading
import time

from hyperlight_sandbox import Sandbox  # The SDK's own part of "construct to first result" is not in its import.

PROGRAM = "print(1)"
WARM_UP = 200  # Runs that are not measured: a service has run before. Java compiles what it runs often.
RUNS = 20
PAUSE = 0.1  # Seconds between clean runs: a caller that does something else as well.
TOOL_CALLS = 200
WARM_UP_ROUNDS = 40  # Of tool calls.
ROUNDS = 10
SANDBOXES = 3
SECONDS = 5.0


def main(mode: str) -> None:
    {"first": first, "runs": runs, "memory": memory, "throughput": throughput}[mode]()


def sandbox() -> Sandbox:
    """Makes a sandbox with one tool, and lets it run once."""
    made = Sandbox(backend="wasm", module="python_guest.path")
    made.register_tool("add", lambda a=0, b=0: a + b)
    run(made, PROGRAM, "1\n")
    return made


def run(box: Sandbox, program: str, expected: str) -> None:
    result = box.run(program)
    if not result.success or result.stdout != expected:
        sys.exit(f"the program failed: {result}")


def first() -> None:
    step = Step()
    box = Sandbox(backend="wasm", module="python_guest.path")
    run(box, PROGRAM, "1\n")
    report("first_result", *step.end())
    report("process_to_first_result", since_process_start())


def runs() -> None:
    box = sandbox()
    snapshot = box.snapshot()
    for _ in range(WARM_UP):
        clean_run(box, snapshot)
    for _ in range(RUNS):
        time.sleep(PAUSE)
        step = Step()
        clean_run(box, snapshot)
        report("clean_run", *step.end())
    for _ in range(WARM_UP):
        run(box, PROGRAM, "1\n")
    for _ in range(RUNS):
        step = Step()
        run(box, PROGRAM, "1\n")
        report("warm_run", *step.end())

    loop, calls = (f"n = 0\nfor i in range({TOOL_CALLS}): n = {call}\nprint(n)" for call in ("i + 1", "call_tool('add', a=i, b=1)"))
    for number in range(WARM_UP_ROUNDS + ROUNDS):
        step = Step()
        run(box, loop, f"{TOOL_CALLS}\n")
        empty = step.end()
        step = Step()
        run(box, calls, f"{TOOL_CALLS}\n")
        whole = step.end()
        if number >= WARM_UP_ROUNDS:
            report("tool_call", *((value - less) / TOOL_CALLS for value, less in zip(whole, empty)))


def clean_run(box: Sandbox, snapshot) -> None:
    box.restore(snapshot)
    run(box, PROGRAM, "1\n")


def memory() -> None:
    """What one more sandbox takes that has run, been restored and run again."""
    kept = []
    for number in range(SANDBOXES + 1):
        before = pss()
        box = sandbox()
        snapshot = box.snapshot()
        clean_run(box, snapshot)
        kept.append((box, snapshot))
        if number:  # The first one pays for what all share.
            report("memory", (pss() - before) / 1024)


def throughput() -> None:
    """Clean runs on two processors: two threads in this process, then two processes."""
    done = []
    threads = [threading.Thread(target=lambda: done.append(loop(barrier))) for barrier in [threading.Barrier(2)] for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report("throughput_threads", sum(done))
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    queue = context.Queue()
    processes = [context.Process(target=loop_in_process, args=(barrier, queue)) for _ in range(2)]
    for process in processes:
        process.start()
    report("throughput_processes", sum(queue.get() for _ in processes))
    for process in processes:
        process.join()


def loop_in_process(barrier, queue) -> None:
    queue.put(loop(barrier))


def loop(barrier) -> float:
    """Clean runs a second."""
    box = sandbox()
    snapshot = box.snapshot()
    for _ in range(WARM_UP // 2):
        clean_run(box, snapshot)
    barrier.wait()
    begin = time.perf_counter()
    count = 0
    while time.perf_counter() - begin < SECONDS:
        clean_run(box, snapshot)
        count += 1
    return count / (time.perf_counter() - begin)


class Step:
    """The time that a step takes, and what KVM counts meanwhile."""

    def __init__(self) -> None:
        self.counts = kvm_counts()
        self.begin = time.perf_counter()

    def end(self) -> tuple[float, ...]:
        took = milliseconds(self.begin)
        return took, *(after - before for after, before in zip(kvm_counts(), self.counts))


def kvm_counts() -> list[int]:
    """Exits and page faults of all virtual processors of this machine."""
    try:
        return [int(open(f"/sys/kernel/debug/kvm/{name}").read()) for name in ("exits", "pf_taken")]
    except OSError:
        return []


def report(name: str, *values: float) -> None:
    print(name, *values, flush=True)


def milliseconds(begin: float) -> float:
    return (time.perf_counter() - begin) * 1000


def since_process_start() -> float:
    with open("/proc/self/stat") as stat:
        ticks = int(stat.read().rpartition(")")[2].split()[19])
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100) * 1000


def pss() -> int:
    """This process's proportional share of memory, in KiB."""
    with open("/proc/self/smaps_rollup") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
