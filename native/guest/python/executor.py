"""Runs programs: the component's one export, and the set-up that is captured with the interpreter at build time.

Everything at module level here runs once, while the guest image is built. `Executor.run` runs in the micro-VM.
"""

import _sitebuiltins
import builtins
import errno
import gc
import inspect
import io
import linecache
import os
import random
import sys
import traceback
import types

import sockets

sockets.install()  # Before anything imports `socket` or `ssl`.

import asyncio
import importlib.util

import certifi
import ending
import exchange
import hints
import hyperlight
import kdf
import library
import locks
import source as sources
import strftime
import writes
from wit_world.exports import executor

PROGRAM = "program.py"
"""The name under which the program's own code appears in tracebacks. In a kept interpreter, the second program's is
`program_2.py`, and so on."""

MESSAGE_LIMIT = 64 * 1024
TRACEBACK_LIMIT = 256 * 1024
"""Characters of an exception's text and of its traceback. An outcome has to fit through the VM's output buffer."""

MEMORY = 256 * 1024 * 1024
"""Bytes that the interpreter's memory can grow to (`PYTHON_MEMORY_PAGES` in `native/guest/builder`)."""

WORKING_DIRECTORY = "/output"
"""So that a file with a relative name comes back with the result."""

ENVIRONMENT = {"HOME": "/tmp", "LANG": "C.UTF-8", "USER": "sandbox"}

OWN_FILES = frozenset(
    module.__file__
    for module in (sys.modules[__name__], certifi, ending, exchange, hyperlight, locks, sockets, sources, strftime, writes)
)

REHEARSAL = """
def total(values):
    return sum(value for value in values)
text = f"{total([1, 2]):>4} {[str(number) for number in range(3)]}"
print(text, {"text": text}, file=file)
"""
"""What `prepare` runs: a little of what most programs do. Little, for all of it is done again for each run."""


class Program:
    """A program, under the name that its code has in tracebacks."""

    last = None

    def __init__(self, source: str, name: str, main: types.ModuleType, number: int = 1) -> None:
        self.source, self.name, self.main, self.number = source, name, main, number

    @classmethod
    def next(cls, source: str, keep: bool) -> "Program":
        """The program to run now. One that goes on where the last one ended has a name of its own, since functions of the
        last one are still there, and their source is looked up by its name."""
        if keep and cls.last is not None:
            number = cls.last.number + 1
            cls.last = cls(source, PROGRAM.replace(".", f"_{number}."), cls.last.main, number)
        else:
            cls.last = cls(source, PROGRAM, new_main())
        sys.modules["__main__"] = cls.last.main
        return cls.last

    def execute(self) -> None:
        linecache.cache[self.name] = (len(self.source), None, self.source.splitlines(keepends=True), self.name)
        code = sources.compile_program(self.source, self.name)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, self.main.__dict__))
        else:
            exec(code, self.main.__dict__)


class Executor:
    """The interface `executor` of the guest's WIT world."""

    def run(self, source: str, keep: bool, seed: bytes, memory: int) -> executor.Outcome:
        """Runs a program in a fresh `__main__`, or in the one of the program before."""
        try:
            begin(seed, memory, keep)
            program = Program.next(source, keep)
            ended = self.execute(program)
            ending.end(program.main, keep)
            return ended
        except SystemExit as exit:  # An exit function's.
            return outcome(exit_code(exit))
        except BaseException as error:
            Memory.reserve = None
            return failure(error)
        finally:
            Memory.reserve = None
            flush()

    def execute(self, program: Program) -> executor.Outcome:
        try:
            program.execute()
            return outcome(0)
        except SystemExit as exit:
            return outcome(exit_code(exit))
        except BaseException as error:
            Memory.reserve = None
            return failure(error)

    def prepare(self) -> None:
        """Runs a program that does a little of what most do, so that the memory for it is there, and takes away what it
        left. Nothing is asked of the host."""
        state = random.getstate()
        random.seed(0)
        rehearsal = Program(REHEARSAL, PROGRAM, new_main())
        rehearsal.main.file = standard_stream(io.BytesIO())
        rehearsal.execute()
        linecache.cache.pop(PROGRAM, None)
        random.setstate(state)


class Memory:
    """Keeps the program from the part of the interpreter's memory that is above the run's limit, and from what it takes to
    end a run, by having it allocated. It is never touched, so it takes none of the host's. A program that looks for it can give
    it back: that the memory ends at `MEMORY` is what the micro-VM sees to; a smaller limit is for programs that mean no harm."""

    RESERVE = 2 * 1024 * 1024
    """Bytes. CPython takes its memory 1 MiB at a time."""

    excess = None
    size = 0
    reserve = None

    @classmethod
    def limit(cls, size: int) -> None:
        excess = max(MEMORY - size, 0)
        if excess != cls.size:
            cls.excess, cls.size = None, 0
            cls.excess, cls.size = cls.untouched(excess), excess
        cls.reserve = cls.untouched(cls.RESERVE)

    @staticmethod
    def untouched(size: int):
        # Of what allocates memory, this is the one that does not write to it.
        return io.BufferedReader(io.BytesIO(), size) if size else None


