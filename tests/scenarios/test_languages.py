"""Reports and what a scenario's author wrote, in the languages of their readers."""

import asyncio
import html
import json
import re
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from environment.web.languages import languages, table
from scenarios import report
from scenarios.authoring.blank import begun
from scenarios.authoring.layout import Layout
from scenarios.briefing import briefing
from scenarios.chart import Chart
from scenarios.cli import app
from scenarios.errors import LanguageError, ScenarioFileError
from scenarios.expectations import judge
from scenarios.language import ENGLISH, HERE, known, tongue, tongue_for
from scenarios.outgoing import FORMS
from scenarios.reading import LIBRARY, load, names, parse
from scenarios.reviewing import review
from scenarios.runs import PAGE, TEXT, Run, keep, open_run, write_summary
from scenarios.said import NUMBERS
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.translating import in_language, untranslated
from tests.scenarios.stage import Performed, perform
from tests.services import free_port

SOURCES = Path(report.__file__).parent
GAPS = re.compile(r"\{(\w+)\}")
FORMATTED = re.compile(r"\{(\w+)(?::[^}]*)?\}")
OTHERS = [name for name in known() if name != "en"]
MINE = """
id = "X1"
title = "Wound of the thigh"
start = 2026-01-15T14:00:00Z
ends = "01:00"

[patient]
age = 30
weight_kg = 70

[[event]]
at = "00:05"
by = "operator"
do = "central_unit.take_call"
with = { process = "preh", place = "accident_place", patient = "patient", dynamic = "Fell off a ladder" }
"""  # noqa: E501 - as people write it
ITALIAN = """
# what follows is for readers of Italian
[translation.it]
"Wound of the thigh"="Ferita della coscia" # as it stands
"Fell off a ladder" = "Caduta da una scala"
"""


def texts(language: str) -> dict[str, str]:
    """The table of a report's texts."""
    found: dict[str, str] = json.loads((HERE / f"{language}.json").read_text("utf-8"))
    return found


def run_of(case: tuple[Scenario, Performed], folder: Path) -> Run:
    scenario, performed = case
    story = Story(performed.journal)
    return Run(
        folder=folder,
        scenario=scenario,
        seed=7,
        story=story,
        verdict=judge(story, scenario),
        simulated_s=performed.simulated_s,
    )


