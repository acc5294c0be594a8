# SPDX-License-Identifier: Apache-2.0
"""Four dense blocks and one connected layer, from @vladmandic/face-api's face_landmark_68_model."""
import tfjs
from darknet_writer import DarknetNet


def separable(net, w, name, stride=1, activation="linear"):
    dw = tfjs.depthwise(w[f"{name}/depthwise_filter"])
    if stride == 1:
        net.conv(dw, None, padding=1, groups=dw.shape[0])
    else:
        net.conv_same_stride2(dw, None, groups=dw.shape[0])
    return net.conv(tfjs.conv(w[f"{name}/pointwise_filter"]), w[f"{name}/bias"], activation=activation)


def build(folder):
    w = tfjs.load(folder, "face_landmark_68_model")
    net = DarknetNet("68 landmarks: x, y in 0..1 of the square around the face", 3, 112, 112)
    for b in range(4):
        name = f"dense{b}"
        if b == 0:
            o1 = net.conv_same_stride2(tfjs.conv(w["dense0/conv0/filters"]), w["dense0/conv0/bias"], activation="relu")
        else:
            o1 = separable(net, w, f"{name}/conv0", stride=2, activation="relu")
        separable(net, w, f"{name}/conv1")
        s2 = net.shortcut(o1)
        net.activation("relu")
        separable(net, w, f"{name}/conv2")
        s3 = net.shortcut(s2)
        net.activation("relu")
        separable(net, w, f"{name}/conv3")
        net.shortcut(s3, activation="relu")
    net.avgpool()
    net.connected(w["fc/weights"].T, w["fc/bias"])
    return net, (3, 112, 112), (136, 1, 1)
