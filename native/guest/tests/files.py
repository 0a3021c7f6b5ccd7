"""Files of the host: what a program reads and writes, what is refused, and how few times the host is asked for it."""

import errno
import io
import os
import pathlib
import shutil
import sys
import tempfile
import zipfile

calls = lambda: call_tool("calls")


def refused(kind, *codes):
    class Refused:
        def __enter__(self):
            return self

        def __exit__(self, raised, error, trace):
            assert error is not None, "was not refused"
            assert isinstance(error, kind) and error.errno in codes, repr(error)
            return True

    return Refused()


# Reading.
assert os.listdir("/") == ["input", "output", "tmp"]
assert sorted(os.listdir("/input")) == ["bytes", "data.csv", "from_mount.py", "link", "many"]
assert open("/input/data.csv").read() == "name,value\none,1\ntwo,2\n"
assert pathlib.Path("/input/data.csv").read_bytes() == b"name,value\none,1\ntwo,2\n"
assert list(open("/input/data.csv"))[1] == "one,1\n"
expected = bytes((index * 7 >> 3) & 0xFF for index in range(1 << 11)) * (3 << 9)
with open("/input/bytes", "rb") as file:
    assert file.read() == expected
    file.seek(1_000_003)
    assert file.read(10) == expected[1_000_003:1_000_013]
    file.seek(-5, os.SEEK_END)
    assert file.read() == expected[-5:] and file.read() == b""
    assert os.fstat(file.fileno()).st_size == len(expected)
    assert os.pread(file.fileno(), 4, 70_000) == expected[70_000:70_004]
assert open("/input/link").read().startswith("name,value")
assert os.readlink("/input/link") == "data.csv" and os.path.islink("/input/link")
with refused(FileNotFoundError, errno.ENOENT):
    open("/input/missing")
with refused(IsADirectoryError, errno.EISDIR):
    open("/input")
with refused(NotADirectoryError, errno.ENOTDIR):
    os.listdir("/input/data.csv")
with refused(NotADirectoryError, errno.ENOTDIR):
    os.stat("/input/data.csv/")

# /input cannot be changed.
for change in (
    lambda: open("/input/data.csv", "w"),
    lambda: open("/input/data.csv", "r+"),
    lambda: open("/input/new", "x"),
    lambda: os.remove("/input/data.csv"),
    lambda: os.mkdir("/input/new"),
    lambda: os.rmdir("/input/many"),
    lambda: os.rename("/input/data.csv", "/output/data.csv"),
    lambda: os.utime("/input/data.csv", (1, 1)),
):
    with refused(OSError, errno.EROFS):
        change()
with refused(OSError, errno.EROFS):
    open("/new", "w")
for link in (os.link, os.symlink):
    with refused(PermissionError, errno.EPERM):
        link("/input/data.csv", "/output/link")

# Writing.
with open("/output/text", "w") as file:
    assert file.write("one\n") == 4
    file.write("grün\n")
    file.flush()
    assert os.fstat(file.fileno()).st_size == 10
    assert open("/output/text").read() == "one\ngrün\n"
with open("/output/text", "a") as file:
    file.write("three\n")
assert open("/output/text").readlines() == ["one\n", "grün\n", "three\n"]
with open("/output/text", "r+b") as file:
    file.seek(4)
    file.write(b"GR")
    file.seek(0)
    assert file.read() == "one\nGRün\nthree\n".encode()
    file.truncate(4)
    os.fsync(file.fileno())
assert open("/output/text").read() == "one\n"
with refused(FileExistsError, errno.EEXIST):
    open("/output/text", "x")
open("/output/text", "w").close()
assert os.path.getsize("/output/text") == 0
descriptor = os.open("/output/raw", os.O_RDWR | os.O_CREAT)
assert os.pwrite(descriptor, b"abc", 5) == 3 and os.pread(descriptor, 8, 0) == b"\0\0\0\0\0abc"
with refused(OSError, errno.EFBIG, errno.ENOSPC):
    os.pwrite(descriptor, b"x", 9 << 20)
os.close(descriptor)
large = os.urandom(10) + bytes(range(256)) * 12_000
assert pathlib.Path("/tmp/large").write_bytes(large) == len(large)
assert pathlib.Path("/tmp/large").read_bytes() == large
os.remove("/tmp/large")

