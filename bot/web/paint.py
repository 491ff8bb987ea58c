"""Paints SVG as PNG, in a process of its own: the painter keeps the interpreter to itself for a tenth of a second.

``python -m bot.web.paint`` reads SVG from its standard input and writes PNG to its output.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
ZOOM = 2.7
"""Of a drawing 400 units wide to 1080 pixels, which is sharp on a phone."""
LIMIT = timedelta(seconds=10)


class PaintError(Exception):
    """No picture came about; the words are told all the same."""


async def painted(svg: str) -> bytes:
    """Give a drawing as PNG; raises PaintError."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.web.paint"), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
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


def main() -> None:
    """Paint once, with our own fonts alone: a slim container has none."""
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - the bot itself never paints

    fonts = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    drawing = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(svg_to_bytes(svg_string=drawing, skip_system_fonts=True, font_files=fonts, zoom=ZOOM))


if __name__ == "__main__":
    main()
