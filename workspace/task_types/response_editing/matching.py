"""The longest common sequence of two texts: Myers' search for the shortest way from one to the other.

Where several ways are equally short, the one that the `diff` package of the browser finds is taken: the
preview there and the difference of record here must name the same changes.
"""

from collections.abc import Sequence

from rapidfuzz.distance import Indel

Runs = list[tuple[int, int, int]]
Chain = tuple[int, int, int, "Chain | None"]
MOST_STEPS = 800
MOST_PARTS = 20_000
_NOWHERE = -2


def common(old: Sequence[str], new: Sequence[str]) -> Runs | None:
    """Runs that both have, as (place in old, place in new, length); None when too much differs to say."""
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    middle = _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    if middle is None:
        return None
    runs = [(0, 0, head), *((a + head, b + head, length) for a, b, length in middle)]
    runs.append((len(old) - tail, len(new) - tail, tail))
    return [run for run in runs if run[2]]


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    """How many parts are the same at the beginning."""
    return next(
        (place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )


def _middle(old: Sequence[str], new: Sequence[str]) -> Runs | None:
    if not old or not new:
        return []
    if len(old) + len(new) > MOST_PARTS:
        return None
    steps = Indel.distance(old, new)
    return None if steps > MOST_STEPS else _unrolled(_Search(old, new).shortest())


class _Search:
    """The farthest point in the old text on each diagonal, with the runs on the way there.

    Places count the parts read so far, less one; a diagonal is the place in the old text less the one in the
    new text, moved so that none is negative.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old, self.new = old, new
        self.middle = len(new) + 1
        self.far = [_NOWHERE] * (len(old) + len(new) + 3)
        self.chains: list[Chain | None] = [None] * len(self.far)
        self.low, self.high = 0, len(self.far) - 1
        self.far[self.middle] = -1

    def shortest(self) -> Chain | None:
        """The runs of the shortest way."""
        step, end = 0, None
        while end is None:
            step += 1
            end = self._step(step)
        return self.chains[end]

    def _step(self, step: int) -> int | None:
        """One more part taken out or put in on every diagonal; the one that reaches the end of both texts."""
        far, chains, middle, lengths = self.far, self.chains, self.middle, (len(self.old), len(self.new))
        for diagonal in range(max(self.low, middle - step), min(self.high, middle + step) + 1, 2):
            take, put = self._ends(diagonal)
            if take == put == _NOWHERE:
                far[diagonal] = _NOWHERE
                continue
            at, chain = (take + 1, chains[diagonal - 1]) if take >= put else (put, chains[diagonal + 1])
            self._along(at, chain, diagonal)
            read_old = far[diagonal] + 1
            read_new = read_old - diagonal + middle
            if (read_old, read_new) == lengths:
                return diagonal
            if read_old == lengths[0]:
                self.high = min(self.high, diagonal - 1)
            if read_new == lengths[1]:
                self.low = max(self.low, diagonal + 1)
        return None

    def _ends(self, diagonal: int) -> tuple[int, int]:
        """Where one could take a part out and where one could put one in; places are used up once."""
        far = self.far
        take = far[diagonal - 1] if diagonal else _NOWHERE
        put = far[diagonal + 1] if diagonal + 1 < len(far) else _NOWHERE
        if diagonal:
            far[diagonal - 1] = _NOWHERE
        if take + 1 >= len(self.old):
            take = _NOWHERE
        if put != _NOWHERE and not 0 <= put - diagonal + self.middle < len(self.new):
            put = _NOWHERE
        return take, put

    def _along(self, at: int, chain: Chain | None, diagonal: int) -> None:
        """Go on from a place as long as both texts say the same."""
        old, new, shift = self.old, self.new, self.middle - diagonal
        start = after = at + 1
        end = min(len(old), len(new) - shift)
        while after < end and old[after] == new[after + shift]:
            after += 1
        self.far[diagonal] = after - 1
        self.chains[diagonal] = (start, start + shift, after - start, chain) if after > start else chain


def _unrolled(chain: Chain | None) -> Runs:
    found: Runs = []
    while chain is not None:
        found.append(chain[:3])
        chain = chain[3]
    return found[::-1]
