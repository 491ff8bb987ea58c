"""The table of all that reads what strangers wrote."""

from collections.abc import Mapping

from tests.fuzz.harness import Reader
from tests.fuzz.readers import chat, files, graph, lines, mail, pages, slack

READERS: Mapping[str, Reader] = {
    **mail.READERS,
    **graph.READERS,
    **pages.READERS,
    **files.READERS,
    **chat.READERS,
    **slack.READERS,
    **lines.READERS,
}
