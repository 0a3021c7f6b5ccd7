"""What reaches the WASI layer answers: a missing WASI function would end the micro-VM, not raise."""

import errno
import os
import socket
import sys
import time


def refused(*codes):
    class Refused:
        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            assert error is not None, "was not refused"
            assert isinstance(error, OSError) and error.errno in codes, repr(error)
            return True

    return Refused()


assert os.path.isdir("/") and not os.path.exists("/etc/passwd")
with refused(errno.ENOENT):
    open("/etc/passwd")
with refused(errno.ENOENT):
    os.stat("/proc/self")
for path in ("/new", "/etc/passwd"):
    with refused(errno.EROFS, errno.ENOENT):
        open(path, "w")
for change in (os.symlink, os.link):
    with refused(errno.EPERM):
        change("/a", "/b")
with refused(errno.EROFS, errno.ENOENT):
    os.rename("/a", "/b")
with refused(errno.EISDIR):
    open("/", "w")
with refused(errno.EINVAL):
    os.readlink("/")

directory = os.open("/", os.O_RDONLY)
os.fstat(directory)
os.fsync(directory)
os.close(directory)

assert sys.stdin.read() == ""
assert not sys.stdout.isatty() and not os.isatty(2)
assert os.write(2, b"bytes\n") == 6
os.fstat(1)

assert len(os.urandom(200_000)) == 200_000
assert time.time() > 1_700_000_000
assert time.monotonic() >= 0
assert time.get_clock_info("monotonic").monotonic
time.sleep(0)
time.localtime()
os.getpid()

with refused(errno.EACCES):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("example.com", 53))
with refused(errno.ENOTCONN):
    socket.socket().recv(1)

assert dict(os.environ) == {}
assert sys.path == ["/input"]
