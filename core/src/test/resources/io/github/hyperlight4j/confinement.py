"""Tries to get out of the mounts, from inside the micro-VM. FileConfinementVmTest makes the files and checks what was got."""

import errno
import itertools
import os
import pathlib
import shutil
import time

HOST = call_tool("host_folder")  # Where the mounts are on the host, as an attacker may have guessed.
told = set()  # What errors said.
wrong = []  # All of it, since a run takes minutes where micro-VMs are emulated.


def refused(codes, call, *arguments, **named):
    codes = codes if isinstance(codes, tuple) else (codes,)
    try:
        got = call(*arguments, **named)
    except OSError as error:
        told.add(error.strerror)
        if error.errno not in codes:
            names = [errno.errorcode[code] for code in codes]
            wrong.append(f"{call!r:.60}{str(arguments)[:200]}: {errno.errorcode.get(error.errno)} instead of {names}")
    else:
        wrong.append(f"{call!r:.60}{str(arguments)[:200]} was not refused: {str(got)[:200]}")


def unreachable(codes, path, stat=True):
    refused(codes, open, path)
    refused(codes, os.open, path, os.O_RDONLY | os.O_NONBLOCK)
    if stat:
        refused(codes, os.stat, path)
        if os.path.exists(path):
            wrong.append(f"{path!r:.200} exists")


def read(path):
    with open(path, "rb") as file:
        return file.read()


# Exactly what was mounted: every file that a walk meets, with the first bytes that it gives.
seen = {}
for folder, folders, files in os.walk("/input"):
    if folder == "/input":
        folders.remove("devices")
    for name in files:
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as file:
                seen[path] = file.read(100).decode()
        except OSError as error:
            seen[path] = errno.errorcode[error.errno]
call_tool("seen", files=[list(item) for item in seen.items()])  # Paths are too long for names in JSON.

# "..", absolute paths, and what some system or other takes for them.
for path in (
    "/input/../outside/secret.txt",
    "/input/sub/../../../outside/secret.txt",
    "/input/../" * 50 + HOST + "/outside/secret.txt",
    HOST + "/outside/secret.txt",
    "/input" + HOST + "/outside/secret.txt",
    "/input//" + HOST + "//outside/secret.txt",
    "/input/..\\outside\\secret.txt",
    "/input/%2e%2e/outside/secret.txt",
    "/input/sub/.. /../outside/secret.txt",
    "/input/sub/.../../../outside/secret.txt",
    "file://" + HOST + "/outside/secret.txt",
    "C:\\outside\\secret.txt",
    "/etc/passwd",
    "/proc/self/environ",
    "/dev/zero",
):
    unreachable(errno.ENOENT, path)
    refused(errno.ENOENT, os.listdir, os.path.dirname(path) if path.startswith(HOST) else path)
assert os.listdir("/input/../..") == ["input", "output", "tmp"]
assert read("/../../input/sub/../a.txt") == b"inside"
os.chdir("/input/sub")
unreachable(errno.ENOENT, "../../outside/secret.txt")
assert read("../a.txt") == b"inside" and read("b.txt") == b"below"
os.chdir("/")
directory = os.open("/input/sub", os.O_RDONLY | os.O_DIRECTORY)
for path in ("../../outside/secret.txt", "../../../../../etc/passwd"):
    refused(errno.ENOENT, os.open, path, os.O_RDONLY, dir_fd=directory)
    refused(errno.ENOENT, os.stat, path, dir_fd=directory)
os.close(directory)

# Links: those that stay inside are followed, those that lead out show neither what is there nor where it is.
assert read("/input/to-a") == read("/input/sub/up") == b"inside"
refused(errno.ELOOP, os.open, "/input/to-a", os.O_RDONLY | os.O_NOFOLLOW)
assert os.readlink("/input/sub/up") == "../a.txt"
for name in ("out", "out-absolute", "inside-absolute", "out-and-back", "chain", "other/back", "sub/out"):
    path = "/input/" + name
    unreachable(errno.EACCES, path)
    assert os.path.islink(path)
    if name != "chain":  # Its own text stays inside.
        refused(errno.EACCES, os.readlink, path)
    refused(errno.EACCES, shutil.copy, path, "/tmp/copy")
    refused((errno.EACCES, errno.EROFS), open, path, "w")
for path in ("/input/folder", "/input/folder/", "/input/folder/.", "/input/sub/folder/deeper"):
    refused(errno.EACCES, os.listdir, path)
    refused(errno.EACCES, os.scandir, path)
