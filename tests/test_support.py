"""What counts as said: claims about two short lectures, true ones and false ones."""

from __future__ import annotations

import random
import time

import pytest

from lecture.checking.numbers import find_numbers
from lecture.checking.support import cited_evidence, find_support, supports
from lecture.sentences import Sentence

LECTURE = [
    Sentence(text, 4.0 * i, 4.0 * i + 3.5)
    for i, text in enumerate(
        [
            "Working memory is the small mental space that holds the ideas you are using right now.",
            "Most adults can hold about four separate items there at the same time.",
            "Encoding is the process that turns an experience into a memory you can keep.",
            "It depends on attention, because the mind cannot store what it never noticed.",
            "However, a new memory of a word list is weak at first, and it needs sleep and repetition to settle.",
            "Consolidation is the slow process during deep sleep that makes a new memory stable and lasting.",
            "In nineteen twenty four, Jenkins and Dallenbach studied how sleeping students at Cornell remember words.",
            "A week later, the first group remembered only forty percent, and the second group remembered 61 percent.",
            "The forgetting curve is a graph that shows how memory fades over time without review.",
            "After one day, about two thirds of the list was gone.",
            "Forgetting does not always mean that a memory has been destroyed.",
            "Yet sleep is not a passive state, but an active one.",
            "There were 1,200 people in the largest trial, and students of every age took part.",
        ]
    )
]


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("Working memory is a small mental space for the ideas you are using.", 0),
        ("Adults can hold about 4 separate items at the same time.", 1),
        ("Encoding turns experiences into memories.", 2),
        ("The mind can't store what was never noticed.", 3),
        ("A new memory is weak at first and needs sleep.", 4),
        ("Consolidation is a slow process making memories stable.", 5),
        ("Jenkins and Dallenbach studied sleeping students in 1924.", 6),
        ("The second group remembered 61% a week later.", 7),
        ("The lecture explains that the forgetting curve shows how memory fades without review.", 8),
        ("About two thirds of the list was gone after one day.", 9),
        ("Forgetting doesn't always mean a memory has been destroyed.", 10),
        ("Sleep is an active state.", 11),
        ("Students of every age took part in the largest trial.", 12),
        ("The largest trial had 1200 people.", 12),
    ],
)
def test_a_paraphrase_is_supported_by_its_sentence(claim: str, place: int) -> None:
    evidence = find_support(claim, LECTURE)
    assert evidence is not None
    assert evidence.quote == LECTURE[place].text
    assert (evidence.start, evidence.end) == (LECTURE[place].start, LECTURE[place].end)


@pytest.mark.parametrize(
    "claim",
    [
        "Adults can hold about seven separate items at the same time.",
        "Adults can hold about 5 separate items at the same time.",
        "Jenkins and Dallenbach studied sleeping students in 1925.",
        "Jenkins and Dallenbach studied sleeping students in the nineteen thirties, in 1930.",
        "The second group remembered 40% a week later.",
        "The third group remembered 61 percent.",
        "About one third of the list was gone after one day.",
        "The largest trial had 1300 people.",
    ],
)
def test_another_number_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Einstein and Dallenbach studied how sleeping students at Cornell remember words.",
        "Jenkins and Dallenbach studied how sleeping students in Boston remember words.",
        "For Freud, a new memory of a word list is weak and needs sleep and repetition to settle.",
        "Miller: adults can hold about four separate items at the same time.",
    ],
)
def test_another_name_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "The mind can store what it never noticed.",
        "A new memory is not weak at first.",
        "Forgetting means that a memory has been destroyed.",
        "Sleep is a passive state.",
        "Sleep is not an active state.",
        "Encoding never turns an experience into a memory.",
        "Consolidation is the slow process during deep sleep that makes a new memory unstable and lasting.",
    ],
)
def test_the_contrary_by_negation_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Consolidation is the quick process during deep sleep that makes a new memory stable and lasting.",
        "A new memory of a word list is strong at first, and it needs sleep and repetition to settle.",
        "The forgetting curve is a graph that shows how memory fades over time with review.",
    ],
)
def test_the_opposite_word_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Dopamine is a substance that makes people happy.",
        "Consolidation depends on a healthy diet.",
        "Encoding is the process that cures depression and anxiety.",
        "The exam is cancelled and all students pass.",
        "It is so.",
        "",
    ],
)
def test_what_was_not_said_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


