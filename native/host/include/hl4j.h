// Generated from native/host/src by cbindgen. Change the Rust source, then: HL4J_WRITE_HEADER=1 cargo test --test header
//
// hyperlight4j's C ABI: CPython in a Hyperlight micro-VM.
//
// Errors. A function that can fail returns `hl4j_error_t *`: NULL means success, anything else is the caller's to
// delete. Out-parameters are written on success only. No panic and no exception crosses this boundary.
//
// Ownership. Every `hl4j_x_new`, and every function with an `hl4j_x_t **out`, gives the caller an object to end with
// `hl4j_x_delete`. Delete functions accept NULL. `hl4j_bytes_t` never owns: what it points to belongs to the object it
// came from, or, for a parameter, to the caller for the time of the call. Memory is freed by the side that allocated it.
//
// Text is UTF-8, with a length, without a terminating NUL.
//
// Threads. A sandbox serves one call at a time, from any thread; a second call at the same time fails. A snapshot and an
// interrupt may be used from any number of threads at once. Deleting an object while another thread uses it is undefined.


#ifndef HL4J_H
#define HL4J_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// The version of this ABI. It changes with every change that a caller compiled against the old header would notice.
#define HL4J_ABI_VERSION 3

// An argument is NULL, not UTF-8 or out of range, or the object is in use by another call.
#define HL4J_ERROR_INVALID_ARGUMENT 1

// A bug in this library.
#define HL4J_ERROR_INTERNAL 2

// There is no hypervisor that this process can use. `hl4j_probe_new` tells why.
#define HL4J_ERROR_NO_HYPERVISOR 3

// The hypervisor is there, but the micro-VM could not be created or driven.
#define HL4J_ERROR_HYPERVISOR 4

// The guest image is missing, corrupt, or built for another version.
#define HL4J_ERROR_GUEST_IMAGE 5

// The run was ended by `hl4j_interrupt_kill`, or by the host function. Restore the sandbox before the next run.
#define HL4J_ERROR_CANCELLED 6

// The guest crashed. Restore the sandbox before the next run.
#define HL4J_ERROR_GUEST_ABORTED 7

// The micro-VM ran out of memory. Restore the sandbox before the next run.
#define HL4J_ERROR_GUEST_MEMORY 8

// The sandbox was left by a run that did not end by itself, and must be restored.
#define HL4J_ERROR_POISONED 9

// The snapshot is missing, corrupt, or made by another library version, CPU vendor or hypervisor.
#define HL4J_ERROR_SNAPSHOT 10

// Reading or writing a file failed.
#define HL4J_ERROR_IO 11

// `files.stat`: `name` is a path, `flags` 1 to follow a symbolic link at its end. The reply is a status. This and the
// following can fail, if nothing else is said: the reply's number is then a case of `error-code` in `wasi:filesystem/types`
// 0.2, counted from 0. Every path is absolute, chosen by the guest, and UTF-8.
#define HL4J_CALL_FILE_STAT 20

// `files.stat-handle`: `handle`. The reply is a status.
#define HL4J_CALL_FILE_STAT_HANDLE 21

// `files.list-directory`: `name` is a path, `number` where to go on. The reply is entries, and the number where the list
// goes on, 0 at its end.
#define HL4J_CALL_FILE_LIST 22

// `files.open`: `name` is a path, `flags` are those of the guest interface. The reply's number is a handle (32 bits), and
// there is a status.
#define HL4J_CALL_FILE_OPEN 23

// `files.read`: `handle`, `number` is an offset, `count` the most to read, at most `HL4J_BLOCK_LIMIT`. The reply's number
// says how many bytes were read; they come first in the bytes.
#define HL4J_CALL_FILE_READ 24

// `files.write-at`: `handle`, `number` is an offset, 2^64 - 1 for the file's end, `data` the bytes. The reply's number is
// the offset behind them.
#define HL4J_CALL_FILE_WRITE 25

// `files.resize`: `handle`, `number` is the new size.
#define HL4J_CALL_FILE_RESIZE 26

// `files.close`: `handle`. It cannot fail.
#define HL4J_CALL_FILE_CLOSE 27

// `files.make-directory`: `name` is a path.
#define HL4J_CALL_FILE_MAKE_DIRECTORY 28

