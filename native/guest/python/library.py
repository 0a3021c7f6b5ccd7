"""Carries the standard library, and the packages in `packages.txt`, into the guest image.

componentize-py captures the modules that were imported while it ran; its library folder is gone afterwards. This keeps
every other module's compiled code, and the data files of packages, compressed, in the interpreter's memory, and imports
from there.
"""

import importlib.abc
import importlib.resources.abc
import importlib.util
import io
import marshal
import os
import zlib

EXCLUDED = {"ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "test", "tkinter", "turtledemo", "venv"}
"""Folders that no program in the sandbox has a use for, at the top of the library."""

PACKAGES = ("requests",)
"""What programs find beside the standard library, and would ask for."""

DATA = {"tzdata"}
"""Packages whose other files travel too."""

PRELOADED = (
    "asyncio base64 bisect calendar collections.abc contextlib copy csv dataclasses datetime decimal enum fractions functools "
    "hashlib heapq html http.client io itertools json math operator pathlib pickle pprint random re requests socket ssl "
    "statistics string struct textwrap time typing unicodedata urllib.parse urllib.request uuid zoneinfo"
).split()
"""Modules that programs import often: captured ready to use, so that their import costs nothing."""


class Library(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader, importlib.abc.ResourceLoader):
    """Finds and loads the bundled modules and their data."""

    def __init__(self) -> None:
        self._modules: dict[str, tuple[str, bool, bytes]] = {}
        self._data: dict[str, bytes] = {}

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

    def add_data(self, path: str, data: bytes) -> None:
        self._data[path] = zlib.compress(data, 9)

    def get_data(self, path):
        try:
            return zlib.decompress(self._data[os.fspath(path)])
        except KeyError:
            raise FileNotFoundError(f"the image has no file {path}") from None

    def get_resource_reader(self, name):
        path, is_package, _ = self._modules[name]
        return Resources(self, path.rpartition("/")[0]) if is_package else None

    def names(self, folder: str) -> set[str]:
        """What is directly below a folder of data."""
        start = folder + "/"
        return {path[len(start) :].partition("/")[0] for path in self._data if path.startswith(start)}


class Resources(importlib.resources.abc.TraversableResources):
    """The data of a package, for `importlib.resources`."""

    def __init__(self, library: Library, folder: str) -> None:
        self._library, self._folder = library, folder

    def files(self):
        return Resource(self._library, self._folder)


class Resource(importlib.resources.abc.Traversable):
    """A file or folder of a package's data."""

    def __init__(self, library: Library, path: str) -> None:
        self._library, self._path = library, path

    @property
    def name(self):
        return self._path.rpartition("/")[2]

    def iterdir(self):
        return (self / name for name in sorted(self._library.names(self._path)))

    def is_dir(self):
        return not self.is_file() and bool(self._library.names(self._path))

    def is_file(self):
        return self._path in self._library._data

    def joinpath(self, *names):
        return Resource(self._library, "/".join((self._path, *map(str, names))))

    __truediv__ = joinpath

    def open(self, mode="r", *args, **kwargs):
        data = io.BytesIO(self._library.get_data(self._path))
        return data if "b" in mode else io.TextIOWrapper(data, *args, **kwargs)

    def read_bytes(self):
        return self._library.get_data(self._path)

    def __str__(self):
        return self._path


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
            path = f"{folder}/{file}"
            if not file.endswith(".py"):
                if package.partition(".")[0] in DATA:
                    with open(path, "rb") as data:
                        library.add_data(shown + path.removeprefix(root), data.read())
                continue
            is_package = file == "__init__.py"
            name = ".".join(part for part in (package, "" if is_package else file[:-3]) if part)
            with open(path, "rb") as source:
                try:
                    library.add(name, shown + path.removeprefix(root), is_package, source.read())
                except SyntaxError:
                    continue  # A file that is a template or a test of the parser.