unreachable(errno.EACCES, "/input/folder/secret.txt")
unreachable(errno.EACCES, "/input/sub/folder/secret.txt")
unreachable(errno.ELOOP, "/input/loop")
unreachable(errno.ENOENT, "/input/dangling")
unreachable(errno.ENOENT, "/input/to-other")  # The kernel does not know of mounts.
for folder in ("/output", "/tmp"):
    for link in (os.symlink, os.link):
        for target in ("/input/a.txt", HOST + "/outside/secret.txt", "../../outside/secret.txt"):
            refused((errno.EPERM, errno.ENOENT), link, target, folder + "/link")

# Hard links: what has a name in a mounted tree is mounted, and still cannot be changed.
assert read("/input/hard") == b"linked"
for change in (
    lambda path: open(path, "r+"),
    lambda path: open(path, "a"),
    lambda path: os.open(path, os.O_RDONLY | os.O_TRUNC),
    lambda path: os.truncate(path, 0),
    lambda path: os.utime(path, (1, 1)),
    lambda path: os.remove(path),
    lambda path: os.rename(path, "/output/hard"),
):
    refused(errno.EROFS, change, "/input/hard")
with open("/input/hard", "rb", buffering=0) as file:
    refused(errno.EBADF, os.write, file.fileno(), b"x")
    refused((errno.EBADF, errno.EINVAL), os.ftruncate, file.fileno(), 0)

# Devices, FIFOs and sockets. None of these calls may wait.
begin = time.monotonic()
for name in call_tool("special_files"):
    unreachable(errno.EACCES, "/input/" + name)
    refused((errno.EACCES, errno.EROFS), open, "/input/" + name, "wb")
    refused((errno.EACCES, errno.EROFS), os.remove, "/input/" + name)
    refused(errno.ENOTDIR, os.listdir, "/input/" + name)
    assert os.path.basename(name) not in os.listdir(os.path.dirname("/input/" + name))
unreachable(errno.EACCES, "/input/to-fifo")
unreachable(errno.EACCES, "/input/to-device")
unreachable((errno.EACCES, errno.ENOENT), "/input/devices/stdin")
assert time.monotonic() - begin < 60

# Names.
unreachable_names = {
    errno.ENOENT: ("none", "new\n", "\nline", "a.txt\n", "a.txt ", "a.txt.", "a.txt::$DATA", "NUL", "é".upper(), "\ufffd", "bad-\u00ff"),
    errno.ENAMETOOLONG: ("x" * 256, "é" * 128, "x" * 10_000, "x/" * 3_000 + "y"),
    errno.EILSEQ: (b"bad-\xff", b"\xff", b"cut-\xc3", b"overlong-\xc0\xae", b"\xed\xa0\x80", "bad-\udcff"),
}
for folder, (code, names) in itertools.product(("/input/", "/input/sub/", "/output/", "/"), unreachable_names.items()):
    for name in names:
        unreachable(code, os.fsencode(folder) + os.fsencode(name))
    if code != errno.ENOENT and folder == "/output/":
        for name in names:
            path = os.fsencode(folder) + os.fsencode(name)
            refused(code, open, path, "w")
            refused(code, os.mkdir, path)
            refused(code, os.rename, b"/output", path)
            refused(code, os.listdir, path)
unreachable((errno.ENAMETOOLONG, errno.ENOENT), "/input/" + "../" * 2_000 + "etc/passwd")
for call in (open, os.stat, os.listdir, os.remove, os.mkdir, os.readlink):
    for name in ("\0", "a.txt\0", "a.txt\0.csv", "../\0/outside"):
        try:
            call("/input/" + name)
        except ValueError as error:
            assert "null" in str(error), error
        else:
            raise AssertionError(name)
assert os.stat("/input/" + "n" * 255).st_size == 6

# Case: names that a kinder file system would find.
for path in (
    "/INPUT/a.txt",
    "/Input/a.txt",
    "/ınput/a.txt",
    "/ｉnput/a.txt",
    "/input/A.TXT",
    "/input/SUB/b.txt",
    "/input/case.txt",
    "/input/CASE.TXT",
    "/input/Caſe.txt",
    "/input/e\u0301",
    "/input/É",
    "/input/OTHER/m.txt",
    "/Output/x",
    "/TMP",
):
    unreachable(errno.ENOENT, path)
assert read("/input/Case.txt") == b"upper" and read("/input/é") == b"composed"

# A thousand directories deep; and there is an end to it.
deep = "/input/" + "d/" * 1000
assert read(deep + "f") == b"deep" and os.listdir(deep) == ["f"]
unreachable(errno.ENOENT, deep + "d/" * 40 + "f")
unreachable(errno.ENAMETOOLONG, deep + "d/" * 1_100)
assert read("/input/" + "sub/../" * 500 + "a.txt") == b"inside"
made = "/output/deep"
os.mkdir(made)
for _ in range(1000):
    made += "/d"
    os.mkdir(made)
pathlib.Path(made, "f").write_text("deep")
refused(errno.ENAMETOOLONG, os.mkdir, made + "/d" * 1_100)
assert read(made + "/f") == b"deep"

