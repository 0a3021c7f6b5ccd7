"""The end of a program: what `python3 program.py` does between the last statement and the end of the process.

The interpreter itself goes on: to the next program of a session, or to a restore. So what a session's next program may still
use is flushed rather than closed.
"""

import atexit
import gc
import io
import logging
import sys
import types
import weakref
import zipfile

_FILES = (zipfile.ZipFile, io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom, io.BufferedRWPair)
"""What may hold data that has not been written, the outer before the inner."""

_SUSPENDED = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


def install() -> None:
    """Takes what the library does at a process's end out of `atexit`, whose functions run once: `end` does it for each
    program."""
    atexit._clear()
    weakref.finalize._registered_with_atexit = True


def end(main: types.ModuleType, keep: bool) -> None:
    """Runs the program's exit functions and finalizers, and writes what its files still hold. `keep`: the interpreter is a
    session's, and the next program finds its objects, files and log handlers in use."""
    atexit._run_exitfuncs()
    if keep:
        _each("flush", [handler for reference in logging._handlerList if (handler := reference())])
    else:
        weakref.finalize._exitfunc()
        weakref.finalize._shutdown = False
        _drop_variables(main.__dict__)
        logging.shutdown()
    _write_files(keep)


def _drop_variables(variables: dict) -> None:
    """Finalizes what only the program's variables refer to. Plain data has nothing to finalize, and freeing it takes long."""
    for name, value in list(variables.items()):
        if isinstance(value, _SUSPENDED) or hasattr(type(value), "__del__"):
            variables[name] = None


def _write_files(keep: bool) -> None:
    found = {kind: [] for kind in _FILES}
    kinds = {}
    for thing in gc.get_objects():  # Those of the image are frozen, and not among them.
        of = type(thing)
        if of not in kinds:
            kinds[of] = next((kind for kind in _FILES if kind in of.__mro__), None)
        if kinds[of]:
            found[kinds[of]].append(thing)
    if keep:
        found.pop(zipfile.ZipFile)
    for things in found.values():
        _each("flush" if keep else "close", things)


def _each(method: str, things: list) -> None:
    for thing in things:
        try:
            if not getattr(thing, "closed", False):
                getattr(thing, method)()
        except BaseException as error:
            name = getattr(thing, "name", None) or getattr(thing, "filename", None) or type(thing).__name__
            print(f"{type(error).__name__} while the program's end closed {name!r}: {error}", file=sys.stderr)
