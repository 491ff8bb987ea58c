"""What the settings lack before the bot can do its job, each with an example to paste."""

from bot.settings import Settings

WATCH = """Nothing is watched. Give it at least one of these:

  Microsoft 365 service health, in .env (deploy/entra/register.sh makes the app and prints these lines):
    AZURE_TENANT_ID=8e6f1a0c-1111-2222-3333-444455556666
    AZURE_CLIENT_ID=0b1d2c3e-1111-2222-3333-444455556666
    AZURE_CLIENT_SECRET=q~8Q~abcdefghijklmnopqrstuvwxyz

  test messages, in mailstatus.toml, their passwords in .env:
    [mailboxes.office]
    address = "canary@contoso.com"
    smtp = "smtp.office365.com:587"
    imap = "outlook.office365.com:993"
    auth = "oauth"

    [mailboxes.outside]
    address = "canary@example.org"
    smtp = "smtp.example.org:587"
    imap = "imap.example.org:993"
    password_env = "OUTSIDE_PASSWORD"

    [routes.outbound-here]
    from = "office"
    to = "outside"
    direction = "outbound"
"""
TELL = """Nobody is told. Name at least one channel in mailstatus.toml:

    [destinations.ops]
    platform = "slack"              # SLACK_BOT_TOKEN=xoxb-… in .env
    channel = "C0123456789"

    [destinations.it]
    platform = "teams"
    url_env = "TEAMS_IT_URL"        # TEAMS_IT_URL=https://… in .env: the address of a Workflows webhook
"""
DEMO = "To see the bot at work without any of this: mailstatus demo"


def missing(settings: Settings) -> list[str]:
    """Say what is missing; empty where the bot can watch something and tell somebody."""
    environment, installation = settings.environment, settings.installation
    watches = installation.routes or installation.tenants or environment.tenants or environment.azure_client_id
    lines = [WATCH] if not watches else []
    lines += [TELL] if not (installation.destinations or environment.tenants) else []
    return [*lines, DEMO] if lines else []
