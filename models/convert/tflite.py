# SPDX-License-Identifier: Apache-2.0
"""Reads the operators and constants of a TensorFlow Lite file, as far as MobileFaceNet needs them.

Field numbers are those of TensorFlow's schema.fbs (Model, SubGraph, Tensor, Operator, Buffer).
"""
import numpy as np
from flatbuffers import encode
from flatbuffers import number_types as N
from flatbuffers.table import Table

ADD, CONV_2D, DEPTHWISE_CONV_2D, MUL, RELU, RESHAPE, SUB, ABS = 0, 3, 4, 18, 19, 22, 41, 101
SAME, VALID = 0, 1


def _table(t, slot):
    o = t.Offset(4 + 2 * slot)
    return Table(t.Bytes, t.Indirect(o + t.Pos)) if o else None


def _tables(t, slot):
    o = t.Offset(4 + 2 * slot)
    if not o:
        return []
    start = t.Vector(o)
    return [Table(t.Bytes, t.Indirect(start + 4 * i)) for i in range(t.VectorLen(o))]


def _numbers(t, slot, flags):
    o = t.Offset(4 + 2 * slot)
    return t.GetVectorAsNumpy(flags, o) if o else np.zeros(0, flags.py_type)


def _number(t, slot, flags):
    o = t.Offset(4 + 2 * slot)
    return t.Get(flags, o + t.Pos) if o else 0


class Operator:
    def __init__(self, code, inputs, outputs, options):
        self.code, self.inputs, self.outputs, self._options = code, inputs, outputs, options

    def option(self, slot, flags=N.Int8Flags):
        return _number(self._options, slot, flags)


class Model:
    """operators in order; const(i): the constant tensor i as float32, or None if it is computed."""

    def __init__(self, path):
        data = bytearray(open(path, "rb").read())
        root = Table(data, encode.Get(N.UOffsetTFlags.packer_type, data, 0))
        codes = [_number(c, 0, N.Int8Flags) for c in _tables(root, 1)]
        (graph,) = _tables(root, 2)
        self._buffers = _tables(root, 4)
        self._tensors = _tables(graph, 0)
        self.inputs = _numbers(graph, 1, N.Int32Flags).tolist()
        self.operators = [
            Operator(codes[_number(o, 0, N.Uint32Flags)], _numbers(o, 1, N.Int32Flags).tolist(),
                     _numbers(o, 2, N.Int32Flags).tolist(), _table(o, 4))
            for o in _tables(graph, 3)]

    def shape(self, i):
        return tuple(_numbers(self._tensors[i], 0, N.Int32Flags).tolist())

    def const(self, i):
        t = self._tensors[i]
        raw = _numbers(self._buffers[_number(t, 2, N.Uint32Flags)], 0, N.Uint8Flags)
        if raw.size == 0 or _number(t, 1, N.Int8Flags) != 0:
            return None
        return np.frombuffer(raw.tobytes(), "<f4").reshape(self.shape(i))
