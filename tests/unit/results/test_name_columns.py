"""Columns of names are those that a list of Python's texts would give."""

import numpy as np
import pandas as pd

from sim.results.name_columns import as_column, column_of, strung


def test_numbers_become_the_names_at_their_places_and_minus_one_the_last() -> None:
    names = [*(f"step {n}" for n in range(200)), None]
    numbers = np.array([0, 199, 127, -1, 100], np.int16)
    expected = pd.Series([names[number] for number in numbers], dtype="str")
    assert pd.Series(column_of(numbers, names)).equals(expected)
    assert numbers.tolist() == [0, 199, 127, -1, 100]
    assert list(column_of(np.array([-1, 3], np.int8), names[:199])) == ["step 198", "step 3"]


def test_numbers_are_strung_together_where_there_is_anything() -> None:
    who, contact = np.array([7, 12, 3]), np.array([1, 0, 25], np.int16)
    names = as_column(strung(who, "-", contact))
    assert list(names) == ["7-1", "12-0", "3-25"]
    some = pd.Series(as_column(strung(who, "/", contact, where=contact > 0)))
    assert some.equals(pd.Series(["7/1", None, "3/25"], dtype="str"))


def test_a_column_has_the_type_that_pandas_gives_to_texts() -> None:
    given = pd.DataFrame({"name": column_of(np.array([0, -1]), ["a", None])})
    assert given.dtypes.equals(pd.DataFrame({"name": ["a", None]}).dtypes)
