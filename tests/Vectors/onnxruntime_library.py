"""Runs an ONNX model with the C API of ONNX Runtime: the shared library and ctypes, no Python package.

The functions are called by their place in the OrtApi structure of onnxruntime_c_api.h. Places of version 1 of the structure, which
ends with ReleaseCustomOpDomain (101), never change; that is asserted in the library's own source.
"""
import ctypes

import numpy

VERSION = 1
GET_ERROR_MESSAGE, CREATE_ENV, CREATE_SESSION_FROM_ARRAY, RUN, CREATE_SESSION_OPTIONS, SET_INTRA_OP_NUM_THREADS = 2, 3, 8, 9, 10, 24
CREATE_TENSOR_WITH_DATA, GET_TENSOR_MUTABLE_DATA, GET_TENSOR_SHAPE_ELEMENT_COUNT, GET_TENSOR_TYPE_AND_SHAPE = 49, 51, 64, 65
CREATE_CPU_MEMORY_INFO = 69
RELEASE_ENV, RELEASE_STATUS, RELEASE_MEMORY_INFO, RELEASE_SESSION, RELEASE_VALUE, RELEASE_SHAPE, RELEASE_SESSION_OPTIONS = 92, 93, 94, 95, 96, 99, 100
ELEMENT_TYPES = {numpy.dtype("float32"): 1, numpy.dtype("int32"): 6}
WARNING, ARENA_ALLOCATOR, DEFAULT_MEMORY = 2, 1, 0

P, Size = ctypes.c_void_p, ctypes.c_size_t


class Library:
    """ONNX Runtime, loaded from the path of libonnxruntime.so."""

    def __init__(self, path):
        library = ctypes.CDLL(path)
        library.OrtGetApiBase.restype = ctypes.POINTER(P)
        base = library.OrtGetApiBase()
        self.version = ctypes.CFUNCTYPE(ctypes.c_char_p)(base[1])().decode()
        api = ctypes.CFUNCTYPE(P, ctypes.c_uint32)(base[0])(VERSION)
        self._functions = ctypes.cast(api, ctypes.POINTER(P))
        self._message = ctypes.CFUNCTYPE(ctypes.c_char_p, P)(self._functions[GET_ERROR_MESSAGE])
        self._env = self._create(CREATE_ENV, (ctypes.c_int, WARNING), (ctypes.c_char_p, b"vectors"))

    def run(self, model, inputs, outputs):
        """Outputs (float32, flat) of the serialised model; inputs: arrays by name, outputs: names."""
        options = self._create(CREATE_SESSION_OPTIONS)
        self._call(SET_INTRA_OP_NUM_THREADS, (P, options), (ctypes.c_int, 1))
        session = self._create(CREATE_SESSION_FROM_ARRAY, (P, self._env), (ctypes.c_char_p, model), (Size, len(model)), (P, options))
        memory = self._create(CREATE_CPU_MEMORY_INFO, (ctypes.c_int, ARENA_ALLOCATOR), (ctypes.c_int, DEFAULT_MEMORY))
        arrays = {name: numpy.ascontiguousarray(array) for name, array in inputs.items()}
        values = [self._tensor(memory, array) for array in arrays.values()]
        results = (P * len(outputs))()
        self._call(
            RUN, (P, session), (P, None), (P, _names(arrays)), (P, (P * len(values))(*values)), (Size, len(values)),
            (P, _names(outputs)), (Size, len(outputs)), (P, results))
        read = [self._read(value) for value in results]
        for place, pointers in [
                (RELEASE_VALUE, values + list(results)), (RELEASE_MEMORY_INFO, [memory]), (RELEASE_SESSION, [session]),
                (RELEASE_SESSION_OPTIONS, [options])]:
            for pointer in pointers:
                self._release(place, pointer)
        return read

    def close(self):
        self._release(RELEASE_ENV, self._env)

    def _tensor(self, memory, array):
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        return self._create(
            CREATE_TENSOR_WITH_DATA, (P, memory), (P, array.ctypes.data), (Size, array.nbytes), (P, shape), (Size, array.ndim),
            (ctypes.c_int, ELEMENT_TYPES[array.dtype]))

    def _read(self, value):
        shape = self._create(GET_TENSOR_TYPE_AND_SHAPE, (P, value))
        count = Size()
        self._call(GET_TENSOR_SHAPE_ELEMENT_COUNT, (P, shape), (P, ctypes.addressof(count)))
        self._release(RELEASE_SHAPE, shape)
        data = self._create(GET_TENSOR_MUTABLE_DATA, (P, value))
        return numpy.ctypeslib.as_array(ctypes.cast(data, ctypes.POINTER(ctypes.c_float)), (count.value,)).copy()

    def _create(self, place, *arguments):
        """Calls a function whose last argument receives a pointer."""
        out = P()
        self._call(place, *arguments, (P, ctypes.addressof(out)))
        return out.value

    def _call(self, place, *arguments):
        types, values = zip(*arguments)
        status = ctypes.CFUNCTYPE(P, *types)(self._functions[place])(*(ctypes.addressof(v) if isinstance(v, ctypes.Array) else v for v in values))
        if status:
            message = self._message(status).decode()
            self._release(RELEASE_STATUS, status)
            raise RuntimeError(message)

    def _release(self, place, pointer):
        ctypes.CFUNCTYPE(None, P)(self._functions[place])(pointer)


def _names(names):
    return (ctypes.c_char_p * len(names))(*(name.encode() for name in names))
