"""The patient: vital signs, findings, what was done and given, and what is in place."""

from typing import Literal

from environment.model.catalogue import LIMBS
from environment.model.change import JSON
from environment.model.guards import CARERS, has_key, is_one_of
from environment.model.members import Event, Link, Property, emits, gains, loses, operation
from environment.model.reach import HANDS_REACH
from environment.model.twin import Twin

BREATH_SOUNDS = ("normal", "reduced", "absent")
NOTHING: dict[str, object] = {}  # read only
LIMB_IS_KNOWN = is_one_of("limb", LIMBS, "limb")
Route = Literal["iv", "io", "im", "sc", "in", "inhaled", "oral", "topical"]


class Patient(
    Twin,
    vitals=("monitor", "finding", "laboratory"),
    via=("monitoredBy",),
    required=("hr", "sbp", "spo2", "rr"),
):
    """A person from the emergency call to the hospital bed."""

    name = Property("text", "Name; identity is kept apart from clinical state.")
    identified = Property("flag", "Whether the person's identity is known and matched.")
    age = Property("number", "Age.", unit="a", low=0, high=120, required=True)
    sex = Property("word", "Sex.", choices=("female", "male", "unknown"))
    weight_kg = Property("number", "Weight.", unit="kg", low=0.4, high=400)
    pregnancy_weeks = Property("number", "Weeks of pregnancy, 0 if not pregnant.", low=0, high=45)

    injury = Property(
        "map", "Injuries found or suspected.", fields=("region", "kind", "side", "open")
    )
    burn_tbsa = Property("number", "Burned body surface.", unit="%", low=0, high=100)
    burned_at_s = Property("time", "When the burn happened.")
    smoke = Property("flag", "Smoke inhaled in an enclosed space.")
    voice = Property("word", "Voice.", choices=("normal", "hoarse", "stridor", "absent"))
    breath_sounds_left = Property("word", "Breath sounds, left.", choices=BREATH_SOUNDS)
    breath_sounds_right = Property("word", "Breath sounds, right.", choices=BREATH_SOUNDS)
    respiratory_distress = Property("flag", "Visible respiratory distress.")
    pulse = Property("flag", "A central pulse can be felt.")
    rhythm = Property(
        "word", "Rhythm on the ECG.", choices=("sinus", "pea", "asystole", "vf", "wide_qrs")
    )
    vomits = Property("integer", "How often the patient has vomited since the injury.")
    seizure = Property("flag", "A seizure since the injury.")
    focal_deficit = Property("flag", "A focal neurological deficit.")
    amnesia_or_loc = Property("flag", "Loss of consciousness or amnesia since the injury.")
    sedated = Property("flag", "Under sedation: the GCS is not comparable.")
    intubated = Property("flag", "A tube is in the trachea.")
    ventilated = Property("flag", "On a ventilator.")
    ventilation_changed_s = Property("time", "When ventilator settings were last changed.")
    airway_pressure = Property(
        "number", "Peak airway pressure.", unit="cm[H2O]", horizon_s=60, low=0, high=120
    )
    oxygen_fraction = Property("number", "Fraction of inspired oxygen.", low=0.2, high=1.0)
    on_oxygen = Property("flag", "Receives oxygen.")

    passport = Property(
        "word", "The patient passport.", choices=("unknown", "none", "unreadable", "read")
    )
    passport_read_s = Property("time", "When identity and passport were matched.")
    condition = Property("map", "Conditions in the passport, by ORPHA code.", fields=("label",))
    allergy = Property("map", "Allergies, by substance.", fields=("group", "severity"))
    anticoagulant = Property("word", "Anticoagulant taken before, or `none`.")
    antiplatelet = Property("word", "Antiplatelet taken before, or `none`.")

    performed = Property(
        "map", "Procedures carried out, last time each.", fields=("site", "at_s", "times")
    )
    device = Property("map", "What is in place, by kind and site.", fields=("kind", "site", "at_s"))
    drain = Property("map", "Chest drains, by side.", fields=("first_ml", "ml", "ml_h"))
    drug = Property(
        "map", "Drugs given: running totals.", fields=("total", "unit", "doses", "last_s")
    )
    infusion = Property("map", "Running infusions.", fields=("rate", "unit", "since_s"))
    crystalloid_ml = Property("number", "Crystalloid so far.", unit="mL", low=0)
    red_cells = Property("integer", "Units of red cells so far.", low=0)
    plasma = Property("integer", "Units of plasma so far.", low=0)
    platelets_given = Property("integer", "Units of platelets so far.", low=0)
    cryoprecipitate = Property("integer", "Pools of cryoprecipitate so far.", low=0)
    whole_blood = Property("integer", "Units of whole blood so far.", low=0)
    blood_products = Property("integer", "All blood products so far.", low=0)
    products_since_calcium = Property("integer", "Blood products since the last calcium.", low=0)
    volume_or_products_s = Property(
        "time", "When the first 500 mL or 2 products were in: the response is judged from here."
    )
    position = Property(
        "word", "Position.", choices=("supine", "left_tilt", "head_up", "sitting", "prone")
    )

    values_disagree = Event(
        "Two monitors contradict each other.", fields=("member", "value", "other", "by")
    )
    procedure = Event(
        "A procedure was carried out, started or stopped.",
        fields=("procedure", "site", "change", "details"),
    )
    drug_given = Event(
        "A single dose was given.", fields=("drug", "amount", "unit", "route", "total")
    )
    infusion_changed = Event(
        "An infusion was started, varied or stopped.", fields=("drug", "change", "rate", "unit")
    )
    blood_given = Event("Blood products were given.", fields=("product", "units", "ml", "bag"))
    diagnostic = Event(
        "A diagnostic was done; values are in the state.", fields=("diagnostic", "result")
    )
    finding = Event("A clinical variation was seen.", fields=("name", "value"))

    monitored_by = Link("monitoredBy", "Monitors on the patient.", inverse="monitors", many=True)
    located_in = Link("locatedIn", "Where the patient is.", inverse="holds")

    @operation(
        effect=emits("procedure", "site", "limb"),
        within_s=60,
        roles=CARERS,
        undo="release_tourniquet",
        guards=[HANDS_REACH, LIMB_IS_KNOWN],
    )
    async def apply_tourniquet(self, limb: str) -> JSON:
        """Put a tourniquet on a limb (`left_thigh`, `right_upper_arm`, ...); its clock starts."""
        return await self.port.command(
            "start_procedure", procedure="tourniquet", site=limb, details={}
        )

    @operation(
        effect=emits("procedure", "site", "limb"),
        within_s=60,
        roles=CARERS,
        guards=[HANDS_REACH, LIMB_IS_KNOWN],
    )
    async def release_tourniquet(self, limb: str) -> JSON:
        """Take a tourniquet off."""
        return await self.port.command("stop_procedure", procedure="tourniquet", site=limb)

    @operation(
        effect=emits("procedure", "procedure"), within_s=120, roles=CARERS, guards=[HANDS_REACH]
    )
    async def perform(
        self, procedure: str, site: str = "", details: dict[str, object] = NOTHING
    ) -> JSON:
        """Carry out a procedure of the catalogue; `details` are those of its row."""
        return await self.port.command("perform", procedure=procedure, site=site, details=details)

    @operation(
        effect=emits("procedure", "procedure"),
        within_s=120,
        roles=CARERS,
        undo="stop_procedure",
        guards=[HANDS_REACH],
    )
    async def start_procedure(
        self, procedure: str, site: str = "", details: dict[str, object] = NOTHING
    ) -> JSON:
        """Start a procedure that lasts (tourniquet, REBOA, ventilation ...)."""
        return await self.port.command(
            "start_procedure", procedure=procedure, site=site, details=details
        )

    @operation(
        effect=emits("procedure", "procedure"), within_s=120, roles=CARERS, guards=[HANDS_REACH]
    )
    async def stop_procedure(self, procedure: str, site: str = "") -> JSON:
        """End a procedure that lasts."""
        return await self.port.command("stop_procedure", procedure=procedure, site=site)

    @operation(effect=emits("drug_given", "drug"), within_s=60, roles=CARERS, guards=[HANDS_REACH])
    async def give_drug(
        self, drug: str, amount: float, unit: str, route: Route = "iv", over_min: float = 0.0
    ) -> JSON:
        """Give a single dose, or a volume over some minutes."""
        return await self.port.command(
            "give_drug", drug=drug, amount=amount, unit=unit, route=route, over_min=over_min
        )

    @operation(
        effect=gains("infusion", "drug"),
        roles=CARERS,
        undo="stop_infusion",
        guards=[HANDS_REACH, has_key("infusion", "drug", present=False)],
    )
    async def start_infusion(self, drug: str, rate: float, unit: str) -> JSON:
        """Start a continuous infusion."""
        return await self.port.command("start_infusion", drug=drug, rate=rate, unit=unit)

    @operation(
        effect=emits("infusion_changed", "drug"),
        roles=CARERS,
        guards=[HANDS_REACH, has_key("infusion", "drug")],
    )
    async def change_infusion(self, drug: str, rate: float, unit: str) -> JSON:
        """Change the rate of a running infusion."""
        return await self.port.command("change_infusion", drug=drug, rate=rate, unit=unit)

    @operation(
        effect=loses("infusion", "drug"),
        roles=CARERS,
        guards=[HANDS_REACH, has_key("infusion", "drug")],
    )
    async def stop_infusion(self, drug: str) -> JSON:
        """Stop an infusion."""
        return await self.port.command("stop_infusion", drug=drug)

    @operation(
        effect=emits("blood_given", "product"), within_s=120, roles=CARERS, guards=[HANDS_REACH]
    )
    async def give_blood(
        self, product: str, units: int = 1, over_min: float = 5.0, bag: str = ""
    ) -> JSON:
        """Transfuse units of a blood product over some minutes; `bag` is the code on it."""
        return await self.port.command(
            "give_blood", product=product, units=units, over_min=over_min, bag=bag
        )

    @operation(effect=emits("finding", "name", "what"), roles=CARERS, guards=[HANDS_REACH])
    async def examine(
        self,
        what: Literal["gcs", "pupils", "breath_sounds", "temperature", "pulse", "skin", "voice"],
    ) -> JSON:
        """Look, listen or feel; what is found becomes part of the state."""
        return await self.port.command("examine", what=what)

    @operation(effect=emits("finding", "name", "member"), roles=CARERS)
    async def record_finding(self, member: str, value: object) -> JSON:
        """Write down what was seen: any finding of this twin, by its name."""
        return await self.port.command("record_finding", member=member, value=value)

    @operation(effect=gains("injury", "injury"), roles=CARERS)
    async def record_injury(
        self, injury: str, region: str, kind: str, side: str = "", open: bool = False
    ) -> JSON:
        """Write down an injury that was found or is suspected."""
        return await self.port.command(
            "record_injury", injury=injury, region=region, kind=kind, side=side, open=open
        )

    @operation(roles=CARERS, guards=[HANDS_REACH])
    async def place_in(
        self, position: Literal["supine", "left_tilt", "head_up", "sitting", "prone"]
    ) -> JSON:
        """Change the patient's position."""
        return await self.port.command("place_in", position=position)

    @operation(roles=(*CARERS, "operator", "relative"))
    async def identify(self, name: str = "", passport: bool = False) -> JSON:
        """Say who the patient is; with a passport, what it says becomes known."""
        return await self.port.command("identify", name=name, passport=passport)
