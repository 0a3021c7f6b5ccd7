// One direction of bytes from one file descriptor to another, driven by poll().

#ifndef STREAM_H
#define STREAM_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

struct stream {
    int from;       // -1: no more comes
    int to;         // -1: has no reader; what comes is dropped
    size_t most;    // the largest write that may not block once poll() has called `to` writable
    uint64_t taken; // bytes read so far
    size_t start, end;
    char bytes[1 << 16];
};

static inline bool stream_holds_bytes(const struct stream *stream)
{
    return stream->start < stream->end;
}

// What the stream waits for: one of its two descriptors, or none.
static inline struct pollfd stream_poll(const struct stream *stream)
{
    return stream_holds_bytes(stream) ? (struct pollfd){.fd = stream->to, .events = POLLOUT}
                                      : (struct pollfd){.fd = stream->from, .events = POLLIN};
}

static inline bool is_transient(int error)
{
    return error == EAGAIN || error == EINTR;
}

// Takes the one step that poll() said will not block.
static inline void stream_step(struct stream *stream)
{
    if (!stream_holds_bytes(stream)) {
        ssize_t count = read(stream->from, stream->bytes, sizeof stream->bytes);
        if (count < 0 && is_transient(errno))
            return;
        if (count <= 0) {
            stream->from = -1;
            return;
        }
        stream->taken += (uint64_t)count;
        stream->start = 0;
        stream->end = stream->to < 0 ? 0 : (size_t)count;
        return;
    }
    size_t length = stream->end - stream->start;
    ssize_t count = write(stream->to, stream->bytes + stream->start, length < stream->most ? length : stream->most);
    if (count >= 0)
        stream->start += (size_t)count;
    else if (!is_transient(errno)) {
        stream->to = -1;
        stream->start = stream->end;
    }
}

#endif
