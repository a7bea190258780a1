"""How many slips of typing lie between two ids."""

from __future__ import annotations

#: Characters taken for one another by eye or ear of a typist.
_LOOKALIKE = str.maketrans({"o": "0", "q": "0", "l": "1", "i": "1", "|": "1", "z": "2", "s": "5", "b": "8", "-": ""})

#: Longer ids are not compared: nobody types them.
LONGEST = 40


def look_of(person_id: str) -> str:
    """Return an id as a hurried reader sees it: no case, no leading zeros, lookalikes the same.

    Examples
    --------
    >>> look_of("00Al-7") == look_of("a17")
    True
    """
    return person_id.casefold().translate(_LOOKALIKE).lstrip("0")


def slips_between(one: str, other: str, most: int = 2) -> int:
    """Return how many slips apart two ids are, `most` + 1 where more; lookalikes and leading zeros are one slip.

    A slip is a character more, less or other, or two neighbours swapped (optimal string alignment).

    Examples
    --------
    >>> slips_between("AB12", "AB21"), slips_between("A0-1", "AO1"), slips_between("AB12", "XY12")
    (1, 1, 2)
    >>> slips_between("AB12", "XYZ9")
    3
    """
    if one == other:
        return 0
    if look_of(one) == look_of(other):
        return 1
    if abs(len(one) - len(other)) > most:
        return most + 1
    earlier: list[int] = []
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, start=1):
        following = [place]
        for at, against in enumerate(other, start=1):
            cost = min(row[at] + 1, following[at - 1] + 1, row[at - 1] + (sign != against))
            swapped = place > 1 and at > 1 and sign == other[at - 2] and one[place - 2] == against
            following.append(min(cost, earlier[at - 2] + 1) if swapped else cost)
        earlier, row = row, following
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
