package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSupportTest {

    @ParameterizedTest
    @ValueSource(strings = {"kvm", "mshv", "whp"})
    void everythingThatDoesNotWorkHasARemedy(String hypervisor) {
        for (HostSupport.Status status : HostSupport.Status.values()) {
            String remedy = HostSupport.remedy(status, hypervisor);
            if (status == HostSupport.Status.USABLE) {
                assertEquals("", remedy);
            } else {
                assertNotEquals("", remedy);
                assertEquals(1, remedy.lines().count());
            }
        }
    }
}
