"""Carries the standard library, and the packages in `packages.txt`, into the guest image.

componentize-py captures the modules that were imported while it ran; its library folder is gone afterwards. This keeps
every other module's compiled code, compressed, in the interpreter's memory, and imports from there.
"""

import importlib.abc
import importlib.util
import marshal
import os
import zlib

EXCLUDED = {"ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "test", "tkinter", "turtledemo", "venv"}
"""Folders that no program in the sandbox has a use for, at the top of the library."""

PRELOADED = (
    "asyncio base64 bisect calendar collections.abc contextlib copy csv dataclasses datetime decimal enum fractions functools "
    "hashlib heapq html http.client io itertools json math operator pathlib pickle pprint random re requests socket ssl "
    "statistics string struct textwrap time typing unicodedata urllib.parse urllib.request uuid zoneinfo"
).split()
"""Modules that programs import often: captured ready to use, so that their import costs nothing."""


class Library(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the bundled modules."""

    def __init__(self) -> None:
        self._modules: dict[str, tuple[str, bool, bytes]] = {}

    def add(self, name: str, path: str, is_package: bool, source: bytes) -> None:
        code = compile(source, path, "exec", dont_inherit=True)
        self._modules[name] = (path, is_package, zlib.compress(marshal.dumps(code), 9))

    def find_spec(self, name, path=None, target=None):
        if name not in self._modules:
            return None
        origin, is_package, _ = self._modules[name]
        spec = importlib.util.spec_from_loader(name, self, origin=origin, is_package=is_package)
        spec.has_location = True  # Gives the module its __file__.
        return spec

    def is_package(self, name):
        return self._modules[name][1]

    def get_code(self, name):
        return marshal.loads(zlib.decompress(self._modules[name][2]))

    def get_source(self, name):
        return None


def bundle(roots: dict[str, str]) -> Library:
    """Compiles what is below the folders: the standard library, and packages that programs expect beside it. In tracebacks
    each folder has the name that is given."""
    library = Library()
    for root, shown in roots.items():
        add_all(library, root, shown)
    return library


def add_all(library: Library, root: str, shown: str) -> None:
    for folder, folders, files in os.walk(root):
        package = os.path.relpath(folder, root).replace("/", ".").removeprefix(".")
        folders[:] = sorted(name for name in folders if name.isidentifier() and (package or name not in EXCLUDED))
        for file in sorted(files):
            if not file.endswith(".py"):
                continue
            path = f"{folder}/{file}"
            is_package = file == "__init__.py"
            name = ".".join(part for part in (package, "" if is_package else file[:-3]) if part)
            with open(path, "rb") as source:
                try:
                    library.add(name, shown + path.removeprefix(root), is_package, source.read())
                except SyntaxError:
                    continue  # A file that is a template or a test of the parser.
