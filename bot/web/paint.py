"""Has SVG painted as PNG, in a process of its own: painting keeps the interpreter to itself for a tenth of a second."""

import asyncio
import sys
from datetime import timedelta

LIMIT = timedelta(seconds=10)


class PaintError(Exception):
    """No picture came about; the words are told all the same."""


async def painted(svg: str) -> bytes:
    """Give a drawing as PNG; raises PaintError."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.web.painter"), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            png, _ = await process.communicate(svg.encode())
    except TimeoutError:
        raise PaintError(f"the painter took more than {LIMIT.total_seconds():.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise PaintError(f"the painter ended with {process.returncode}")
    return png
