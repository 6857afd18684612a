"""One exchange: who asks, what he may see, and the tools with which he is answered."""

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import format_datetime

from environment.fhir.server.everything import Everything
from environment.fhir.server.fold import Fold
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.pages import Pages
from environment.fhir.server.search import Search
from environment.fhir.server.shelves import Version
from environment.fhir.server.viewing import Viewer
from environment.fhir.server.wire import Request
from environment.fhir.server.writing import Writer
from environment.runtime.clock import Clock
from environment.runtime.operations import Operations


class Exchange:
    """What every part of an answer needs."""

    def __init__(
        self,
        request: Request,
        fold: Fold,
        operations: Operations,
        viewer: Viewer,
        search: Search,
        hooks: Collection[str] = (),
    ) -> None:
        self.request, self.fold, self.viewer, self.search = request, fold, viewer, search
        self.clock: Clock = operations.world.clock
        self.hooks = hooks  # origins beyond loopback that subscribers may have
        self.shelves = fold.shelves
        self.pages = Pages(search, viewer)
        self.writer = Writer(fold, search, operations, viewer)
        self.gather = Everything(fold, search, viewer)

    def held(self, type: str, id: str) -> Version:
        """The present version, if there is one and the caller may see it."""
        version = self.shelves[type].get(id)
        if version is None or not self.viewer.sees(version.sight):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        if not version.text:
            raise FhirError(410, f"{type}/{id} was deleted.", headers={"ETag": version.etag})
        return version


def instant_of(version: Version) -> datetime:
    """When a version was recorded."""
    return datetime.fromisoformat(version.at).astimezone(UTC)


def http_date(version: Version) -> str:
    """The same as HTTP writes it."""
    return format_datetime(instant_of(version), usegmt=True)
