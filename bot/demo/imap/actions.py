"""What a client does to the messages of the folder it selected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.demo.imap.fetch import fetched, items, marks_seen
from bot.demo.imap.search import Found, search
from bot.demo.imap.view import View
from bot.demo.imap.wire import Argument, Command, WireError, numbers, text
from bot.demo.mail.mailbox import Account


class RefusedError(Exception):
    """A command that is well formed and cannot be done; its text is the client's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the server says before it says that it is done, and whether the folder is closed now."""

    untagged: Sequence[bytes] = ()
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """An action's arguments, the folder it is about, and whether numbers in it are UIDs."""

    args: Sequence[Argument]
    view: View
    by_uid: bool


def opened(account: Account, name: str, *, read_only: bool) -> View:
    """Select a folder; ``RefusedError`` if there is none of that name."""
    folder = account.folder(name)
    if folder is None:
        raise RefusedError(f"no folder {name}")
    return View(folder, read_only=read_only)


def act(command: Command, view: View) -> Outcome:
    """Do one command on the selected folder; ``WireError`` or ``RefusedError`` if that cannot be."""
    name, args, by_uid = command.name, command.args, False
    if name == "UID":
        name, args, by_uid = text(args[0]).upper(), args[1:], True
    action = _ACTIONS.get(name)
    if action is None:
        raise WireError(f"unknown command {name}")
    return action(_Ask(args=args, view=view, by_uid=by_uid))


def _search(ask: _Ask) -> Outcome:
    found = search(ask.args, ask.view.messages)
    hits = [str(stored.uid if ask.by_uid else number) for number, stored in found]
    return Outcome(untagged=[f"* {' '.join(['SEARCH', *hits])}\r\n".encode()])


def _fetch(ask: _Ask) -> Outcome:
    asked = items(ask.args[1])
    if ask.by_uid and "UID" not in (item.upper() for item in asked):
        asked = ["UID", *asked]
    meant = _meant(ask)
    if marks_seen(asked) and not ask.view.read_only:
        for _, stored in meant:
            stored.flags.add("\\Seen")
    return Outcome(untagged=[fetched(number, stored, asked) for number, stored in meant])


def _store(ask: _Ask) -> Outcome:
    if ask.view.read_only:
        raise RefusedError("the folder is open for reading only")
    change, silent = _change(text(ask.args[1]).upper())
    given = ask.args[2] if isinstance(ask.args[2], list) else ask.args[2:]
    flags = {_cased(text(flag)) for flag in given}
    meant = _meant(ask)
    for _, stored in meant:
        stored.flags = change(stored.flags, flags)
    told = ["UID", "FLAGS"] if ask.by_uid else ["FLAGS"]
    return Outcome(untagged=[] if silent else [fetched(number, stored, told) for number, stored in meant])


def _expunge(ask: _Ask) -> Outcome:
    if ask.view.read_only:
        raise RefusedError("the folder is open for reading only")
    ask.view.expunge()
    return Outcome()


def _close(ask: _Ask) -> Outcome:
    if not ask.view.read_only:
        ask.view.expunge()
    return Outcome(closes=True)


def _check(_: _Ask) -> Outcome:
    return Outcome()


_ACTIONS: Mapping[str, Callable[[_Ask], Outcome]] = {
    "SEARCH": _search,
    "FETCH": _fetch,
    "STORE": _store,
    "EXPUNGE": _expunge,
    "CLOSE": _close,
    "CHECK": _check,
}


def _meant(ask: _Ask) -> Found:
    messages = ask.view.messages
    known = [stored.uid if ask.by_uid else number for number, stored in messages]
    chosen = set(numbers(text(ask.args[0]), known))
    return [message for message, key in zip(messages, known, strict=True) if key in chosen]


def _change(item: str) -> tuple[Callable[[set[str], set[str]], set[str]], bool]:
    silent = item.endswith(".SILENT")
    match item.removesuffix(".SILENT"):
        case "+FLAGS":
            return lambda have, given: have | given, silent
        case "-FLAGS":
            return lambda have, given: have - given, silent
        case "FLAGS":
            return lambda _, given: set(given), silent
        case _:
            raise WireError(f"cannot store {item}")


def _cased(flag: str) -> str:
    """System flags are the same in any case."""
    return f"\\{flag[1:].capitalize()}" if flag.startswith("\\") else flag
