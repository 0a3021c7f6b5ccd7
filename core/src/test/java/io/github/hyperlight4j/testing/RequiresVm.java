package io.github.hyperlight4j.testing;

import io.github.hyperlight4j.HostSupport;
import io.github.hyperlight4j.HyperlightException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests that run programs in a micro-VM, in all modules. Where there is none they are skipped, with the reason; they fail instead
 * if the environment has {@code HYPERLIGHT4J_REQUIRE_VM=true}.
 */
@Tag("vm")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresVm.Condition.class)
public @interface RequiresVm {

    /** Whether they run. */
    final class Condition implements ExecutionCondition {

        private static final String PROBLEM = problem();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (PROBLEM.isEmpty()) {
                return ConditionEvaluationResult.enabled("micro-VMs work");
            }
            if (Boolean.parseBoolean(System.getenv("HYPERLIGHT4J_REQUIRE_VM"))) {
                throw new AssertionError("HYPERLIGHT4J_REQUIRE_VM is set, but " + PROBLEM);
            }
            return ConditionEvaluationResult.disabled(PROBLEM);
        }

        private static String problem() {
            try {
                HostSupport support = HostSupport.probe();
                return support.isUsable() ? "" : "micro-VMs do not work here: " + support.detail();
            } catch (HyperlightException e) {
                return "micro-VMs cannot be tried here: " + e.getMessage();
            }
        }
    }
}
