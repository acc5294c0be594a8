# SPDX-License-Identifier: Apache-2.0
"""Tiny-YOLOv2 with separable convolutions, from @vladmandic/face-api's tiny_face_detector_model."""
import tfjs
from darknet_writer import DarknetNet


def build(folder):
    w = tfjs.load(folder, "tiny_face_detector_model")
    net = DarknetNet("tiny face detector: 5 anchors x (x, y, w, h, objectness) per cell of 32 pixels", 3, 320, 320)
    net.conv(tfjs.conv(w["conv0/filters"]), w["conv0/bias"], activation="leaky")
    net.maxpool(2, 2)
    for i in range(1, 6):
        dw = tfjs.depthwise(w[f"conv{i}/depthwise_filter"])
        net.conv(dw, None, padding=1, groups=dw.shape[0])
        net.conv(tfjs.conv(w[f"conv{i}/pointwise_filter"]), w[f"conv{i}/bias"], activation="leaky")
        net.maxpool(2, 1 if i == 5 else 2)
    net.conv(tfjs.conv(w["conv8/filters"]), w["conv8/bias"])
    return net, (3, 320, 320), (25, 10, 10)
