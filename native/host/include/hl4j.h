// Generated from native/host/src. Change the Rust source, then: HL4J_WRITE_HEADER=1 cargo test --test header
//
// hyperlight4j's C ABI: CPython in a Hyperlight micro-VM.
//
// Threads. A sandbox serves one call at a time, from any thread; a second call at the same time fails. A snapshot and
// an interrupt may be used from any number of threads at once. Deleting an object while another thread uses it is
// undefined.
//
// Ownership. Every function with an `hl4j_x_t **out` gives the caller an object to end with `hl4j_x_delete`. Delete
// functions accept NULL. `hl4j_bytes_t` never owns: its bytes belong to the object that it was read from or, for a
// parameter, to the caller for the time of the call. Memory is freed by the side that allocated it.
//
// Errors. A function that can fail returns `hl4j_error_t *`: NULL means success, anything else is the caller's to
// delete. Out-parameters are written on success only. No panic and no exception crosses this boundary.
//
// Text is UTF-8, with a length, without a terminating NUL. `@pre` is what the caller must guarantee: it is not checked.
#ifndef HL4J_H
#define HL4J_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// == The version of the ABI.

// The version of this ABI. It changes with every change that a caller compiled against the old header would notice.
#define HL4J_ABI_VERSION 4

// Returns the library's `HL4J_ABI_VERSION`, for the caller to compare with the one it was compiled against.
uint32_t hl4j_abi_version(void);

// == Borrowed bytes.

// Borrowed bytes, or UTF-8 text. `data` may be NULL when `len` is 0.
typedef struct {
  // The first byte.
  const uint8_t *data;
  // The number of bytes.
  size_t len;
} hl4j_bytes_t;

// == Errors: a stable code and a sentence.

// An argument is NULL, not UTF-8 or out of range, or the object is in use by another call.
#define HL4J_ERROR_INVALID_ARGUMENT 1

// A bug in this library.
#define HL4J_ERROR_INTERNAL 2

// There is no hypervisor that this process can use. `hl4j_probe_new` gives the reason.
#define HL4J_ERROR_NO_HYPERVISOR 3

// The hypervisor is there, but the micro-VM could not be created or driven.
#define HL4J_ERROR_HYPERVISOR 4

// The guest image is missing, corrupt, or built for another version.
#define HL4J_ERROR_GUEST_IMAGE 5

// The call was ended by `hl4j_interrupt_kill`, or by the host function. Restore the sandbox before the next.
#define HL4J_ERROR_CANCELLED 6

// The guest crashed, or sent what an intact guest does not. Restore the sandbox before the next call.
#define HL4J_ERROR_GUEST_ABORTED 7

// The micro-VM ran out of memory. Restore the sandbox before the next call.
#define HL4J_ERROR_GUEST_MEMORY 8

// The last call did not end by itself. Restore the sandbox before the next.
#define HL4J_ERROR_POISONED 9

// The snapshot is missing, corrupt, or made by another library version, CPU vendor or hypervisor.
#define HL4J_ERROR_SNAPSHOT 10

// Reading or writing a file failed.
#define HL4J_ERROR_IO 11

// The calling thread's stack has too little room left to run the guest.
#define HL4J_ERROR_STACK 12

// An error: a stable code (`HL4J_ERROR_*`) and a sentence.
typedef struct hl4j_error_t hl4j_error_t;

// Returns the error's code, one of `HL4J_ERROR_*`; 0 for NULL.
//
// @pre `error` is NULL or an error that was not deleted.
uint32_t hl4j_error_code(const hl4j_error_t *error);

// Writes the error's message to `out`: a sentence, UTF-8, valid until the error is deleted.
//
// @pre `error` is NULL or an error that was not deleted; `out` is valid for writing.
void hl4j_error_message(const hl4j_error_t *error, hl4j_bytes_t *out);

// Deletes the error. NULL does nothing.
//
// @pre `error` is NULL or an error that was not deleted.
void hl4j_error_delete(hl4j_error_t *error);

// == A trial of whether micro-VMs work on this host.

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

// The result of a probe.
typedef struct hl4j_probe_t hl4j_probe_t;

// Boots a micro-VM to see whether they work here. Takes as long as that takes; a device that exists but hangs makes it
// hang.
//
// @pre `out` is NULL or valid for writing.
hl4j_error_t *hl4j_probe_new(hl4j_probe_t **out);

