"""How compiled rules see the state: one address instead of forty arrays.

Passed as a tuple, every array would travel through every call with its shape, strides
and reference count; compiling takes minutes and a visit microseconds. Here the state is
a table of addresses: ``state.cases`` in a compiled rule builds a view of the array that
``State.cases`` holds in Python, and plain Python reads the attribute itself. Whoever
calls a rule keeps the state, and with it the arrays, alive.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.extending import (
    NativeValue,
    intrinsic,
    lower_builtin,
    overload_attribute,
    register_model,
    typeof_impl,
    unbox,
)
from numba.core.typing import signature
from numba.np import numpy_support
from numba.np.arrayobj import (
    getitem_array_tuple,
    getitem_arraynd_intp,
    make_array,
    populate_array,
    setitem_array,
)

ArrayShape = tuple[int | None, ...]
"""Length of each dimension, None where it differs from one run to another."""
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


class Rows(types.Array):
    """The compiled rules' type of an array of the state: no index counts from its end.

    Numba asks of every index whether it is negative, which takes a tenth of a visit. No rule
    has any use for the last row of an array, and a row that is not there is a mistake.
    """

    def __init__(self, dtype: types.Type, ndim: int) -> None:
        super().__init__(dtype, ndim, "C", name=f"Rows({dtype}, {ndim})")


register_model(Rows)(models.ArrayModel)


def _from_the_start(context: Any, builder: Any, kind: types.Type, index: Any) -> tuple[Any, Any]:
    """Return an index and its type with all integers in it taken to be positive."""
    if isinstance(kind, types.Integer):
        return types.uintp, context.cast(builder, index, kind, types.intp)
    if isinstance(kind, types.BaseTuple):
        kinds: Any = kind.types  # type: ignore[attr-defined]
        parts = zip(kinds, cgutils.unpack_tuple(builder, index), strict=True)
        found = [_from_the_start(context, builder, *part) for part in parts]
        kind = types.Tuple([one for one, _ in found])
        return kind, context.make_tuple(builder, kind, [value for _, value in found])
    return kind, index


@lower_builtin(operator.getitem, Rows, types.Integer)
@lower_builtin(operator.getitem, Rows, types.BaseTuple)
def _get(context: Any, builder: Any, asked: Any, arguments: Any) -> Any:
    kind, index = _from_the_start(context, builder, asked.args[1], arguments[1])
    get = getitem_array_tuple if isinstance(kind, types.BaseTuple) else getitem_arraynd_intp
    return get(
        context, builder, signature(asked.return_type, asked.args[0], kind), (arguments[0], index)
    )


@lower_builtin(operator.setitem, Rows, types.Any, types.Any)
def _set(context: Any, builder: Any, asked: Any, arguments: Any) -> Any:
    kind, index = _from_the_start(context, builder, asked.args[1], arguments[1])
    as_asked = signature(asked.return_type, asked.args[0], kind, asked.args[2])
    return setitem_array(context, builder, as_asked, (arguments[0], index, arguments[2]))


def address_table(arrays: list[np.ndarray], shapes: list[ArrayShape]) -> np.ndarray:
    """Return the table of a state.

    Parameters
    ----------
    arrays : list of numpy.ndarray
        C-contiguous, at most four dimensions each, in the order of the state's fields.
    shapes : list of tuple
        What compiled rules take to be the shape of each.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_arrays · 5,).

    Raises
    ------
    ValueError
        If an array is not contiguous, or of another shape.
    """
    table = np.ones((len(arrays), ENTRY), np.int64)
    for row, array, shape in zip(table, arrays, shapes, strict=True):
        if not array.flags.c_contiguous:
            raise ValueError("the state's arrays must be contiguous")
        known = [wanted in (None, found) for wanted, found in zip(shape, array.shape, strict=True)]
        if not all(known):
            raise ValueError(f"an array of the state is {array.shape}, not {shape}")
        row[0] = array.ctypes.data
        row[1 : 1 + array.ndim] = array.shape
    return table.reshape(-1)


def make_readable(
    python_class: type,
    layout: dict[str, tuple[np.dtype, ArrayShape]],
    flattened: dict[str, tuple[str, ArrayShape]],
) -> None:
    """Let compiled rules read a class's arrays as attributes.

    Parameters
    ----------
    python_class : type
        Has an int attribute ``table_address``.
    layout : dict
        For each field, in the table's order, its dtype and shape. Lengths that are always
        the same become constants of the compiled rules.
    flattened : dict
        For each property that shows one of the arrays with its first dimensions as one, the
        array and the shape.
    """
    typeof_impl.register(python_class)(lambda value, context: STATE_TYPE)
    places = {name: place for place, name in enumerate(layout)}
    for name, (dtype, shape) in layout.items():
        _add_attribute(name, places[name], dtype, shape)
    for name, (array, shape) in flattened.items():
        dtype, whole = layout[array]
        _add_attribute(name, places[array], dtype, shape, 1 + len(whole) - len(shape))


def _add_attribute(
    name: str, place: int, dtype: np.dtype, shape: ArrayShape, n_merged: int = 1
) -> None:
    array_type = Rows(numpy_support.from_dtype(dtype), len(shape))
    view = _viewer(array_type, place, shape, n_merged)

    @overload_attribute(StateType, name)
    def attribute(state):
        return lambda state: view(state)  # noqa: PLW0108 - numba wants a plain function


def _viewer(array_type: types.Array, place: int, shape: ArrayShape, n_merged: int) -> Any:
    """Return an intrinsic that builds a view of one array from the table.

    The first dimension of the view is as many of the array's as are merged.
    """

    @intrinsic
    def view(typing_context, state):
        def build(context, builder, signature, arguments):
            word = ir.IntType(64)
            table = builder.inttoptr(arguments[0], word.as_pointer())

            def entry(number):
                at = builder.gep(table, [ir.Constant(word, place * ENTRY + number)])
                value = builder.load(at)
                # The table never changes: it is read once, not after every write.
                value.set_metadata("invariant.load", builder.module.add_metadata([]))
                return value

            address = entry(0)
            lengths = [
                entry(n_merged + axis) if length is None else ir.Constant(word, length)
                for axis, length in enumerate(shape)
            ]
            for axis in range(1, n_merged):
                lengths[0] = builder.mul(lengths[0], entry(axis))
            array = make_array(array_type)(context, builder)
            item_size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
            strides = [ir.Constant(word, item_size)]
            for length in reversed(lengths[1:]):
                strides.insert(0, builder.mul(strides[0], length))
            populate_array(
                array,
                data=builder.inttoptr(address, array.data.type),
                shape=lengths,
                strides=strides,
                itemsize=ir.Constant(word, item_size),
                meminfo=None,
            )
            return array._getvalue()

        return array_type(state), build

    return view
