package io.github.hyperlight4j.internal.guest;

/** A file function's error, which becomes Python's {@code OSError}. No fault of the host. */
public final class GuestFileException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The cases of {@code error-code} in {@code wasi:filesystem/types} 0.2 that are used here, by their numbers there. */
    public enum Code {
        /** Python's {@code EACCES}. */
        ACCESS(0),
        /** Python's {@code EBADF}. */
        BAD_DESCRIPTOR(3),
        /** Python's {@code EBUSY}. */
        BUSY(4),
        /** Python's {@code EDQUOT}: too many open files (WASI has no code of its own for {@code EMFILE}). */
        QUOTA(6),
        /** Python's {@code EEXIST}. */
        EXIST(7),
        /** Python's {@code EFBIG}. */
        FILE_TOO_LARGE(8),
        /** Python's {@code EINVAL}. */
        INVALID(12),
        /** Python's {@code EIO}. */
        IO(13),
        /** Python's {@code EISDIR}. */
        IS_DIRECTORY(14),
        /** Python's {@code ELOOP}. */
        LOOP(15),
        /** Python's {@code ENAMETOOLONG}. */
        NAME_TOO_LONG(18),
        /** Python's {@code ENOENT}. */
        NO_ENTRY(20),
        /** Python's {@code ENOSPC}. */
        INSUFFICIENT_SPACE(23),
        /** Python's {@code ENOTDIR}. */
        NOT_DIRECTORY(24),
        /** Python's {@code ENOTEMPTY}. */
        NOT_EMPTY(25),
        /** Python's {@code ENOTSUP}. */
        UNSUPPORTED(27),
        /** Python's {@code EPERM}. */
        NOT_PERMITTED(31),
        /** Python's {@code EROFS}. */
        READ_ONLY(33),
        /** Python's {@code EXDEV}. */
        CROSS_DEVICE(36);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        /** Returns the number in the guest's interface. */
        public int number() {
            return number;
        }
    }

    private final Code code;

    /** @param code the error */
    public GuestFileException(Code code) {
        super(code.name(), null, false, false);
        this.code = code;
    }

    /** Returns the error. */
    public Code code() {
        return code;
    }
}
