package io.github.hyperlight4j.internal.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.run.BootHost;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostCallsTest {

    @Test
    void everyFunctionOfTheHeaderIsAnswered() throws ReflectiveOperationException {
        HostCalls calls = new HostCalls(new BootHost());
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Method constant : hl4j_h.class.getMethods()) {
            if (constant.getName().startsWith("HL4J_CALL_")) {
                found++;
                if (!calls.knows((int) constant.invoke(null))) {
                    missing.add(constant.getName());
                }
            }
        }
        assertEquals(List.of(), missing);
        assertFalse(found == 0, "the header declares functions");
    }
}
