"""Makes a write that fails say why.

The C library writes to a file through a stream of WASI, and makes `EIO` of whatever error the stream has. The WASI layer
keeps the error for the file's next `fsync`, so that is asked.
"""

import errno
import functools
import gc
import io
import os
import posix
import sys


def install() -> None:
    """Replaces what writes to a file: `FileIO.write`, which all of `io` and `open` write with, and the functions of `os`."""
    # The class is closed to assignment, and `open` makes objects of no other class. Its namespace is not closed.
    (namespace,) = gc.get_referents(vars(io.FileIO))
    namespace["write"] = _telling(io.FileIO.write)
    sys._clear_internal_caches()  # What was looked up in the class before.
    for name in ("write", "writev"):
        if hasattr(posix, name):
            setattr(posix, name, _telling(getattr(posix, name)))
            setattr(os, name, getattr(posix, name))


def _telling(write):
    @functools.wraps(write)
    def tell(file, data, /):
        try:
            return write(file, data)
        except OSError as error:
            del data  # It can be a view of a buffer that is gone before the traceback is.
            if error.errno != errno.EIO:
                raise
        os.fsync(file)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    return tell
