"""The detector over a recording, on the recording's clock: incidents opened, updated and resolved."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.detect import Detector
from bot.recording import Recording, read
from bot.types import Arrived, Bounced, Finding, Refused, Sent, Symptom, Unreachable

STEP = timedelta(seconds=2.5)


def backtest(recording: Recording, *, false_alarms_a_year: float = 4.0) -> Iterator[dict[str, object]]:
    det = Detector(recording.header.routes, false_alarms_a_year=false_alarms_a_year)
    t = recording.header.t
    told: dict[str, dict] = {}
    nxt = None

    def events(now):
        for f in det.tick(now):
            inc = told.setdefault(f.stretch, {"open": {}, "said": None})
            if f.ended is None:
                inc["open"][f.id.rsplit("/")[0] if False else f.id] = f
                new = f.symptom != inc["said"] and f.id not in inc.get("seen", set())
                if inc["said"] is None:
                    inc["said"] = f.symptom
                    inc.setdefault("seen", set()).add(f.id)
                    yield {
                        "t": t(now),
                        "event": "opened",
                        "incident": f.stretch,
                        "symptom": f.symptom.value,
                        "direction": f.direction.value,
                        "since": t(f.since),
                        "share": f.share,
                        "routes": f.routes,
                    }
                elif new:
                    inc["said"] = f.symptom
                    inc["seen"].add(f.id)
                    yield {
                        "t": t(now),
                        "event": "updated",
                        "incident": f.stretch,
                        "symptom": f.symptom.value,
                        "direction": f.direction.value,
                    }
            else:
                inc["open"] = {k: v for k, v in inc["open"].items() if v.since != f.since}
                if not inc["open"]:
                    yield {"t": t(now), "event": "resolved", "incident": f.stretch}

    last = None
    for o in recording:
        if not isinstance(o, (Sent, Arrived, Bounced, Refused, Unreachable)):
            continue
        if nxt is None:
            nxt = o.at + STEP
        if o.at > nxt + 100 * STEP:
            yield from events(nxt)
            nxt = o.at
        while nxt < o.at:
            yield from events(nxt)
            nxt += STEP
        det.observe(o)


if __name__ == "__main__":
    with open(sys.argv[1]) as f:
        for e in backtest(read(f)):
            print(json.dumps(e))
