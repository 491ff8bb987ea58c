"""The app's manifest."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from handlers.slack.listen import PATH
from handlers.slack.manifest import EVENTS, OPTIONAL, REDIRECT_PATH, SCOPES, manifest

FOLDER = Path(__file__).parents[3] / "deploy" / "slack"
CODE = Path(__file__).parents[3] / "handlers" / "slack"


def text(most: int, least: int = 1, **more: object) -> dict[str, object]:
    """Describe a string of a length."""
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def closed(required: list[str], **properties: object) -> dict[str, object]:
    """Describe an object without other properties."""
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


URL = text(3000, pattern="^https://")
FLAG = {"type": "boolean"}
SCOPE_LIST = {"type": "array", "maxItems": 255, "items": text(50)}
# Names, lengths and shapes as Slack documents them for app manifests; the parts that are used here.
SCHEMA = closed(
    ["display_information", "settings"],
    _metadata=closed([], major_version={"enum": [1, 2]}, minor_version={"type": "integer"}),
    display_information=closed(
        ["name"],
        name=text(35),
        description=text(140),
        long_description=text(4000, 175),
        background_color=text(7, pattern="^#([0-9a-f]{3}|[0-9a-f]{6})$"),
    ),
    features=closed(
        [],
        app_home=closed([], home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=closed(["display_name"], display_name=text(80, pattern="^[a-z0-9._-]+$"), always_online=FLAG),
        slash_commands={
            "type": "array",
            "maxItems": 50,
            "items": closed(
                ["command", "description"],
                command=text(32, 2, pattern="^/"),
                url=URL,
                description=text(2000),
                usage_hint=text(1000),
                should_escape=FLAG,
            ),
        },
    ),
    oauth_config=closed(
        [],
        redirect_urls={"type": "array", "items": URL},
        scopes=closed([], bot=SCOPE_LIST, bot_optional=SCOPE_LIST),
    ),
    settings=closed(
        [],
        event_subscriptions=closed([], request_url=URL, bot_events={"type": "array", "maxItems": 100}),
        interactivity=closed(["is_enabled"], is_enabled=FLAG, request_url=URL, message_menu_options_url=URL),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)


def faults(given: object) -> list[str]:
    """Validate a manifest."""
    return [fault.message for fault in Draft7Validator(SCHEMA).iter_errors(given)]


@pytest.mark.parametrize("base", ["https://mail.example", None])
def test_it_is_what_slack_takes(base: str | None) -> None:
    """Over HTTP and by Socket Mode."""
    assert faults(manifest(base)) == []


def test_the_schema_would_notice() -> None:
    """A wrong key, a missing slash, a long name."""
    broken: dict[str, Any] = {"display_information": {"name": "x" * 36}, "settings": {"socket_mode": True}}
    assert len(faults(broken)) == 2


@pytest.mark.parametrize(
    ("file", "base"), [("manifest.yaml", "https://mailstatus.example.com"), ("manifest-socket.yaml", None)]
)
def test_the_files_say_the_same_as_the_code(file: str, base: str | None) -> None:
    """They are made from it."""
    assert yaml.safe_load((FOLDER / file).read_text(encoding="utf-8")) == manifest(base)


def test_slack_is_sent_to_where_we_listen() -> None:
    """Commands, buttons and events alike."""
    urls = re.findall(r"https://mail\.example[^'\"]*", str(manifest("https://mail.example/")))
    assert urls == [f"https://mail.example{path}" for path in (PATH, REDIRECT_PATH, PATH, PATH)]


def test_socket_mode_names_no_address() -> None:
    """None is public."""
    assert "https://" not in str(manifest(None))


def test_every_scope_is_for_something_that_the_code_does() -> None:
    """And no method is called that none of them grants."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))
    called = set(
        re.findall(
            r'"(?!files\.slack\.com)((?:chat|conversations|views|apps|files|usergroups|users)\.[a-z.A-Z]+)"', code
        )
    )
    granted = {
        "chat.postMessage": "chat:write",
        "chat.update": "chat:write",
        "chat.getPermalink": None,
        "conversations.history": "channels:history",
        "conversations.replies": "channels:history",
        "conversations.open": "im:write",
        "views.publish": None,
        "apps.connections.open": None,
        "files.getUploadURLExternal": "files:write",
        "files.completeUploadExternal": "files:write",
        "users.info": "users:read",
        "usergroups.list": "usergroups:read",
        "usergroups.users.list": "usergroups:read",
    }
    assert called == set(granted)
    assert {scope for scope in granted.values() if scope} | {"commands", "groups:history", "im:history"} == {
        *SCOPES,
        *OPTIONAL,
    }


def test_pictures_a_look_at_direct_messages_peoples_own_language_and_their_groups_are_optional() -> None:
    """Whoever installs the app may leave their scopes out, and loses nothing else."""
    scopes: Any = manifest()["oauth_config"]
    assert scopes["scopes"]["bot_optional"] == list(OPTIONAL)
    assert set(OPTIONAL) == {"files:write", "im:history", "im:write", "users:read", "usergroups:read"}
    assert set(scopes["scopes"]["bot"]) >= set(OPTIONAL)


def test_every_event_has_a_listener() -> None:
    """And only those are asked for."""
    code = (CODE / "bolt.py").read_text(encoding="utf-8")
    assert re.findall(r'\.event\("([a-z_]+)"\)', code) == list(EVENTS)
