// The first process of the emulated VM: makes its file system from the host's folders, runs the one command, and passes
// its input, output, signals and exit code through the ports that protocol.h describes.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"
#include "stream.h"

// The most that virtio's 9p transport takes in one message.
#define TRANSPORT "trans=virtio,version=9p2000.L,msize=512000,"
// Pages and names are kept until the VM ends: these folders must not change meanwhile. Only so do a JVM's class files
// load fast, and only so can a file be mapped shared.
#define CACHED TRANSPORT "cache=loose"

static int control = -1;

// --- Talking to the host

static void wait_for(int fd, short events)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    poll(&poll_fd, 1, -1);
}

static void send_bytes(const void *bytes, size_t length)
{
    for (size_t sent = 0; sent < length;) {
        ssize_t count = write(control, (const char *)bytes + sent, length - sent);
        if (count >= 0)
            sent += (size_t)count;
        else if (is_transient(errno))
            wait_for(control, POLLOUT);
        else
            return;
    }
}

static void send_message(enum kind kind, uint32_t number, uint64_t count)
{
    send_bytes(&(struct message){.kind = kind, .number = number, .count = count}, sizeof(struct message));
}

static void receive(void *bytes, size_t length)
{
    for (size_t received = 0; received < length;) {
        ssize_t count = read(control, (char *)bytes + received, length - received);
        if (count > 0)
            received += (size_t)count;
        else
            wait_for(control, POLLIN);
    }
}

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    char text[4096];
    int cause = errno;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(text + length, sizeof text - (size_t)length, ": %s", strerror(cause));
    fprintf(stderr, "init: %s\n", text);
    if (control >= 0) {
        send_message(FAILED, 0, strlen(text));
        send_bytes(text, strlen(text));
        wait_for(-1, 0); // The host ends the VM.
    }
    reboot(RB_POWER_OFF);
    _exit(EXIT_FAILURE);
}

// --- Making the machine

static void mount_at(const char *source, const char *target, const char *type, unsigned long flags, const char *options)
{
    if (mount(source, target, type, flags, options) != 0)
        fail("mounting %s on %s", source, target);
}

// The modules are named so that their alphabetical order is the order in which they load.
static void load_modules(void)
{
    struct dirent **names;
    int count = scandir("/modules", &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] == '.')
            continue;
        char path[512];
        snprintf(path, sizeof path, "/modules/%s", names[i]->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        // Only a driver for what this VM has not (another vendor's processor) fails, and is not missed.
        if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST))
            fprintf(stderr, "init: %s: %s\n", names[i]->d_name, strerror(errno));
        close(fd);
    }
}

static int open_port(int number)
{
    char pattern[32];
    snprintf(pattern, sizeof pattern, "/dev/vport*p%d", number);
    // The device appears some time after its driver was loaded.
    for (int attempt = 0; attempt < 10000; attempt++) {
        glob_t found;
        int fd = glob(pattern, 0, NULL, &found) == 0 ? open(found.gl_pathv[0], O_RDWR | O_CLOEXEC | O_NONBLOCK) : -1;
        globfree(&found);
        if (fd >= 0)
            return fd;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    fail("opening %s", pattern);
}

// The host's files, never changed: what is written stays in memory.
static void enter_host_files(void)
{
    mount_at("host", "/lower", "9p", MS_RDONLY, CACHED);
    mount_at("memory", "/upper", "tmpfs", 0, "size=75%");
    mkdir("/upper/changes", 0755);
    mkdir("/upper/work", 0755);
    mount_at("files", "/new", "overlay", 0, "lowerdir=/lower,upperdir=/upper/changes,workdir=/upper/work");
    static const char *const kernel_files[] = {"/dev", "/proc", "/sys"};
    for (size_t i = 0; i < sizeof kernel_files / sizeof *kernel_files; i++) {
        char target[16];
        snprintf(target, sizeof target, "/new%s", kernel_files[i]);
        mkdir(target, 0755);
        mount_at(kernel_files[i], target, NULL, MS_MOVE, NULL);
    }
    if (chdir("/new") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0)
        fail("entering the host's files");
}

static void make_devices(void)
{
    mkdir("/dev/shm", 01777);
    mkdir("/dev/pts", 0755);
    mount_at("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    mount_at("pts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], links[i][1]) != 0)
            fail("linking %s", links[i][1]);
    if (chmod("/dev/kvm", 0666) != 0)
        fail("KVM in the emulated VM");
}

