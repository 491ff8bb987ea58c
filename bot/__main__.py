"""``python -m bot`` is ``mailstatus``."""

from bot.cli import main

main()