def plain(page: str) -> str:
    """What a page says, without the steps that stand there as in the journal."""
    body = re.sub(r'<ul>\s*<li><span class="t">.*?</details>', "", page, flags=re.DOTALL)
    body = body[body.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


# -- reports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_of_reports_has_the_same_texts_with_the_same_gaps(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert set(other) == set(english)
    gaps = {key: set(GAPS.findall(text)) for key, text in english.items()}
    assert {key: set(GAPS.findall(text)) for key, text in other.items()} == gaps


def test_reports_and_pages_have_the_same_languages() -> None:
    assert known() == languages()


def test_every_text_that_a_report_names_is_there() -> None:
    sources = [*SOURCES.glob("*.py"), *(SOURCES / "templates").glob("*.j2")]
    asked = {
        key
        for source in sources
        for key in re.findall(r"""\bt\(\s*"([\w.]+)"[,)]""", source.read_text("utf-8"))
    }
    assert len(asked) > 90
    assert {key for key in asked if not ENGLISH.has(key)} == set()


def test_an_italian_report_has_no_english_heading_left(
    pelvis: tuple[Scenario, Performed], tmp_path: Path
) -> None:
    run = run_of(pelvis, tmp_path)
    say = tongue_for("it", run.scenario.translation)
    page = report.html(run.story, run.scenario, seed=7, say=say)
    said = plain(page)
    english, italian = texts("en"), texts("it")
    headings = {
        text
        for key, text in english.items()
        if len(text) > 4 and "{" not in text and text[0].isupper() and text != italian[key]
    }
    left = {text for text in headings if re.search(rf"\b{re.escape(text)}\b", said)}
    assert left == set()
    assert '<html lang="it">' in page
    for words in (
        "Motociclista con frattura del bacino",  # what its author wrote
        "chiamata 15/01/2026 14:00 UTC",
        "Tempo sul posto",  # an interval
        "Cintura pelvica",  # a rule
        "acido tranexamico 1 g",  # a row of the catalogue, in the picture
        "Moto contro auto, sbalzato",  # of the card
        "Che cosa è passato tra il primo segno",  # a question for the debrief
    ):
        assert words in said, words


def test_the_picture_has_its_words_in_the_language(pelvis: tuple[Scenario, Performed]) -> None:
    story = Story(pelvis[1].journal)
    drawn = str(Chart(story, story.ends_s, say=tongue("it")).svg())
    for words in ("Fase", "Allarmi", "frequenza cardiaca", "sul posto", "cintura pelvica"):
        assert words in drawn
    for words in ("Phase", "Alerts", "heart rate", "on scene", "pelvic binder"):
        assert words not in drawn


def test_an_italian_paper_differs_from_the_english_one_and_is_the_same_each_time(
    pelvis: tuple[Scenario, Performed], tmp_path: Path
) -> None:
    run = run_of(pelvis, tmp_path)
    say = tongue_for("it", run.scenario.translation)
    paper = FORMS["pdf"].make(run, say)
    assert paper.startswith(b"%PDF")
    assert paper == FORMS["pdf"].make(run, say)
    assert paper != FORMS["pdf"].make(run, ENGLISH)


def test_what_programs_read_is_the_same_in_every_language(
    pelvis: tuple[Scenario, Performed], tmp_path: Path
) -> None:
    run = run_of(pelvis, tmp_path)
    say = tongue_for("it", run.scenario.translation)
    for form in ("csv", "traumatracker", "utstein", "xapi"):
        assert FORMS[form].make(run, say) == FORMS[form].make(run, ENGLISH)


def test_a_kept_run_is_reported_in_italian_from_its_folder_alone(tmp_path: Path) -> None:
    scenario = parse(MINE + ITALIAN)
    (tmp_path / "runs/one").mkdir(parents=True)
    write_summary(keep(tmp_path / "runs/one", scenario, perform(scenario), 7), 1.0)
    page = tmp_path / "runs/one" / PAGE
    assert "Wound of the thigh" in page.read_text("utf-8")
    asked = ["report", "one", "--runs", str(tmp_path / "runs"), "--lang", "it"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert "Ferita della coscia" in page.read_text("utf-8")
    assert open_run("one", tmp_path / "runs").scenario.translation == scenario.translation
    assert (tmp_path / "runs/one" / TEXT).read_text("utf-8") == MINE + ITALIAN


def test_a_language_that_reports_do_not_have_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        LanguageError, match=r"No report in 'itt'.*Did you mean 'it'.*Known: en, it"
    ):
        tongue("itt")
    refused = CliRunner().invoke(app, ["report", "last", "--runs", str(tmp_path), "--lang", "de"])
    assert refused.exit_code == 3
    assert "No report in 'de'" in refused.output


@pytest.mark.parametrize(
    ("rule", "said", "told"),
    [
        (
            "HAE-01",
            "SBP 89, low for age (limit 90), HR 115: find and stop bleeding",
            "PAS 89, bassa per l'età (limite 90), FC 115: trova e ferma il sanguinamento",
        ),
        (
            "HAE-01",
            "(old data) SBP 89, low for age: relieve the chest first",
            "(dati vecchi) PAS 89, bassa per l'età: libera prima il torace",
        ),
        (
            "BRE-03",
            "Tension? fast pulse, low SpO2. Decompress before any film",
            "PNX iperteso? polso rapido, SpO2 bassa. Decomprimi prima di ogni radiografia",
        ),
        ("XYZ-01", "A house's own rule", "A house's own rule"),
    ],
)
def test_an_alert_is_told_by_its_template(rule: str, said: str, told: str) -> None:
    assert tongue("it").alert(rule, said) == told
    assert ENGLISH.alert(rule, said) == said


def test_every_template_of_every_rule_is_recognised_as_on_the_pages() -> None:
    rows = [
        (rule, said, told)
        for rule, templates in table("alerts_it")["alerts"].items()
        for said, told in templates.items()
    ]
    assert len(rows) > 60
    for rule, said, told in rows:
        filled = FORMATTED.sub(lambda gap: "7" if gap[1] in NUMBERS else "x", said)
        full = FORMATTED.sub(lambda gap: "7" if gap[1] in NUMBERS else "x", told)
        for marks in ("[[", "]]"):
            filled, full = filled.replace(marks, ""), full.replace(marks, "")
        assert tongue("it").alert(rule, filled) == full, (rule, said)


# -- what a scenario's author wrote ----------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_the_library_has_everything_that_people_read_in_italian(name: str) -> None:
    scenario = load(name)
    left = [text for text in untranslated(scenario, "it") if " " in text]
    assert left == []
    assert scenario.origin.remarks == ()  # nor words for what it does not say


def test_the_briefing_is_told_in_the_readers_language() -> None:
    told = briefing(in_language(load("pelvis"), "it"))
    assert told["title"].startswith("Motociclista")
    assert told["injuries"][0]["label"] == "Ferita profonda della coscia sinistra"
    assert told["goals"][1] == "Acido tranexamico entro 20 minuti dall'arrivo sul paziente"


def test_without_a_translation_the_authors_words_stand() -> None:
    scenario = parse(MINE)
    assert in_language(scenario, "it") is scenario
    say = tongue_for("it", scenario.translation)
    page = report.html(Story(perform(scenario).journal), scenario, seed=1, say=say)
    assert "Wound of the thigh" in page
    assert "Cure prestate" in page


def test_a_branch_has_the_words_of_its_file() -> None:
    scenario = in_language(load("pelvis", branch="best"), "it")
    (text,) = (b.text for b in scenario.branches if b.name == "best")
    assert text.startswith("Cintura a 15:00")


def test_words_that_the_scenario_does_not_say_are_remarked_on_with_the_nearest_ones() -> None:
    scenario = parse(MINE + ITALIAN.replace('"Wound of the thigh"', '"Wound of a thigh."'))
    (remark,) = scenario.origin.remarks
    line = (MINE + ITALIAN).splitlines().index('"Fell off a ladder" = "Caduta da una scala"')
    assert f"scenario.toml:{line}: translation.it" in remark
    assert "reads 'Wound of a thigh.'. Did you mean 'Wound of the thigh'?" in remark


def test_a_table_for_no_language_and_a_word_that_is_none_are_refused() -> None:
    with pytest.raises(ScenarioFileError, match=r"'italian' is no language. Write its two letters"):
        parse(MINE + ITALIAN.replace(".it]", ".italian]"))
    with pytest.raises(ScenarioFileError, match=r"must be a text, in quotes; it is 3"):
        parse(MINE + ITALIAN.replace('"Caduta da una scala"', "3"))


def test_changing_a_scenario_in_its_form_leaves_the_translation_as_it_stands() -> None:
    layout = Layout(MINE + ITALIAN)
    layout.put(("title",), "Wound of the left thigh")
    layout.add(("injury",), {"at": "-01:00", "kind": "bleed", "site": "left_thigh"})
    layout.put(("patient", "sex"), "female")
    assert layout.text.endswith(ITALIAN)
    assert len(parse(layout.text, checked=False).injuries) == 1


def test_a_scenario_that_begins_like_another_has_its_words_and_its_own_title() -> None:
    copied = parse(begun("mine", like="pelvis"))
    assert copied.origin.remarks == ()
    assert in_language(copied, "it").title == f"{in_language(load('pelvis'), 'it').title} (mine)"
    named = parse(begun("mine", title="My own", like="pelvis"))
    assert named.origin.remarks == ()
    assert in_language(named, "it").title == "My own"


def test_each_scenario_of_the_library_says_its_translation_at_its_end() -> None:
    for name in names():
        text = (LIBRARY / f"{name}.toml").read_text("utf-8")
        assert "\n[" not in text[text.index("[translation.it]") :]


# -- pages -----------------------------------------------------------------------------------------


@pytest.fixture
def ladder(tmp_path: Path) -> Run:
    """A short run with words in Italian."""
    scenario = parse(MINE + ITALIAN)
    return run_of((scenario, perform(scenario)), tmp_path)


@pytest.mark.wall_time
async def test_pages_are_told_the_authors_words_in_the_language_that_their_shell_has_kept(
    ladder: Run,
) -> None:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    until = asyncio.Event()
    served = asyncio.create_task(
        review([ladder], port=free_port(), ready=ready.set_result, until=until)
    )
    state, stream = "/twins/central_unit/central_unit/history?kind=event", "/stream?since=0&every=1"
    try:
        at = await ready
        for language, title, fall in (
            ("", "Wound of the thigh", "Fell off a ladder"),
            ("it-IT,it;q=0.9", "Ferita della coscia", "Caduta da una scala"),
        ):
            jar = aiohttp.CookieJar(unsafe=True)  # addresses without a name have cookies too
            headers = {"Accept-Language": language} if language else {}
            async with aiohttp.ClientSession(at, cookie_jar=jar) as reader:
                async with reader.get("/debrief", headers=headers) as shell:
                    assert shell.status == 200
                async with reader.get("/debrief/runs") as told:
                    assert (await told.json())["runs"][0]["title"] == title
                async with reader.ws_connect(stream) as line:
                    async for message in line:
                        if "call_taken" in message.data:
                            assert fall in message.data
                            break
                async with reader.get(state) as kept:  # the journal is what it is
                    assert "Fell off a ladder" in await kept.text()
        async with aiohttp.ClientSession(at) as nobody:
            async with nobody.get("/debrief/files/html?lang=it") as file:
                assert "Ferita della coscia" in await file.text()
            async with nobody.get("/debrief/files/html?lang=xx") as wrong:
                assert wrong.status == 422
                assert "Known: en, it" in (await wrong.json())["detail"]
    finally:
        until.set()
        await served