def begin(seed: bytes, memory: int, keep: bool) -> None:
    """Forgets what the snapshot, or the program before, knew: it can be another day, on another host."""
    random.seed(int.from_bytes(seed))
    if not keep:
        os.chdir(WORKING_DIRECTORY)
        if not os.environ:  # What is set while the image is built, componentize-py drops.
            os.environ.update(ENVIRONMENT)
    Memory.limit(memory)
    hyperlight._begun.clear()
    sys.argv = [PROGRAM]
    root = os.open("/", os.O_RDONLY)
    os.fsync(root)  # The WASI layer forgets what it knew of files (`filesystem.rs`).
    os.close(root)


def new_main() -> types.ModuleType:
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    main.__file__ = PROGRAM
    return main


def outcome(exit_code: int, error_type: str = "", message: str = "", trace: str = "") -> executor.Outcome:
    return executor.Outcome(exit_code, error_type, message, trace)


def exit_code(exit: SystemExit) -> int:
    """What the operating system would make of the exit: its own rules for None, numbers and anything else."""
    if exit.code is None:
        return 0
    if isinstance(exit.code, int):
        return exit.code & 0xFF
    try:
        print(exit.code, file=sys.stderr)
    except BaseException:
        pass  # The program's own __str__ or its own sys.stderr failed; the code says enough.
    return 1


def failure(error: BaseException) -> executor.Outcome:
    """Describes an uncaught exception, without ever raising: the exception's class is the program's own."""
    kind = type(error)
    try:
        call_excepthook(error)
        if (sentence := hints.hint(error, library.PACKAGES)) is not None:
            error.add_note(sentence)
    except BaseException:
        pass  # As for the text below.
    name = kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except BaseException:
        message = "<the exception's text could not be made>"
    try:
        # Lines are looked up when they are formatted, so not for the frames that are taken out.
        described = traceback.TracebackException.from_exception(error, lookup_lines=False, compact=True)
        trace = "".join(program_part(described).format())
    except BaseException:
        trace = f"{name}: {message}\n"
    return outcome(1, clean(name, MESSAGE_LIMIT), clean(message, MESSAGE_LIMIT), clean(trace, TRACEBACK_LIMIT))


def call_excepthook(error: BaseException) -> None:
    """Tells the program's own `sys.excepthook` of the exception, as the interpreter does at the end of a process."""
    if sys.excepthook is sys.__excepthook__:
        return
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("program"):
        trace = trace.tb_next
    try:
        sys.excepthook(type(error), error, trace)
    except BaseException as own:
        traceback.print_exception(own)


def program_part(trace: traceback.TracebackException) -> traceback.TracebackException:
    """Takes the frames of this folder's modules, and of the event loop that runs a program's `await`, out, so that the traceback
    begins in the program's code and ends there or in the standard library."""
    pending = [trace]
    while pending:
        part = pending.pop()
        first = next((index for index, frame in enumerate(part.stack) if frame.filename.startswith("program")), 0)
        del part.stack[:first]
        part.stack[:] = [frame for frame in part.stack if frame.filename not in OWN_FILES]
        pending += [linked for linked in (part.__cause__, part.__context__, *(part.exceptions or ())) if linked]
    return trace


def clean(text: str, limit: int) -> str:
    """Makes `text` fit to be sent: valid Unicode, and bounded, with a mark where it was cut."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[... {len(text) - limit} characters cut ...]\n{text[-half:]}"


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass  # The program replaced or closed it.


def exit_now(status: int) -> None:
    """`os._exit`. WASI's own would end the micro-VM."""
    raise SystemExit(status)


def no_pipe():
    """`os.pipe`, which `multiprocessing` and `subprocess` begin with."""
    raise OSError(
        errno.ENOSYS,
        "there are no processes in this sandbox, so multiprocessing, subprocess and pipes do not work: compute in a loop, and call"
        " tools at the same time with call_tools",
    )


def standard_file(descriptor: int, name: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    return standard_stream(raw)


def standard_stream(raw: io.RawIOBase) -> io.TextIOWrapper:
    """A line is with the host once it is printed, whatever happens to the program next. What cannot be encoded is shown
    rather than lost. (The streams that componentize-py leaves behind write each piece of a line on its own.)"""
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", newline="\n", line_buffering=True)


def hide(*modules: types.ModuleType) -> None:
    """Leaves a module's name to modules of the application."""
    for module in modules:
        del sys.modules[module.__name__]


def set_up() -> None:
    """Makes the interpreter what a program expects to find."""
    for name in hyperlight.__all__:
        setattr(builtins, name, getattr(hyperlight, name))
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "the end of the program"))
    os._exit = exit_now
    os.cpu_count = os.process_cpu_count = lambda: 1
    writes.install()
    strftime.install()
    kdf.install()
    locks.install()
    os.pipe = no_pipe
    os.environ.clear()
    packages = importlib.util.find_spec("requests").submodule_search_locations[0].removesuffix("/requests")
    sys.meta_path.insert(2, library.bundle({"/python": "/python", packages: "/python/site-packages"}))
    # A mount can bring modules of its own. The library's come first.
    sys.path[:] = ["/input"]
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True
    asyncio.events._event_loop_policy = hyperlight._EventLoopPolicy()
    for module in library.PRELOADED:
        __import__(module)
    ending.install()
    sys.path_importer_cache.clear()
    hide(ending, hints, kdf, library, locks, sources, strftime, writes)
    sys.stdout = sys.__stdout__ = standard_file(1, "<stdout>")
    sys.stderr = sys.__stderr__ = standard_file(2, "<stderr>")
    gc.collect()
    gc.freeze()


set_up()
