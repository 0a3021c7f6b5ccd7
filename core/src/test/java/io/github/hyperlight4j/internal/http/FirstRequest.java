package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** In a JVM of its own: the first request of a process, to a server that never answers; prints how it ended. */
final class FirstRequest {

    private FirstRequest() {}

    /** A class that tells, in the JVM's log, which thread is the run's. */
    private static final class OnTheRunsThread {
        static final int LOADED = 1;
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println(new OnTheRunsThread().hashCode() == OnTheRunsThread.LOADED ? "" : "loaded");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String target = "https://127.0.0.1:" + silent.getLocalPort();
            List<AllowRule> rules = arguments[0].equals("allowed")
                    ? List.of(AllowRule.of(Target.parse(target), AllowRule.USUAL_METHODS))
                    : List.of();
            HttpAccess access = new HttpAccess(rules, HttpSettings.defaults());
            try (HttpExchanges exchanges = access.open((_, _) -> {
                awaitHandshake(silent);
                throw new RunEndedException();
            })) {
                exchanges.respond(exchanges.request("GET", target + "/", ""));
            } catch (RunEndedException e) {
                System.out.println("run ended");
            } catch (GuestHttpException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static void awaitHandshake(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getInputStream().read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
