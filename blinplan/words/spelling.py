"""How much a word is written like another."""


def one_slip(written: str, meant: str) -> bool:
    """Whether two words differ by one letter too many, too few or other, or by two in the wrong order.

    Words that are merely alike, as max_weight_kg and min_weight_kg, may mean opposite things.
    """
    first = next((at for at, pair in enumerate(zip(written, meant, strict=False)) if pair[0] != pair[1]), None)
    if first is None:
        return abs(len(written) - len(meant)) <= 1
    rest, other = written[first:], meant[first:]
    swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped
