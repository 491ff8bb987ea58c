"""Words of a person's own, and what they are about; in the five languages that answers are given in."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum

from bot.types import Direction


class Topic(StrEnum):
    """What a person who uses no command of ours asks about."""

    NOW = "now"
    HELP = "help"
    HISTORY = "history"
    DETAILS = "details"
    BOUNCED = "bounced"
    SLOW = "slow"


_TOPICS: Mapping[Topic, str] = {
    Topic.BOUNCED: "bounce bounced bounces bouncing ndr rejected refused returned undeliverable undelivered 503 550 "
    "554 unzustellbar abgelehnt zurückgekommen refusé rejeté rebotado rechazado devuelto 不達 エラー",
    Topic.SLOW: "slow late delay delayed delays latency stuck waiting langsam spät verspätet verzögert lent retard "
    "lento tarde retraso 遅い 遅延",
    Topic.HELP: "help hilfe aide ayuda ヘルプ commands befehle commandes comandos",
    Topic.HISTORY: "history past yesterday week verlauf gestern woche historique hier semaine "
    "historial ayer semana 履歴 昨日",
    Topic.DETAILS: "details detail why who evidence timeline warum wer einzelheiten pourquoi qui détails detalles "
    "porqué quién 詳細 なぜ",
    Topic.NOW: "now status mail email e-mail mails emails is are the our ok okay up down working work works broken "
    "outlook exchange hi hello thanks fixed when what will should can do does did has have my i we it how long "
    "anyone everyone nothing since today problem problems outage issue issues happened spam junk calendar calendars "
    "jetzt wann danke wie geht kommt läuft kaputt mein meine störung ausfall postfach kalender "
    "maintenant quand merci comment marche fonctionne panne courriel courrier messagerie calendrier "
    "ahora cuándo gracias cómo correo correos funciona problema avería calendario 今 いつ メール 状況 障害",
}
_DIRECTIONS: Mapping[Direction, str] = {
    Direction.OUTBOUND: "outbound outgoing out send sending sent ausgehend senden sortant envoyer saliente enviar 送信",
    Direction.INBOUND: "inbound incoming in receive receiving received eingehend empfangen entrant recevoir entrante "
    "recibir 受信",
    Direction.INTERNAL: "internal internally colleagues intern interne interno 社内",
}
_PRODUCTS = "Teams SharePoint OneDrive Copilot Entra Intune Viva Planner Defender Purview"

TOPICS = {word: topic for topic, words in _TOPICS.items() for word in words.split()}
DIRECTIONS = {word: direction for direction, words in _DIRECTIONS.items() for word in words.split()}
PRODUCTS = {word.lower(): word for word in _PRODUCTS.split()}
_VERBS: Mapping[str, str] = {
    "ack": "acknowledge acked übernehmen",
    "mute": "snooze silence stumm stummschalten",
    "unmute": "unsnooze",
    "part": "split",
    "join": "merge",
    "report": "melden signaler informar",
    "subscribe": "abonnieren abonner suscribir suscribirse",
    "subscriptions": "subscription abos abonnements suscripciones",
    "unsubscribe": "abbestellen désabonner cancelar",
}
VERBS = {word: verb for verb, words in _VERBS.items() for word in words.split()}
"""Other words for our own."""
EVERYTHING = frozenset(["all", "everything", "both", "alles", "todo", "tout", "すべて"])
QUIET = frozenset(["quiet", "silent", "night", "ruhe", "ruhezeit", "calme", "silencio", "静か"])
NOTHING = frozenset(["off", "none", "no", "never", "aus", "keine", "aucun", "ninguna", "なし"])
"""What ends quiet hours."""

ADVISORY = re.compile(r"\b[A-Za-z]{2}\d{5,8}\b")
_WORD = re.compile(r"[^\s,;:!.()\"'“”?¿¡\uff1f\u3001\u3002]+")


_KANA = "\u3040"
"""From here on, letters of languages that set no blanks between words."""
_UNSPACED = tuple(word for word in (*TOPICS, *DIRECTIONS, *EVERYTHING, *QUIET, *NOTHING) if word >= _KANA)


def words_of(text: str) -> list[str]:
    """Split what a person wrote into words in lower case, without punctuation."""
    return [word for token in _WORD.findall(text.lower()) for word in _within(token)]


def _within(token: str) -> list[str]:
    """Give the words that we know within what is written without blanks, else the whole."""
    return [word for word in _UNSPACED if word in token] or [token]


SHORT = 4
"""Words with fewer letters look like too many others."""
ALIKE = 0.75
"""``hlep`` and ``help``, ``unmtue`` and ``unmute``; ``hello`` and ``help`` are less alike."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Find the known word that somebody meant who mistyped it or did not end it; empty where none is near."""
    if len(word) < SHORT:
        return ""
    longer = [one for one in known if one.startswith(word)]
    close = get_close_matches(word, [one for one in known if len(one) >= SHORT], n=1, cutoff=ALIKE)
    return (longer or close or [""])[0]
