"""Adaptive Cards as HTML."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from markupsafe import Markup

from bot.demo.chat.card_markdown import card_markdown

Element: TypeAlias = Mapping[str, Any]

_NAMES = {
    "size": ("small", "default", "medium", "large", "extralarge"),
    "weight": ("lighter", "default", "bolder"),
    "color": ("default", "dark", "light", "accent", "good", "warning", "attention"),
    "style": ("default", "emphasis", "accent", "good", "attention", "warning"),
    "spacing": ("none", "small", "default", "medium", "large", "extralarge", "padding"),
}


def card_html(card: Element) -> Markup:
    """Show a card's body and its actions."""
    actions = card.get("actions") or ()
    return _elements(card.get("body") or ()) + (_buttons(actions) if actions else Markup())


def _elements(elements: Sequence[Element]) -> Markup:
    return _joined(_element(element) for element in elements if element.get("isVisible", True))


def _element(element: Element) -> Markup:
    show = _ELEMENTS.get(str(element.get("type")))
    if show is not None:
        return show(element)
    fallback = element.get("fallback")
    return _element(fallback) if isinstance(fallback, Mapping) else Markup()


def _text_block(element: Element) -> Markup:
    classes = _classes(element, "size", "weight", "color", "spacing")
    if element.get("isSubtle"):
        classes += " subtle"
    if not element.get("wrap"):
        classes += " nowrap"
    return Markup('<p class="{}">{}</p>').format(classes, card_markdown(str(element.get("text", ""))))


def _fact_set(element: Element) -> Markup:
    rows = _joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            card_markdown(str(fact.get("title", ""))), card_markdown(str(fact.get("value", "")))
        )
        for fact in element.get("facts") or ()
    )
    return Markup("<dl>{}</dl>").format(rows)


def _container(element: Element) -> Markup:
    return Markup('<div class="container {}">{}</div>').format(
        _classes(element, "style", "spacing"), _elements(element.get("items") or ())
    )


def _column_set(element: Element) -> Markup:
    return Markup('<div class="columns">{}</div>').format(_elements(element.get("columns") or ()))


def _action_set(element: Element) -> Markup:
    return _buttons(element.get("actions") or ())


def _image(element: Element) -> Markup:
    return Markup('<p class="image">{}</p>').format(element.get("altText") or "image")


def _buttons(actions: Sequence[Element]) -> Markup:
    """Through a webhook only links work."""
    links = [action for action in actions if action.get("type") == "Action.OpenUrl"]
    shown = _joined(
        Markup('<a class="button" href="{}" rel="noreferrer">{}</a>').format(link.get("url", ""), link.get("title", ""))
        for link in links
    )
    return Markup('<div class="actions">{}</div>').format(shown)


def _classes(element: Element, *names: str) -> str:
    """Give class names for what is known of an element's looks."""
    wanted = ((name, str(element.get(name, "default")).lower()) for name in names)
    return " ".join(f"{name}-{value}" for name, value in wanted if value in _NAMES[name])


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


_ELEMENTS: Mapping[str, Callable[[Element], Markup]] = {
    "TextBlock": _text_block,
    "FactSet": _fact_set,
    "Container": _container,
    "Column": _container,
    "ColumnSet": _column_set,
    "ActionSet": _action_set,
    "Image": _image,
}
