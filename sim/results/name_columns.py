"""Columns of names, made of numbers without a Python object for each row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionArray


def column_of(numbers: np.ndarray, names: Sequence[str | None]) -> ExtensionArray:
    """Return a name for each number, as Python's indexing does: −1 is the last.

    Parameters
    ----------
    numbers : numpy.ndarray
        Places in ``names``, int, shape (n,).
    names : sequence of str or None
        None where there is no name.
    """
    places = numbers.astype(np.int32)  # a copy, and wide enough for any number of names
    places[places < 0] += len(names)
    known = pa.DictionaryArray.from_arrays(places, pa.array(names, pa.large_string()))
    return as_column(known.dictionary_decode())


def strung(*parts: np.ndarray | str, where: np.ndarray | None = None) -> pa.Array:
    """Return numbers and texts written after one another, a row at a time.

    Parameters
    ----------
    *parts : numpy.ndarray or str
        Whole numbers, shape (n,), or a text that is the same in every row.
    where : numpy.ndarray, optional
        In which rows there is anything, bool, shape (n,); all, if not given.
    """
    columns = [
        pa.scalar(part, pa.large_string())
        if isinstance(part, str)
        else pa.array(part, mask=None if where is None else ~where).cast(pa.large_string())
        for part in parts
    ]
    return pc.binary_join_element_wise(*columns, pa.scalar("", pa.large_string()))


def as_column(texts: pa.Array) -> ExtensionArray:
    """Return texts in the type in which pandas keeps texts."""
    return pd.array(texts, dtype="str")
