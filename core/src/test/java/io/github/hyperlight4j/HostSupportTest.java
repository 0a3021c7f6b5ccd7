package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSupportTest {

    @ParameterizedTest
    @ValueSource(strings = {"kvm", "mshv", "whp"})
    void everythingThatDoesNotWorkHasARemedy(String hypervisor) {
        for (HostSupport.Status status : HostSupport.Status.values()) {
            Optional<String> remedy = HostSupport.remedy(status, hypervisor);
            if (status == HostSupport.Status.USABLE) {
                assertEquals(Optional.empty(), remedy);
            } else {
                assertEquals(1, remedy.orElseThrow().lines().count());
            }
        }
    }
}