// `files.remove`: `name` is a path, `flags` 1 for a directory.
#define HL4J_CALL_FILE_REMOVE 29

// `files.rename`: `name` is a path, `text` another.
#define HL4J_CALL_FILE_RENAME 30

// `files.set-modified`: `name` is a path, `number` nanoseconds since the Unix epoch.
#define HL4J_CALL_FILE_SET_MODIFIED 31

// `files.read-link`: `name` is a path. The reply's text is where the link leads.
#define HL4J_CALL_FILE_READ_LINK 32

// `tools.call`: `name` is the tool, `data` the arguments, both UTF-8; the reply's bytes are the answer, UTF-8. It can fail.
#define HL4J_CALL_TOOL 1

// `output.write`: `number` is 1 (standard output) or 2 (standard error), `data` the bytes. No reply.
#define HL4J_CALL_WRITE 2

// `clock.realtime`: the reply's number is nanoseconds since the Unix epoch.
#define HL4J_CALL_REALTIME 3

// `clock.monotonic`: the reply's number is nanoseconds since an arbitrary point.
#define HL4J_CALL_MONOTONIC 4

// `clock.sleep`: `number` is nanoseconds. No reply.
#define HL4J_CALL_SLEEP 5

// `entropy.bytes`: the reply's bytes are `count` random bytes; `count` is at most `HL4J_ENTROPY_LIMIT`.
#define HL4J_CALL_ENTROPY 6

// `tools.begin`: as `HL4J_CALL_TOOL`, but the reply is a number (32 bits, not 0) that stands for the call.
#define HL4J_CALL_TOOL_BEGIN 7

// `tools.next`: `number` is nanoseconds to wait at most. The reply's number is that of a call that was begun and has ended,
// with its answer in the bytes, or 0 if none has. It can fail: that call did.
#define HL4J_CALL_TOOL_NEXT 8

// The most random bytes that are asked for at a time. The library refuses a guest that asks for more.
#define HL4J_ENTROPY_LIMIT 65536

// The most bytes of a file or of a request or response that are carried at a time: 1 MiB. The library refuses a guest that
// asks for more.
#define HL4J_BLOCK_LIMIT (1 << 20)

// The call is answered.
#define HL4J_ANSWERED 0

// The call failed, and the program is told. Only for calls of which it is said that they can fail: for a tool, the reply's
// bytes are a message (UTF-8); for a file function, the number is an error; for an HTTP function, both.
#define HL4J_FAILED 1

// `http.request`: `name` is the method, `text` the URL, `data` the field lines, all UTF-8. The reply's number stands for the
// request (32 bits). This and the following can fail, if nothing else is said: the reply's number is then the kind of
// failure (`HL4J_HTTP_*`), its bytes are a message (UTF-8).
#define HL4J_CALL_HTTP_REQUEST 40

// `http.send-body`: `handle` is the request, `data` the bytes.
#define HL4J_CALL_HTTP_SEND_BODY 41

// `http.respond`: `handle` is the request. The reply's number is the status (32 bits), its text the reason phrase, its bytes
// the field lines (UTF-8).
#define HL4J_CALL_HTTP_RESPOND 42

// `http.receive-body`: `handle` is the request, `count` the most to receive, at most `HL4J_BLOCK_LIMIT`. The reply's bytes
// are what was received.
#define HL4J_CALL_HTTP_RECEIVE_BODY 43

// `http.finish`: `handle` is the request. It cannot fail.
#define HL4J_CALL_HTTP_FINISH 44

// The request is not allowed.
#define HL4J_HTTP_REFUSED 0

// The request failed.
#define HL4J_HTTP_FAILED 1

// The request took too long.
#define HL4J_HTTP_TIMED_OUT 2

// Micro-VMs work here.
#define HL4J_PROBE_USABLE 0

// There is no hypervisor device.
#define HL4J_PROBE_NO_DEVICE 1

// There is a hypervisor device, and this user may not open it.
#define HL4J_PROBE_NO_PERMISSION 2

// There is a hypervisor device, and it did not run a guest.
#define HL4J_PROBE_CANNOT_RUN_GUEST 3

// This CPU or operating system is not supported.
#define HL4J_PROBE_UNSUPPORTED_PLATFORM 4

// The most bytes that a reply can carry: 8 MiB.
#define HL4J_REPLY_LIMIT (8 << 20)

