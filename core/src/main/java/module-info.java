/**
 * Runs Python in Hyperlight micro-VMs, with Java methods as its tools.
 *
 * <p>It calls native code: start the JVM with
 * {@code --enable-native-access=io.github.hyperlight4j.core,io.github.hyperlight4j.bindings}, or with
 * {@code ALL-UNNAMED} when it is on the class path.
 */
module io.github.hyperlight4j.core {
    requires static transitive org.jspecify;
    requires com.fasterxml.classmate;
    requires com.github.victools.jsonschema.generator;
    requires com.networknt.schema;
    requires io.github.hyperlight4j.bindings;
    requires tools.jackson.databind;

    exports io.github.hyperlight4j;
}
