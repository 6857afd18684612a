"""The kinds of twin: one file each, found by being there."""

import importlib
import pkgutil

from environment.model.twin import Twin


def kinds() -> dict[str, type[Twin]]:
    """Every kind of twin by its name, in alphabetical order."""
    found: dict[str, type[Twin]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            if not (isinstance(value, type) and issubclass(value, Twin)):
                continue
            if value.__module__ == loaded.__name__:
                found[value.kind] = value
    return found
