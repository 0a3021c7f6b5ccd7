"""The package `certifi` of the sandbox, for `requests`: there are no certificates here, since TLS is the host's."""


def where() -> str:
    """Something that exists; nothing in it is read."""
    return "/"


def contents() -> str:
    return ""