// Returns the status of the probe, one of `HL4J_PROBE_*`; `HL4J_PROBE_CANNOT_RUN_GUEST` for NULL.
//
// @pre `probe` is NULL or was not deleted.
uint32_t hl4j_probe_status(const hl4j_probe_t *probe);

// Writes the hypervisor that this library was built for to `out`: `kvm`, `mshv` or `whp`.
//
// @pre `probe` is NULL or was not deleted; `out` is valid for writing.
void hl4j_probe_hypervisor(const hl4j_probe_t *probe, hl4j_bytes_t *out);

// Writes to `out` the attempt and its result, in a few words. Valid until the probe is deleted.
//
// @pre `probe` is NULL or was not deleted; `out` is valid for writing.
void hl4j_probe_detail(const hl4j_probe_t *probe, hl4j_bytes_t *out);

// Deletes the probe. NULL does nothing.
//
// @pre `probe` is NULL or was not deleted.
void hl4j_probe_delete(hl4j_probe_t *probe);

// == The system's random source, without the classes that Java's would load into a process that starts.

// Writes `len` cryptographically strong bytes to `out`.
//
// @pre `out` is NULL or valid for writing `len` bytes.
hl4j_error_t *hl4j_random(uint8_t *out, size_t len);

// == The reply to a guest's call.

// The reply to a call, empty at first. The host function writes it to `data` and sets `len`. Replies of more than
// `capacity` bytes need `hl4j_reply_reserve` first.
typedef struct {
  // The room for the reply, not initialized. Changed by `hl4j_reply_reserve` only.
  uint8_t *data;
  // The size of the room, at least 256. Changed by `hl4j_reply_reserve` only.
  size_t capacity;
  // The size of the reply: the host function has written so many bytes from `data` on.
  size_t len;
} hl4j_reply_t;

// Makes room for a reply of `capacity` bytes and drops what was written before. Returns whether a reply can be so large:
// up to 8 MiB.
//
// @pre `reply` is NULL or the reply of the call that is being answered.
bool hl4j_reply_reserve(hl4j_reply_t *reply,
                        size_t capacity);

// == The host's side of a sandbox: the functions that the guest can call.

// A function that the guest can call.
typedef struct {
  // The name that the guest knows it by, UTF-8.
  hl4j_bytes_t name;
  // The number of its parameters, at most 4.
  size_t parameters;
} hl4j_function_t;

// Answers a guest's call of `functions[function]`. `arguments` are its `count` parameters as the guest sent them: every byte
// of them was chosen by the guest. They and `reply` are valid until the function returns.
//
// Runs on the thread that is in `hl4j_sandbox_call` or `hl4j_sandbox_boot`. It must return normally, and not use the
// sandbox that is calling it. Returns whether the call is answered; if not, the guest is stopped, and the function that it
// runs in fails with `HL4J_ERROR_CANCELLED`.
typedef bool (*hl4j_call_t)(void *env,
                            uint32_t function,
                            const hl4j_bytes_t *arguments,
                            size_t count,
                            hl4j_reply_t *reply);

// The host's side of a sandbox. Copied by the functions that take it, with all that it points to except `env`.
typedef struct {
  // Passed to `call` as it is.
  void *env;
  // Answers the guest's calls. Not NULL.
  hl4j_call_t call;
  // The functions that the guest can call. A snapshot can only be used with the functions that it was made with.
  const hl4j_function_t *functions;
  // The number of functions.
  size_t function_count;
} hl4j_host_t;

// == A snapshot: the captured state of a sandbox.

// The memory and processor state of a sandbox at one moment. Sandboxes are made from it and restored to it; they do not
// need it afterwards.
typedef struct hl4j_snapshot_t hl4j_snapshot_t;

// Writes the snapshot to `directory` (a path, UTF-8), which is created if it is missing; its parent must exist. The
// format is Hyperlight's, an OCI image layout. It is not written atomically: write to a temporary directory and rename.
//
// @pre `snapshot` is NULL or was not deleted; `directory` is valid for reading.
hl4j_error_t *hl4j_snapshot_save(const hl4j_snapshot_t *snapshot,
                                 hl4j_bytes_t directory);

// Maps the snapshot in `directory` (a path, UTF-8). Its files must be trusted, and must not change while the snapshot or
// a sandbox made from it exists. Digests are not checked here. A snapshot of another Hyperlight version, CPU vendor or
// hypervisor fails with `HL4J_ERROR_SNAPSHOT`.
//
// @pre `directory` is valid for reading; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_snapshot_load(hl4j_bytes_t directory,
                                 hl4j_snapshot_t **out);

