package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.ByteSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes on the command line: {@code 64MiB}, {@code 1GB}, {@code 1500}; bytes without a unit. */
final class ByteSizeConverter implements ITypeConverter<ByteSize> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12}) ?(B|[kK]B|MB|GB|KiB|MiB|GiB)?");

    @Override
    public ByteSize convert(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + value + "' is not a size such as 1500, 64KiB, 10MiB or 1GB");
        }
        long unit = switch (matcher.group(2) == null ? "B" : matcher.group(2)) {
            case "kB", "KB" -> 1000L;
            case "MB" -> 1000_000L;
            case "GB" -> 1000_000_000L;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 1L;
        };
        try {
            return ByteSize.ofBytes(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException e) {
            throw new TypeConversionException("'" + value + "' is more than there are bytes");
        }
    }
}
