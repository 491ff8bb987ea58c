"""The app's manifest, made from what the listeners and the sender use: no scope that nothing needs.

``python -m handlers.slack.manifest https://mailstatus.example.com`` prints it for that address, and without an address
for Socket Mode; Slack takes the JSON as it is.
"""

import json
import sys
from collections.abc import Mapping

from handlers.slack.listen import PATH
from handlers.slack.picture import SCOPE

COMMAND = "/mailstatus"
SCOPES: Mapping[str, str] = {
    "chat:write": "post and edit messages",
    "commands": f"answer {COMMAND}",
    "channels:history": "look before posting again, in public channels",
    "groups:history": "look before posting again, in private channels",
}
"""The bot's scopes, and what each is for."""
OPTIONAL: Mapping[str, str] = {
    SCOPE: "show a picture of the delay in the thread",
    "im:history": "look before posting again, to people who are told in person",
    "im:write": "find the conversation with a person",
    "users:read": "answer people in the language that they use Slack in",
    "usergroups:read": "know who is in the user groups that alone may change incidents",
}
"""Scopes that whoever installs the app may leave out, and what is missed then."""
EVENTS = ("app_home_opened", "app_uninstalled", "tokens_revoked")
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
"""Where Slack sends people back to who install the app in one more workspace."""
EXAMPLE = "https://mailstatus.example.com"

Manifest = dict[str, object]


def manifest(base: str | None = EXAMPLE) -> Manifest:
    """Describe the app to Slack; ``base`` is the bot's public address, None for Socket Mode."""
    url = f"{base.rstrip('/')}{PATH}" if base else None
    back = {"redirect_urls": [f"{base.rstrip('/')}{REDIRECT_PATH}"]} if base else {}
    to = {"request_url": url} if url else {}
    return {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": "mailstatus",
            "description": "Says in plain words whether company mail flows, and what to do when it does not",
            "background_color": "#1f2937",
        },
        "features": {
            # People are told in person in the messages tab; they need not write there.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "mailstatus", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": url} if url else {}),
                    "description": "Is our mail working?",
                    "usage_hint": "[details | history | explain EX… | report … | help]",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {**back, "scopes": {"bot": [*SCOPES, *OPTIONAL], "bot_optional": list(OPTIONAL)}},
        "settings": {
            "event_subscriptions": {**to, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **to},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(manifest(sys.argv[1] if len(sys.argv) > 1 else None), indent=2, ensure_ascii=False) + "\n"
    )
