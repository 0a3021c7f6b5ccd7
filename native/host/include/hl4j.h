#ifndef HL4J_H
#define HL4J_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define HL4J_ABI_VERSION 4
#define HL4J_ERROR_STACK 12
#define HL4J_ERROR_INVALID_ARGUMENT 1
#define HL4J_ERROR_INTERNAL 2
#define HL4J_ERROR_NO_HYPERVISOR 3
#define HL4J_ERROR_HYPERVISOR 4
#define HL4J_ERROR_GUEST_IMAGE 5
#define HL4J_ERROR_CANCELLED 6
#define HL4J_ERROR_GUEST_ABORTED 7
#define HL4J_ERROR_GUEST_MEMORY 8
#define HL4J_ERROR_POISONED 9
#define HL4J_ERROR_SNAPSHOT 10
#define HL4J_ERROR_IO 11
#define HL4J_PROBE_USABLE 0
#define HL4J_PROBE_NO_DEVICE 1
#define HL4J_PROBE_NO_PERMISSION 2
#define HL4J_PROBE_CANNOT_RUN_GUEST 3
#define HL4J_PROBE_UNSUPPORTED_PLATFORM 4
uint32_t hl4j_abi_version(void);
typedef struct hl4j_bytes_t { const uint8_t *data; size_t len; } hl4j_bytes_t;
typedef struct hl4j_error_t hl4j_error_t;
typedef struct hl4j_probe_t hl4j_probe_t;
typedef struct hl4j_snapshot_t hl4j_snapshot_t;
typedef struct hl4j_interrupt_t hl4j_interrupt_t;
typedef struct hl4j_result_t hl4j_result_t;
typedef struct hl4j_sandbox_t hl4j_sandbox_t;
uint32_t hl4j_error_code(const hl4j_error_t *error);
void hl4j_error_message(const hl4j_error_t *error, hl4j_bytes_t *out);
void hl4j_error_delete(hl4j_error_t *error);
hl4j_error_t *hl4j_probe_new(hl4j_probe_t **out);
uint32_t hl4j_probe_status(const hl4j_probe_t *probe);
void hl4j_probe_hypervisor(const hl4j_probe_t *probe, hl4j_bytes_t *out);
void hl4j_probe_detail(const hl4j_probe_t *probe, hl4j_bytes_t *out);
void hl4j_probe_delete(hl4j_probe_t *probe);
typedef struct hl4j_reply_t { uint8_t *data; size_t capacity; size_t len; } hl4j_reply_t;
bool hl4j_reply_reserve(hl4j_reply_t *reply, size_t capacity);
typedef struct hl4j_function_t { hl4j_bytes_t name; size_t parameters; } hl4j_function_t;
typedef bool (*hl4j_call_t)(void *env, uint32_t function, const hl4j_bytes_t *arguments, size_t count, hl4j_reply_t *reply);
typedef struct hl4j_host_t { void *env; hl4j_call_t call; const hl4j_function_t *functions; size_t function_count; } hl4j_host_t;
hl4j_error_t *hl4j_snapshot_save(const hl4j_snapshot_t *snapshot, hl4j_bytes_t directory);
hl4j_error_t *hl4j_snapshot_load(hl4j_bytes_t directory, hl4j_snapshot_t **out);
void hl4j_snapshot_delete(hl4j_snapshot_t *snapshot);
bool hl4j_interrupt_kill(const hl4j_interrupt_t *interrupt);
void hl4j_interrupt_delete(hl4j_interrupt_t *interrupt);
void hl4j_result_bytes(const hl4j_result_t *result, hl4j_bytes_t *out);
void hl4j_result_delete(hl4j_result_t *result);
hl4j_error_t *hl4j_sandbox_boot(hl4j_bytes_t image_path, const hl4j_host_t *host, hl4j_sandbox_t **out);
hl4j_error_t *hl4j_sandbox_new(const hl4j_snapshot_t *snapshot, const hl4j_host_t *host, hl4j_sandbox_t **out);
hl4j_error_t *hl4j_sandbox_call(const hl4j_sandbox_t *sandbox, hl4j_bytes_t function, const hl4j_bytes_t *arguments, size_t count, hl4j_result_t **out);
hl4j_error_t *hl4j_sandbox_snapshot(const hl4j_sandbox_t *sandbox, hl4j_snapshot_t **out);
hl4j_error_t *hl4j_sandbox_restore(const hl4j_sandbox_t *sandbox, const hl4j_snapshot_t *snapshot);
hl4j_error_t *hl4j_sandbox_interrupt(const hl4j_sandbox_t *sandbox, hl4j_interrupt_t **out);
void hl4j_sandbox_delete(hl4j_sandbox_t *sandbox);
#endif