// A kind of file: an ordinary one.
#define HL4J_KIND_FILE 0

// A kind of file: a directory.
#define HL4J_KIND_DIRECTORY 1

// A kind of file: a symbolic link.
#define HL4J_KIND_SYMBOLIC_LINK 2

// The most that the interpreter's memory can grow to: 256 MiB.
#define HL4J_MEMORY_LIMIT (256 << 20)

// An error: a stable code (`HL4J_ERROR_*`) and a sentence.
typedef struct hl4j_error_t hl4j_error_t;

// The means to end a sandbox's run, from any thread. It may outlive the sandbox.
typedef struct hl4j_interrupt_t hl4j_interrupt_t;

// How a program that ran to its end has ended. Its texts come from the guest.
typedef struct hl4j_outcome_t hl4j_outcome_t;

// What a probe found.
typedef struct hl4j_probe_t hl4j_probe_t;

// The answer to a call, to be filled in by the host function.
typedef struct hl4j_reply_t hl4j_reply_t;

// A micro-VM with an interpreter in it.
typedef struct hl4j_sandbox_t hl4j_sandbox_t;

// The memory and processor state of a sandbox at one moment. Sandboxes are made from it and restored to it; they do not
// need it to live on.
typedef struct hl4j_snapshot_t hl4j_snapshot_t;

// Borrowed bytes, or UTF-8 text. `data` may be NULL when `len` is 0.
typedef struct {
  // The first byte.
  const uint8_t *data;
  // How many there are.
  size_t len;
} hl4j_bytes_t;

// One call of the guest. Everything in it was chosen by the guest; it is valid until the host function returns.
typedef struct {
  // Which function of the guest interface: `HL4J_CALL_*`. The meaning of the other fields is stated there; those
  // that it does not name are 0 and empty.
  uint32_t operation;
  // Flags.
  uint32_t flags;
  // A number that the host gave before: an open file's or a request's.
  uint32_t handle;
  // How many bytes.
  uint32_t count;
  // A number.
  uint64_t number;
  // A name.
  hl4j_bytes_t name;
  // A second name.
  hl4j_bytes_t text;
  // Bytes.
  hl4j_bytes_t data;
} hl4j_host_call_t;

// Answers a guest's call. Runs on the thread that is in `hl4j_sandbox_run` or `hl4j_sandbox_boot`, and must return
// normally: it must not unwind, and not call into the sandbox that is calling it.
//
// Returns `HL4J_ANSWERED` or `HL4J_FAILED`; any other value ends the run, which then fails with `HL4J_ERROR_CANCELLED`.
typedef int32_t (*hl4j_host_function_t)(void *env, const hl4j_host_call_t *call, hl4j_reply_t *reply);

// The host side of a sandbox. Copied by the functions that take it.
typedef struct {
  // Passed to `call` and `finalizer` as it is.
  void *env;
  // Answers the guest's calls. Not NULL.
  hl4j_host_function_t call;
  // Called once, when the sandbox is deleted or could not be made; may be NULL.
  void (*finalizer)(void *env);
} hl4j_host_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Returns the library's `HL4J_ABI_VERSION`, for the caller to compare with the one it was compiled against.
uint32_t hl4j_abi_version(void);

// Returns the error's code, one of `HL4J_ERROR_*`; 0 for NULL.
//
// # Safety
// `error` is NULL or an error that was not deleted.
uint32_t hl4j_error_code(const hl4j_error_t *error);

// Writes the error's message to `out`: a sentence, UTF-8, valid until the error is deleted.
//
// # Safety
// `error` is NULL or an error that was not deleted; `out` is valid for writing.
void hl4j_error_message(const hl4j_error_t *error, hl4j_bytes_t *out);

// Deletes the error. NULL does nothing.
//
// # Safety
// `error` is NULL or an error that was not deleted.
void hl4j_error_delete(hl4j_error_t *error);

// Ends the run that is in progress: it returns `HL4J_ERROR_CANCELLED`. Returns whether a running guest was interrupted.
//
// A kill that arrives before the run has begun is lost, and one that arrives while the host function answers takes effect
// when it returns. So repeat it, every few milliseconds, until the run has returned. Without a run it does nothing.
//
// # Safety
// `interrupt` is NULL or was not deleted.
bool hl4j_interrupt_kill(const hl4j_interrupt_t *interrupt);