def test_neighbouring_sentences_support_a_claim_together() -> None:
    evidence = find_support("Encoding turns an experience into a memory and depends on attention.", LECTURE)
    assert evidence is not None
    assert evidence.quote == f"{LECTURE[2].text} {LECTURE[3].text}"
    assert (evidence.start, evidence.end) == (LECTURE[2].start, LECTURE[3].end)


def test_sentences_far_apart_do_not() -> None:
    assert find_support("Working memory depends on a graph without review.", LECTURE) is None


@pytest.mark.parametrize("sentence", LECTURE, ids=lambda sentence: sentence.text[:30])
def test_the_lecture_supports_its_own_words(sentence: Sentence) -> None:
    evidence = find_support(sentence.text, LECTURE)
    assert evidence is not None
    assert evidence.quote == sentence.text


def test_a_draft_without_capitals_supports_names_it_knows_and_no_others() -> None:
    draft = [Sentence(s.text.lower().rstrip("."), s.start, s.end) for s in LECTURE]
    assert find_support("Jenkins and Dallenbach studied sleeping students.", draft)
    assert find_support("Consolidation makes a new memory stable.", draft)
    assert not find_support("Einstein and Dallenbach studied sleeping students.", draft)


def test_numbers_in_words_are_numbers() -> None:
    said = [
        Sentence(
            "It weighs three hundred and forty two grams, and costs twenty five euros in two thousand twelve.", 0, 5
        )
    ]
    assert find_support("It weighs 342 grams.", said)
    assert find_support("It costs 25 euros.", said)
    assert not find_support("It weighs 340 grams.", said)
    assert not find_support("It weighs 25 grams.", said)


def said(*texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(text, 4.0 * i, 4.0 * i + 3.5) for i, text in enumerate(texts))


VOLCANOES = said(
    "Most volcanoes stand where two plates of the Earth's crust meet.",
    "When a heavy ocean plate slides under a light continental plate, it sinks into the mantle and gives off water.",
    "The water lowers the melting point of the rock above, and the rock turns into magma.",
    "Magma is lighter than the rock around it, so it rises.",
    "Thin lava flows far and builds flat shields, whereas thick lava piles up into steep cones.",
    "The gas in thin magma escapes easily, but in thick magma it is trapped until the mountain explodes.",
    "Mauna Loa in Hawaii is a shield, and its slopes are seldom steeper than twelve degrees.",
    "Vesuvius is a cone, and in the year 79 it buried Pompeii within two days.",
    "A pyroclastic flow is a cloud of hot gas and ash that races down the slope at up to 700 kilometres an hour.",
    "Nobody can outrun it.",
    "An eruption is usually announced by small earthquakes, but not always.",
    "At Mount Pinatubo in 1991 the warnings were heard, and about sixty thousand people left in time.",
    "The ash cooled the whole planet by half a degree for two years.",
    "Hot spots are volcanoes far from any border of a plate.",
    "There a plume of hot rock rises from deep in the mantle and burns through the plate above.",
    "As the plate moves on, a chain of islands forms, and the oldest island is farthest from the plume.",
)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("The majority of volcanoes lie at places where plates of the crust meet.", [0]),
        ("A sinking ocean plate releases water into the mantle.", [1]),
        ("Because water lowers its melting point, the rock is transformed into magma.", [2]),
        ("Rock is transformed into magma once water has lowered its melting point.", [2]),
        ("Magma goes up, as it is less heavy than the surrounding rock.", [3]),
        ("Flat shields are built by thin lava that flows a long way, steep cones by thick lava.", [4]),
        ("Thick magma traps its gas until there is an explosion.", [5]),
        ("The slopes of Mauna Loa rarely exceed 12 degrees.", [6]),
        ("Pompeii was buried by Vesuvius in 79.", [7]),
        ("Pyroclastic flows can reach up to 700 kilometres per hour.", [8]),
        ("It is impossible to outrun a pyroclastic flow.", [8, 9]),
        ("Small earthquakes usually precede an eruption, though not in every case.", [10]),
        ("Some 60,000 people got away from Mount Pinatubo in 1991 because the warnings were heeded.", [11]),
        ("For two years the ash made the planet half a degree cooler.", [12]),
        ("The speaker notes that hot spots are not found at the borders of plates.", [13]),
        ("In a chain of islands the oldest one lies farthest away from the plume.", [15]),
    ],
)
def test_a_claim_in_other_words_is_supported_by_the_sentences_it_names(claim: str, cited: list[int]) -> None:
    assert supports(claim, [VOLCANOES[i] for i in cited], VOLCANOES)


