"""Runs programs: the component's one export, and the set-up that is captured with the interpreter at build time.

Everything at module level here runs once, while the guest image is built. `Executor.run` runs in the micro-VM.
"""

import atexit
import builtins
import gc
import io
import linecache
import os
import random
import sys
import traceback
import types

import hyperlight
import library
from wit_world.exports import executor

PROGRAM = "program.py"
"""The name under which the program's own code appears in tracebacks."""

MESSAGE_LIMIT = 64 * 1024
TRACEBACK_LIMIT = 256 * 1024
"""Characters of an exception's text and of its traceback. An outcome has to fit through the VM's output buffer."""


class Executor:
    """The interface `executor` of the guest's WIT world."""

    def run(self, source: str, keep: bool) -> executor.Outcome:
        random.seed()  # The snapshot holds one state of the generator, the same for every run.
        main = sys.modules.get("__main__") if keep else None
        if not isinstance(main, types.ModuleType):
            main = new_main()
        sys.modules["__main__"] = main
        sys.argv = [PROGRAM]
        linecache.cache[PROGRAM] = (len(source), None, source.splitlines(keepends=True), PROGRAM)
        try:
            try:
                exec(compile(source, PROGRAM, "exec", dont_inherit=True), main.__dict__)
            finally:
                atexit._run_exitfuncs()
            return outcome(0)
        except SystemExit as exit:
            return outcome(exit_code(exit))
        except BaseException as error:
            return failure(error)
        finally:
            flush()

    def prepare(self) -> None:
        pass


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
    name = kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except BaseException:
        message = "<the exception's text could not be made>"
    try:
        trace = "".join(program_part(traceback.TracebackException.from_exception(error, compact=True)).format())
    except BaseException:
        trace = f"{name}: {message}\n"
    return outcome(1, clean(name, MESSAGE_LIMIT), clean(message, MESSAGE_LIMIT), clean(trace, TRACEBACK_LIMIT))


def program_part(trace: traceback.TracebackException) -> traceback.TracebackException:
    """Takes the frames of the executor and of `call_tool` out, so that the traceback begins in the program's code."""
    own = (__file__, hyperlight.__file__)
    pending = [trace]
    while pending:
        part = pending.pop()
        part.stack[:] = [frame for frame in part.stack if frame.filename not in own]
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


def standard_stream(descriptor: int, name: str) -> io.TextIOWrapper:
    """A line is with the host once it is printed, whatever happens to the program next. What cannot be encoded is shown
    rather than lost. (The streams that componentize-py leaves behind write each piece of a line on its own.)"""
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", newline="\n", line_buffering=True)


def set_up() -> None:
    """Makes the interpreter what a program expects to find."""
    builtins.call_tool = hyperlight.call_tool
    os._exit = exit_now
    os.environ.clear()
    sys.meta_path.insert(2, library.bundle("/python"))
    sys.path[:] = []
    sys.path_importer_cache.clear()
    for module in library.PRELOADED:
        __import__(module)
    sys.stdout = sys.__stdout__ = standard_stream(1, "<stdout>")
    sys.stderr = sys.__stderr__ = standard_stream(2, "<stderr>")
    gc.collect()
    gc.freeze()


set_up()
