"""Where each destination is and by what credential, as a fingerprint that tells whether either was changed."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from bot.settings import DestinationTable, Settings
from bot.types import Destination


def addresses(settings: Settings, key: SecretStr) -> Mapping[str, str]:
    """Fingerprint every destination with a key of ours, so that nothing can be learned of a secret from it."""
    return {name: _fingerprint(_parts(one, settings), key) for name, one in settings.installation.destinations.items()}


def neighbours(destinations: Sequence[Destination]) -> Mapping[str, Sequence[str]]:
    """Say who is to hear that a destination takes nothing: its fallbacks, then the tenant's other channels."""
    return {
        one.name: [
            *one.fallback,
            *(other.name for other in destinations if _beside(one, other) and other.name not in one.fallback),
        ]
        for one in destinations
    }


def _beside(one: Destination, other: Destination) -> bool:
    return other.tenant == one.tenant and other.name != one.name


def _parts(table: DestinationTable, settings: Settings) -> Sequence[str]:
    """Give what a change of may mend a destination."""
    environment = settings.environment
    tokens = {
        "slack": [environment.slack_bot_token],
        "teams": [environment.teams_app_secret, environment.azure_client_secret],
    }
    box = settings.installation.mailboxes.get(table.mailbox or "")
    secrets = [
        settings.named.get(table.url_env or ""),
        settings.named.get((box and box.password_env) or ""),
        *tokens.get(table.platform, []),
    ]
    plain = [table.platform, table.channel or "", table.conversation or "", table.address or "", str(box or "")]
    return [*plain, *(secret.get_secret_value() if secret else "" for secret in secrets)]


def _fingerprint(parts: Sequence[str], key: SecretStr) -> str:
    return hmac.new(key.get_secret_value().encode(), repr(list(parts)).encode(), hashlib.sha256).hexdigest()[:32]
