"""Words that say nothing about what a lecture is about: function words of some languages, everyday words of English.

Written down by hand. For a language that is not here, `lecture.ranking.topics` takes the words that are everywhere
in the lecture for its function words.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

ENGLISH = frozenset(
    """
    a about above actually after again against all almost also although always am among an and another any are
    around as at away back be became because become been before began begin being below between both but by
    came can cannot could course did do does doing done down during each either else enough even ever every
    few first for from further gave get gets getting give given gives go goes going gone got had has have
    having he her here hers him his how however i if in indeed instead into is it its itself just keep kind
    know known last later least less let lets like likely little look lot made make makes making many may
    maybe me mean might mind more most much must my need never new next no nor not nothing now of off often ok
    okay on once one only onto or other others our out over own people per perhaps put quite rather really
    right said same say says see seem seen shall she should since so some somebody something sometimes soon
    still such sure take takes taken talk tell than thank that the their them then there therefore these they
    thing things think this those though three through thus time to today together too took toward true try
    turn two uh um under until up upon us use used uses using very want was way ways we well went were what
    when where whether which while who whole whom whose why will with within without would yes yet you your
    that's it's we're you're i'm don't let's there's they're we'll i'll we've i've you've isn't doesn't can't
    """.split()
)

EVERYDAY = frozenset(
    """
    number different example question point problem work case bit part sort answer idea happen happened start
    started end find found trying call called show showing shown talking come change set big small good great
    nice bad old long short high low day year week yesterday tomorrow hour minute second please hope guess
    remember wonder ask asked believe understand interesting basically essentially obviously certainly probably
    definitely simply everybody everyone anybody anyone someone nobody anything everything somewhere hundred
    thousand half several four five six seven eight nine ten slide slides picture lecture fact stuff guy guys
    sense place side room person man woman name world add hear speak write read looking looked watch run wait
    stop move moved leave left hold bring easy hard difficult simple important possible similar exactly totally
    completely pretty hello yeah third fourth fifth percent far keep kept better
    best worst order couple amount story matter
    """.split()
)
"""What English lecturers say in any lecture. Such words can be topics too (a "problem", a "set"), so they are left
out only where sentences and chapters are weighed, not where claims are checked."""

_OTHERS = {
    "de": """
    aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bisschen da damit
    dann das dass daß dem den denn der des deshalb dessen die dies diese diesem diesen dieser dieses doch dort du
    durch eben eigentlich ein eine einem einen einer eines einfach er es etwas euch für ganz geben gehen
    geht gibt habe haben halt hat hatte hatten hier ich ihm ihn ihnen ihr ihre ihren ihrer im immer in ins irgendwie
    ist ja jede jeder jedes jetzt kann kein keine keinen kommen kommt können könnte könnten machen macht man mehr
    mein mich mir mit mal muss müssen nach natürlich nicht nichts noch nun nur ob oder ohne sagen schon sehen sehr
    sein seine seinen seiner sich sie sind so soll sollen sollte sondern sonst über um und uns unser unsere unter
    viel viele vom von vor war waren warum was weil weiter welche welcher wenn wer werde werden wie wieder wir wird
    wo wollen wurde wurden würde würden zu zum zur zwischen zwar
    """,
    "fr": """
    ai ainsi alors après au aussi autre autres aux avant avec avez avoir avons beaucoup bien bon car ce ceci cela
    celle celles celui ces cet cette ceux chaque chez ci comme comment c'est d'accord dans de des deux depuis dire
    dit dois doit donc dont du elle elles en encore enfin entre es est et étaient était été être eu faire fait faut
    font ici il ils ja je jusqu la là laquelle le lequel les leur leurs lors lorsque lui ma mais me même mes moi
    moins mon ne ni non nos notre nous on ont or ou où par parce pas pendant peu peut peuvent plus plusieurs pour
    pourquoi pouvez puis qu quand que quel quelle quelles quelque quelques quels qui quoi sa sans se selon sera ses
    si soit son sont sous sur ta te tes toi ton toujours tous tout toute toutes très trop tu un une va vais voilà
    voir vont vos votre vous vraiment y
    """,
    "es": """
    a ahora al algo algunas algunos allí antes aquí así aunque bien bueno cada como cómo con cual cuál cuando cómo
    cuándo de del desde después día donde dos e el él ella ellas ellos en entonces entre era eran es esa esas ese eso
    esos está están estamos estaba este esto estos esta estas fue ha había hace hacer han hasta hay he hemos la las
    le les lo los más me mi mismo mucho muchos muy nada ni no nos nosotros o otra otras otro otros para pero poco
    podemos por porque pues puede pueden que qué quien ser será si sí sido sin sobre solo son su sus también tan
    tanto te tener tenemos tiene tienen toda todas todo todos tres un una unas uno unos usted vamos va ver vez y ya yo
    """,
    "it": """
    a abbiamo adesso ai al alla alle allo allora altra altre altri altro anche ancora avere bene c'è che chi ci cioè
    come con così cosa cui da dal dalla dalle dei del della delle dello deve di dire dopo dove due e è ecco ed era
    erano essere fa fare fatto fino gli ha hanno ho i il in invece io la le lei li lo loro ma me mi molto ne negli nei
    nel nella nelle noi non nostra nostro o ogni ora per perché però più poi può qual quale quando quanto quella
    quelle quelli quello questa queste questi questo qui quindi sarà se si sia siamo sono sotto sta stato su sua sue
    sugli sul sulla suo suoi tra tutta tutte tutti tutto un un' una uno va vediamo vi voi
    """,
    "pt": """
    a agora ainda ao aos aqui as assim até bem bom cada com como da das de dela dele deles depois do dos e é ela elas
    ele eles em então entre era eram essa essas esse esses esta está estamos estão estas este estes eu fazer foi foram
    gente há isso isto já lá mais mas me mesmo meu minha muito muitos na não nas nem no nos nós nossa nosso num numa o
    onde os ou outra outras outro outros para pela pelas pelo pelos pode podem podemos por porque pra qual quando que
    quem são se seja sem ser seu seus só sobre sua suas também tem temos têm ter toda todas todo todos tudo um uma umas
    uns vai vamos ver você vocês
    """,
    "nl": """
    aan al alle alleen als altijd andere bij binnen dan dat de deze die dit doen door dus een eens eigenlijk en er
    even gaan gaat geen had heb hebben heeft heel het hier hij hoe hun ik in is ja je jullie kan kijken komen komt
    kunnen kunt laten maar maken mee meer men met mij moet moeten mogen na naar natuurlijk niet nog nou nu of om omdat
    onder ons onze ook op over per te toch tot tussen uit van veel voor waar waarom want waren was wat we wel welke
    werd wie wij willen worden wordt zal ze zeggen zei zelf zich zien zij zijn zo zou zoals
    """,
    "ru": """
    а без более бы был была были было быть в вам вас весь во вот все всё всего всех вы где да для до его ее её если есть
    еще ещё же за здесь и из или им их к как какой когда которая которое которые который кто ли между меня мне может
    можно мы на над надо нам нас не него нее нет ни них но ну о об один он она они оно от очень по под после потом
    потому при про просто с сейчас со так также такая такие такое такой там то тогда того тоже только том тот ты у уже
    хорошо чем что чтобы эта эти это этого этой этом этот я
    """,
}
OTHER_LANGUAGES = {code: frozenset(words.split()) for code, words in _OTHERS.items()}
"""Function words of languages other than English, by the language's code."""

_ENOUGH = 0.2
"""Share of a text's words that a language's function words must be; in running text they are a third or more."""


def plain(word: str) -> str:
    """A word as it stands in the lists: in small letters, with a plain apostrophe."""
    return word.lower().replace("’", "'")


@lru_cache(maxsize=1)
def _languages() -> dict[str, frozenset[str]]:
    return {"en": ENGLISH, **OTHER_LANGUAGES}


def spoken_language(words: Iterable[str]) -> str | None:
    """The language whose function words a text is full of, as a code; None where it is none of those listed.

    Args:
        words: of the text, as `plain` leaves them.
    """
    said = list(words)
    shares = {code: sum(word in listed for word in said) for code, listed in _languages().items()}
    likeliest = max(shares, key=lambda code: shares[code])
    return likeliest if shares[likeliest] > _ENOUGH * len(said) else None


def function_words(language: str | None) -> frozenset[str]:
    """The words of a language that tell no topic; English ones also where the language is not known."""
    return OTHER_LANGUAGES.get(language or "en", ENGLISH | EVERYDAY)
