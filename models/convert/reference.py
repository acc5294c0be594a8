#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden: inputs cut from tests/faces, and what the original networks answer to them.

  reference.py --face-api DIR --expo DIR --faceplugin DIR [--faces tests/faces] [--out tests/golden]

The networks run here in plain numpy straight from the packages' files, operator by operator, without
Darknet and without the converters' cfg and weights: a second way to the same numbers. Needs Debian's
python3-numpy, python3-onnx, python3-flatbuffers and python3-pil.
"""
import argparse
import os

import numpy as np
import onnx
from onnx import numpy_helper
from PIL import Image

import tfjs
import tflite

PICTURE = "person-b-1.jpg"
FACE = (103, 122, 339, 340)     # its box there
EYE = (144, 141, 202, 199)      # the left eye's


def conv(x, w, bias=None, stride=1, pad=(0, 0)):
    """x [h][w][c], w [kh][kw][c][out], pad: before and after, both axes."""
    k = w.shape[0]
    x = np.pad(x, (pad, pad, (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(0, 1))[::stride, ::stride]
    y = np.einsum("hwcij,ijco->hwo", win, w, optimize=True)
    return y if bias is None else y + bias


def depthwise(x, w, bias=None, stride=1, pad=(0, 0)):
    """w [kh][kw][c]"""
    k = w.shape[0]
    x = np.pad(x, (pad, pad, (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(0, 1))[::stride, ::stride]
    y = np.einsum("hwcij,ijc->hwc", win, w, optimize=True)
    return y if bias is None else y + bias


def same(size, k, stride):
    """TensorFlow's SAME padding, before and after."""
    total = max((-(-size // stride) - 1) * stride + k - size, 0)
    return total // 2, total - total // 2


def maxpool(x, size, stride, pad=None):
    pad = pad or same(x.shape[0], size, stride)
    x = np.pad(x, (pad, pad, (0, 0)), constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(0, 1))[::stride, ::stride].max((3, 4))


def relu(x):
    return np.maximum(x, 0)


def leaky(x):
    return np.where(x > 0, x, np.float32(0.1) * x)


def separable(x, w, name, stride=1):
    x = depthwise(x, w[f"{name}/depthwise_filter"][..., 0], None, stride, same(x.shape[0], 3, stride))
    return conv(x, w[f"{name}/pointwise_filter"], w[f"{name}/bias"])


def tiny_face_detector(folder, rgb):
    w = tfjs.load(folder, "tiny_face_detector_model")
    x = (rgb - np.float32([117.001, 114.697, 97.404])) / np.float32(255)
    x = maxpool(leaky(conv(x, w["conv0/filters"], w["conv0/bias"])), 2, 2)
    for i in range(1, 6):
        x = maxpool(leaky(separable(x, w, f"conv{i}")), 2, 1 if i == 5 else 2)
    return conv(x, w["conv8/filters"], w["conv8/bias"])


def face_landmark_68(folder, rgb):
    w = tfjs.load(folder, "face_landmark_68_model")
    x = (rgb - np.float32([122.782, 117.001, 104.298])) / np.float32(255)
    for b in range(4):
        name = f"dense{b}"
        if b == 0:
            o1 = relu(conv(x, w["dense0/conv0/filters"], w["dense0/conv0/bias"], 2, same(x.shape[0], 3, 2)))
        else:
            o1 = relu(separable(x, w, f"{name}/conv0", 2))
        o2 = separable(o1, w, f"{name}/conv1")
        o3 = separable(relu(o1 + o2), w, f"{name}/conv2")
        o4 = separable(relu(o1 + o2 + o3), w, f"{name}/conv3")
        x = relu(o1 + o2 + o3 + o4)
    return x.mean((0, 1)) @ w["fc/weights"] + w["fc/bias"]


# Operators that only carry the size of the batch to a Reshape.
SHAPE_OF_BATCH = ("Shape", "Gather", "Unsqueeze", "Concat", "Constant")


def run_onnx(path, x):
    """x [h][w][c]"""
    graph = onnx.load(path).graph
    v = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    v[graph.input[0].name] = x
    for node in graph.node:
        a = {k.name: onnx.helper.get_attribute_value(k) for k in node.attribute}
        i = [v.get(n) for n in node.input]
        if node.op_type == "Conv":
            pad, stride = (a["pads"][0], a["pads"][2]), a["strides"][0]
            kernel = i[1].transpose(2, 3, 1, 0)
            bias = i[2] if len(i) > 2 else None
            if a["group"] == 1:
                y = conv(i[0], kernel, bias, stride, pad)
            else:
                y = depthwise(i[0], kernel[:, :, 0], bias, stride, pad)
        elif node.op_type == "Relu":
            y = relu(i[0])
        elif node.op_type == "Add":
            y = i[0] + i[1]
        elif node.op_type == "MaxPool":
            y = maxpool(i[0], a["kernel_shape"][0], a["strides"][0], (a["pads"][0], a["pads"][2]))
        elif node.op_type == "PRelu":
            y = np.where(i[0] > 0, i[0], i[0] * i[1].reshape(-1))
        elif node.op_type == "Mul":
            y = i[0] * i[1]
        elif node.op_type == "GlobalAveragePool":
            y = i[0].mean((0, 1), keepdims=True)
        elif node.op_type == "Sigmoid":
            y = 1 / (1 + np.exp(-i[0]))
        elif node.op_type in ("Flatten", "Reshape"):
            y = i[0].transpose(2, 0, 1).reshape(-1)
        elif node.op_type == "MatMul":
            y = i[0] @ i[1]
        elif node.op_type == "Gemm":
            y = i[0] @ i[1].T + i[2]
        elif node.op_type in SHAPE_OF_BATCH:
            continue
        else:
            assert node.op_type == "BatchNormalization"
            y = (i[0] - i[3]) / np.sqrt(i[4] + np.float32(a["epsilon"])) * i[1] + i[2]
        v[node.output[0]] = y.astype(np.float32)
    return v[graph.output[0].name]


def run_tflite(path, x):
    model = tflite.Model(path)
    v = {model.inputs[0]: x}

    def value(i):
        return v[i] if i in v else model.const(i)

    for op in model.operators:
        i = [value(n) for n in op.inputs]
        if op.code in (tflite.CONV_2D, tflite.DEPTHWISE_CONV_2D):
            stride = op.option(1, tflite.N.Int32Flags)
            k = i[1].shape[1]
            pad = same(i[0].shape[0], k, stride) if op.option(0) == tflite.SAME else (0, 0)
            if op.code == tflite.CONV_2D:
                y = conv(i[0], i[1].transpose(1, 2, 3, 0), i[2], stride, pad)
            else:
                y = depthwise(i[0], i[1][0], i[2], stride, pad)
        elif op.code == tflite.RELU:
            y = relu(i[0])
        elif op.code == tflite.ABS:
            y = np.abs(i[0])
        elif op.code == tflite.SUB:
            y = i[0] - i[1]
        elif op.code == tflite.MUL:
            y = i[0] * i[1]
        elif op.code == tflite.ADD:
            y = i[0] + i[1]
        else:
            assert op.code == tflite.RESHAPE
            y = i[0].reshape(-1)
        v[op.outputs[0]] = y.astype(np.float32)
    return v[model.operators[-1].outputs[0]]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--face-api", required=True)
    p.add_argument("--expo", required=True)
    p.add_argument("--faceplugin", required=True)
    p.add_argument("--faces", default="tests/faces")
    p.add_argument("--out", default="tests/golden")
    o = p.parse_args()
    picture = Image.open(os.path.join(o.faces, PICTURE)).convert("RGB")
    face = picture.crop(FACE)
    inputs = {"face_160.rgb": picture.resize((160, 160), Image.BILINEAR),
              "face_112.rgb": face.resize((112, 112), Image.BILINEAR),
              "face_128.rgb": picture.resize((128, 128), Image.BILINEAR),
              "face_64.grey": face.convert("L").resize((64, 64), Image.BILINEAR),
              "eye_24.grey": picture.crop(EYE).convert("L").resize((24, 24), Image.BILINEAR)}
    x = {}
    for name, im in inputs.items():
        a = np.asarray(im, np.uint8)
        a.tofile(os.path.join(o.out, name))
        x[name] = a.astype(np.float32)
    face_api = os.path.join(o.face_api, "model")
    mfn = os.path.join(o.expo, "android/src/main/assets/MobileFaceNet.tflite")
    outputs = {
        "face_160.tiny_face_detector.ref": tiny_face_detector(face_api, x["face_160.rgb"]),
        "face_112.face_landmark_68.ref": face_landmark_68(face_api, x["face_112.rgb"]),
        "face_64.fr_landmark.ref": run_onnx(os.path.join(o.faceplugin, "model/fr_landmark.onnx"),
                                            x["face_64.grey"][..., None] / np.float32(256)),
        "eye_24.fr_eye.ref": run_onnx(os.path.join(o.faceplugin, "model/fr_eye.onnx"),
                                      x["eye_24.grey"][..., None] / np.float32(255)),
        "face_112.fr_feature.ref": run_onnx(os.path.join(o.faceplugin, "model/fr_feature.onnx"),
                                            (x["face_112.rgb"] - np.float32(127)) / np.float32(128)),
        "face_128.fr_liveness.ref": run_onnx(os.path.join(o.faceplugin, "model/fr_liveness.onnx"),
                                             x["face_128.rgb"][..., ::-1]),
        "face_112.mobilefacenet.ref": run_tflite(mfn, (x["face_112.rgb"] - np.float32(127.5)) / np.float32(128)),
    }
    for name, y in outputs.items():
        np.ascontiguousarray(y, "<f4").tofile(os.path.join(o.out, name))


main()
