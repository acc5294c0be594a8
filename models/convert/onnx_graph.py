# SPDX-License-Identifier: Apache-2.0
"""Networks of convolutions, maxima, PReLU, residual sums and gates (squeeze and excitation, Hu et al., 2018)
from an ONNX file whose nodes stand in the order of their computation.

Vectors of 16 suit every processor, so a number of channels in between gets more that are always zero:
their weights, biases and slopes are zero, and nobody reads them."""
import numpy as np
import onnx
from onnx import numpy_helper

from darknet_writer import DarknetNet

LANES = 16
ACTIVATION = {"Relu": "relu", "Sigmoid": "logistic"}
SHAPE_ONLY = ("Flatten", "Reshape", "Shape", "Gather", "Unsqueeze", "Concat", "Constant")


def widen(array, n, axis=0):
    """Zeros behind the end of one axis, to n entries."""
    more = [(0, 0)] * array.ndim
    more[axis] = (0, n - array.shape[axis])
    return np.pad(array, more)


class _Graph:
    def __init__(self, path, net):
        graph = onnx.load(path).graph
        self.net = net
        self.nodes = list(graph.node)
        self.const = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.readers = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.last = graph.input[0].name     # tensor that the next layer reads
        self.width = net.channels           # of that tensor
        self.at = {}                        # tensor -> layer that makes it
        self.product = None                 # matrix [out][in] and bias that follow the last layer

    def options(self, node):
        return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}

    def back_to(self, tensor):
        """The next layer reads this tensor."""
        if tensor != self.last:
            self.net.route(self.at[tensor])

    def convolution(self, node):
        a = self.options(node)
        pads, strides = a["pads"], a["strides"]
        assert len(set(pads)) == 1 and strides[0] == strides[1] and a["dilations"] == [1, 1]
        after = [ACTIVATION[r.op_type] for r in self.readers[node.output[0]] if r.op_type in ACTIVATION]
        self.back_to(node.input[0])
        weights, padding = self.const[node.input[1]], pads[0]
        bias = self.const[node.input[2]] if len(node.input) > 2 else np.zeros(len(weights), np.float32)
        if weights.shape[2] == 1 and strides[0] == 2:   # Darknet ignores the stride of a 1x1 convolution
            weights, padding = np.pad(weights, ((0, 0), (0, 0), (1, 1), (1, 1))), 1
        wide = -(-len(bias) // LANES) * LANES
        if a["group"] == 1 and self.width != weights.shape[1]:
            weights = widen(weights, self.width, 1)
        self.width = wide
        return self.net.conv(widen(weights, wide), widen(bias, wide), stride=strides[0], padding=padding,
                             groups=a["group"] if a["group"] == 1 else wide,
                             activation=after[0] if after else "linear")

    def maximum(self, node):
        a = self.options(node)
        assert node.input[0] == self.last and a["kernel_shape"] == [3, 3] and a["pads"] == [1, 1, 1, 1]
        return self.net.maxpool(3, a["strides"][0])     # Darknet pads by size - 1 in all: one place on each side

    def add(self, node):
        old, new = node.input if node.input[1] == self.last else reversed(node.input)
        assert new == self.last
        return self.net.shortcut(self.at[old])

    def gate(self, node):
        picture, gate = node.input
        assert gate == self.last    # made from the picture: of the same width
        self.back_to(picture)
        return self.net.gate(self.at[gate])

    def matrix(self, weights, bias):
        if self.product is None:
            self.product = weights, bias
        else:
            first, shift = self.product
            self.product = weights @ first, weights @ shift + bias

    def follow(self, node):
        out = node.output[0]
        if node.op_type == "Conv":
            self.at[out] = self.convolution(node)
        elif node.op_type in ACTIVATION:
            self.at[out] = self.at[node.input[0]]
        elif node.op_type == "PRelu":
            assert node.input[0] == self.last
            self.at[out] = self.net.prelu(widen(self.const[node.input[1]].reshape(-1), self.width))
        elif node.op_type == "Add":
            self.at[out] = self.add(node)
        elif node.op_type == "MaxPool":
            self.at[out] = self.maximum(node)
        elif node.op_type == "GlobalAveragePool":
            self.at[out] = self.net.avgpool()
        elif node.op_type == "Mul":
            self.at[out] = self.gate(node)
        elif node.op_type == "Gemm":
            self.matrix(self.const[node.input[1]], self.const[node.input[2]])
        elif node.op_type == "MatMul":
            weights = self.const[node.input[1]].T
            self.matrix(weights, np.zeros(len(weights), np.float32))
        elif node.op_type == "BatchNormalization":
            scale, shift, mean, var = (self.const[i] for i in node.input[1:])
            k = scale / np.sqrt(var + self.options(node)["epsilon"])
            weights, bias = self.product
            self.product = weights * k[:, None], (bias - mean) * k + shift
        elif node.op_type not in SHAPE_ONLY:
            raise ValueError(f"unknown operator {node.op_type}")
        if node.op_type not in SHAPE_ONLY:
            self.last = out


def build(path, about, shape_in, outputs, bgr=False):
    """bgr: the original reads blue, green, red; ours reads red, green, blue."""
    net = DarknetNet(about, *shape_in)
    graph = _Graph(path, net)
    if bgr:
        first = graph.nodes[0].input[1]
        graph.const[first] = graph.const[first][:, ::-1]
    for node in graph.nodes:
        graph.follow(node)
    if graph.product is None and graph.width > outputs:     # leave out the channels that are always zero
        graph.matrix(np.eye(outputs, graph.width, dtype=np.float32), np.zeros(outputs, np.float32))
    if graph.product is not None:
        net.connected(*graph.product)
    return net, shape_in, (outputs, 1, 1)