// Deletes the snapshot. Sandboxes made from it stay as they are. NULL does nothing.
//
// @pre `snapshot` is NULL or was not deleted.
void hl4j_snapshot_delete(hl4j_snapshot_t *snapshot);

// == The means to end a call from another thread.

// The means to end a sandbox's call, from any thread. It may outlive the sandbox.
typedef struct hl4j_interrupt_t hl4j_interrupt_t;

// Ends the call that is in progress: it fails with `HL4J_ERROR_CANCELLED`. Returns whether a running guest was interrupted.
//
// A kill before the call has begun is lost, and one while the host function answers takes effect when it returns. So
// repeat it, every few milliseconds, until the call has returned. Without a call it does nothing.
//
// @pre `interrupt` is NULL or was not deleted.
bool hl4j_interrupt_kill(const hl4j_interrupt_t *interrupt);

// Deletes the interrupt, not the sandbox. NULL does nothing.
//
// @pre `interrupt` is NULL or was not deleted.
void hl4j_interrupt_delete(hl4j_interrupt_t *interrupt);

// == The result of a call of the guest.

// The result of a call of the guest.
typedef struct hl4j_result_t hl4j_result_t;

// Writes the result's bytes to `out`: a message that the guest chose. Valid until the result is deleted.
//
// @pre `result` is NULL or was not deleted; `out` is valid for writing.
void hl4j_result_bytes(const hl4j_result_t *result, hl4j_bytes_t *out);

// Deletes the result. NULL does nothing.
//
// @pre `result` is NULL or was not deleted.
void hl4j_result_delete(hl4j_result_t *result);

// == A micro-VM with an interpreter in it.

// A micro-VM with an interpreter in it.
typedef struct hl4j_sandbox_t hl4j_sandbox_t;

// Boots a micro-VM, loads the guest image at `image_path` (UTF-8) into it and starts the interpreter. The image is mapped
// and must not change while the sandbox exists. Takes two orders of magnitude longer than `hl4j_sandbox_new`.
//
// @pre `image_path` and `host` are valid for reading and `host` fulfils its documentation; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_boot(hl4j_bytes_t image_path,
                                const hl4j_host_t *host,
                                hl4j_sandbox_t **out);

// Makes a sandbox in the state of `snapshot`.
//
// @pre `snapshot` is NULL or was not deleted; `host` is valid for reading and fulfils its documentation; `out` is NULL or valid
// for writing.
hl4j_error_t *hl4j_sandbox_new(const hl4j_snapshot_t *snapshot,
                               const hl4j_host_t *host,
                               hl4j_sandbox_t **out);

// Calls a function that the guest exports, by the name that the guest knows it by (UTF-8), and gives its result. `arguments`
// are its `count` parameters, at most 4, in the form in which the guest reads them.
//
// The current thread must have enough stack left for the calls that the guest makes meanwhile; else nothing is called, and
// the error is `HL4J_ERROR_STACK`.
//
// @pre `sandbox` is NULL or was not deleted; `function` and `arguments` are valid for reading; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_call(const hl4j_sandbox_t *sandbox,
                                hl4j_bytes_t function,
                                const hl4j_bytes_t *arguments,
                                size_t count,
                                hl4j_result_t **out);

// Captures the present state of the sandbox.
//
// @pre `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_snapshot(const hl4j_sandbox_t *sandbox, hl4j_snapshot_t **out);

// Restores the sandbox to the state of `snapshot`, whatever happened in it before.
//
// @pre `sandbox` and `snapshot` are NULL or were not deleted.
hl4j_error_t *hl4j_sandbox_restore(const hl4j_sandbox_t *sandbox, const hl4j_snapshot_t *snapshot);

// Makes an interrupt for the sandbox. Can be called while the sandbox runs.
//
// @pre `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
hl4j_error_t *hl4j_sandbox_interrupt(const hl4j_sandbox_t *sandbox, hl4j_interrupt_t **out);

// Ends the micro-VM and frees its memory. Not while a call on it is in progress. NULL does nothing.
//
// @pre `sandbox` is NULL or was not deleted.
void hl4j_sandbox_delete(hl4j_sandbox_t *sandbox);

#ifdef __cplusplus
}
#endif

#endif
