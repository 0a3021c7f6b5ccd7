"""`strftime` with what glibc has beyond the C library of this image: `%k %l %P %s`, the flags `- _ 0 ^ #`, widths. Directives
that no library knows, and a `%` at the end, stay as they are; this image's library makes an empty text of them."""

import re
import time

_c_strftime = time.strftime

_DIRECTIVE = re.compile(r"%([-_0^#]*)(\d*)([EO]?)(.?)", re.DOTALL)

_KNOWN = frozenset("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%")
"""What the C library has, as POSIX defines it."""

_PADDED_WITH_SPACE = frozenset("ekl")

_WIDTH = {"j": 3, "Y": 4, "G": 4, **dict.fromkeys("CdegHIklmMSUVWy", 2)}
"""Digits of the directives that are numbers."""


def install() -> None:
    """Replaces `time.strftime`, which `datetime`'s is made of."""
    time.strftime = strftime


def strftime(format, t=None, /):
    """strftime(format[, tuple]) -> string

    Convert a time tuple to a string according to a format specification. The local time if no tuple is given."""
    if not isinstance(format, str):
        raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")
    moment = time.localtime() if t is None else t

    def replacement(match):
        flags, width, _, directive = match.groups()
        text = _text(directive, moment)
        if text is None:
            return match[0].replace("%", "%%")
        return _padded(text, directive, flags, width).replace("%", "%%") if flags or width or directive in "klPs" else match[0]

    return _c_strftime(_DIRECTIVE.sub(replacement, format), moment)


def _text(directive, moment):
    """What a directive comes to; None if there is no such."""
    if directive in _KNOWN and directive:
        return _c_strftime("%" + directive, moment)
    match directive:
        case "k":
            return f"{moment[3]:2}"
        case "l":
            return f"{(moment[3] + 11) % 12 + 1:2}"
        case "P":
            return _c_strftime("%p", moment).lower()
        case "s":
            return str(int(time.mktime(tuple(moment)[:9])))
    return None


def _padded(text, directive, flags, width):
    is_number = directive in _WIDTH
    fill = " " if directive in _PADDED_WITH_SPACE or not is_number else "0"
    least = int(width) if width else _WIDTH.get(directive, 0)
    for flag in flags:
        if flag == "^":
            text = text.upper()
        elif flag == "#":
            text = text.lower() if directive in "pZ" else text.swapcase() if directive == "P" else text.upper()
        elif flag == "-":
            fill, least = "", 0
        else:
            fill = " " if flag == "_" else "0"
    if is_number:
        text = text.lstrip("0 ") or "0"
    return text.rjust(min(least, 1024), fill) if fill else text
