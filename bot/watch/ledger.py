"""What a feed listed at the last look, so that only what changed is told."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from bot.types import DEFAULT_TENANT, AdvisoryGone, AdvisorySeen, Observation

Issue: TypeAlias = Mapping[str, object]


class Ledger:
    """Remembers the fingerprint of each advisory of one feed."""

    def __init__(self, source: str, *, tenant: str = DEFAULT_TENANT) -> None:
        """Begin with nothing listed."""
        self._source = source
        self._tenant = tenant
        self._listed: dict[str, str] = {}

    def remember(self, issues: Mapping[str, Issue]) -> None:
        """Take in what an earlier process saw listed, so that what is gone since can be told."""
        self._listed |= {id_: _fingerprint(issue) for id_, issue in issues.items()}

    def __len__(self) -> int:
        """Count what is listed."""
        return len(self._listed)

    def missing(self, issues: Mapping[str, Issue]) -> list[str]:
        """Name what was listed and is not any more."""
        return [id_ for id_ in self._listed if id_ not in issues]

    def seen(self, issues: Mapping[str, Issue], now: datetime) -> list[Observation]:
        """Tell what is new or changed."""
        prints = {id_: _fingerprint(issue) for id_, issue in issues.items()}
        changed = [id_ for id_, print_ in prints.items() if self._listed.get(id_) != print_]
        self._listed |= prints
        return [AdvisorySeen(at=now, tenant=self._tenant, source=self._source, issue=issues[id_]) for id_ in changed]

    def gone(self, id_: str, now: datetime) -> Observation:
        """Tell that an advisory is listed no more."""
        self.forget(id_)
        return AdvisoryGone(at=now, tenant=self._tenant, source=self._source, id=id_)

    def forget(self, id_: str) -> None:
        """Drop an advisory without a word: it is too old to be listed."""
        self._listed.pop(id_, None)


def _fingerprint(issue: Issue) -> str:
    return hashlib.sha256(json.dumps(issue, sort_keys=True, default=str).encode()).hexdigest()
