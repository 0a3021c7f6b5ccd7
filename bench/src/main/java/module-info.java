/** The orders task, as a demo of the main job. */
module io.github.hyperlight4j.bench {
    requires io.github.hyperlight4j.core;
    requires static org.jspecify;
    requires tools.jackson.databind;

    // Its records are read and written as JSON.
    opens io.github.hyperlight4j.bench.demo to
            io.github.hyperlight4j.core,
            tools.jackson.databind;
}
