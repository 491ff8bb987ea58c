"""What strangers wrote, cut down to what may be shown: ids, codes, names."""

import re

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
MOST_ID, MOST_NAME = 24, 40
CODES = re.compile(r"(?<![\d.])([245]\d\d)?[ -]?([245]\.\d{1,3}\.\d{1,3})?(?![\d.])")
UNSAFE = re.compile(r"[^\w .'-]+")


def id_of(text: str) -> str:
    """Give an advisory's id with nothing in it but letters, digits and hyphens."""
    found = ID.search(text)
    return found.group()[:MOST_ID] if found else "?"


def codes_of(reply: str) -> str:
    """Give the reply code and the enhanced code of a server's answer, without its words; empty where it has none."""
    for found in CODES.finditer(reply):
        if found.group(1) or found.group(2):
            return " ".join(code for code in found.groups() if code)
    return ""


def name_of(text: str) -> str:
    """Give a name of a person or place without marks that a platform could take for markup."""
    return " ".join(UNSAFE.sub(" ", text).split())[:MOST_NAME] or "?"
