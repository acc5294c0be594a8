# SPDX-License-Identifier: Apache-2.0
"""A MobileNetV2-like landmark network, from faceplugin-face-recognition-js' fr_landmark.onnx."""
import numpy as np
import onnx
from onnx import numpy_helper

from darknet_writer import DarknetNet


def attribute(node, name, default=None):
    for a in node.attribute:
        if a.name == name:
            return onnx.helper.get_attribute_value(a)
    return default


def fold_batchnorm(weights, bias, scale, shift, mean, var, epsilon):
    k = scale / np.sqrt(var + epsilon)
    return weights * k[:, None], (bias - mean) * k + shift


def build(path):
    graph = onnx.load(path).graph
    const = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    nodes = list(graph.node)
    readers = {}
    for node in nodes:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    net = DarknetNet("68 landmarks from a grey 64x64 face: x, y in 0..1 of the face box", 1, 64, 64)
    at = {}     # tensor name -> layer that makes it
    last = graph.input[0].name
    fc = None
    for node in nodes:
        if node.op_type == "Conv":
            assert node.input[0] == last, "the graph is a chain with side adds"
            pads, strides = attribute(node, "pads"), attribute(node, "strides")
            assert len(set(pads)) == 1 and strides[0] == strides[1] and attribute(node, "dilations") == [1, 1]
            relu = [r for r in readers[node.output[0]] if r.op_type == "Relu"]
            at[node.output[0]] = net.conv(const[node.input[1]], const[node.input[2]], stride=strides[0],
                                          padding=pads[0], groups=attribute(node, "group"),
                                          activation="relu" if relu else "linear")
        elif node.op_type == "Relu":
            at[node.output[0]] = at[node.input[0]]
        elif node.op_type == "Add":
            old, new = node.input if node.input[1] == last else reversed(node.input)
            assert new == last
            at[node.output[0]] = net.shortcut(at[old])
        elif node.op_type == "Flatten":
            pass
        elif node.op_type == "Gemm":
            fc = const[node.input[1]], const[node.input[2]]
        elif node.op_type == "BatchNormalization":
            fc = fold_batchnorm(*fc, *(const[i] for i in node.input[1:]), attribute(node, "epsilon"))
        else:
            raise ValueError(f"unknown operator {node.op_type}")
        last = node.output[0]
    net.connected(*fc)
    return net, (1, 64, 64), (136, 1, 1)
