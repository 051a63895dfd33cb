"""Reading a file of weights that PyTorch wrote before 1.6, without PyTorch and without running what is in it.

Such a file is five pickles one after another (a magic number, a version, facts of the machine, the object, the keys of
its storages), and behind them the storages, each as its count of numbers and the numbers themselves. A pickle may name
any function to be called; this reader knows four names and refuses every other.
Source: PyTorch, torch/serialization.py, `_legacy_load`.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError

_MAGIC = 0x1950A86A20F9469CFC6C
_TYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor(msgspec.Struct):
    """Where a tensor lies in its storage."""

    storage: tuple[str, str]  # type and key
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _tensor(storage: tuple[str, str], offset: int, size: Any, stride: Any, *rest: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(size), tuple(stride))


class _Reader(pickle.Unpickler):
    """Knows what a dictionary of tensors is made of, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _TYPES:
            return name
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no file of weights needs")
        return known[module, name]

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        _, kind, key, *_ = pid
        return str(kind), str(key)


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Name to array of the weights in a file: of the object itself, or of its "model_state".

    Raises `ModelError` where the file is another thing, is cut short or names what no file of weights needs.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except (pickle.UnpicklingError, OSError, EOFError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ModelError(
            f"{path}: is no file of weights of PyTorch's old form ({error}); fetch the model anew"
        ) from error


def _read(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    magic, _version, _machine, found, keys = (_Reader(file).load() for _ in range(5))
    if magic != _MAGIC:
        raise ValueError("its first number is not PyTorch's")
    named: Mapping[str, Any] = found.get("model_state", found)
    tensors = {name: value for name, value in named.items() if isinstance(value, _Tensor)}
    kinds: dict[str, np.dtype[Any]] = {t.storage[1]: _TYPES[t.storage[0]] for t in tensors.values()}
    storages = {key: _storage(file, kinds.get(key, np.dtype("<f4"))) for key in map(str, keys)}
    return {name: _array(tensor, storages[tensor.storage[1]]) for name, tensor in tensors.items()}


def _storage(file: IO[bytes], kind: np.dtype[Any]) -> NDArray[Any]:
    count = int.from_bytes(file.read(8), "little")
    data = file.read(count * kind.itemsize)
    if len(data) < count * kind.itemsize:
        raise EOFError("it is cut short")
    return np.frombuffer(data, kind)


def _array(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[Any]:
    last = tensor.offset + sum(
        (size - 1) * step for size, step in zip(tensor.size, tensor.stride, strict=True)
    )
    if min((*tensor.size, *tensor.stride, tensor.offset + 1), default=1) < 1 or last >= len(storage):
        raise ValueError("a tensor lies outside its storage")
    strides = [step * storage.itemsize for step in tensor.stride]
    view = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.size, strides)
    return np.ascontiguousarray(view)