static void bring_up_loopback(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        fail("bringing up the loopback network");
    close(fd);
}

// --- The command

struct request {
    struct start start;
    const char *host_name;
    const char *directory;
    char **writable;
    char **arguments;
    char **environment;
};

// Takes `count` strings from `*text`, or all up to `end`.
static char **take_strings(char **text, const char *end, size_t count)
{
    size_t capacity = count < SIZE_MAX ? count : (size_t)(end - *text);
    char **strings = calloc(capacity + 1, sizeof *strings);
    if (strings == NULL)
        fail("the command's arguments and environment");
    for (size_t i = 0; i < count && *text < end; i++) {
        strings[i] = *text;
        *text += strlen(*text) + 1;
    }
    return strings;
}

static struct request receive_request(void)
{
    struct message message;
    receive(&message, sizeof message);
    if (message.kind != START || message.count < sizeof(struct start)) {
        errno = EPROTO;
        fail("the host's first message");
    }
    char *bytes = malloc(message.count + 1);
    if (bytes == NULL)
        fail("the command's arguments and environment");
    receive(bytes, message.count);
    bytes[message.count] = '\0';

    struct request request;
    memcpy(&request.start, bytes, sizeof request.start);
    char *text = bytes + sizeof request.start;
    const char *end = bytes + message.count;
    request.host_name = *take_strings(&text, end, 1);
    request.directory = *take_strings(&text, end, 1);
    request.writable = take_strings(&text, end, request.start.writable);
    request.arguments = take_strings(&text, end, request.start.arguments);
    request.environment = take_strings(&text, end, SIZE_MAX);
    return request;
}

static void apply(const struct request *request)
{
    struct timespec now = {.tv_sec = request->start.seconds, .tv_nsec = request->start.nanoseconds};
    if (clock_settime(CLOCK_REALTIME, &now) != 0 || sethostname(request->host_name, strlen(request->host_name)) != 0)
        fail("setting the clock and the host name");
    for (unsigned i = 0; request->writable[i] != NULL; i++) {
        char tag[32];
        snprintf(tag, sizeof tag, "writable%u", i);
        mount_at(tag, request->writable[i], "9p", 0, CACHED);
    }
}

__attribute__((noreturn)) static void run(const struct request *request, const int ends[3])
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    for (int fd = 0; fd < 3; fd++)
        dup2(ends[fd], fd);

    const struct start *start = &request->start;
    umask(start->umask);
    struct rlimit files = {.rlim_cur = start->open_files_soft, .rlim_max = start->open_files_hard};
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
        fprintf(stderr, "with-kvm: allowing %llu open files: %s\n", (unsigned long long)files.rlim_max, strerror(errno));
        _exit(125);
    }
    if (setgroups(start->uid == 0 ? 0 : 1, &start->gid) != 0 || setgid(start->gid) != 0 || setuid(start->uid) != 0) {
        fprintf(stderr, "with-kvm: becoming user %u: %s\n", start->uid, strerror(errno));
        _exit(125);
    }
    if (chdir(request->directory) != 0) {
        fprintf(stderr, "with-kvm: entering %s: %s\n", request->directory, strerror(errno));
        _exit(125);
    }
    environ = request->environment;
    execvp(request->arguments[0], request->arguments);
    fprintf(stderr, "with-kvm: %s: %s\n", request->arguments[0], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

static void make_pipe(int *from, int *to)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("making a pipe");
    *from = ends[0];
    *to = ends[1];
}

// --- While it runs

struct session {
    struct stream input, output, error;
    uint64_t input_length; // UINT64_MAX while it is not known
    pid_t command;
    int exit_code; // -1 while it runs
};

