#!/usr/bin/env bash
# Registers the Entra app that mailstatus reads service health with, and nothing more.
#
# Needs the Azure CLI, signed in (az login) as a Privileged Role Administrator, who may consent for the organisation.
# Standard output is lines for .env; everything else goes to standard error. Safe to run again: an app of the same
# name is used as it is.
set -euo pipefail

# Microsoft Graph, and its application roles.
readonly GRAPH=00000003-0000-0000-c000-000000000000
readonly SERVICE_HEALTH_READ_ALL=79c261e0-fe76-4144-aad5-bdc68fbe4037
readonly EXCHANGE_MESSAGE_TRACE_READ_ALL=89b20d8a-76e2-4057-867b-9961f800b9a4
# Without this service principal in the tenant, the message trace answers 401.
readonly MESSAGE_TRACE_SERVICE=8bd644d1-64a1-4d4b-ae52-2e0cbf64e373

readonly CONSENT_TRIES=6
readonly CONSENT_WAIT="${MAILSTATUS_CONSENT_WAIT:-10}"

name=mailstatus
certificate=
trace=no
mailboxes=
calendars=no

usage() {
  cat <<'USAGE'
usage: register.sh [--name NAME] [--certificate PEM] [--trace] [--mailboxes ADDRESS[,ADDRESS...] [--calendars]]

  --name NAME          name of the app in Entra (mailstatus)
  --certificate PEM    let the app sign in by this public certificate, rather than by a secret made now
  --trace              also let it read the message trace, to count real bounces (global cloud only)
  --mailboxes A,B      say how to let it send and read test messages in these mailboxes, and in no other
  --calendars          say how to let it write and look up their calendars as well
USAGE
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "register.sh: $*"
  exit 2
}

value_of() {
  [[ $# -ge 2 && -n $2 ]] || fail "$1 needs a value"
  printf '%s' "$2"
}

read_arguments() {
  while (($#)); do
    case $1 in
      --name) name=$(value_of "$@"); shift 2 ;;
      --certificate) certificate=$(value_of "$@"); shift 2 ;;
      --mailboxes) mailboxes=$(value_of "$@"); shift 2 ;;
      --trace) trace=yes; shift ;;
      --calendars) calendars=yes; shift ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; fail "unknown argument: $1" ;;
    esac
  done
  [[ -z $certificate || -r $certificate ]] || fail "cannot read $certificate"
  [[ $calendars == no || -n $mailboxes ]] || fail "--calendars needs --mailboxes"
  command -v az >/dev/null || fail "the Azure CLI (az) is not installed"
}

find_or_create_app() {
  local app
  app=$(az ad app list --display-name "$name" --query '[0].appId' --output tsv)
  if [[ -z $app ]]; then
    say "creating the app $name"
    app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
  else
    say "using the app $name that exists"
  fi
  printf '%s' "$app"
}

ensure_service_principal() {
  az ad sp show --id "$1" --output none 2>/dev/null || az ad sp create --id "$1" --output none
}

grant() {
  local app=$1 role=$2
  az ad app permission add --id "$app" --api "$GRAPH" --api-permissions "$role=Role" --output none
}

consent() {
  local try
  for ((try = 1; try <= CONSENT_TRIES; try++)); do
    # A new app takes a moment to be known everywhere.
    if az ad app permission admin-consent --id "$1" --output none; then
      return
    fi
    say "no consent yet (try $try of $CONSENT_TRIES)"
    sleep "$CONSENT_WAIT"
  done
  fail "consent failed: are you a Privileged Role Administrator? Run this again when you are."
}

credential() {
  if [[ -n $certificate ]]; then
    az ad app credential reset --id "$1" --append --cert "@$certificate" --output none
    say "AZURE_CLIENT_CERTIFICATE_PATH is the PEM or PFX file that holds this certificate AND its private key."
  else
    printf 'AZURE_CLIENT_SECRET=%s\n' "$(az ad app credential reset --id "$1" --append --years 1 \
      --display-name mailstatus --query password --output tsv)"
  fi
}

explain_calendars() {
  [[ $calendars == yes ]] || return 0
  # Calendars.ReadWrite covers looking up (getSchedule) as well.
  printf "  New-ManagementRoleAssignment -App %s -Role 'Application Calendars.ReadWrite' -CustomResourceScope '%s'\n " \
    "$1" "$name mailboxes"
}

explain_mailboxes() {
  local app=$1 object=$2 filter="" address
  local -a addresses
  IFS=, read -r -a addresses <<<"$mailboxes"
  for address in "${addresses[@]}"; do
    filter+="${filter:+ -or }(PrimarySmtpAddress -eq '$address')"
  done
  cat >&2 <<POWERSHELL

Test messages: let the app into these mailboxes alone, in Exchange Online PowerShell (as Exchange Administrator).
Do NOT grant Mail.* or Calendars.* in Entra as well: the two add up, and the app could read every mailbox.

  New-ServicePrincipal -AppId $app -ObjectId $object -DisplayName '$name'
  New-ManagementScope -Name '$name mailboxes' -RecipientRestrictionFilter "$filter"
  New-ManagementRoleAssignment -App $object -Role 'Application Mail.Send' -CustomResourceScope '$name mailboxes'
  New-ManagementRoleAssignment -App $object -Role 'Application Mail.ReadWrite' -CustomResourceScope '$name mailboxes'
$(explain_calendars "$object") Test-ServicePrincipalAuthorization -Identity $object -Resource ${addresses[0]}

It can take two hours until Exchange knows.
POWERSHELL
}

main() {
  read_arguments "$@"
  local app object
  app=$(find_or_create_app)
  ensure_service_principal "$app"
  grant "$app" "$SERVICE_HEALTH_READ_ALL"
  if [[ $trace == yes ]]; then
    ensure_service_principal "$MESSAGE_TRACE_SERVICE"
    grant "$app" "$EXCHANGE_MESSAGE_TRACE_READ_ALL"
    say "The message trace may answer 401 for some hours until Exchange knows its service principal."
  fi
  consent "$app"
  printf 'AZURE_TENANT_ID=%s\n' "$(az account show --query tenantId --output tsv)"
  printf 'AZURE_CLIENT_ID=%s\n' "$app"
  credential "$app"
  if [[ -n $mailboxes ]]; then
    object=$(az ad sp show --id "$app" --query id --output tsv)
    explain_mailboxes "$app" "$object"
  fi
}

main "$@"
