"""What stands in a body that Slack signed, whatever its shape: text where text is expected, else nothing. Pure."""


def text_at(body: object, *path: str) -> str:
    """Give the text at the end of a path; empty where there is none, and what no UTF-8 can hold is replaced."""
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body.encode("utf-8", "replace").decode() if isinstance(body, str) else ""


def stands_at(body: object, *path: str) -> bool:
    """Tell whether anything that is not empty stands at the end of a path."""
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return bool(body)
