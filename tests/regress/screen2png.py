#!/usr/bin/python3
"""A captured terminal screen becomes a picture.

    tmux capture-pane -e -p -N -t PANE | screen2png.py OUT.png [--columns N] [--colours N]

-e keeps colours, -N keeps blank cells with a background; fewer colours make a
smaller file, 32 do for a page without a camera picture. Needs python3-pyte,
python3-pil and the DejaVu fonts. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import sys

import pyte
from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono"
FORE, BACK = "#d4d8da", "#10161a"
NAMED = {
    "black": "#1c2226", "red": "#d75f5f", "green": "#5fd787", "brown": "#d7af5f", "blue": "#3a78b4",
    "magenta": "#af87d7", "cyan": "#5f8787", "white": "#d4d8da",
    "brightblack": "#8a8a8a", "brightred": "#ff8787", "brightgreen": "#87ffaf", "brightbrown": "#ffd787",
    "brightblue": "#87afd7", "brightmagenta": "#d7afff", "brightcyan": "#87d7d7", "brightwhite": "#ffffff",
}
# Quadrants of the block characters: upper left, upper right, lower left, lower right.
QUADRANTS = {
    "▘": 0b1000, "▝": 0b0100, "▖": 0b0010, "▗": 0b0001, "▚": 0b1001, "▞": 0b0110, "▛": 0b1110,
    "▜": 0b1101, "▙": 0b1011, "▟": 0b0111,
}


def colour(name, default):
    if name == "default":
        return default
    return NAMED.get(name) or "#" + name


def block(draw, char, box, fill):
    """Draws a block character exactly; fonts leave seams. False: not a block."""
    x, y, w, h = box
    code = ord(char)
    if 0x2581 <= code <= 0x2588:
        part = (code - 0x2580) * h / 8
        draw.rectangle((x, y + h - part, x + w - 1, y + h - 1), fill)
    elif char == "▀":
        draw.rectangle((x, y, x + w - 1, y + h / 2 - 1), fill)
    elif 0x2589 <= code <= 0x258F:
        draw.rectangle((x, y, x + w * (0x2590 - code) / 8 - 1, y + h - 1), fill)
    elif char == "▐":
        draw.rectangle((x + w / 2, y, x + w - 1, y + h - 1), fill)
    elif char in QUADRANTS:
        for i in range(4):
            if QUADRANTS[char] >> (3 - i) & 1:
                left, top = x + (i % 2) * w / 2, y + (i // 2) * h / 2
                draw.rectangle((left, top, left + w / 2 - 1, top + h / 2 - 1), fill)
    else:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--columns", type=int, default=0)
    parser.add_argument("--colours", type=int, default=0)
    options = parser.parse_args()
    lines = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n").split("\n")
    plain = pyte.Screen(1000, len(lines))
    pyte.Stream(plain).feed("\r\n".join(lines))
    columns = options.columns or max((len(row.rstrip()) for row in plain.display), default=80) or 80

    regular = ImageFont.truetype(FONTS + ".ttf", 16)
    bold = ImageFont.truetype(FONTS + "-Bold.ttf", 16)
    w, h = 10, 20
    image = Image.new("RGB", (columns * w + 16, len(lines) * h + 16), BACK)
    draw = ImageDraw.Draw(image)
    for y in range(len(lines)):
        for x in range(columns):
            cell = plain.buffer[y][x]
            fore, back = colour(cell.fg, FORE), colour(cell.bg, BACK)
            if cell.reverse:
                fore, back = back, fore
            box = (8 + x * w, 8 + y * h, w, h)
            draw.rectangle((box[0], box[1], box[0] + w - 1, box[1] + h - 1), back)
            if cell.data.strip() and not block(draw, cell.data, box, fore):
                draw.text((box[0], box[1]), cell.data, fore, font=bold if cell.bold else regular)
            if cell.underscore:
                draw.line((box[0], box[1] + h - 2, box[0] + w - 1, box[1] + h - 2), fore)
    if options.colours:
        image = image.quantize(options.colours, dither=Image.Dither.NONE)
    image.save(options.out, optimize=True)


if __name__ == "__main__":
    main()
