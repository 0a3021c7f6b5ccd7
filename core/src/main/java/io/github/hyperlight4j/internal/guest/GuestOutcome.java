package io.github.hyperlight4j.internal.guest;

/**
 * The end of a program, as the guest reports it: the record {@code outcome} of its WIT world. Its texts were chosen by the
 * guest.
 *
 * @param exitCode the exit code
 * @param errorType the class of the uncaught exception; empty if there was none
 * @param message its text
 * @param traceback its traceback
 */
public record GuestOutcome(int exitCode, String errorType, String message, String traceback) {}
