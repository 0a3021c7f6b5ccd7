"""Compiles a program's source as models send it: what they put around or into their Python is taken off where Python itself
would refuse it.

Line numbers stay those of the text that was sent: lines are made empty, never removed. Source that Python accepts is compiled
as it is, but for a byte order mark and a first line that is the name of the language.
"""

import ast
import re

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

_LANGUAGES = {"python", "python3", "py", "ipython", "Python"}

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w.+-]*)\s*$")

_INVISIBLE = {
    **dict.fromkeys(map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None),
}
"""Spaces that Python does not take for one, and characters without width."""

_MAGIC = re.compile(r"\s*(?:%{1,2}[A-Za-z]|![^=\s]|\?{1,2}[A-Za-z]|[\w.]+\?{1,2}\s*$)")


def compile_program(source: str, name: str):
    """The code of a program. Raises SyntaxError for the source as it was sent, or for a line that is none of Python's but
    IPython's."""
    source = _without_language(source.removeprefix("\ufeff"))
    try:
        return _compile(source, name)
    except SyntaxError as error:
        for repair in (_without_fences, _without_prompts, _with_plain_spaces):
            repaired = repair(source)
            if repaired != source:
                source = repaired
                try:
                    return _compile(source, name)
                except SyntaxError:
                    continue
        _refuse_magic(source, name)
        raise error


def _compile(source, name):
    return compile(source, name, "exec", _FLAGS, dont_inherit=True)


def _without_language(source: str) -> str:
    """A first line `python`, which is left of a fence, would be a NameError."""
    first, newline, rest = source.partition("\n")
    return newline + rest if newline and first.strip() in _LANGUAGES else source


def _without_fences(source: str) -> str:
    """The code in the Markdown fences that hold Python, or have no language; text around them is dropped."""
    kept, fence, takes, found = [], None, False, False
    for line in source.splitlines():
        mark = _FENCE.match(line)
        if fence is None and mark:
            fence, takes = mark[1], mark[2] in _LANGUAGES or not mark[2]
            found = True
        elif fence is not None and mark and mark[1].startswith(fence) and not mark[2]:
            fence = None
        elif fence is not None and takes:
            kept.append(line)
            continue
        kept.append("")
    return "\n".join(kept) + "\n" if found else source


def _without_prompts(source: str) -> str:
    """The statements of an interactive session; what it printed is dropped."""
    lines = source.splitlines()
    if not any(line.lstrip().startswith(">>>") for line in lines):
        return source
    first = next(line for line in lines if line.lstrip().startswith(">>>"))
    if any(line.strip() and not line.lstrip().startswith((">>>", "...")) for line in lines[: lines.index(first)]):
        # Code with a prompt at its end, as a model leaves it.
        return "\n".join("" if line.strip() in (">>>", "...") else line for line in lines) + "\n"
    kept = []
    for line in lines:
        text = line.lstrip()
        kept.append(text[4:] if text.startswith((">>> ", "... ")) else "")
    return "\n".join(kept) + "\n"


def _with_plain_spaces(source: str) -> str:
    """Invisible characters outside of texts become spaces, or nothing."""
    kept, quote, index = [], None, 0
    while index < len(source):
        char = source[index]
        if quote is None:
            if char == "#":
                end = source.find("\n", index)
                end = len(source) if end < 0 else end
                kept.append(source[index:end])
                index = end
                continue
            if char in "\"'":
                quote = char * 3 if source.startswith(char * 3, index) else char
                kept.append(quote)
                index += len(quote)
                continue
            kept.append(char.translate(_INVISIBLE))
        elif char == "\\":
            kept.append(source[index : index + 2])
            index += 2
            continue
        elif source.startswith(quote, index):
            kept.append(quote)
            index += len(quote)
            quote = None
            continue
        else:
            if char == "\n" and len(quote) == 1:
                quote = None
            kept.append(char)
        index += 1
    return "".join(kept)


def _refuse_magic(source: str, name: str) -> None:
    for number, line in enumerate(source.splitlines(), 1):
        if not _MAGIC.match(line):
            continue
        what = "shell commands cannot be run" if line.lstrip().startswith("!") else "IPython's magics do not exist"
        raise SyntaxError(
            f"{what} in this sandbox, which runs plain Python 3.14: take the line out",
            (name, number, len(line) - len(line.lstrip()) + 1, line + "\n"),
        ) from None
