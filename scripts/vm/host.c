// Runs one command in an emulated VM: starts QEMU, and passes the command's input, output, signals and exit code through
// the ports that protocol.h describes. init.c is the other side. The VM never outlives this process.
//
//     host SECONDS [FOLDER...] -- QEMU... -- COMMAND...
//
// SECONDS limits the run (0: no limit); the FOLDERs are those that the command may write to; QEMU is its command line
// without the ports and these folders. Exit codes: the command's own, 128 + n for signal n; 124 when the time was up;
// 125 when the VM could not run the command.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"
#include "stream.h"

enum {
    EXIT_TIME_UP = 124,
    EXIT_NO_VM = 125,
    // A VM that says nothing for so long has locked up. Booting takes it a few seconds, on a busy machine some more; and where
    // its clock counts instructions, the five seconds between two signs of life are 20 to 100 of this machine's.
    SILENCE_SECONDS = 300,
    // Between SIGTERM, once the time is up, and the end of the VM.
    GRACE_SECONDS = 10,
    CONSOLE_TAIL_BYTES = 2000,
    // The most open files that a Linux kernel allows a process unless told otherwise.
    MOST_OPEN_FILES = 1 << 20,
};

static const int FORWARDED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

extern char **environ;

static struct {
    pid_t qemu;
    int console; // what QEMU and the VM's kernel say: a file in memory, shown only when something went wrong
    int control;
    int signals;
    bool started; // the command's START has been sent
    struct stream input, output, error;
    uint64_t output_length, error_length; // UINT64_MAX while it is not known
    int exit_code;                        // -1 while it runs
    time_t last_sign;                     // when the VM was last heard of
    time_t time_up;                       // 0: never
    bool is_time_up;
} vm = {
    .input = {.most = SIZE_MAX},
    .output = {.most = PIPE_BUF},
    .error = {.most = PIPE_BUF},
    .output_length = UINT64_MAX,
    .error_length = UINT64_MAX,
    .exit_code = -1,
};

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void end_vm(void)
{
    if (vm.qemu > 0) {
        kill(vm.qemu, SIGKILL);
        waitpid(vm.qemu, NULL, 0);
    }
}

