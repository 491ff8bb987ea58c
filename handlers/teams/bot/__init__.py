"""The Teams bot, an optional extra: people ask it, and it posts, edits and answers where a webhook only posts."""
