"""Asking for a row of memory before it is needed; a no-op in plain Python.

With many customers the rows that a tick touches are far from each other, and most of a
visit's time would be waiting for them.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir
from numba.core.extending import intrinsic
from numba.np.arrayobj import make_array

_LINE = 64
_READ, _KEEP, _DATA = 0, 3, 1


@intrinsic
def _prefetch_row(typing_context, array, index):
    """Prefetch every cache line of one row of a one-dimensional array."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type = signature.args[0]
        rows = make_array(array_type)(context, builder, arguments[0])
        size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
        byte, word, flag = ir.IntType(8), ir.IntType(64), ir.IntType(32)
        start = builder.bitcast(rows.data, byte.as_pointer())
        offset = builder.mul(arguments[1], ir.Constant(word, size))
        kind = ir.FunctionType(ir.VoidType(), [byte.as_pointer(), flag, flag, flag])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte.as_pointer()], kind)
        hints = [ir.Constant(flag, value) for value in (_READ, _KEEP, _DATA)]
        for line in range(0, size, _LINE):
            place = builder.add(offset, ir.Constant(word, line))
            builder.call(fetch, [builder.gep(start, [place]), *hints])
        return context.get_dummy_value()

    return numba.void(array, numba.int64), build


def _nothing(array: Any, index: int) -> None:
    """Do nothing: plain Python has no use for a prefetch."""


_PLAIN: bool = numba.config.DISABLE_JIT  # type: ignore[attr-defined]
prefetch_row: Any = _nothing if _PLAIN else _prefetch_row
