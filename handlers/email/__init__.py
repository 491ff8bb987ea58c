"""E-mail, the last resort: told where no chat can be, over a mail system that is not the one that is down."""
