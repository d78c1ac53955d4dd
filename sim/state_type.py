"""How compiled rules see the state: one address instead of forty arrays.

Passed as a tuple, every array would travel through every call with its shape, strides
and reference count; compiling takes minutes and a visit microseconds. Here the state is
a table of addresses: ``state.cases`` in a compiled rule builds a view of the array that
``State.cases`` holds in Python, and plain Python reads the attribute itself. Whoever
calls a rule keeps the state, and with it the arrays, alive.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.extending import (
    NativeValue,
    intrinsic,
    overload_attribute,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

MOST_DIMENSIONS = 4
ENTRY = 1 + MOST_DIMENSIONS
"""Table entries of an array: its address and the length of each dimension."""


class StateType(types.Type):
    """The compiled rules' type of a state."""

    def __init__(self) -> None:
        super().__init__(name="State")


STATE_TYPE = StateType()


@register_model(StateType)
class _StateModel(models.PrimitiveModel):
    """A state is the address of its table."""

    def __init__(self, manager: Any, frontend_type: Any) -> None:
        super().__init__(manager, frontend_type, ir.IntType(64))


@unbox(StateType)
def _unbox_state(_: Any, value: Any, context: Any) -> NativeValue:
    builder, api = context.builder, context.pyapi
    number = cgutils.alloca_once_value(builder, ir.Constant(ir.IntType(64), 0))
    address = api.object_getattr_string(value, "table_address")
    # Without an address the error that says why is set already, and must stay.
    with builder.if_then(cgutils.is_not_null(builder, address)):
        builder.store(api.long_as_longlong(address), number)
        api.decref(address)
    is_error = cgutils.is_not_null(builder, api.err_occurred())
    return NativeValue(builder.load(number), is_error=is_error)


def address_table(arrays: list[np.ndarray]) -> np.ndarray:
    """Return the table of a state.

    Parameters
    ----------
    arrays : list of numpy.ndarray
        C-contiguous, at most four dimensions each, in the order of the state's fields.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_arrays · 5,).

    Raises
    ------
    ValueError
        If an array is not contiguous.
    """
    table = np.ones((len(arrays), ENTRY), np.int64)
    for row, array in zip(table, arrays, strict=True):
        if not array.flags.c_contiguous:
            raise ValueError("the state's arrays must be contiguous")
        row[0] = array.ctypes.data
        row[1 : 1 + array.ndim] = array.shape
    return table.reshape(-1)


def make_readable(python_class: type, dtypes: dict[str, tuple[np.dtype, int]]) -> None:
    """Let compiled rules read a class's arrays as attributes.

    Parameters
    ----------
    python_class : type
        Has an int attribute ``table_address``.
    dtypes : dict
        For each field, in the table's order, its dtype and number of dimensions.
    """
    typeof_impl.register(python_class)(lambda value, context: STATE_TYPE)
    for place, (name, (dtype, dimensions)) in enumerate(dtypes.items()):
        _add_attribute(name, place, dtype, dimensions)


def _add_attribute(name: str, place: int, dtype: np.dtype, dimensions: int) -> None:
    array_type = types.Array(numpy_support.from_dtype(dtype), dimensions, "C")
    view = _viewer(array_type, place)

    @overload_attribute(StateType, name)
    def attribute(state):  # type: ignore[no-untyped-def]
        return lambda state: view(state)  # noqa: PLW0108 - numba wants a plain function


def _viewer(array_type: types.Array, place: int) -> Any:
    """Return an intrinsic that builds a view of one array from the table."""

    @intrinsic
    def view(typing_context, state):  # type: ignore[no-untyped-def]
        def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            word = ir.IntType(64)
            table = builder.inttoptr(arguments[0], word.as_pointer())
            entries = [
                builder.load(builder.gep(table, [ir.Constant(word, place * ENTRY + k)]))
                for k in range(1 + array_type.ndim)
            ]
            for entry in entries:  # the table never changes: read once, not after every write
                entry.set_metadata("invariant.load", builder.module.add_metadata([]))
            array = make_array(array_type)(context, builder)
            item_size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
            strides = [ir.Constant(word, item_size)]
            for length in reversed(entries[2:]):
                strides.insert(0, builder.mul(strides[0], length))
            populate_array(
                array,
                data=builder.inttoptr(entries[0], array.data.type),
                shape=entries[1:],
                strides=strides,
                itemsize=ir.Constant(word, item_size),
                meminfo=None,
            )
            return array._getvalue()

        return array_type(state), build

    return view
