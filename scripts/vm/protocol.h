// What host.c and init.c say to each other, over four virtio-serial ports of the emulated VM.
//
// Standard input, output and error have a port each, with nothing on it but their bytes, so that each has its own flow
// control. Where a stream ends is told on the control port, as a count of bytes: a port cannot be half closed.

#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdint.h>

// The ports' numbers. In the VM they are /dev/vport*p1 and so on.
enum { CONTROL_PORT = 1, STDIN_PORT, STDOUT_PORT, STDERR_PORT, PORT_END };

enum kind {
    // Host to VM.
    START = 1,     // count = bytes that follow: a struct start and its strings
    SIGNAL,        // number = the signal that the command is to get
    STDIN_END,     // count = bytes of standard input in all
    OUTPUT_CLOSED, // number = 1 or 2: has no reader any longer

    // VM to host.
    ALIVE,      // sent every ALIVE_SECONDS
    FAILED,     // count = bytes that follow: why the command could not be started
    STDOUT_END, // count = bytes of standard output in all
    STDERR_END, // count = bytes of standard error in all
    ENDED,      // number = exit code, 128 + n for signal n; what was written to shared folders has been flushed
};

enum { ALIVE_SECONDS = 5 };

struct message {
    uint32_t kind;
    uint32_t number;
    uint64_t count;
};

// Followed by NUL-terminated strings: the host name, the working directory, then `writable` folders, `arguments` words of
// the command, and its environment up to the end.
struct start {
    int64_t seconds; // the time of day
    int64_t nanoseconds;
    uint64_t open_files_soft; // RLIMIT_NOFILE
    uint64_t open_files_hard;
    uint32_t uid;
    uint32_t gid;
    uint32_t umask;
    uint32_t writable;
    uint32_t arguments;
    uint32_t padding;
};

#endif
