"""Words of a person's own, and what they are about; in the five languages that answers are given in."""

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.types import Direction


class Topic(StrEnum):
    """What a person who uses no command of ours asks about."""

    NOW = "now"
    HELP = "help"
    BOUNCED = "bounced"
    SLOW = "slow"


_TOPICS: Mapping[Topic, str] = {
    Topic.BOUNCED: "bounce bounced bounces bouncing ndr rejected refused returned undeliverable undelivered 503 550 "
    "554 unzustellbar abgelehnt zurückgekommen refusé rejeté rebotado rechazado devuelto 不達 エラー",
    Topic.SLOW: "slow late delay delayed delays latency stuck waiting langsam spät verspätet verzögert lent retard "
    "lento tarde retraso 遅い 遅延",
    Topic.HELP: "help hilfe aide ayuda ヘルプ commands",
    Topic.NOW: "now status mail email e-mail mails emails is are the our ok okay up down working work works broken "
    "outlook exchange hi hello jetzt maintenant ahora 今",
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

ADVISORY = re.compile(r"\b[A-Za-z]{2}\d{5,8}\b")
_WORD = re.compile(r"[^\s,;:!.()\"'“”?]+")


def words_of(text: str) -> list[str]:
    """Split what a person wrote into words in lower case, without punctuation."""
    return [word.lower() for word in _WORD.findall(text)]
