"""The table of all that reads what strangers wrote."""

from collections.abc import Mapping

from tests.fuzz.harness import Reader
from tests.fuzz.readers import chat, files, graph, lines, mail, pages

READERS: Mapping[str, Reader] = {
    **mail.READERS,
    **graph.READERS,
    **pages.READERS,
    **files.READERS,
    **chat.READERS,
    **lines.READERS,
}
