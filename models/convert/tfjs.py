# SPDX-License-Identifier: Apache-2.0
"""Reads a TensorFlow.js weights manifest with uint8-quantised tensors: value = q * scale + min."""
import json
import os

import numpy as np


def load(folder, name):
    with open(os.path.join(folder, f"{name}-weights_manifest.json"), encoding="utf-8") as f:
        groups = json.load(f)
    out = {}
    for group in groups:
        data = b"".join(open(os.path.join(folder, p), "rb").read() for p in group["paths"])
        at = 0
        for w in group["weights"]:
            n = int(np.prod(w["shape"]))
            q = w["quantization"]
            assert q["dtype"] == "uint8"
            raw = np.frombuffer(data, np.uint8, n, at).astype(np.float32)
            out[w["name"]] = (raw * np.float32(q["scale"]) + np.float32(q["min"])).reshape(w["shape"])
            at += n
        assert at == len(data)
    return out


def conv(t):
    """[kh][kw][in][out] to [out][in][kh][kw]"""
    return t.transpose(3, 2, 0, 1)


def depthwise(t):
    """[kh][kw][channels][1] to [channels][1][kh][kw]"""
    return t.transpose(2, 3, 0, 1)
