"""What a report says of the care: what was given and found, by whom, and what was not done."""

from collections.abc import Mapping

from environment.model import catalogue
from environment.model.change import JSON
from environment.model.vitals import VITALS
from scenarios.clinical_time import clock
from scenarios.language import Tongue
from scenarios.story import Story
from scenarios.wording import entry, sign_titled, with_site, worded, words


def doses(drugs: Mapping[str, Mapping[str, JSON]], say: Tongue) -> list[tuple[str, str, str]]:
    """How much of each drug in all, and in how many doses; its name has the unit behind it."""
    rows = []
    for name, row in drugs.items():
        drug, _, unit = name.partition(" ")
        label = words(drug) if say.is_first else entry(drug, say)
        times = say.t("dose" if row["doses"] == 1 else "doses")
        rows.append((f"{label} {unit}", f"{row['total']:g}", f"{row['doses']} {times}"))
    return rows


def given(story: Story, say: Tongue) -> list[dict[str, JSON]]:
    """Every procedure, drug, blood product and diagnostic, with its time and author."""
    rows: list[dict[str, JSON]] = []
    for change in story.medical_events():
        value = change.value
        name = next(
            str(value[key])
            for key in ("procedure", "drug", "product", "diagnostic")
            if key in value
        )
        rows.append(
            {
                "at_s": change.effective,
                "kind": say.t(f"kind.{change.name}"),
                "what": entry(name, say),
                "details": _details(change.name, value, say),
                "by": person(change.by, say),
            }
        )
    return rows


def person(name: object, say: Tongue) -> str:
    """Who did something, by what he is."""
    return say.named("twin", str(name)) or worded("job", name, say)


def injuries(story: Story, say: Tongue) -> list[str]:
    """What was found or suspected, once each: `left limb wound, open`."""
    rows = (story.last(story.one("patient"), "injury") or {}).values()
    return sorted({_injury(row, say) for row in rows})


def _injury(row: Mapping[str, JSON], say: Tongue) -> str:
    if say.is_first:
        side, region = words(row["side"]), words(row["region"])
        # a limb is named by its side alone: `left leg wound`
        parts = (side, "" if " " in side else region, words(row["kind"]))
        return " ".join(filter(None, parts)) + (", open" if row["open"] else "")
    told = say.t(
        "injuries.told",
        side=worded("injury", row["side"], say) if row["side"] else "",
        open=say.t("injury.open") if row["open"] else "",
        region=worded("region", row["region"], say),
        kind=worded("injury", row["kind"], say),
    )
    return " ".join(told.replace(" :", ":").split())


def left_open(story: Story, say: Tongue) -> list[tuple[str, str, str]]:
    """What was ordered and never done: when, what, by whom."""
    orders = story.last(story.one("trauma"), "order") or {}
    return [
        (clock(o["at_s"]), entry(o["what"], say), person(o["by"], say))
        for o in orders.values()
        if o["status"] == "open"
    ]


def _details(event: str, value: Mapping[str, JSON], say: Tongue) -> str:
    if event == "drug_given":
        route = say.named("route", str(value["route"])) or value["route"]
        return f"{catalogue.amount_text(value['amount'], value['unit'])} {route}"
    if event == "infusion_changed":
        change = say.named("done", f"infusion_{value['change']}") or value["change"]
        return f"{change} {value['rate']:g} {value['unit']}"
    if event == "blood_given":
        units = value["units"]
        return f"{units} {say.t('unit' if units == 1 else 'units')}, {value['ml']:g} mL"
    if event == "diagnostic":
        return _result(value["result"] or {}, say)
    end = "" if value["change"] == "done" else say.t(value["change"])
    return ", ".join(x for x in (worded("site", value["site"], say), end) if x)


def _result(result: Mapping[str, JSON], say: Tongue) -> str:
    parts = []
    for key, found in sorted(result.items()):
        if key.endswith("_s"):
            continue
        if key == "values":
            parts.append(_result(found, say))
        elif isinstance(found, Mapping):
            seen = [worded("fast", k, say) for k, v in sorted(found.items()) if v is True]
            what = ", ".join(seen)
            parts.append(say.t("positive", what=what) if seen else say.t("negative"))
        elif isinstance(found, list):
            parts.append(", ".join(seen_on_image(f, say) for f in found) or say.t("nothing_found"))
        elif key in VITALS and found is not None:
            parts.append(f"{sign_titled(key, say)} {measured_text(key, found, say)}".strip())
        elif found is not None:
            parts.append(f"{sign_titled(key, say)} {say.known_as(str(found)) or words(found)}")
    return ", ".join(parts)


def measured_text(key: str, found: JSON, say: Tongue) -> str:
    """What was measured, with its unit."""
    row = VITALS[key]
    if isinstance(found, bool) and not say.is_first:
        return say.t("report.yes" if found else "report.no")
    return f"{row.text(found)} {row.shown_unit}"


def seen_on_image(name: str, say: Tongue) -> str:
    """What an image shows: a kind and a place, `fracture_pelvis`, or one word."""
    kind, _, where = name.partition("_")
    if where and (seen := say.named("found", kind)) is not None:
        return f"{seen} {worded('site', where, say)}"
    return worded("found", name, say)


def value_text(value: JSON, say: Tongue) -> str:
    """A value of a twin in words; of an entry its names."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return say.t("report.yes" if value else "report.no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(with_site(words(key), say) for key in value)
    if isinstance(value, (list, tuple)):
        return ", ".join(value_text(one, say) for one in value) or say.t("report.no")
    name = str(value)
    known = say.known_as(name) or say.named("severity", name) or say.named("phase", name)
    return known or words(say.author(name))
