package io.github.hyperlight4j.internal.files;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HexFormat;

/** A path of the host as the bytes that the kernel takes. */
final class HostPath {

    private HostPath() {}

    /**
     * {@return the path's bytes, without a slash at the end} Not by its text: in which character set the JVM reads names
     * depends on its environment, and a name need not be text at all. Its URI has every byte as it is, and a slash if
     * there is a directory of that name.
     *
     * @param absolute an absolute path on Linux
     */
    static byte[] bytes(Path absolute) {
        String uri = absolute.toUri().getRawPath();
        if (uri.length() > 1 && uri.endsWith("/")) {
            uri = uri.substring(0, uri.length() - 1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