// Deletes the interrupt, not the sandbox. NULL does nothing.
//
// # Safety
// `interrupt` is NULL or was not deleted.
void hl4j_interrupt_delete(hl4j_interrupt_t *interrupt);

// Returns the exit code: 0, what the program gave to `sys.exit`, or 1 after an uncaught exception.
//
// # Safety
// `outcome` is NULL or was not deleted.
int32_t hl4j_outcome_exit_code(const hl4j_outcome_t *outcome);

// Writes the uncaught exception's class name to `out`; empty when there was none. Valid until the outcome is deleted.
//
// # Safety
// `outcome` is NULL or was not deleted; `out` is valid for writing.
void hl4j_outcome_error_type(const hl4j_outcome_t *outcome,
                             hl4j_bytes_t *out);

// Writes the uncaught exception's text to `out`; empty when there was none. Valid until the outcome is deleted.
//
// # Safety
// `outcome` is NULL or was not deleted; `out` is valid for writing.
void hl4j_outcome_message(const hl4j_outcome_t *outcome,
                          hl4j_bytes_t *out);

// Writes the uncaught exception's traceback to `out`, as Python prints it, beginning in the program's own code; empty
// when there was none. Valid until the outcome is deleted.
//
// # Safety
// `outcome` is NULL or was not deleted; `out` is valid for writing.
void hl4j_outcome_traceback(const hl4j_outcome_t *outcome,
                            hl4j_bytes_t *out);

// Deletes the outcome. NULL does nothing.
//
// # Safety
// `outcome` is NULL or was not deleted.
void hl4j_outcome_delete(hl4j_outcome_t *outcome);

// Finds out whether micro-VMs work here, by booting one. Takes as long as that takes; a device that exists but hangs
// makes it hang.
//
// # Safety
// `out` is NULL or valid for writing.
hl4j_error_t *hl4j_probe_new(hl4j_probe_t **out);

// Returns what the probe found: `HL4J_PROBE_*`.
//
// # Safety
// `probe` is NULL or was not deleted.
uint32_t hl4j_probe_status(const hl4j_probe_t *probe);

// Writes the hypervisor that this library was built for to `out`: `kvm`, `mshv` or `whp`.
//
// # Safety
// `probe` is NULL or was not deleted; `out` is valid for writing.
void hl4j_probe_hypervisor(const hl4j_probe_t *probe, hl4j_bytes_t *out);

// Writes what was tried and what happened to `out`, in a few words. Valid until the probe is deleted.
//
// # Safety
// `probe` is NULL or was not deleted; `out` is valid for writing.
void hl4j_probe_detail(const hl4j_probe_t *probe, hl4j_bytes_t *out);

// Deletes the probe. NULL does nothing.
//
// # Safety
// `probe` is NULL or was not deleted.
void hl4j_probe_delete(hl4j_probe_t *probe);

// Sets the reply's number.
//
// # Safety
// `reply` is the reply of the call being answered.
void hl4j_reply_number(hl4j_reply_t *reply, uint64_t number);

// Returns zeroed room for the reply's bytes, to be filled before the host function returns. NULL when `len` is 0 or more
// than `HL4J_REPLY_LIMIT`; the reply is empty then. A second call replaces the first one's room.
//
// # Safety
// `reply` is the reply of the call being answered.
uint8_t *hl4j_reply_reserve(hl4j_reply_t *reply,
                            size_t len);

// Sets the reply's text, UTF-8, which is copied. Returns whether it is short enough for a reply.
//
// # Safety
// `reply` is the reply of the call being answered; `text` is valid for reading.
bool hl4j_reply_text(hl4j_reply_t *reply, hl4j_bytes_t text);

// Sets what a file is: its kind (`HL4J_KIND_*`), its size in bytes, and when it was last modified, in nanoseconds since the
// Unix epoch.
//
// # Safety
// `reply` is the reply of the call being answered.
void hl4j_reply_status(hl4j_reply_t *reply,
                       uint32_t kind,
                       uint64_t size,
                       uint64_t modified);

// Adds an entry to the list of a directory: its name, UTF-8, which is copied, and what `hl4j_reply_status` takes. Returns
// whether it was added: it is not if the name is not UTF-8, the kind unknown, or the list full.
//
// # Safety
// `reply` is the reply of the call being answered; `name` is valid for reading.
bool hl4j_reply_entry(hl4j_reply_t *reply,
                      hl4j_bytes_t name,
                      uint32_t kind,
                      uint64_t size,
                      uint64_t modified);

