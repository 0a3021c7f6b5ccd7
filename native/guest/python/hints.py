"""What to do about an error that has its reason in the sandbox: a sentence beside the traceback of an uncaught exception."""

import errno
import os

FOLDERS = "Files of the application are in /input, which can only be read; write to /output (returned) or /tmp (temporary)."

INSTEAD = {
    "ctypes": "There are no native libraries in this sandbox.",
    "curses": "There is no terminal in this sandbox.",
    "multiprocessing": "There are no processes in this sandbox: use call_tools or asyncio for tools, and a loop for computing.",
    "readline": "There is no terminal in this sandbox.",
    "subprocess": "There are no processes in this sandbox.",
    "tkinter": "There is no display in this sandbox: write files to /output.",
    "turtle": "There is no display in this sandbox: write files to /output.",
}
"""By module that is not there."""


def hint(error: BaseException, packages: tuple[str, ...]) -> str | None:
    """A sentence for an uncaught exception, or None."""
    match error:
        case ModuleNotFoundError(name=str(name)):
            top = name.partition(".")[0].removeprefix("_")
            return INSTEAD.get(top) or (
                f"The sandbox has Python's standard library and {', '.join(packages)}; nothing can be installed."
                " The application can mount a folder with pure Python packages as /input."
            )
        case FileNotFoundError(filename=str(name)) if not name.startswith("/") and os.path.exists(f"/input/{name}"):
            return f"There is /input/{name}: the working directory is {os.getcwd()}."
        case FileNotFoundError(filename=str(name)) if not name.startswith(("/input/", "/output/", "/tmp/")):
            return FOLDERS
        case OSError(errno=errno.EROFS | errno.EACCES, filename=str()):
            return FOLDERS
        case RuntimeError() if "can't start new thread" in str(error):
            return "There are no threads in this sandbox: call_tools and asyncio call tools at the same time."
    return None
