"""A mailbox over Microsoft Graph: sending by sendMail, finding by plain filtered lists."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from email.message import Message
from typing import Any
from urllib.parse import quote

from bot.mail.bounces import may_be_report
from bot.mail.headers import parse
from bot.mail.inbox import INBOX, JUNK, Letter, MailError
from bot.mail.letters import HEADER, TAG
from bot.mail.outcomes import Accepted, FateUnknown, NoAnswer, Outcome, Outgoing, OwnTrouble, Refusal
from bot.mail.trouble import graph_trouble
from bot.microsoft import Call, GraphClient, GraphError, elements, object_of
from bot.types import Clock

# Exchange allows four calls at a time for each app and mailbox.
AT_ONCE = 4
RUN_SECONDS = 45.0
MOST_REMEMBERED = 10_000
FOLDERS = {INBOX: "inbox", JUNK: "junkemail"}
BRIEF = {"$select": "id,subject,from"}
NEWEST = {**BRIEF, "$top": "50"}
OURS = {**BRIEF, "$top": "250", "$filter": f"contains(subject,'{TAG}')"}
# Each new letter is a call of its own; what one look leaves behind the next one finds.
MOST_LETTERS = 100
MOST_LISTED = 5000
# Ids change when a message moves, unless this is asked for each time.
STEADY = {"Prefer": 'IdType="ImmutableId"'}
READ = "Mail.ReadWrite"
MOST_BYTES = 256 * 1024
"""So much of a whole message is read."""
MOST_HEADERS = 4 * 1024 * 1024
NO_SUCH_WAY = {400, 404, 405, 501}
OWN_FAULTS = {400, 401, 403, 404, 429}
NOT_FOUND = 404


class GraphMailbox:
    """One mailbox at one Graph; its sender and its inbox share the limit of calls at a time."""

    def __init__(self, graph: GraphClient, address: str) -> None:
        """Take a Graph client whose app may use the mailbox."""
        self._graph = graph
        self.address = address
        self._path = f"users/{quote(address, safe='@')}"
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._can_erase = True

    async def call(self, call: Call) -> bytes:
        """Make one call below the mailbox and give the answer's body; raises GraphError."""
        async with self._slots:
            return (await self._graph.send(self._below(call))).content

    async def pages(self, call: Call) -> AsyncGenerator[dict[str, Any], None]:
        """Give each element of a collection below the mailbox; raises GraphError."""
        async with self._slots:
            async for element in self._graph.pages(self._below(call)):
                yield element

    async def erase(self, path: str, *, permission: str) -> None:
        """Remove a message or an entry for good, or to Deleted Items where Graph offers no more; raises GraphError."""
        if self._can_erase:
            try:
                await self.call(
                    Call(method="POST", path=f"{path}/permanentDelete", headers=STEADY, permission=permission)
                )
            except GraphError as error:
                if error.status not in NO_SUCH_WAY:
                    raise
                self._can_erase = False
            else:
                return
        await self.call(Call(method="DELETE", path=path, headers=STEADY, permission=permission))

    def _below(self, call: Call) -> Call:
        return dataclasses.replace(call, path=f"{self._path}/{call.path}")


class GraphSender:
    """Hands messages over by sendMail."""

    def __init__(self, mailbox: GraphMailbox) -> None:
        """Take the mailbox to send from."""
        self._mailbox = mailbox

    async def send(self, message: Outgoing) -> Outcome:
        """Hand over once, within the limit of a run; never raises for what Graph does."""
        call = Call(
            method="POST", path="sendMail", json=message_for_graph(message), permission="Mail.Send", repeatable=False
        )
        try:
            async with asyncio.timeout(RUN_SECONDS):
                await self._mailbox.call(call)
        except GraphError as error:
            return _outcome(error, self._mailbox.address)
        except TimeoutError:
            return FateUnknown(error=f"Graph did not answer within {RUN_SECONDS:.0f} seconds")
        return Accepted(reply="202 Accepted")


