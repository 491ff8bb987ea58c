"""An IMAP4rev1 server, as much of it as mail programs use to look for a message."""
