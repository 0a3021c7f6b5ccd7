// Tells whether KVM runs a guest here, by running one: nothing less proves it, since /dev/kvm may exist and be useless.
//
// The guest is what a Hyperlight micro-VM starts with: one vCPU in 64-bit mode with paging. It adds two numbers, says the
// sum through an I/O port and halts. It adds with SSE2, which every x86-64 processor has and the kernel's instruction
// emulator has not: some devices (kvm_pvm, in a guest without nested virtualisation) interpret a guest instruction by
// instruction, and so get through the first few of any guest.
//
// Exit code 0 when it did; otherwise 1 and one line on standard output that says why not.

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MEMORY = 0x8000,
    CODE = 0x1000,
    // Three levels of page tables, whose last maps the first 2 MiB with one large page.
    LEVEL4 = 0x2000,
    LEVEL3 = 0x3000,
    LEVEL2 = 0x4000,
    PORT = 0x3f8,
    // A guest that runs needs microseconds; in an emulated machine, milliseconds.
    SECONDS = 10,
};

// Page table entries: present and writable; a large page.
static const uint64_t TABLE = 0x3, LARGE_PAGE = 0x83;

static const uint8_t PROGRAM[] = {
    0xba, PORT & 0xff, PORT >> 8, 0x00, 0x00, // mov edx, PORT
    0x66, 0x48, 0x0f, 0x6e, 0xc3,             // movq xmm0, rbx
    0x66, 0x48, 0x0f, 0x6e, 0xc9,             // movq xmm1, rcx
    0x66, 0x0f, 0xd4, 0xc1,                   // paddq xmm0, xmm1
    0x66, 0x48, 0x0f, 0x7e, 0xc0,             // movq rax, xmm0
    0xee,                                     // out dx, al
    0xf4,                                     // hlt
};

__attribute__((noreturn, format(printf, 1, 2))) static void unusable(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(EXIT_FAILURE);
}

static int request(int fd, unsigned long number, const char *name, uintptr_t argument)
{
    int result = ioctl(fd, number, argument);
    if (result < 0)
        unusable("%s failed: %s", name, strerror(errno));
    return result;
}

#define REQUEST(fd, number, argument) request(fd, number, #number, (uintptr_t)(argument))

static void *map(size_t length, int flags, int fd)
{
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (memory == MAP_FAILED)
        unusable("mmap failed: %s", strerror(errno));
    return memory;
}

static int open_device(void)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm >= 0)
        return kvm;
    if (errno == ENOENT)
        unusable("there is no /dev/kvm");
    if (errno == EACCES || errno == EPERM)
        unusable("no permission to open /dev/kvm (its group is usually kvm: usermod -aG kvm USER)");
    unusable("/dev/kvm cannot be opened: %s", strerror(errno));
}

static void enter_long_mode(int vcpu)
{
    struct kvm_sregs system;
    REQUEST(vcpu, KVM_GET_SREGS, &system);
    system.cr3 = LEVEL4;
    system.cr4 = 1 << 9 | 1 << 5;       // OSFXSR, PAE
    system.cr0 = 1u << 31 | 1 << 4 | 1; // PG, ET, PE
    system.efer = 1 << 10 | 1 << 8;     // LMA, LME
    system.cs = (struct kvm_segment){.limit = ~0u, .selector = 8, .present = 1, .type = 11, .s = 1, .l = 1, .g = 1};
    struct kvm_segment data = {.limit = ~0u, .selector = 16, .present = 1, .type = 3, .s = 1, .db = 1, .g = 1};
    system.ds = system.es = system.fs = system.gs = system.ss = data;
    REQUEST(vcpu, KVM_SET_SREGS, &system);
}

static void timed_out(int signal)
{
    (void)signal;
    static const char message[] = "a guest was started and never stopped\n";
    _exit(write(STDOUT_FILENO, message, sizeof message - 1) < 0 ? 2 : 1);
}

int main(void)
{
    signal(SIGALRM, timed_out);
    alarm(SECONDS);

    int kvm = open_device();
    int version = REQUEST(kvm, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION)
        unusable("/dev/kvm speaks version %d, not %d", version, KVM_API_VERSION);
    int vm = REQUEST(kvm, KVM_CREATE_VM, 0);

    uint8_t *memory = map(MEMORY, MAP_SHARED | MAP_ANONYMOUS, -1);
    memcpy(memory + CODE, PROGRAM, sizeof PROGRAM);
    *(uint64_t *)(memory + LEVEL4) = LEVEL3 | TABLE;
    *(uint64_t *)(memory + LEVEL3) = LEVEL2 | TABLE;
    *(uint64_t *)(memory + LEVEL2) = LARGE_PAGE;
    struct kvm_userspace_memory_region region = {.memory_size = MEMORY, .userspace_addr = (uintptr_t)memory};
    REQUEST(vm, KVM_SET_USER_MEMORY_REGION, &region);

    int vcpu = REQUEST(vm, KVM_CREATE_VCPU, 0);
    size_t length = (size_t)REQUEST(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    struct kvm_run *run = map(length, MAP_SHARED, vcpu);
    enter_long_mode(vcpu);
    struct kvm_regs registers = {.rip = CODE, .rflags = 2, .rbx = 40, .rcx = 2};
    REQUEST(vcpu, KVM_SET_REGS, &registers);

    REQUEST(vcpu, KVM_RUN, 0);
    if (run->exit_reason != KVM_EXIT_IO || run->io.direction != KVM_EXIT_IO_OUT || run->io.port != PORT)
        unusable("a guest was started and did not run (KVM exit reason %u)", run->exit_reason);
    int sum = *((uint8_t *)run + run->io.data_offset);
    if (sum != 42)
        unusable("a guest was started and computed 40 + 2 = %d", sum);
    REQUEST(vcpu, KVM_RUN, 0);
    if (run->exit_reason != KVM_EXIT_HLT)
        unusable("a guest was started and did not halt (KVM exit reason %u)", run->exit_reason);
    return EXIT_SUCCESS;
}
