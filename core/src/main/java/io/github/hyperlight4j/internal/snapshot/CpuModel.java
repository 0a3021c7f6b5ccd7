package io.github.hyperlight4j.internal.snapshot;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The kind of processor. A snapshot holds the state of a virtual one, which depends on it: Hyperlight refuses one of
 * another vendor, and one of another model may turn out not to fit.
 */
final class CpuModel {

    private static final Path LINUX = Path.of("/proc/cpuinfo");

    private CpuModel() {}

    static String describe() {
        return describe(LINUX, System.getenv());
    }

    static String describe(Path cpuinfo, Map<String, String> environment) {
        try {
            String model = ofLinux(cpuinfo);
            if (!model.isEmpty()) {
                return model;
            }
        } catch (IOException e) {
            // Not Linux, or a container that hides it.
        }
        return environment.getOrDefault("PROCESSOR_IDENTIFIER", System.getProperty("os.arch", ""));
    }

    /** Reads the first processor only: the rest are alike, and can be hundreds. */
    private static String ofLinux(Path cpuinfo) throws IOException {
        List<String> values = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(cpuinfo)) {
            for (String line = lines.readLine(); line != null && !line.isBlank(); line = lines.readLine()) {
                String[] parts = line.split(":", 2);
                String name = parts[0].strip();
                if (parts.length == 2
                        && (name.equals("vendor_id") || name.equals("cpu family") || name.equals("model"))) {
                    values.add(parts[1].strip());
                }
            }
        }
        return String.join(" ", values);
    }
}
