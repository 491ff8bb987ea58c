"""A small recording: four hours of test messages on four routes, an hour of which is trouble on the way out."""

import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ROUTES = {"outbound-eu": "outbound", "outbound-us": "outbound", "inbound-eu": "inbound", "control-eu": "outbound"}
TROUBLE_S = (2.5 * 3600, 3.5 * 3600)
END_S = 5 * 3600
INTERVAL_S = 60
BAD_SHARE = 0.8


def moment(t: float) -> datetime:
    """Give the moment of a time of the recording."""
    return EPOCH + timedelta(seconds=t)


def header() -> str:
    """Give the recording's first line."""
    routes = [
        {"route": name, "direction": direction, "vantage": name[-2:], "control": name.startswith("control")}
        for name, direction in ROUTES.items()
    ]
    return json.dumps({"type": "trace", "name": "small", "epoch": EPOCH.isoformat(), "routes": routes})


def recording(*feed: Mapping[str, object]) -> list[str]:
    """Give the recording's lines, with what a feed showed among them."""
    rng = random.Random(7)  # noqa: S311 (chance for a test, no secret)
    seen = [line for number, route in enumerate(ROUTES) for line in _route(route, number, rng)]
    lines = sorted([*seen, *feed], key=lambda line: float(str(line["t"])))
    return [header(), *(json.dumps(line) for line in lines)]


def _route(route: str, number: int, rng: random.Random) -> Iterator[Mapping[str, object]]:
    for n in range(END_S // INTERVAL_S):
        t = n * INTERVAL_S + 13.0 * number
        about = {"route": route, "probe": f"{route}-{n}"}
        yield {"t": t, **about, "event": "sent"}
        if route.startswith("outbound") and TROUBLE_S[0] <= t < TROUBLE_S[1] and rng.random() < BAD_SHARE:
            yield {"t": t + 0.2, **about, "event": "refused", "reply": "503 5.5.1 Bad sequence of commands"}
        else:
            took = 8 * rng.lognormvariate(0, 0.3)
            yield {"t": t + took, **about, "event": "arrived", "latency_s": took}
