"""The ventilator: mode, settings and airway pressure."""

from environment.model.change import JSON
from environment.model.guards import CARERS
from environment.model.members import Event, Link, Property, becomes, operation
from environment.model.twin import Twin


class Ventilator(Twin):
    """A ventilator; its settings reach the patient when it is connected."""

    connected = Property("flag", "Connected to a patient.")
    rate = Property("number", "Set respiratory rate.", unit="/min", low=0, high=60)
    tidal_ml = Property("number", "Set tidal volume.", unit="mL", low=0, high=1200)
    peep = Property("number", "Positive end-expiratory pressure.", unit="cm[H2O]", low=0, high=30)
    oxygen_fraction = Property("number", "Fraction of inspired oxygen.", low=0.2, high=1.0)
    airway_pressure = Property(
        "number", "Peak airway pressure.", unit="cm[H2O]", horizon_s=60, low=0, high=120
    )

    settings_changed = Event(
        "Settings were changed.", fields=("rate", "tidal_ml", "peep", "oxygen_fraction")
    )

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")

    @operation(effect=becomes("rate", "rate"), roles=CARERS)
    async def set(
        self, rate: float, tidal_ml: float, peep: float = 5.0, oxygen_fraction: float = 0.5
    ) -> JSON:
        """Change the settings."""
        return await self.port.command(
            "set", rate=rate, tidal_ml=tidal_ml, peep=peep, oxygen_fraction=oxygen_fraction
        )
