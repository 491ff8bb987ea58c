"""Paints SVG as PNG: ``python -m bot.web.painter`` reads SVG from its standard input and writes PNG to its output."""

import os
import sys
from pathlib import Path

from resvg_py import svg_to_bytes

FONTS = Path(__file__).parent / "fonts"
"""Our own alone: a slim container has none."""
ZOOM = 2.7
"""Of a drawing 400 units wide to 1080 pixels, which is sharp on a phone."""
LAST = 10
"""How far the painter stands back: where much is to be told at once, words go before pictures."""


def main() -> None:
    """Paint once."""
    os.nice(LAST)
    fonts = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    drawing = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(svg_to_bytes(svg_string=drawing, skip_system_fonts=True, font_files=fonts, zoom=ZOOM))


if __name__ == "__main__":
    main()
