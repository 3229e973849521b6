"""How far down the list the right instrument stands."""

import numpy as np


def ranks(queries, references, right, among):
    """0 for the first place. `queries` [Q, W], `right` [Q] indices of `references` [N, W], `among` bool [Q or 1, N]."""
    found = np.zeros(len(queries), int)
    for start in range(0, len(queries), 512):
        part = slice(start, start + 512)
        near = queries[part] @ references.T
        own = near[np.arange(len(near)), right[part]]
        mask = among if len(among) == 1 else among[part]
        found[part] = ((near > own[:, None]) & mask).sum(1)
    return found


def tops(found, *places):
    """Shares of ranks within the first places."""
    return [float(np.mean(found < place)) if len(found) else None for place in places]