static void show_console(void)
{
    char text[CONSOLE_TAIL_BYTES + 1];
    off_t length = lseek(vm.console, 0, SEEK_END);
    off_t start = length > CONSOLE_TAIL_BYTES ? length - CONSOLE_TAIL_BYTES : 0;
    ssize_t count = pread(vm.console, text, CONSOLE_TAIL_BYTES, start);
    if (count <= 0)
        return;
    text[count] = '\0';
    fputs("with-kvm: the end of its console:\n", stderr);
    for (char *line = strtok(text, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
        fprintf(stderr, "  %s\n", line);
}

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("with-kvm: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    end_vm();
    show_console();
    exit(EXIT_NO_VM);
}

// --- Starting QEMU

static void *check_memory(void *memory)
{
    if (memory == NULL)
        fail("out of memory");
    return memory;
}

struct words {
    char **words;
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void add(struct words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    words->words = check_memory(reallocarray(words->words, words->count + 2, sizeof *words->words));
    if (vasprintf(&words->words[words->count], format, arguments) < 0)
        fail("out of memory");
    words->words[++words->count] = NULL;
    va_end(arguments);
}

// In an option of QEMU's, a comma is written twice.
static char *escape(const char *path)
{
    char *escaped = check_memory(malloc(2 * strlen(path) + 1)), *to = escaped;
    for (; *path != '\0'; path++) {
        if (*path == ',')
            *to++ = ',';
        *to++ = *path;
    }
    *to = '\0';
    return escaped;
}

static void add_writable(struct words *qemu, unsigned number, const char *folder)
{
    add(qemu, "-fsdev");
    add(qemu, "local,id=writable%u,security_model=none,multidevs=remap,path=%s", number, escape(folder));
    add(qemu, "-device");
    add(qemu, "virtio-9p-pci,fsdev=writable%u,mount_tag=writable%u", number, number);
}

static void add_port(struct words *qemu, int number, int fd)
{
    add(qemu, "-chardev");
    add(qemu, "socket,id=port%d,fd=%d", number, fd);
    add(qemu, "-device");
    add(qemu, "virtserialport,chardev=port%d,nr=%d", number, number);
}

static void add_console(struct words *qemu)
{
    add(qemu, "-chardev");
    add(qemu, "file,id=console,path=/proc/self/fd/%d,append=on", vm.console);
    add(qemu, "-serial");
    add(qemu, "chardev:console");
}

__attribute__((noreturn)) static void become_qemu(struct words *qemu, pid_t parent)
{
    // Ctrl-C at the terminal is for the command in the VM. SIGKILL of the parent is for QEMU as well.
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || getppid() != parent)
        _exit(EXIT_NO_VM);
    dup2(nothing, STDIN_FILENO);
    dup2(vm.console, STDOUT_FILENO);
    dup2(vm.console, STDERR_FILENO);
    execvp(qemu->words[0], qemu->words);
    fprintf(stderr, "%s: %s\n", qemu->words[0], strerror(errno));
    _exit(EXIT_NO_VM);
}

static void start_qemu(struct words qemu, char **writable)
{
    vm.console = memfd_create("console", 0);
    if (vm.console < 0)
        fail("making the VM's console: %s", strerror(errno));
    fcntl(vm.console, F_SETFL, O_APPEND);
    for (unsigned i = 0; writable[i] != NULL; i++)
        add_writable(&qemu, i, writable[i]);
    add_console(&qemu);
    add(&qemu, "-device");
    add(&qemu, "virtio-serial-pci,max_ports=%d", PORT_END);
    int ours[PORT_END], theirs[PORT_END];
    for (int port = CONTROL_PORT; port < PORT_END; port++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
            fail("making the VM's ports: %s", strerror(errno));
        ours[port] = ends[0];
        theirs[port] = ends[1];
        fcntl(ours[port], F_SETFD, FD_CLOEXEC);
        add_port(&qemu, port, theirs[port]);
    }
    pid_t parent = getpid();
    vm.qemu = fork();
    if (vm.qemu < 0)
        fail("starting QEMU: %s", strerror(errno));
    if (vm.qemu == 0)
        become_qemu(&qemu, parent);
    for (int port = CONTROL_PORT; port < PORT_END; port++)
        close(theirs[port]);
    vm.control = ours[CONTROL_PORT];
    vm.input.to = ours[STDIN_PORT];
    vm.output.from = ours[STDOUT_PORT];
    vm.error.from = ours[STDERR_PORT];
    vm.output.to = STDOUT_FILENO;
    vm.error.to = STDERR_FILENO;
    // The control port carries little. Where it is stuck all the same, the VM is.
    struct timeval patience = {.tv_sec = SILENCE_SECONDS};
    setsockopt(vm.control, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(vm.control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    fcntl(vm.input.to, F_SETFL, O_NONBLOCK);
}

// --- Talking to the VM

__attribute__((noreturn)) static void fail_stopped(void)
{
    if (errno == EAGAIN)
        fail("the emulated VM has locked up");
    fail("the emulated VM stopped by itself");
}

static void send_bytes(const void *bytes, size_t length)
{
    for (size_t sent = 0; sent < length;) {
        ssize_t count = send(vm.control, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            fail_stopped();
        sent += count > 0 ? (size_t)count : 0;
    }
}

static void send_message(enum kind kind, uint32_t number, uint64_t count)
{
    send_bytes(&(struct message){.kind = kind, .number = number, .count = count}, sizeof(struct message));
}

static void receive(void *bytes, size_t length)
{
    errno = 0;
    if (recv(vm.control, bytes, length, MSG_WAITALL) != (ssize_t)length)
        fail_stopped();
}

static struct start describe_command(char **writable, char **command)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    struct start start = {
        .seconds = now.tv_sec,
        .nanoseconds = now.tv_nsec,
        .open_files_soft = files.rlim_cur < MOST_OPEN_FILES ? files.rlim_cur : MOST_OPEN_FILES,
        .open_files_hard = files.rlim_max < MOST_OPEN_FILES ? files.rlim_max : MOST_OPEN_FILES,
        .uid = getuid(),
        .gid = getgid(),
        .umask = umask(0),
    };
    umask(start.umask);
    while (writable[start.writable] != NULL)
        start.writable++;
    while (command[start.arguments] != NULL)
        start.arguments++;
    return start;
}

static void put_string(FILE *out, const char *string)
{
    fwrite(string, 1, strlen(string) + 1, out);
}

static void put_strings(FILE *out, char **strings)
{
    for (; *strings != NULL; strings++)
        put_string(out, *strings);
}

static void send_start(char **writable, char **command)
{
    char host_name[HOST_NAME_MAX + 1] = "", *directory = getcwd(NULL, 0);
    gethostname(host_name, sizeof host_name - 1);
    if (directory == NULL)
        fail("the working directory is gone: %s", strerror(errno));
    struct start start = describe_command(writable, command);
    char *bytes;
    size_t length;
    FILE *out = check_memory(open_memstream(&bytes, &length));
    fwrite(&start, sizeof start, 1, out);
    put_string(out, host_name);
    put_string(out, directory);
    put_strings(out, writable);
    put_strings(out, command);
    put_strings(out, environ);
    fclose(out);
    send_message(START, 0, length);
    send_bytes(bytes, length);
    free(bytes);
    free(directory);
    vm.started = true;
}

static void hear(char **writable, char **command)
{
    struct message message;
    receive(&message, sizeof message);
    vm.last_sign = seconds_now();
    switch (message.kind) {
    case ALIVE:
        if (!vm.started)
            send_start(writable, command);
        break;
    case FAILED: {
        char *text = check_memory(calloc(message.count + 1, 1));
        receive(text, message.count);
        fail("the emulated VM could not be set up: %s", text);
    }
    case STDOUT_END:
        vm.output_length = message.count;
        break;
    case STDERR_END:
        vm.error_length = message.count;
        break;
    case ENDED:
        vm.exit_code = (int)message.number;
        break;
    default:
        fail("the emulated VM sent a message of an unknown kind, %u", message.kind);
    }
}

// --- While the command runs

static void forward_signal(void)
{
    struct signalfd_siginfo info;
    if (read(vm.signals, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGCHLD)
        return; // QEMU ended; so does its end of the control port, where that is found out.
    if (vm.started) {
        send_message(SIGNAL, info.ssi_signo, 0);
        return;
    }
    end_vm();
    exit(128 + (int)info.ssi_signo);
}

static void check_time(void)
{
    time_t now = seconds_now();
    if (now - vm.last_sign > SILENCE_SECONDS)
        fail("the emulated VM has locked up: nothing was heard of it for %d seconds", SILENCE_SECONDS);
    if (vm.time_up == 0 || now < vm.time_up)
        return;
    if (!vm.is_time_up && vm.started) {
        fprintf(stderr, "with-kvm: the time is up\n");
        send_message(SIGNAL, SIGTERM, 0);
        vm.is_time_up = true;
        vm.time_up = now + GRACE_SECONDS;
        return;
    }
    end_vm();
    exit(EXIT_TIME_UP);
}

static void step_input(void)
{
    stream_step(&vm.input);
    if (vm.input.from < 0 && vm.input.to >= 0 && !stream_holds_bytes(&vm.input)) {
        send_message(STDIN_END, 0, vm.input.taken);
        vm.input.to = -1;
    }
}

static void step_output(struct stream *stream, uint32_t number)
{
    bool was_wanted = stream->to >= 0;
    stream_step(stream);
    // The command is to find its output closed, as it would without a VM.
    if (was_wanted && stream->to < 0)
        send_message(OUTPUT_CLOSED, number, 0);
}

static bool has_passed(const struct stream *stream, uint64_t length)
{
    return stream->to < 0 || (stream->taken == length && !stream_holds_bytes(stream));
}

static void pass_through(char **writable, char **command)
{
    bool all_passed = false;
    while (vm.exit_code < 0 || !all_passed) {
        struct pollfd fds[] = {
            {.fd = vm.control, .events = POLLIN}, {.fd = vm.signals, .events = POLLIN},
            stream_poll(&vm.input),               stream_poll(&vm.output),
            stream_poll(&vm.error),
        };
        if (!vm.started)
            fds[2].fd = -1; // What comes first on the control port is START.
        if (poll(fds, 5, 1000) < 0)
            continue;
        if (fds[1].revents)
            forward_signal();
        if (fds[0].revents && vm.exit_code < 0)
            hear(writable, command);
        if (fds[2].revents)
            step_input();
        if (fds[3].revents)
            step_output(&vm.output, STDOUT_FILENO);
        if (fds[4].revents)
            step_output(&vm.error, STDERR_FILENO);
        if (vm.exit_code < 0)
            check_time();
        all_passed = has_passed(&vm.output, vm.output_length) && has_passed(&vm.error, vm.error_length);
    }
}

// A signal that this process was started to ignore stays ignored.
static int forwarded_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++) {
        struct sigaction action;
        sigaction(FORWARDED[i], NULL, &action);
        if (action.sa_handler != SIG_IGN)
            sigaddset(&set, FORWARDED[i]);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    // In the background of a terminal there is no input.
    signal(SIGTTIN, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void open_missing_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    close(fd);
}

// Ends the words before the next "--" with NULL and returns those behind it.
static char **split(char **words)
{
    while (*words != NULL && strcmp(*words, "--") != 0)
        words++;
    if (*words == NULL || words[1] == NULL) {
        fputs("usage: host SECONDS [FOLDER...] -- QEMU... -- COMMAND...\n", stderr);
        exit(2);
    }
    *words = NULL;
    return words + 1;
}

int main(int count, char **arguments)
{
    (void)count;
    char **qemu_words = split(arguments), **command = split(qemu_words);
    char **writable = arguments + 2;
    time_t seconds = strtol(arguments[1], NULL, 10);

    open_missing_standard_streams();
    vm.signals = forwarded_signals();
    struct words qemu = {0};
    for (; *qemu_words != NULL; qemu_words++)
        add(&qemu, "%s", *qemu_words);
    start_qemu(qemu, writable);
    vm.last_sign = seconds_now();
    vm.time_up = seconds > 0 ? vm.last_sign + seconds : 0;
    pass_through(writable, command);
    end_vm();
    return vm.is_time_up ? EXIT_TIME_UP : vm.exit_code;
}
