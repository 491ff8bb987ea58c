"""A stop ends within its time, whatever hangs: what is left undone then is others', as after a death."""

import asyncio

import structlog

log = structlog.get_logger(__name__)

STOP_LIMIT = 8.0
"""Seconds that a stop has, all its parts together; two are left of ten for what is broken off after that."""
EACH = 0.2
"""Seconds until the next wait is broken off."""
MOST = 10
"""So many waits are broken off, one within the other; a thread that hangs is the service manager's to end."""


async def stopped(life: asyncio.Task[None], limit: float = STOP_LIMIT, *, each: float = EACH) -> None:
    """Wait until a life that was told to stop has ended, and break off whatever it waits for after so many seconds.

    Jobs, shards and deliveries that it still holds then go to others when its leases end. Raises what the life ends of.
    """
    await asyncio.wait({life}, timeout=limit)
    if not life.done():
        log.error("stop_broken_off", after=limit)
    for _ in range(MOST):
        if life.done():
            break
        life.cancel()
        await asyncio.wait({life}, timeout=each)
    if life.done() and not life.cancelled():
        life.result()
