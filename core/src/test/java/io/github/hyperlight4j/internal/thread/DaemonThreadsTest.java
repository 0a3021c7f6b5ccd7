package io.github.hyperlight4j.internal.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {

    private static final InheritableThreadLocal<String> TENANT = new InheritableThreadLocal<>();

    private record Seen(
            String tenant,
            ClassLoader loader,
            Subject subject,
            ThreadGroup group,
            int priority,
            boolean daemon,
            String name) {

        static Seen here() {
            Thread thread = Thread.currentThread();
            return new Seen(
                    TENANT.get(),
                    thread.getContextClassLoader(),
                    Subject.current(),
                    thread.getThreadGroup(),
                    thread.getPriority(),
                    thread.isDaemon(),
                    thread.getName());
        }
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // What is set here is what must not be inherited.
    void threadInheritsNothingFromItsCaller() throws Exception {
        ThreadGroup group = new ThreadGroup("tenant");
        FutureTask<Seen> caller = new FutureTask<>(() -> {
            TENANT.set("A");
            Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0]));
            Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
            return Subject.callAs(new Subject(), () -> {
                try (ExecutorService pool = DaemonThreads.pool("tested-")) {
                    return pool.submit(Seen::here).get();
                }
            });
        });
        Thread.ofPlatform().group(group).start(caller);
        Seen seen = caller.get();
        assertNull(seen.tenant);
        assertNull(seen.subject);
        assertSame(DaemonThreads.class.getClassLoader(), seen.loader);
        assertNotEquals(group, seen.group);
        assertEquals(Thread.NORM_PRIORITY, seen.priority);
        assertTrue(seen.daemon);
        assertEquals("tested-1", seen.name);
    }
}
