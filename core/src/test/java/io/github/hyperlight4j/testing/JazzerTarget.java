package io.github.hyperlight4j.testing;

import java.lang.reflect.Method;

/** What Jazzer calls: the fuzz target of the class that the system property {@code hyperlight4j.fuzz.target} names. */
public final class JazzerTarget {

    private static final Method CHECK =
            FuzzTargets.check(JazzerTarget.class.getClassLoader(), System.getProperty("hyperlight4j.fuzz.target"));

    private JazzerTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws Throwable {
        FuzzTargets.call(CHECK, input);
    }
}