# A write that fails says why, whatever writes. The test's host has 8 MiB for /tmp.
with open("/tmp/full", "wb") as file:
    for _ in range(8):
        file.write(bytes(1 << 20))
assert os.path.getsize("/tmp/full") == 8 << 20
with refused(OSError, errno.ENOSPC):
    with open("/tmp/full", "a") as file:
        file.write("x")
with refused(OSError, errno.ENOSPC):
    with open("/tmp/full", "r+b") as file:
        file.seek((8 << 20) - 1)
        file.write(b"xy")
with open("/tmp/full", "r+b", buffering=0) as file:
    file.seek(0, os.SEEK_END)
    try:
        raise KeyError
    except KeyError as outer:
        try:
            file.write(b"x")
        except OSError as error:
            assert error.errno == errno.ENOSPC and error.__context__ is outer, repr(error)
    for write in (os.write, *([os.writev] if hasattr(os, "writev") else [])):
        with refused(OSError, errno.ENOSPC):
            write(file.fileno(), b"x" if write is os.write else [b"x"])
    os.fsync(file.fileno())  # It was told already.
    file.seek(0)
    assert file.write(b"fits") == 4
with refused(OSError, errno.EBADF):
    os.write(99, b"x")
assert os.path.getsize("/tmp/full") == 8 << 20 and open("/tmp/full", "rb").read(5) == b"fits\0"
os.remove("/tmp/full")

# Changing directories.
os.makedirs("/output/a/b")
shutil.copy("/input/data.csv", "/output/a/b/copy.csv")
os.rename("/output/a/b/copy.csv", "/output/a/moved.csv")
assert os.listdir("/output/a/b") == [] and os.listdir("/output/a/./../a") == ["b", "moved.csv"]
assert not os.path.exists("/output/a/b/copy.csv") and os.path.isfile("/output/a/moved.csv")
os.utime("/output/a/moved.csv", ns=(7, 1_234_567_890_123_456_789))
assert os.stat("/output/a/moved.csv").st_mtime_ns == 1_234_567_890_123_456_789
with refused(OSError, errno.ENOTEMPTY):
    os.rmdir("/output/a")
with refused(FileExistsError, errno.EEXIST):
    os.mkdir("/output/a")
shutil.copytree("/output/a", "/output/copied")
assert os.path.samefile("/output/a/moved.csv", "/output/b/../a/moved.csv")
assert not os.path.samefile("/output/a/moved.csv", "/output/copied/moved.csv")
shutil.rmtree("/output/a")
assert sorted(os.listdir("/output")) == ["copied", "raw", "text"]
with tempfile.TemporaryDirectory() as folder:
    assert folder.startswith("/tmp/")
    with zipfile.ZipFile(f"{folder}/x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write("/input/bytes", "bytes")
    with zipfile.ZipFile(f"{folder}/x.zip") as archive:
        assert archive.read("bytes") == expected
assert not os.path.exists(folder)

# How often the host is asked: small reads of a large file, a listing with a stat each, a copy.
before = calls()
total = 0
with open("/input/bytes", "rb", buffering=0) as file:
    while part := file.read(1000):
        total += len(part)
assert total == len(expected) and calls() - before < 25, calls() - before
before = calls()
sizes = [os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk("/input/many") for name in names]
assert sum(sizes) == sum(range(100)) and calls() - before < 12, calls() - before
before = calls()
for name in os.scandir("/input/many"):
    assert name.is_file() and name.stat().st_size == int(name.name)
assert calls() - before < 12, calls() - before
before = calls()
assert open("/input/data.csv").read()
assert calls() - before <= 4, calls() - before
before = calls()
with open("/output/lines", "w") as file:
    for number in range(10_000):
        print(number, file=file)
assert calls() - before < 8, calls() - before
before = calls()
shutil.copyfile("/input/bytes", "/output/bytes")
assert pathlib.Path("/output/bytes").read_bytes() == expected
assert calls() - before < 50, calls() - before

# Modules of a mount.
import from_mount

assert from_mount.VALUE == 7 and from_mount.__file__ == "/input/from_mount.py"
os.mkdir("/tmp/own")
pathlib.Path("/tmp/own/written.py").write_text("VALUE = 8\n")
sys.path.insert(0, "/tmp/own")
import written

assert written.VALUE == 8
import traceback

try:
    from_mount.fail()
except KeyError:
    assert "raise KeyError('in a mount')" in traceback.format_exc()

assert call_tool("left_open") == 0
