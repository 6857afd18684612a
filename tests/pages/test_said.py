"""What assistants say, on a page of another language: every text of every rule and plan."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from agents.rules import RULES, Rule, message
from environment.model.catalogue import DRUGS
from environment.model.reversal import ANTICOAGULANTS, reversal
from tests.pages.stage import on_stage

ROOT = Path(__file__).parents[2]
TEXT = ROOT / "environment/web/static/text"
TABLES = sorted(TEXT.glob("alerts_*.json"))
GAP, OPTIONAL = re.compile(r"\{[^}]+\}"), re.compile(r"\[\[.*?\]\]")
#: Words of the plans, as they are said of this suggestion.
SUGGESTED = re.compile(r'!?suggest\((\w+), (?:"([^"]+)"|\w+)\)')


def table(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def suggestions() -> dict[str, set[str]]:
    """Name -> what the roles' plans say; nothing where it is made of parts."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "agents/roles").rglob("*.asl"):
        for name, text in SUGGESTED.findall(file.read_text("utf-8")):
            if name[0].islower():
                found.setdefault(name, set()).update({text} - {""})
    return found


@pytest.mark.parametrize("file", TABLES, ids=lambda f: f.stem)
def test_every_text_of_every_rule_is_in_the_table_with_the_same_gaps(file: Path) -> None:
    alerts = table(file)["alerts"]
    assert set(alerts) == set(RULES)
    for name, rule in RULES.items():
        assert set(alerts[name]) == {*rule.text.values(), *rule.variants.values()}, name
    for group in (*alerts.values(), *table(file)["suggestions"].values(), table(file)["parts"]):
        for english, other in group.items():
            assert sorted(GAP.findall(other)) == sorted(GAP.findall(english)), english
            optional = [sorted(map(GAP.findall, OPTIONAL.findall(x))) for x in (english, other)]
            assert optional[0] == optional[1], english


@pytest.mark.parametrize("file", TABLES, ids=lambda f: f.stem)
def test_everything_that_plans_suggest_is_in_the_table(file: Path) -> None:
    rows = table(file)["suggestions"]
    asked = suggestions()
    assert len(asked) > 10
    assert set(rows) == set(asked)
    for name, texts in asked.items():
        assert texts <= set(rows[name]), name
        made = set(rows[name]) - texts
        assert all(GAP.search(text) for text in made), f"{name}: nobody says {made}"


@pytest.mark.parametrize("file", TABLES, ids=lambda f: f.stem)
def test_every_reason_against_a_drug_is_in_the_table(file: Path) -> None:
    reasons = {r.text for row in DRUGS.values() for r in row.contra}
    assert len(reasons) > 20
    assert reasons <= set(table(file)["terms"])


def in_other_words(rule: Rule, words: dict[str, str]) -> Rule:
    return replace(
        rule,
        text={p: words[t] for p, t in rule.text.items()},
        variants={v: words[t] for v, t in rule.variants.items()},
    )


async def told(page: Page, function: str, rows: list[tuple[str, str]]) -> list[str]:
    """What a page makes of texts."""
    return list(
        await page.evaluate(
            """async ([name, rows]) => {
              const said = await import("/static/app/said.js");
              return rows.map((row) => said[name](...row));
            }""",
            [function, rows],
        )
    )


@pytest.mark.wall_time
@pytest.mark.browser
async def test_a_page_in_italian_says_each_alert_with_its_values() -> None:
    italian = table(TEXT / "alerts_it.json")
    rows, wanted = [], []
    for name, rule in RULES.items():
        other = in_other_words(rule, italian["alerts"][name])
        for priority in rule.priorities:
            for variant in ("", *rule.variants):
                gaps = rule.facts(priority, variant)
                needed = set(GAP.findall(OPTIONAL.sub("", rule._template(priority, variant))))
                least = [g for g in gaps if any(g in n for n in needed)]
                for some in (gaps, least):
                    facts = {gap: 7.25 + i for i, gap in enumerate(some)}
                    rows.append((name, message(name, priority, facts, variant)))
                    wanted.append(other.message(priority, facts, variant))
    async with on_stage(speed=10) as stage:
        page = await stage.enter("wall", "display", "/shock-room", locale="it-IT")
        for (name, text), said, other in zip(
            rows, await told(page, "alertText", rows), wanted, strict=True
        ):
            assert said == other, f"{name}: {text}"

        pairs = [
            (
                "BRE-03",
                "Tension left? fast pulse, low SpO2. Decompress before any film",
                "PNX iperteso a sinistra? polso rapido, SpO2 bassa. Decomprimi prima di ogni "
                "radiografia",
            ),
            (
                "HAE-06",
                "(old data) Tourniquet left thigh 61 min: reassess or convert",
                "(dati vecchi) Tourniquet coscia sinistra 61 min: rivaluta o converti",
            ),
            (
                "TRI-01",
                "RED: chest wall injury, active bleeding. Activate the trauma team",
                None,
            ),
            ("DRG-02", "STOP ketorolac: allergy to aspirin. Instead: fentaNYL", None),
            ("HOUSE-1", "A rule of one's own", "A rule of one's own"),
            ("HOUSE-1", "SPO2, ETCO2 gone", "SpO2, EtCO2 gone"),
        ]
        found = await told(page, "alertText", [(rule, text) for rule, text, _ in pairs])
        for (rule, text, expected), said in zip(pairs, found, strict=True):
            assert said == (expected or said), rule
            assert (said == text) is (expected == text), said
        assert found[2].startswith("ROSSO: ")
        assert "active bleeding" not in found[2]
        assert "FERMA ketOROLAC: allergia a acido acetilsalicilico" in found[3]

        question = "YELLOW only: [anticoagulant,intrusion]. Severe?"
        (said,) = await told(page, "questionText", [("severity", question)])
        assert re.fullmatch(r"Solo GIALLO: [^\[_]+, [^\]_]+\. Grave\?", said)
        (said,) = await told(page, "lineText", [("shock_room", "shock_room is ready")])
        assert said.startswith("Pronto: ")

        for who in ANTICOAGULANTS:
            texts = [
                reversal(who, inr, weight).text
                for inr in (None, 1.5, 3.0, 7.0)
                for weight in (None, 70.0)
            ]
            said = await told(page, "adviceText", [("give_reversal", x) for x in texts])
            assert all(a != b for a, b in zip(said, texts, strict=True)), who

        await stage.does(
            "instructor",
            "instructor",
            "rescuer_tablet.show",
            rule="HAE-01",
            priority="high",
            text="SBP 82, low for age (limit 90): find and stop bleeding",
        )
        await stage.does(
            "instructor",
            "instructor",
            "rescuer_tablet.suggest",
            name="give_oxygen",
            text="Oxygen 15 L/min by non-rebreather mask",
        )
        tablet = await stage.enter("rescuer", "rescuer", "/rescuer", locale="it-IT")
        await expect(tablet.locator("[data-rule=HAE-01]").first).to_contain_text(
            "PAS 82, bassa per l'età (limite 90): trova e ferma il sanguinamento"
        )
        await expect(tablet.locator("[data-suggestion=give_oxygen]")).to_contain_text(
            "Ossigeno 15 L/min con maschera con reservoir"
        )
