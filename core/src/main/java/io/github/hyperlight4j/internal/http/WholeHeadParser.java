package io.github.hyperlight4j.internal.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicLineParser;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads the first part of a response strictly. The client's own parser mends malformed lines, skips what stands before the
 * status line, and takes a response that is cut off in its headers for a whole one.
 */
final class WholeHeadParser extends DefaultHttpResponseParser {

    /** More than {@link ResponseHead} passes on: this bounds what the client holds of a head. */
    private static final int MAX_SIZE = 512 * 1024;

    WholeHeadParser(Http1Config config) {
        super(config, BasicLineParser.INSTANCE, null);
    }

    @Override
    public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
        return super.parse(new WholeLines(buffer), in);
    }

    /** Lines of a head of bounded size. The end of the stream is an end before the first line only. */
    private static final class WholeLines implements SessionInputBuffer {

        private final SessionInputBuffer buffer;
        private boolean begun;
        private int size;

        WholeLines(SessionInputBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
            int read = buffer.readLine(line, in);
            if (read < 0 && begun) {
                throw new ConnectionClosedException();
            }
            begun = true;
            size += line.length();
            if (size > MAX_SIZE) {
                throw new MessageConstraintException("Maximum head size exceeded");
            }
            return read;
        }

        @Override
        public int length() {
            return buffer.length();
        }

        @Override
        public int capacity() {
            return buffer.capacity();
        }

        @Override
        public int available() {
            return buffer.available();
        }

        @Override
        public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
            return buffer.read(bytes, offset, length, in);
        }

        @Override
        public int read(byte[] bytes, InputStream in) throws IOException {
            return buffer.read(bytes, in);
        }

        @Override
        public int read(InputStream in) throws IOException {
            return buffer.read(in);
        }

        @Override
        public HttpTransportMetrics getMetrics() {
            return buffer.getMetrics();
        }
    }
}
