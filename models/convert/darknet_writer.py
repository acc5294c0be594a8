# SPDX-License-Identifier: Apache-2.0
"""Writes a network as Darknet's pair of files: a .cfg in words and a .weights in numbers.

The .weights layout is Darknet's own: int32 major 0, minor 2, revision 0, uint64 seen 0, then per layer
in the order of the cfg its biases and weights as little-endian float32 (convolutional and connected)
or scales, mean and variance (batchnorm). Arrays come in as numpy float32, convolutions as
[out][in / groups][height][width].
"""
import struct

import numpy as np


class DarknetNet:
    def __init__(self, about, channels, height, width):
        self.text = [f"# {about}", "[net]", "batch=1", "subdivisions=1",
                     f"width={width}", f"height={height}", f"channels={channels}"]
        self.blobs = []
        self.channels = channels
        self.count = 0      # layers so far
        self.prelus = 0     # layers whose function the loader must put in place
        self.gates = 0      # such layers too

    def _layer(self, kind, **keys):
        self.text += ["", f"[{kind}]"] + [f"{k}={v}" for k, v in keys.items()]
        self.count += 1
        return self.count - 1

    def _floats(self, *arrays):
        for a in arrays:
            a = np.ascontiguousarray(a, dtype="<f4")
            assert np.isfinite(a).all()
            self.blobs.append(a.tobytes())

    def conv(self, weights, bias, stride=1, padding=0, groups=1, activation="linear"):
        n, _, size, size2 = weights.shape
        assert size == size2
        assert not (size == 1 and stride != 1), "Darknet ignores the stride of a 1x1 convolution"
        keys = dict(filters=n, size=size, stride=stride, padding=padding)
        if groups != 1:
            keys["groups"] = groups
        at = self._layer("convolutional", **keys, activation=activation)
        self._floats(np.zeros(n) if bias is None else bias, weights)
        return at

    def conv_same_stride2(self, weights, bias, groups=1, activation="linear"):
        """TensorFlow's SAME with stride 2 on an even side pads right and bottom only; Darknet pads both
        sides alike, so the 3x3 kernel sits in a 4x4 one whose first row and column are zero."""
        n, c, size, _ = weights.shape
        assert size == 3
        wide = np.zeros((n, c, 4, 4), np.float32)
        wide[:, :, 1:, 1:] = weights
        return self.conv(wide, bias, stride=2, padding=1, groups=groups, activation=activation)

    def maxpool(self, size, stride):
        return self._layer("maxpool", size=size, stride=stride)

    def avgpool(self):
        return self._layer("avgpool")

    def shortcut(self, source, activation="linear"):
        return self._layer("shortcut", **{"from": source - self.count}, activation=activation)

    def route(self, source):
        """The next layer reads this one's output."""
        return self._layer("route", layers=source - self.count)

    def gate(self, source):
        """Darknet has no product of a picture [c][h][w] and a gate [c]: a shortcut that adds nothing of
        nothing marks the place, and the loader puts the right function there."""
        at = self._layer("shortcut", **{"from": source - self.count}, alpha=0, beta=0, activation="linear")
        self.gates += 1
        return at

    def activation(self, kind):
        return self._layer("activation", activation=kind)

    def connected(self, weights, bias):
        """weights [out][in]"""
        at = self._layer("connected", output=weights.shape[0], activation="linear")
        self._floats(bias, weights)
        return at

    def prelu(self, slopes):
        """Darknet has no PReLU: a batchnorm layer carries the slopes as its scales, and the loader puts
        the right function in place of batchnorm's."""
        at = self._layer("batchnorm")
        self._floats(slopes, np.zeros_like(slopes), np.ones_like(slopes))
        self.prelus += 1
        return at

    def save(self, cfg, weights):
        with open(cfg, "w", encoding="ascii") as f:
            f.write("\n".join(self.text) + "\n")
        with open(weights, "wb") as f:
            f.write(struct.pack("<iiiQ", 0, 2, 0, 0))
            for blob in self.blobs:
                f.write(blob)
