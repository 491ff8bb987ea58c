"""The Teams app: its manifest, made from the commands that we understand, and its package.

``python -m handlers.teams.manifest`` prints the manifest with an example's id. ``python -m handlers.teams.manifest ID
FOLDER FILE`` writes the package for the bot with this Microsoft App ID, with the icons of a folder.
"""

import io
import json
import sys
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.words.answers import Answer
from bot.words.replies import guide

VERSION = "1.0.0"
"""Of the app; Teams takes an update only where this is higher."""
SCHEMA = "1.19"
"""Old enough for every cloud, new enough for all that we ask for."""
EXAMPLE = "2f4e6a8c-1111-2222-3333-444455556666"
NAME = "@mailstatus"
ICONS = ("color.png", "outline.png")
COMMANDS_MOST = 10
TITLE_LIMIT = 32
DESCRIPTION_LIMIT = 128
_SITE = "https://mailstatus.example.com"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip file knows: the same files make the same package."""

Manifest = dict[str, object]


def manifest(app_id: str = EXAMPLE) -> Manifest:
    """Describe the app to Teams; raises ValueError where ``app_id`` is no id."""
    id_ = str(UUID(app_id))
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": id_,
        "developer": {
            "name": "mailstatus",
            "websiteUrl": _SITE,
            "privacyUrl": f"{_SITE}/privacy",
            "termsOfUseUrl": f"{_SITE}/terms",
        },
        "name": {"short": "mailstatus", "full": "mailstatus: is our mail working?"},
        "description": {
            "short": "Says in plain words whether company mail flows, and what to do when it does not",
            "full": "mailstatus watches what Microsoft says about Exchange Online and what test messages really do, "
            "makes one story of it, and says what is wrong and what to do. Add it to a team to be told in a channel, "
            "mention it to ask, or open a chat with it to be told in person.",
        },
        "icons": {"color": ICONS[0], "outline": ICONS[1]},
        "accentColor": "#1F4FD8",
        "bots": [{"botId": id_, "scopes": ["team", "groupChat", "personal"], "commandLists": [_commands()]}],
        "validDomains": [],
    }


def package(app_id: str, icons: Path) -> bytes:
    """Give the package, byte for byte the same for the same id; raises ValueError and OSError."""
    kept = io.BytesIO()
    files = {"manifest.json": text(manifest(app_id)).encode(), **{name: (icons / name).read_bytes() for name in ICONS}}
    with ZipFile(kept, "w") as packed:
        for name, content in files.items():
            packed.writestr(_entry(name), content, ZIP_DEFLATED, 9)
    return kept.getvalue()


def text(described: Manifest) -> str:
    """Write a manifest for people to read as well."""
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _commands() -> dict[str, object]:
    """Offer what the guide names, as far as Teams shows it."""
    return {"scopes": ["team", "groupChat", "personal"], "commands": _offered(guide(NAME, "en"))[:COMMANDS_MOST]}


def _offered(said: Answer) -> list[dict[str, str]]:
    lines = ["".join(map(str, line)).partition(": ") for part in said.parts for line in part.lines]
    typed = [(command.removeprefix(NAME).strip(" …"), does) for command, _, does in lines]
    return [
        {"title": command[:TITLE_LIMIT], "description": does[:DESCRIPTION_LIMIT]} for command, does in typed if command
    ]


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def main(arguments: list[str]) -> int:
    """Print the manifest, or write the package; exit code 2 says how it is called."""
    if not arguments:
        sys.stdout.write(text(manifest()))
        return 0
    try:
        app_id, icons, file = arguments
        Path(file).write_bytes(package(app_id, Path(icons)))
    except ValueError:
        example = f"make teams-app APP_ID={EXAMPLE}"
        sys.stderr.write(f"The bot's Microsoft App ID is missing, or is no id. Example: {example}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
