"""Locks of an interpreter with one thread: one that is held stays so, and waiting for it is an error rather than the end of the
micro-VM."""

import queue
import threading
import time


class Lock:
    """threading.Lock(), where nothing can release a lock while it is waited for."""

    __slots__ = ("__weakref__", "_locked")

    def __init__(self):
        self._locked = False

    def acquire(self, blocking=True, timeout=-1):
        if not self._locked:
            self._locked = True
            return True
        if not blocking:
            if timeout != -1:
                raise ValueError("can't specify a timeout for a non-blocking call")
            return False
        if timeout < 0:
            raise RuntimeError("deadlock: this waits for another thread, and there are no threads in this sandbox")
        time.sleep(timeout)
        return False

    def release(self):
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def locked(self):
        return self._locked

    def _at_fork_reinit(self):
        self._locked = False

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *raised):
        self.release()

    def __repr__(self):
        return f"<{'locked' if self._locked else 'unlocked'} threading.Lock object at {id(self):#x}>"


Lock.__module__ = "threading"


def install() -> None:
    """Replaces the locks that the library waits with, and the queue that has one of its own."""
    threading.Lock = threading._allocate_lock = Lock
    queue.SimpleQueue = queue._PySimpleQueue
