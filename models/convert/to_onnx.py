#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the networks of MANIFEST as ONNX files, so that other programs can run the same ones beside ours.

  to_onnx.py [--models models] --out DIR

DIR/NAME.onnx: batch 1, [channels][height][width], from our cfg and weights. What Darknet forced into the cfg
is undone (3x3 kernels that sit in a 4x4 one because Darknet pads all sides alike, channels that are always
zero); PReLU, sums and gates are operators of their own.

DIR/NAME.split.onnx, of networks with PReLU: PReLU with slope a is a * x + (1 - a) * relu(x), two convolutions
of 1x1 for each channel. onnxruntime knows PReLU only in plain [channels][height][width] and converts to and
fro around each one; written so it keeps its own layout, which is up to three times as fast.

Needs Debian's python3-numpy and python3-onnx.
"""
import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
HEAD_BYTES = 20     # of a .weights file
ACTIVATIONS = {"relu": ("Relu", {}), "leaky": ("LeakyRelu", {"alpha": 0.1}), "logistic": ("Sigmoid", {})}


def read_cfg(path):
    """[(kind, {key: value})], [net] first."""
    sections = []
    for line in open(path, encoding="ascii"):
        line = line.strip()
        if line.startswith("["):
            sections.append((line[1:-1], {}))
        elif line and not line.startswith("#"):
            key, value = line.split("=")
            sections[-1][1][key] = value
    return sections


def zeros_at_end(*arrays):
    """How many of the last entries are zero in all of them."""
    used = np.zeros(len(arrays[0]), bool)
    for a in arrays:
        used |= a.reshape(len(a), -1).any(1)
    return len(used) - 1 - int(np.flatnonzero(used)[-1])


class Layer:
    """One section with its numbers, its shape (c, h, w), and the name of the tensor it makes."""

    def __init__(self, kind, keys, index):
        self.kind, self.keys, self.index = kind, keys, index
        self.tensor = None

    def number(self, key, default=None):
        return int(self.keys.get(key, default))

    def source(self, key):
        at = self.number(key)
        return at if at >= 0 else self.index + at


class Reader:
    """The layers of one network, shapes worked out, weights taken from the file in Darknet's order."""

    def __init__(self, cfg, weights):
        sections = read_cfg(cfg)
        net = sections[0][1]
        self.shape = int(net["channels"]), int(net["height"]), int(net["width"])
        self.data = np.frombuffer(open(weights, "rb").read()[HEAD_BYTES:], "<f4")
        self.used = 0
        self.layers = []
        before = self.shape
        for index, (kind, keys) in enumerate(sections[1:]):
            layer = Layer(kind, keys, index)
            layer.before = before
            getattr(self, kind)(layer)
            self.layers.append(layer)
            before = layer.shape
        assert self.used == len(self.data), "weights are left over"

    def take(self, *shape):
        n = int(np.prod(shape))
        self.used += n
        return self.data[self.used - n:self.used].reshape(shape)

    def convolutional(self, layer):
        c, h, w = layer.before
        n, size, stride, pad = (layer.number(k) for k in ("filters", "size", "stride", "padding"))
        layer.groups = layer.number("groups", 1)
        layer.bias = self.take(n)
        layer.weights = self.take(n, c // layer.groups, size, size)
        layer.shape = n, (h + 2 * pad - size) // stride + 1, (w + 2 * pad - size) // stride + 1

    def maxpool(self, layer):
        c, h, w = layer.before
        size, stride = layer.number("size"), layer.number("stride")
        pad = layer.number("padding", size - 1)     # of both sides together
        layer.shape = c, (h + pad - size) // stride + 1, (w + pad - size) // stride + 1

    def avgpool(self, layer):
        layer.shape = layer.before[0], 1, 1

    def connected(self, layer):
        n = layer.number("output")
        layer.bias = self.take(n)
        layer.weights = self.take(n, int(np.prod(layer.before)))
        layer.shape = n, 1, 1

    def batchnorm(self, layer):
        layer.slopes = self.take(layer.before[0])
        self.take(2 * layer.before[0])
        layer.shape = layer.before

    def shortcut(self, layer):
        layer.shape = layer.before

    def activation(self, layer):
        layer.shape = layer.before

    def route(self, layer):
        layer.shape = self.layers[layer.source("layers")].shape


def trim(layers):
    """Drops the channels of a convolution that nothing ever makes different from zero."""
    for i, first in enumerate(layers):
        if first.kind != "convolutional" or first.groups != 1:
            continue
        extra, chain = zeros_at_end(first.weights, first.bias), [first]
        for layer in layers[i + 1:]:
            if layer.kind == "batchnorm":
                extra = min(extra, zeros_at_end(layer.slopes))
            elif layer.kind == "convolutional" and layer.groups != 1:
                extra = min(extra, zeros_at_end(layer.weights, layer.bias))
            else:
                break
            chain.append(layer)
        reader = layers[i + len(chain)] if i + len(chain) < len(layers) else None
        if extra == 0 or reader is None or reader.kind != "convolutional":
            continue
        reader.weights = reader.weights[:, :-extra]
        for layer in chain:
            if layer.kind == "batchnorm":
                layer.slopes = layer.slopes[:-extra]
            else:
                layer.weights, layer.bias = layer.weights[:-extra], layer.bias[:-extra]
                layer.groups -= extra if layer.groups != 1 else 0


class Writer:
    def __init__(self, split):
        self.split = split
        self.nodes, self.constants, self.last = [], [], "input"

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def node(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        self.last = name

    def activate(self, layer):
        kind = layer.keys.get("activation", "linear")
        if kind != "linear":
            op, attributes = ACTIVATIONS[kind]
            self.node(op, [self.last], f"act{layer.index}", **attributes)

    def convolutional(self, layer, layers):
        weights, stride = layer.weights, layer.number("stride")
        before = layer.number("padding")
        if weights.shape[2] == 4 and not weights[:, :, 0].any() and not weights[:, :, :, 0].any():
            weights, before = weights[:, :, 1:, 1:], before - 1
        size = weights.shape[2]
        after = [max(0, (out - 1) * stride + size - side - before) for out, side in zip(layer.shape[1:], layer.before[1:])]
        i = layer.index
        self.node("Conv", [self.last, self.constant(f"w{i}", weights), self.constant(f"b{i}", layer.bias)], f"conv{i}",
                  kernel_shape=[size, size], strides=[stride, stride], group=layer.groups, pads=[before, before, *after])

    def maxpool(self, layer, layers):
        size, stride = layer.number("size"), layer.number("stride")
        before = layer.number("padding", size - 1) // 2
        after = [max(0, (out - 1) * stride + size - side - before) for out, side in zip(layer.shape[1:], layer.before[1:])]
        self.node("MaxPool", [self.last], f"max{layer.index}", kernel_shape=[size, size], strides=[stride, stride],
                  pads=[before, before, *after])

    def avgpool(self, layer, layers):
        self.node("GlobalAveragePool", [self.last], f"mean{layer.index}")

    def connected(self, layer, layers):
        i = layer.index
        self.node("Flatten", [self.last], f"flat{i}")
        self.node("Gemm", [self.last, self.constant(f"w{i}", layer.weights), self.constant(f"b{i}", layer.bias)],
                  f"full{i}", transB=1)

    def batchnorm(self, layer, layers):
        i, x, slopes = layer.index, self.last, layer.slopes
        if not self.split:
            self.node("PRelu", [x, self.constant(f"s{i}", slopes.reshape(-1, 1, 1))], f"prelu{i}")
            return
        self.node("Relu", [x], f"relu{i}")
        for name, source, k in (("below", x, slopes), ("above", self.last, 1 - slopes)):
            self.node("Conv", [source, self.constant(f"{name}k{i}", k.reshape(-1, 1, 1, 1))], f"{name}{i}",
                      kernel_shape=[1, 1], group=len(k))
        self.node("Add", [f"below{i}", f"above{i}"], f"prelu{i}")

    def shortcut(self, layer, layers):
        gate = "alpha" in layer.keys and float(layer.keys["alpha"]) == 0
        self.node("Mul" if gate else "Add", [self.last, layers[layer.source("from")].tensor], f"join{layer.index}")

    def activation(self, layer, layers):
        pass

    def route(self, layer, layers):
        self.last = layers[layer.source("layers")].tensor

    def model(self, name, reader):
        layers = reader.layers
        for layer in layers:
            getattr(self, layer.kind)(layer, layers)
            self.activate(layer)
            layer.tensor = self.last
        shape = [1, *layers[-1].shape] if layers[-1].kind != "connected" else [1, layers[-1].shape[0]]
        graph = helper.make_graph(
            self.nodes, name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *reader.shape])],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, shape)], self.constants)
        model = helper.make_model(graph, producer_name="countersign", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 7
        onnx.checker.check_model(model)
        return model


def networks(models):
    """(name, cfg, weights) of each entry of MANIFEST."""
    entry = {}
    for line in open(os.path.join(models, "MANIFEST"), encoding="ascii"):
        word, _, rest = line.strip().partition(" ")
        if word == "network":
            entry = {"network": rest}
        elif word in ("cfg", "weights"):
            entry[word] = os.path.join(models, rest.split()[0])
            if len(entry) == 3:
                yield entry["network"], entry["cfg"], entry["weights"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--models", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    p.add_argument("--out", required=True)
    options = p.parse_args()
    os.makedirs(options.out, exist_ok=True)
    for name, cfg, weights in networks(options.models):
        reader = Reader(cfg, weights)
        trim(reader.layers)
        onnx.save(Writer(False).model(name, reader), os.path.join(options.out, f"{name}.onnx"))
        if any(layer.kind == "batchnorm" for layer in reader.layers):
            onnx.save(Writer(True).model(name, reader), os.path.join(options.out, f"{name}.split.onnx"))


main()
