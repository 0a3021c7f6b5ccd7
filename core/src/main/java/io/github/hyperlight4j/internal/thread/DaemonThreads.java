package io.github.hyperlight4j.internal.thread;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Named daemon platform threads. The caller that happens to cause a thread may be another tenant than the thread's later
 * callers, so it inherits nothing of the caller: no inheritable thread locals, context class loader, access control
 * context (and with it, before Java 23, the {@code Subject}), thread group or priority.
 */
public final class DaemonThreads {

    private DaemonThreads() {}

    /**
     * {@return a factory of threads}
     *
     * @param prefix the beginning of the threads' names; a number from 1 follows
     */
    @SuppressWarnings("ThreadPriorityCheck") // Not the priority of the thread that causes it.
    public static ThreadFactory factory(String prefix) {
        ThreadFactory threads = Thread.ofPlatform()
                .name(prefix, 1)
                .daemon()
                .group(rootGroup())
                .priority(Thread.NORM_PRIORITY)
                .inheritInheritableThreadLocals(false)
                .factory();
        return task -> newThread(threads, task);
    }

    /**
     * {@return a pool without bound that starts no thread before its first task and ends idle ones}
     *
     * @param prefix the beginning of the threads' names
     */
    public static ExecutorService pool(String prefix) {
        return Executors.newCachedThreadPool(factory(prefix));
    }

    /** A thread captures its creator's access control context; a privileged block reduces that to this class's own. */
    @SuppressWarnings("removal") // Without effect where it is removed, for there is nothing to inherit then.
    private static Thread newThread(ThreadFactory threads, Runnable task) {
        return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> {
            Thread thread = threads.newThread(task);
            thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
            return thread;
        });
    }

    private static ThreadGroup rootGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