// Boots a micro-VM, loads the guest image at `image_path` (UTF-8) into it and starts the interpreter. The image is mapped
// and must not change while the sandbox exists. Takes two orders of magnitude longer than `hl4j_sandbox_new`.
//
// # Safety
// `image_path` and `host` are valid for reading and `host` fulfils its documentation; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_boot(hl4j_bytes_t image_path,
                                const hl4j_host_t *host,
                                hl4j_sandbox_t **out);

// Makes a sandbox in the state of `snapshot`.
//
// # Safety
// `snapshot` is NULL or was not deleted; `host` is valid for reading and fulfils its documentation; `out` is NULL or valid
// for writing.
hl4j_error_t *hl4j_sandbox_new(const hl4j_snapshot_t *snapshot,
                               const hl4j_host_t *host,
                               hl4j_sandbox_t **out);

// Runs a program (Python, UTF-8) to its end: in a fresh `__main__` or, if `keep`, in the one that the program before left
// behind. Modules and everything else of an earlier run are still there, unless the sandbox was restored in between.
// `memory` is how many bytes the interpreter's memory may grow to: beyond that, Python raises its `MemoryError`. The interpreter
// itself takes part of it. There is never more than `HL4J_MEMORY_LIMIT`, whatever the program does; a smaller limit holds for
// programs that do not tamper with the interpreter.
//
// A program that raises or exits gives an outcome, not an error.
//
// # Safety
// `sandbox` is NULL or was not deleted; `source` is valid for reading; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_run(const hl4j_sandbox_t *sandbox,
                               hl4j_bytes_t source,
                               bool keep,
                               uint64_t memory,
                               hl4j_outcome_t **out);

// Does now what the first run after a restore would do: touches the memory that every run touches. A program sees no
// difference, and the host function is not called, unless a program that ran before changed that.
//
// # Safety
// `sandbox` is NULL or was not deleted.
hl4j_error_t *hl4j_sandbox_prepare(const hl4j_sandbox_t *sandbox);

// Captures the sandbox as it is now.
//
// # Safety
// `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_snapshot(const hl4j_sandbox_t *sandbox, hl4j_snapshot_t **out);

// Puts the sandbox back into the state of `snapshot`, whatever happened in it before.
//
// # Safety
// `sandbox` and `snapshot` are NULL or were not deleted.
hl4j_error_t *hl4j_sandbox_restore(const hl4j_sandbox_t *sandbox, const hl4j_snapshot_t *snapshot);

// Makes an interrupt for the sandbox. Can be called while the sandbox runs.
//
// # Safety
// `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_interrupt(const hl4j_sandbox_t *sandbox, hl4j_interrupt_t **out);

// Ends the micro-VM and frees its memory. Not while a call on it is in progress. NULL does nothing.
//
// # Safety
// `sandbox` is NULL or was not deleted.
void hl4j_sandbox_delete(hl4j_sandbox_t *sandbox);

// Writes the snapshot to `directory` (a path, UTF-8), which is created if it is missing; its parent must exist. The
// format is Hyperlight's, an OCI image layout. It is not written atomically: write to a temporary directory and rename.
//
// # Safety
// `snapshot` is NULL or was not deleted; `directory` is valid for reading.
hl4j_error_t *hl4j_snapshot_save(const hl4j_snapshot_t *snapshot,
                                 hl4j_bytes_t directory);

// Maps the snapshot in `directory` (a path, UTF-8). Its files must be trusted, and must not change while the snapshot or
// a sandbox made from it exists. Digests are not checked here. A snapshot of another Hyperlight version, CPU vendor or
// hypervisor fails with `HL4J_ERROR_SNAPSHOT`.
//
// # Safety
// `directory` is valid for reading; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_snapshot_load(hl4j_bytes_t directory,
                                 hl4j_snapshot_t **out);

// Deletes the snapshot. Sandboxes made from it live on. NULL does nothing.
//
// # Safety
// `snapshot` is NULL or was not deleted.
void hl4j_snapshot_delete(hl4j_snapshot_t *snapshot);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HL4J_H */