FALSE = {
    "number": [
        ("The slopes of Mauna Loa are seldom steeper than twenty degrees.", [6]),
        ("In the year 97 Vesuvius buried Pompeii within two days.", [7]),
        ("Pompeii was buried within two hours in the year 79.", [7]),
        ("A pyroclastic flow races down the slope at up to 70 kilometres an hour.", [8]),
        ("The ash cooled the planet by two degrees for half a year.", [12]),
    ],
    "swap": [
        ("A light continental plate slides under a heavy ocean plate.", [1]),
        ("The magma turns into rock.", [2]),
        ("The rock is lighter than the magma around it.", [3]),
        ("Thick lava flows far and builds flat shields, whereas thin lava piles up into steep cones.", [4]),
        ("Thin lava builds steep cones, and thick lava builds flat shields.", [4]),
        ("Pompeii buried Vesuvius in the year 79.", [7]),
        ("Small earthquakes are usually announced by an eruption.", [10]),
        ("The youngest island is farthest from the plume.", [15]),
    ],
    "negation": [
        ("Anybody can outrun a pyroclastic flow.", [8, 9]),
        ("An eruption is always announced by small earthquakes.", [10]),
        ("An eruption is never announced by small earthquakes.", [10]),
        ("At Mount Pinatubo the warnings were not heard.", [11]),
        ("All volcanoes stand where two plates meet.", [0]),
        ("The ash warmed the whole planet for two years.", [12]),
        ("Hot spots are volcanoes near the border of a plate.", [13]),
    ],
    "outside": [
        ("Vesuvius is a cone, and Pliny saw it bury Pompeii in 79.", [7]),
        ("Magma rises because it is lighter than rock and full of dissolved carbon dioxide.", [3]),
        ("Mauna Loa, which last erupted in 2022, is a shield.", [6]),
        ("Mauna Loa is a shield and attracts many tourists.", [6]),
        ("Volcanic soils are fertile and good for vineyards.", [0]),
        ("Mount Pinatubo released twenty million tons of sulphur dioxide in 1991.", [11]),
    ],
    "misplaced": [
        ("Vesuvius buried Pompeii in the year 79.", [8]),
        ("Thick lava piles up into steep cones.", [5]),
        ("Nobody can outrun a pyroclastic flow.", [10]),
        ("A plume of hot rock rises from deep in the mantle.", [15]),
        ("Magma is lighter than the rock around it.", [5]),
    ],
}


@pytest.mark.parametrize(
    ("kind", "claim", "cited"), [(kind, claim, cited) for kind, claims in FALSE.items() for claim, cited in claims]
)
def test_a_false_claim_is_not_supported_by_the_sentences_it_names(kind: str, claim: str, cited: list[int]) -> None:
    assert not supports(claim, [VOLCANOES[i] for i in cited], VOLCANOES), kind


@pytest.mark.parametrize(("kind", "claim"), [(k, c) for k in FALSE if k != "misplaced" for c, _ in FALSE[k]])
def test_no_sentence_at_all_supports_a_false_claim(kind: str, claim: str) -> None:
    assert find_support(claim, VOLCANOES) is None, kind


