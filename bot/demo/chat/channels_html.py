"""Both channels as a person sees them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from markupsafe import Markup

from bot.demo.chat.card_html import card_html
from bot.demo.chat.slack_html import content_html
from bot.demo.chat.slack_posts import BOT_NAME, BOT_USER, SlackPost, Whisper, Workspace
from bot.demo.chat.teams import Posted

_NOTHING = Markup()
_QUIET = Markup('<p class="empty">Nothing posted yet. A status bot is quiet while mail flows.</p>')


def slack_html(workspace: Workspace, channel: str) -> Markup:
    """Show a channel's messages with their threads, and what was whispered in it, oldest first."""
    heads: list[SlackPost | Whisper] = [*workspace.history(channel)]
    heads += [whisper for whisper in workspace.whispers if whisper.channel == channel]
    heads.sort(key=lambda item: item.ts)
    days = [_moment(item.ts).date() for item in heads]
    shown = _joined(
        _divider(day, before) + _item(item, workspace)
        for item, day, before in zip(heads, days, [None, *days], strict=False)
    )
    return shown or _QUIET


def teams_html(posted: Sequence[Posted]) -> Markup:
    """Show the cards of a channel, oldest first."""
    days = [card.at.date() for card in posted]
    shown = _joined(
        _divider(day, before) + _card(card) for card, day, before in zip(posted, days, [None, *days], strict=False)
    )
    return shown or Markup('<p class="empty">Nothing posted yet.</p>')


def _item(item: SlackPost | Whisper, workspace: Workspace) -> Markup:
    return _whisper(item) if isinstance(item, Whisper) else _post(item, workspace)


def _post(post: SlackPost, workspace: Workspace) -> Markup:
    if post.thread_ts:
        return _message(post, workspace, Markup('<p class="mark">replied to a thread</p>'))
    replies = [reply for reply in workspace.thread(post.channel, post.ts) if reply is not post]
    return _message(post, workspace) + (_thread(replies, workspace) if replies else Markup())


def _message(post: SlackPost, workspace: Workspace, above: Markup = _NOTHING) -> Markup:
    name = BOT_NAME if post.user == BOT_USER else workspace.people.get(post.user, post.user)
    marks = Markup('<span class="mark">(edited)</span>') if post.edited else Markup()
    if post.broadcast and not above:
        marks += Markup('<span class="mark">also sent to the channel</span>')
    shown = content_html(post.text, post.blocks, ts=post.ts) if post.text or post.blocks else Markup()
    return _bubble(name, post.ts, above + shown + _files(post), marks=marks)


def _files(post: SlackPost) -> Markup:
    return _joined(
        Markup('<p class="file">{}</p><img class="file" src="/files/{}" alt="{}">').format(
            file.title, file.id, file.alt
        )
        for file in post.files
    )


def _thread(replies: Sequence[SlackPost], workspace: Workspace) -> Markup:
    count = Markup('<p class="count">{}</p>').format("1 reply" if len(replies) == 1 else f"{len(replies)} replies")
    return Markup('<div class="thread">{}{}</div>').format(
        count, _joined(_message(reply, workspace) for reply in replies)
    )


def _whisper(whisper: Whisper) -> Markup:
    asked = Markup('<p class="command">{}</p>').format(whisper.command) if whisper.command else Markup()
    marks = Markup('<span class="mark">Only visible to you</span>')
    answer = _bubble(BOT_NAME, whisper.ts, content_html(whisper.text, whisper.blocks), marks=marks)
    return Markup('<div class="whisper">{}{}</div>').format(asked, answer)


def _bubble(name: str, ts: str, content: Markup, *, marks: Markup) -> Markup:
    app = Markup('<span class="app">APP</span>') if name == BOT_NAME else Markup()
    return Markup(
        '<article class="message"><div class="avatar" aria-hidden="true"></div><div class="content">'
        '<p class="who"><strong>{}</strong>{}{}{}</p>{}</div></article>'
    ).format(name, app, _clock(_moment(ts)), marks, content)


def _card(posted: Posted) -> Markup:
    return Markup(
        '<article class="message"><div class="avatar" aria-hidden="true"></div><div class="content">'
        '<p class="who"><strong>Workflows</strong>{}</p><div class="card">{}</div></div></article>'
    ).format(_clock(posted.at), card_html(posted.card))


def _divider(day: date, before: date | None) -> Markup:
    if day == before:
        return Markup()
    return Markup('<p class="day"><span>{}</span></p>').format(f"{day:%A, %-d %B %Y}")


def _clock(moment: datetime) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{moment:%H:%M}")


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)