class GraphInbox:
    """Looks into one mailbox; asks for the headers of what may be ours, and leaves other mail unread."""

    def __init__(self, name: str, mailbox: GraphMailbox, clock: Clock) -> None:
        """Take a mailbox, and its name for errors."""
        self._name = name
        self._mailbox = mailbox
        self._clock = clock
        self._seen: dict[str, None] = {}
        self._looked: datetime | None = None
        """When the last look began that left nothing behind."""

    async def letters(self) -> Sequence[Letter]:
        """List what came since the last look, in the inbox and the junk folder; raises MailError."""
        begun = self._clock.now()
        try:
            async with asyncio.timeout(RUN_SECONDS):
                rows = await self._rows()
                told = self._clock.now()
                found = [letter for row, folder in rows if (letter := await self._letter(row, folder, told))]
        except (GraphError, TimeoutError) as error:
            raise self._error(error) from error
        self._seen |= dict.fromkeys(letter.key for letter in found)
        for key in list(self._seen)[:-MOST_REMEMBERED]:
            del self._seen[key]
        if len(found) < MOST_LETTERS:
            self._looked = begun
        return found

    async def whole(self, letter: Letter) -> Message:
        """Read a whole message, its first 256 KiB; raises MailError."""
        try:
            async with asyncio.timeout(RUN_SECONDS):
                return parse(await self._get(f"{_path(letter.key)}/$value", most=MOST_BYTES))
        except (GraphError, TimeoutError) as error:
            raise self._error(error) from error

    async def delete(self, letter: Letter) -> None:
        """Remove a message for good, or to Deleted Items where Graph offers no more; raises MailError."""
        try:
            async with asyncio.timeout(RUN_SECONDS):
                await self._mailbox.erase(_path(letter.key), permission=READ)
        except (GraphError, TimeoutError) as error:
            if not (isinstance(error, GraphError) and error.status == NOT_FOUND):
                raise self._error(error) from error

    async def wait(self) -> bool:
        """Tell that nobody tells: Graph's notifications may take three minutes."""
        return False

    async def close(self) -> None:
        """Let go of nothing, as nothing is held."""

    async def _rows(self) -> list[tuple[dict[str, Any], str]]:
        # What is new cannot be found by its time of receipt: for late mail that is the time before it was late.
        page = object_of(await self._mailbox.call(_list(INBOX, NEWEST)))
        found = {_key(row): (row, INBOX) for row in elements(page) if self._is_new(row) and may_be_report(_brief(row))}
        for folder in (INBOX, JUNK):
            await self._ours(folder, found)
        return list(found.values())

    async def _ours(self, folder: str, found: dict[str, tuple[dict[str, Any], str]]) -> None:
        """Add what is new of a folder, as far as one look has time for."""
        async with aclosing(self._mailbox.pages(_list(folder, OURS))) as rows:
            listed = 0
            async for row in rows:
                listed += 1
                if len(found) >= MOST_LETTERS or listed > MOST_LISTED:
                    return
                if self._is_new(row):
                    found[_key(row)] = (row, folder)

    def _is_new(self, row: Mapping[str, Any]) -> bool:
        return bool(_key(row)) and _key(row) not in self._seen

    async def _letter(self, row: Mapping[str, Any], folder: str, told: datetime) -> Letter | None:
        """Read the headers of what was listed; None if somebody removed it since."""
        try:
            content = await self._get(f"{_path(_key(row))}?$select=internetMessageHeaders")
        except GraphError as error:
            if error.status != NOT_FOUND:
                raise
            return None
        listed = object_of(content).get("internetMessageHeaders")
        headers = _brief(row)
        for one in listed if isinstance(listed, list) else ():
            name = str(one.get("name") or "") if isinstance(one, dict) else ""
            if name and name.lower() not in {"subject", "from"}:
                headers[name] = " ".join(str(one.get("value") or "").split())
        return Letter(key=_key(row), folder=folder, headers=headers, told=told, untold=self._looked)

    async def _get(self, path: str, *, most: int = MOST_HEADERS) -> bytes:
        return await self._mailbox.call(Call(method="GET", path=path, headers=STEADY, permission=READ, most=most))

    def _error(self, error: Exception) -> MailError:
        said = f"The mailbox {self._name} cannot be read: {str(error) or 'no answer in time'}"
        advice = graph_trouble(error.status, error.code, self._name) if isinstance(error, GraphError) else ""
        return MailError(f"{said} {advice}".strip())


def message_for_graph(message: Outgoing) -> dict[str, object]:
    """Put a message in sendMail's JSON form, which unlike MIME can ask that no copy stays in Sent Items."""
    return {
        "message": {
            "subject": str(message["Subject"]),
            "body": {"contentType": "text", "content": message.get_content()},
            "toRecipients": [{"emailAddress": {"address": str(message["To"])}}],
            # Only headers that begin with x- can be given.
            "internetMessageHeaders": [
                {"name": name, "value": str(message[name])} for name in (HEADER, "X-Auto-Response-Suppress")
            ],
        },
        "saveToSentItems": False,
    }


def _outcome(error: GraphError, address: str) -> Outcome:
    said = str(error)
    if error.fate_unknown:
        return FateUnknown(error=said)
    if error.permanent or error.status in OWN_FAULTS:
        stage = "auth" if error.status in {None, 401, 403} else "data"
        return OwnTrouble(stage=stage, reply=said, advice=graph_trouble(error.status, error.code, address))
    if error.status is None:
        return NoAnswer(stage="connect", error=said)
    return Refusal(stage="data", reply=said)


def _list(folder: str, query: Mapping[str, str]) -> Call:
    path = f"mailFolders/{FOLDERS[folder]}/messages"
    return Call(method="GET", path=path, params=query, headers=STEADY, permission=READ)


def _path(key: str) -> str:
    return f"messages/{quote(key, safe='')}"


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("id") or "")


def _brief(row: Mapping[str, Any]) -> Message:
    """Make headers of what a list says of a message."""
    brief = Message()
    brief["Subject"] = " ".join(str(row.get("subject") or "").split())
    sender = row.get("from")
    address = sender.get("emailAddress") if isinstance(sender, dict) else None
    brief["From"] = str(address.get("address") or "") if isinstance(address, dict) else ""
    return brief