def test_a_claim_without_sentences_or_with_those_of_another_lecture_is_not_supported() -> None:
    assert not supports("Magma rises.", [], VOLCANOES)
    assert not supports("Magma rises.", [VOLCANOES[3]], LECTURE)
    assert not supports("", [VOLCANOES[3]], VOLCANOES)
    assert not supports("The lecture discusses this topic.", [VOLCANOES[3]], VOLCANOES)


def test_named_sentences_are_quoted_without_those_that_add_nothing() -> None:
    evidence = cited_evidence("Magma is lighter than the rock around it and rises.", [4, 3, 3, 2], VOLCANOES)
    assert evidence is not None
    assert evidence.quote == VOLCANOES[3].text
    assert (evidence.start, evidence.end) == (VOLCANOES[3].start, VOLCANOES[3].end)


def test_named_sentences_that_are_all_needed_are_quoted_together_in_their_order() -> None:
    evidence = cited_evidence("Magma rises because water lowers the melting point of the rock.", [3, 2], VOLCANOES)
    assert evidence is not None
    assert evidence.quote == f"{VOLCANOES[2].text} {VOLCANOES[3].text}"
    assert (evidence.start, evidence.end) == (VOLCANOES[2].start, VOLCANOES[3].end)


@pytest.mark.parametrize("numbers", [[], [99], [-1], [16]])
def test_sentences_that_do_not_exist_support_nothing(numbers: list[int]) -> None:
    assert cited_evidence("Magma is lighter than the rock around it.", numbers, VOLCANOES) is None


def test_a_negative_number_does_not_count_from_the_end() -> None:
    assert cited_evidence(VOLCANOES[-1].text, [len(VOLCANOES) - 1], VOLCANOES) is not None
    assert cited_evidence(VOLCANOES[-1].text, [-1], VOLCANOES) is None


def test_numbers_of_sentences_that_do_not_exist_are_ignored() -> None:
    evidence = cited_evidence("Magma is lighter than the rock around it.", [99, 3, -7], VOLCANOES)
    assert evidence is not None
    assert evidence.quote == VOLCANOES[3].text


def test_a_claim_that_its_sentences_do_not_support_is_dropped_though_another_would() -> None:
    claim = "Magma is lighter than the rock around it."
    assert find_support(claim, VOLCANOES) is not None
    assert cited_evidence(claim, [9], VOLCANOES) is None


def test_of_sentences_far_apart_the_one_that_says_it_is_quoted() -> None:
    evidence = cited_evidence("Vesuvius buried Pompeii in the year 79.", [0, 7, 15], VOLCANOES)
    assert evidence is not None
    assert evidence.quote == VOLCANOES[7].text


def test_sentences_far_apart_are_no_evidence_together() -> None:
    claim = "Most volcanoes stand where two plates meet, and Mauna Loa in Hawaii is a shield."
    assert cited_evidence(claim, [0, 6], VOLCANOES) is None


@pytest.mark.parametrize("sentence", VOLCANOES, ids=lambda sentence: sentence.text[:30])
def test_every_sentence_supports_itself(sentence: Sentence) -> None:
    assert supports(sentence.text, [sentence], VOLCANOES)


GERMAN = said(
    "Das Gedächtnis ist die Fähigkeit, Informationen zu speichern.",
    "Die meisten Erwachsenen können etwa vier Dinge gleichzeitig im Arbeitsgedächtnis behalten.",
    "Ebbinghaus veröffentlichte 1885 ein berühmtes Experiment über sein eigenes Gedächtnis.",
    "Schlaf festigt neue Erinnerungen.",
)
RUSSIAN = said(
    "Память — это способность хранить информацию.",
    "Большинство взрослых может удерживать около 4 предметов.",
    "Эббингауз опубликовал знаменитый опыт в 1885 году.",
)
CHINESE = said("记忆是储存信息的能力。", "大多数成年人同时只能记住大约4个项目。", "睡眠能巩固新的记忆。")


