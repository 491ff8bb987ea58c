"""Same fault or not: findings and advisories to incidents, and what is new about them."""
