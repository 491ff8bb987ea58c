"""The one error of this boundary: what went wrong at Graph or Entra, and what to do about it."""

from collections.abc import Mapping
from datetime import timedelta

GRAPH_APP = "00000003-0000-0000-c000-000000000000"

ROLES: Mapping[str, str] = {
    "ServiceHealth.Read.All": "79c261e0-fe76-4144-aad5-bdc68fbe4037",
    "ExchangeMessageTrace.Read.All": "89b20d8a-76e2-4057-867b-9961f800b9a4",
    "Mail.Send": "b633e1c5-b582-4048-a93e-9f11b44c7e96",
    "Mail.ReadWrite": "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
}

MAILBOX_ROLES = frozenset({"Calendars.ReadWrite", "Calendars.Read"})
"""What Exchange grants for single mailboxes (RBAC for Applications); granted in Entra it would be the whole tenant."""

# AADSTS numbers as Microsoft's reference of sign-in errors explains them.
TOKEN_ADVICE: Mapping[int, str] = {
    7000215: "The client secret is wrong: AZURE_CLIENT_SECRET wants the secret's value, not its id.",
    7000222: "The client secret has expired: make a new one (az ad app credential reset --id {client} --append).",
    700016: "This tenant does not know the app {client}: check AZURE_CLIENT_ID and AZURE_TENANT_ID.",
    7000229: "The app has no service principal in this tenant: az ad sp create --id {client}",
    90002: "There is no such tenant: check AZURE_TENANT_ID.",
    900023: "AZURE_TENANT_ID is neither a GUID nor a domain name.",
    700027: "Entra does not know this certificate: upload its public part to the app {client}, or renew it.",
    1000502: "The certificate has expired: make a new one, and upload its public part to the app {client}.",
    700024: "The signed assertion is out of its time: check this machine's clock, or renew the federated token.",
    70021: "No federated credential of the app {client} matches the token's issuer and subject.",
    700211: "No federated credential of the app {client} matches the token's issuer.",
    700213: "No federated credential of the app {client} matches the token's subject.",
    65001: "Nobody has consented for the app {client}: az ad app permission admin-consent --id {client}",
    53003: "A Conditional Access policy blocks the app {client}: exclude it, or allow this address.",
}


class GraphError(Exception):
    """A failure at Graph or Entra as one sentence that is safe to show, with what a retry needs to know."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        permanent: bool = False,
        retry_after: timedelta | None = None,
        fate_unknown: bool = False,
    ) -> None:
        """Keep the sentence, the HTTP status (None: no answer), the vendor's code, and when to ask again.

        ``fate_unknown`` says that the request may have been carried out although no answer came.
        """
        super().__init__(message)
        self.status = status
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.fate_unknown = fate_unknown


def grant(permission: str, client: str) -> str:
    """Say how an administrator grants a permission to the app."""
    if permission in MAILBOX_ROLES:
        return (
            f"Let the app into the canary's mailboxes, in Exchange Online PowerShell: New-ManagementRoleAssignment "
            f"-App {client} -Role 'Application {permission}' -CustomResourceScope 'mailstatus mailboxes' "
            f"(deploy/entra/register.sh --mailboxes … --calendars prints all of it; it can take two hours)."
        )
    role = ROLES.get(permission)
    if role is None:
        return f"Grant the application permission {permission} and give admin consent."
    return (
        f"Grant the application permission {permission}: az ad app permission add --id {client} --api {GRAPH_APP} "
        f"--api-permissions {role}=Role && az ad app permission admin-consent --id {client}"
    )


def token_advice(codes: list[int], client: str) -> str:
    """Say what to do about a refused token, or nothing where the codes are unknown."""
    return next((TOKEN_ADVICE[code].format(client=client) for code in codes if code in TOKEN_ADVICE), "")