@pytest.mark.parametrize(
    ("claim", "place", "lecture", "true"),
    [
        ("Erwachsene können etwa vier Dinge gleichzeitig behalten.", 1, GERMAN, True),
        ("Erwachsene können etwa 7 Dinge gleichzeitig behalten.", 1, GERMAN, False),
        ("Ebbinghaus veröffentlichte ein Experiment über sein Gedächtnis.", 2, GERMAN, True),
        ("Freud veröffentlichte 1885 ein berühmtes Experiment über sein eigenes Gedächtnis.", 2, GERMAN, False),
        ("Kaffee verbessert die Konzentration.", 3, GERMAN, False),
        ("Schlaf zerstört alte Erinnerungen.", 3, GERMAN, False),
        ("Взрослых может удерживать около 4 предметов.", 1, RUSSIAN, True),
        ("Взрослые могут удерживать около 9 предметов.", 1, RUSSIAN, False),
        ("Фрейд опубликовал знаменитый опыт в 1885 году.", 2, RUSSIAN, False),
        ("成年人只能记住大约4个项目。", 1, CHINESE, True),
        ("成年人只能记住大约7个项目。", 1, CHINESE, False),
        ("睡眠巩固记忆。", 2, CHINESE, True),
        ("咖啡可以提高注意力。", 2, CHINESE, False),
    ],
)
def test_other_languages_are_checked_by_words_numbers_and_names(
    claim: str, place: int, lecture: tuple[Sentence, ...], true: bool
) -> None:
    assert supports(claim, [lecture[place]], lecture) is true
    assert (find_support(claim, lecture) is not None) is true


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("three hundred and forty two grams", [(342, "count", "gram")]),
        ("in nineteen eighty four", [(1984, "count", "")]),
        ("1,200 people", [(1200, "count", "")]),
        ("4.5 million years", [(4_500_000, "count", "year")]),
        ("two thirds", [(2 / 3, "share", "")]),
        ("a third of the yield", [(1 / 3, "share", "")]),
        ("sixty one percent", [(0.61, "share", "")]),
        ("one or two in every hundred", [(0.01, "share", ""), (0.02, "share", "")]),
        ("three of every ten people", [(0.3, "share", "")]),
        ("the twenty first century", [(21, "ordinal", "")]),
        ("almost a century", [(100, "count", "year")]),
        ("it rose fourfold", [(4, "count", "")]),
        ("two and a half millimetres", [(2.5, "count", "millimetre")]),
        ("half an hour", [(0.5, "count", "hour")]),
        ("the price doubled", [(2, "count", "")]),
        ("five to ten minutes", [(5, "count", "minute"), (10, "count", "minute")]),
        ("one of them", []),
    ],
)
def test_numbers_are_read_with_what_they_count(text: str, found: list[tuple[float, str, str]]) -> None:
    numbers = find_numbers(tuple(text.split()))
    assert [(pytest.approx(n.value), n.kind, n.unit) for n in numbers] == found


@pytest.mark.parametrize(
    ("claim", "true"),
    [
        ("It lasts half a minute.", True),
        ("It lasts 30 seconds.", True),
        ("It lasts half an hour.", False),
        ("It lasts one minute.", False),
        ("The wire is 2.5 millimetres thick.", True),
        ("The wire is 0.25 centimetres thick.", True),
        ("The wire is two and a half centimetres thick.", False),
        ("The load is twice as large.", True),
        ("The load is three times as large.", False),
    ],
)
def test_a_number_in_another_measure_is_the_same_number(claim: str, true: bool) -> None:
    lecture = said(
        "It lasts thirty seconds.", "The wire is two and a half millimetres thick.", "The load is double as large."
    )
    assert (find_support(claim, lecture) is not None) is true


