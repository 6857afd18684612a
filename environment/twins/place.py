"""The accident place."""

from environment.model.members import Property
from environment.model.twin import Twin


class Place(Twin):
    """Where it happened: address, position, what to beware of."""

    address = Property("text", "Address.")
    position = Property("record", "Latitude and longitude, degrees.")
    hazards = Property("words", "Dangers at the place.")
    kind_of_place = Property("word", "Road, home, work, leisure.")