# Swapped during the run: between two calls, then all the time.
with open("/input/victim/secret.txt", "rb") as opened:
    assert read("/input/victim/secret.txt") == b"harmless"
    call_tool("swap")
    unreachable(errno.EACCES, "/input/victim/secret.txt", stat=False)  # What the walk told of it is not asked again.
    refused(errno.EACCES, os.listdir, "/input/victim")
    refused(errno.ELOOP, open, "/input/single.txt")
    assert opened.read() == b"harmless"
    call_tool("swap_back")
assert read("/input/victim/secret.txt") == b"harmless" and read("/input/single.txt") == b"single"
call_tool("begin_race")
harmless = denied = 0
end = time.monotonic() + 30
while (harmless < 20 or denied < 20) and time.monotonic() < end:
    try:
        assert read("/input/victim/secret.txt") == b"harmless"
        assert os.listdir("/input/victim") == ["secret.txt"]
        harmless += 1
    except OSError as error:
        assert error.errno in (errno.EACCES, errno.ENOENT, errno.EBUSY), error
        denied += error.errno == errno.EACCES
call_tool("end_race")
assert harmless and denied, f"{harmless} read, {denied} refused: the race was not tried"

# A mount that disappears, and a file that shrinks under its reader.
with open("/input/going/g.txt", "rb", buffering=0) as opened, open("/input/shrinks", "rb", buffering=0) as shrinking:
    assert os.listdir("/input/going") == ["g.txt"] and shrinking.read(10) == b"s" * 10
    call_tool("replace_mount")
    assert read("/input/going/g.txt") == b"going"  # A mount is the directory, not its name.
    unreachable(errno.ENOENT, "/input/going/secret.txt")
    call_tool("delete_mount")
    refused(errno.ENOENT, open, "/input/going/g.txt")
    refused((errno.ENOENT, errno.EROFS), open, "/input/going/new.txt", "w")
    refused(errno.ENOENT, os.listdir, "/input/going")
    assert opened.read() == b"going"
    assert "going" in os.listdir("/input")
    call_tool("shrink")
    assert set(shrinking.read()) <= set(b"s") and shrinking.seek(2 << 20) and shrinking.read() == b""

# Huge offsets.
with open("/input/a.txt", "rb", buffering=0) as file:
    for offset in (6, 7, 1 << 31, 1 << 32, 1 << 40, (1 << 63) - 2, (1 << 63) - 1):
        assert file.seek(offset) == offset and file.read(10) == b"" == os.pread(file.fileno(), 10, offset)
    refused(errno.EINVAL, file.seek, -1)
    refused(errno.EINVAL, file.seek, (1 << 63) - 1, os.SEEK_END)
    refused(errno.EINVAL, os.pread, file.fileno(), 10, -1)
    assert os.pread(file.fileno(), 100, 2) == b"side"
for folder, full in (("/output", errno.EFBIG), ("/tmp", (errno.ENOSPC, errno.EFBIG))):  # /tmp only has a size as a whole.
    with open(folder + "/huge", "w+b", buffering=0) as file:
        for offset in (1 << 31, 1 << 40, (1 << 63) - 2, (1 << 63) - 1):
            refused(full, file.truncate, offset)
            refused(full, os.pwrite, file.fileno(), b"x", offset)
            assert file.seek(offset) == offset and file.read() == b""
            refused(full, file.write, b"x")
        assert os.fstat(file.fileno()).st_size == 0
    os.remove(folder + "/huge")

# What may be written is where it was written, whatever its name.
for name in ("new\nline", "..\\..\\back", "C:\\x", " ", "...", "A", "a", "é", "e\u0301", "n" * 255, "-rf", "*"):
    pathlib.Path("/output", name).write_text(name)
pathlib.Path("/output/../tmp/x").write_text("temporary")
refused(errno.EROFS, open, "/output/../x", "w")
refused(errno.ENOENT, open, "/output/../../etc/x", "w")
refused(errno.ENOENT, open, HOST + "/outside/new", "w")

# 100,000 open files: a limit says so, closing makes room, and those left open are the host's to close.
opened = []
try:
    for _ in range(100_000):
        opened.append(os.open("/input/a.txt", os.O_RDONLY))
except OSError as error:
    assert error.errno == errno.EDQUOT, error
    told.add(error.strerror)
assert 200 < len(opened) < 300, len(opened)
for _ in range(100):
    refused(errno.EDQUOT, os.open, "/input/a.txt", os.O_RDONLY)
    refused(errno.EDQUOT, os.open, "/output/another", os.O_WRONLY | os.O_CREAT)
os.close(opened.pop())
assert read("/input/a.txt") == b"inside"
assert not os.path.exists("/output/another")

assert not wrong, "\n".join(["", *wrong])
print(sorted(told))