MAGMA = said(
    "Beneath the crust of the Earth lies the mantle.",
    "Magma is molten rock that collects in chambers deep below a volcano.",
    "When it reaches the surface, geologists call it lava.",
    "Instruments on the slopes measure small earthquakes, and the ground swells.",
    "With these signs scientists try to warn the villages in time.",
    "Some eruptions are quiet, others explosive.",
    "Ash can travel around the whole planet.",
    "The crater of Mount Etna smokes most of the year.",
    "Eruptions may cool the climate for a year or two.",
    "A volcano is dormant when it has not erupted for centuries, but it may wake up.",
    "Viscous magma traps gas and leads to explosions.",
    "Geologists fail to predict the hour of an eruption.",
    "Only a few volcanoes are watched all the time.",
)


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("Magma is molten glass.", 1),
        ("Magma is molten glass that collects in chambers deep below a volcano.", 1),
        ("Magma collects in chambers deep below a glacier.", 1),
        ("When it reaches the surface, geologists call it granite.", 2),
        ("Instruments on the slopes measure small tsunamis.", 3),
        ("Scientists use these signs to warn the airlines in time.", 4),
        ("Ash can travel around the whole moon.", 6),
        ("The crater of Mount Etna glows most of the year.", 7),
        ("The sun is made of hydrogen.", 0),
        ("The moon is made of cheese.", 0),
    ],
)
def test_one_exchanged_word_is_not_supported(claim: str, place: int) -> None:
    assert not supports(claim, [MAGMA[place]], MAGMA)
    assert find_support(claim, MAGMA) is None


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("Eruptions always cool the climate for a year or two.", 8),
        ("A dormant volcano has erupted for centuries.", 9),
        ("Geologists predict the hour of an eruption.", 11),
        ("All volcanoes are watched all the time.", 12),
    ],
)
def test_a_lost_denial_or_limit_is_not_supported(claim: str, place: int) -> None:
    assert not supports(claim, [MAGMA[place]], MAGMA)
    assert find_support(claim, MAGMA) is None


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("Magma is rock that has melted.", 1),
        ("Magma is melted rock gathering in deep chambers beneath volcanoes.", 1),
        ("At the surface it is called lava by geologists.", 2),
        ("Instruments on the slopes register small earthquakes.", 3),
        ("Researchers attempt to warn villages in time with the help of these signs.", 4),
        ("Ash is able to travel all around the planet.", 6),
        ("Eruptions can lower the temperature of the climate for one or two years.", 8),
        ("A volcano that has not erupted for centuries is called dormant.", 9),
        ("Gas is trapped by viscous magma, which leads to explosions.", 10),
        ("Geologists are unable to predict the hour of an eruption.", 11),
    ],
)
def test_a_general_word_in_the_place_of_another_is_supported(claim: str, place: int) -> None:
    assert supports(claim, [MAGMA[place]], MAGMA)


@pytest.mark.parametrize(
    ("said_once", "true", "false"),
    [
        (
            "Koffein blockiert einen Stoff im Gehirn, der müde macht.",
            ["Koffein blockiert einen Stoff im Gehirn."],
            [
                "Koffein blockiert keinen Stoff im Gehirn, der müde macht.",
                "Koffein blockiert einen Stoff im Gehirn, der glücklich macht.",
                "Ein Stoff im Gehirn blockiert Koffein.",
            ],
        ),
        (
            "Kaffee wirkt nicht bei allen Menschen gleich.",
            ["Kaffee wirkt nicht bei allen gleich."],
            ["Kaffee wirkt bei allen Menschen gleich."],
        ),
        (
            "La caféine bloque une substance du cerveau qui rend fatigué.",
            ["La caféine bloque une substance du cerveau."],
            [
                "La caféine ne bloque pas une substance du cerveau.",
                "La caféine bloque une substance du cerveau qui rend heureux.",
            ],
        ),
        (
            "El café no actúa igual en todas las personas.",
            ["El café no actúa igual en todas."],
            ["El café actúa igual en todas las personas."],
        ),
        (
            "Кофе не действует одинаково на всех людей.",
            ["Кофе не действует одинаково."],
            ["Кофе действует одинаково на всех людей."],
        ),
        (
            "咖啡因阻断大脑中一种让人疲倦的物质。",
            ["咖啡因阻断让人疲倦的物质。"],
            ["咖啡因不阻断大脑中一种让人疲倦的物质。", "咖啡因阻断大脑中一种让人快乐的物质。"],
        ),
        ("咖啡不是对所有人都有同样的作用。", [], ["咖啡对所有人都有同样的作用。"]),
        (
            "カフェインは脳の中で眠気を起こす物質を止める。",
            ["カフェインは眠気を起こす物質を止める。"],
            ["カフェインは脳の中で眠気を起こす物質を止めない。"],
        ),
    ],
)
def test_in_other_languages_only_what_was_said_is_supported(said_once: str, true: list[str], false: list[str]) -> None:
    lecture = said(said_once)
    for claim in (said_once, *true):
        assert supports(claim, lecture, lecture), claim
    for claim in false:
        assert not supports(claim, lecture, lecture), claim


