"""A run keeps time: no full garbage collection of everything that was loaded before the call.

Modules, plans and twins are some hundred thousand objects; looking through all of them takes 0.1 to
0.3 s, which at 60 times real time is 6 to 18 s of care in which no alert is raised.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_long_pauses() -> Iterator[None]:
    """From here on only what comes new is looked through, until the run is over."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