static void start_command(struct session *session, const struct request *request)
{
    int ends[3];
    session->input.from = open_port(STDIN_PORT);
    session->output.to = open_port(STDOUT_PORT);
    session->error.to = open_port(STDERR_PORT);
    make_pipe(&ends[0], &session->input.to);
    make_pipe(&session->output.from, &ends[1]);
    make_pipe(&session->error.from, &ends[2]);

    session->command = fork();
    if (session->command < 0)
        fail("starting the command");
    if (session->command == 0)
        run(request, ends);

    for (int fd = 0; fd < 3; fd++)
        close(ends[fd]);
    // Only this process's ends: the command gets ordinary, blocking pipes.
    fcntl(session->input.to, F_SETFL, O_NONBLOCK);
    fcntl(session->output.from, F_SETFL, O_NONBLOCK);
    fcntl(session->error.from, F_SETFL, O_NONBLOCK);
}

static void reap(struct session *session)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != session->command)
            continue;
        session->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        // The VM ends with its command, and its streams with the last process that holds them.
        kill(-1, SIGKILL);
    }
}

static void obey(struct session *session)
{
    struct message message;
    receive(&message, sizeof message);
    switch (message.kind) {
    case SIGNAL:
        // To its whole group, as a terminal does it; before the group exists, to itself.
        if (session->exit_code < 0 && kill(-session->command, (int)message.number) != 0)
            kill(session->command, (int)message.number);
        break;
    case STDIN_END:
        session->input_length = message.count;
        break;
    case OUTPUT_CLOSED: {
        struct stream *stream = message.number == STDOUT_FILENO ? &session->output : &session->error;
        close(stream->from);
        stream->from = -1;
        stream->start = stream->end;
        break;
    }
    }
}

static void close_input_at_its_end(struct session *session)
{
    struct stream *input = &session->input;
    bool ended = input->taken == session->input_length && !stream_holds_bytes(input);
    if (ended && input->to >= 0) {
        close(input->to);
        input->to = -1;
    }
}

// Says so once the stream has ended.
static void tell_end(struct stream *stream, enum kind kind)
{
    if (stream->from < 0 && stream->to >= 0 && !stream_holds_bytes(stream)) {
        send_message(kind, 0, stream->taken);
        stream->to = -1;
    }
}

static bool has_ended(const struct session *session)
{
    return session->exit_code >= 0 && session->output.to < 0 && session->error.to < 0;
}

static void pass_through(struct session *session, int children)
{
    struct stream *streams[] = {&session->input, &session->output, &session->error};
    struct timespec told = {0};
    while (!has_ended(session)) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - told.tv_sec >= ALIVE_SECONDS) {
            send_message(ALIVE, 0, 0);
            told = now;
        }
        struct pollfd fds[] = {
            {.fd = control, .events = POLLIN}, {.fd = children, .events = POLLIN},
            stream_poll(&session->input),      stream_poll(&session->output),
            stream_poll(&session->error),
        };
        if (poll(fds, 5, ALIVE_SECONDS * 1000) < 0)
            continue;
        if (fds[0].revents & POLLIN)
            obey(session);
        if (fds[1].revents) {
            struct signalfd_siginfo ignored;
            if (read(children, &ignored, sizeof ignored) > 0)
                reap(session);
        }
        for (int i = 0; i < 3; i++)
            if (fds[2 + i].revents)
                stream_step(streams[i]);
        close_input_at_its_end(session);
        tell_end(&session->output, STDOUT_END);
        tell_end(&session->error, STDERR_END);
    }
}

int main(void)
{
    mount_at("proc", "/proc", "proc", 0, NULL);
    mount_at("sys", "/sys", "sysfs", 0, NULL);
    mount_at("dev", "/dev", "devtmpfs", 0, NULL);
    load_modules();
    control = open_port(CONTROL_PORT);
    send_message(ALIVE, 0, 0);
    enter_host_files();
    make_devices();
    bring_up_loopback();

    signal(SIGPIPE, SIG_IGN);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children < 0)
        fail("waiting for processes");

    struct request request = receive_request();
    apply(&request);
    static struct session session = {
        .input = {.most = SIZE_MAX},
        .output = {.most = SIZE_MAX},
        .error = {.most = SIZE_MAX},
        .input_length = UINT64_MAX,
        .exit_code = -1,
    };
    start_command(&session, &request);
    pass_through(&session, children);
    sync();
    send_message(ENDED, (uint32_t)session.exit_code, 0);
    for (;;)
        wait_for(-1, 0); // The host ends the VM.
}