def test_a_number_alone_is_supported_where_it_is_said() -> None:
    evidence = find_support("About 60,000.", VOLCANOES)
    assert evidence is not None
    assert evidence.quote == VOLCANOES[11].text
    assert find_support("About 70,000.", VOLCANOES) is None


def test_numbers_that_change_places_are_not_supported() -> None:
    lecture = said(
        "After a week, readers knew forty percent of it.",
        "After a week, writers knew sixty percent.",
        "Then they slept.",
    )
    claim = "Readers knew {} percent after a week, writers {} percent."
    assert supports(claim.format(40, 60), lecture[:2], lecture)
    assert not supports(claim.format(60, 40), lecture[:2], lecture)


def test_general_words_of_one_meaning_stand_for_each_other() -> None:
    lecture = said("The machine rapidly halts.", "Then we go home.", "Nobody is there.")
    assert supports("The device quickly stops.", lecture[:1], lecture)
    assert not supports("The garden slowly grows.", lecture[:1], lecture)


MARKETS = said(
    "Demand for bread falls when its price rises.",
    "That is why most countries do not allow large firms to merge without permission.",
    "Unemployment in Spain rose from eight to twenty six percent within five years.",
    "Rent control helps those who already have a flat, but it hurts those who are looking for one.",
    "The angle of the dance tells the direction to the sun, and its length tells the distance.",
)


@pytest.mark.parametrize(
    ("claim", "place", "true"),
    [
        ("When the price of bread rises, demand for it falls.", 0, True),
        ("Demand for bread rises when its price rises.", 0, False),
        ("In most countries, large firms cannot merge unless they get permission.", 1, True),
        ("Most countries allow large firms to merge without permission.", 1, False),
        ("Unemployment in Spain fell from 26 to 8 percent within five years.", 2, False),
        ("Rent control hurts those who already have a flat, but it helps those who are looking for one.", 3, False),
        ("The angle of the dance tells the distance, and its length tells the direction to the sun.", 4, False),
    ],
)
def test_opposites_and_comparable_things_keep_their_places(claim: str, place: int, true: bool) -> None:
    assert supports(claim, [MARKETS[place]], MARKETS) is true


def test_what_a_speaker_takes_back_is_not_said() -> None:
    lecture = said("The first coins were made around 650, no, sorry, around 630 before Christ.", "Coins are money.")
    assert supports("The first coins were made around 630 BC.", lecture[:1], lecture)
    assert not supports("The first coins were made around 650 BC.", lecture[:1], lecture)


def test_a_long_lecture_takes_seconds() -> None:
    chance = random.Random(4)
    words = [word for sentence in (*LECTURE, *VOLCANOES) for word in sentence.text.split()]
    words += [f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(600)]
    long = said(*(" ".join(chance.choices(words, k=15)) + "." for _ in range(3000)))
    began = time.perf_counter()
    for sentence in (*LECTURE, *VOLCANOES):
        find_support(sentence.text, long)
    assert time.perf_counter() - began < 20
