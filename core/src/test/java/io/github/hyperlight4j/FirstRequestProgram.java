package io.github.hyperlight4j;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** In a JVM of its own: programs that make the process's first requests; prints how they end. */
final class FirstRequestProgram {

    private FirstRequestProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Sandbox sandbox = Sandbox.builder().build()) {
            String url = "https://127.0.0.1:" + silent.getLocalPort() + "/";
            sandbox.run("pass");
            System.out.print(sandbox.run("""
                    import time
                    begin = time.monotonic()
                    try:
                        http_get('%s')
                    except PermissionError as e:
                        print(e, time.monotonic() - begin < 1.5)
                    """.formatted(url)).stdout());
            RunResult result = sandbox.run(
                    "http_get('" + url + "')",
                    SandboxConfig.builder()
                            .allowedDomain(AllowedDomain.of(url))
                            .limits(Limits.builder()
                                    .wallTime(Duration.ofSeconds(3))
                                    .build())
                            .build());
            System.out.println(result.outcome() + " " + (result.duration().toMillis() < 4500));
        }
    }
}
