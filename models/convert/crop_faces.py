#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the pictures of tests/faces out of the demo samples of the npm package @vladmandic/face-api 1.7.15.

  crop_faces.py --face-api DIR [--out tests/faces]

DIR is the folder "package" of the unpacked package. Each crop is a square around a face, turned upright,
480x480 pixels. Needs Debian's python3-pil.
"""
import argparse
import hashlib
import os
import sys

from PIL import Image

SIZE = 480

SAMPLES = {
    "sample1.jpg": "41ac206131543dcb221aab9cc98e626d32c7ee89c6b0d6ce4b6955330722188c",
    "sample3.jpg": "37c007f111ffd0c2fb58814e99f9fc1c82027d4341df0651bbdf7dc08bfef2fe",
    "sample5.jpg": "21f1a1aaacf4eabe125ad6400bb26a7aa652b2e693511d056ee5d27a2af57001",
    "sample6.jpg": "26422a40c59c519a9c1707aec57debb41ee26d12fba8858d187ff82849abf45f",
}

# name, sample, centre x, y and side of the square in pixels of the sample, degrees it was tilted clockwise
CROPS = [
    ("person-a-1.jpg", "sample3.jpg", 1175, 435, 640, 11),
    ("person-a-2.jpg", "sample1.jpg", 1585, 345, 560, 38),
    ("person-b-1.jpg", "sample6.jpg", 1596, 470, 560, 12),
    ("person-c-1.jpg", "sample5.jpg", 465, 1050, 640, -6),
    ("person-d-1.jpg", "sample3.jpg", 692, 505, 640, 0),
    ("person-e-1.jpg", "sample6.jpg", 339, 690, 600, -7),
    ("person-f-1.jpg", "sample3.jpg", 1605, 485, 560, -4),
]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--face-api", required=True)
    p.add_argument("--out", default="tests/faces")
    options = p.parse_args()
    pictures = {}
    for name, digest in SAMPLES.items():
        path = os.path.join(options.face_api, "demo", name)
        if hashlib.blake2b(open(path, "rb").read(), digest_size=32).hexdigest() != digest:
            sys.exit(f"{path}: not the picture these crops were measured on")
        pictures[name] = Image.open(path).convert("RGB")
    for name, sample, x, y, side, turn in CROPS:
        im = pictures[sample].rotate(turn, Image.BICUBIC, center=(x, y))
        half = side / 2
        im = im.crop((int(x - half), int(y - half), int(x + half), int(y + half))).resize((SIZE, SIZE), Image.LANCZOS)
        im.save(os.path.join(options.out, name), quality=90, optimize=True)


main()
