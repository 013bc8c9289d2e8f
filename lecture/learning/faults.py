"""A text → its faults: why a student could not learn from it alone.

What is said leans on what was said before, on the room and on the screen, and a recogniser writes down every
hesitation and false start. The rules know English; of another language they know punctuation, repetition and the words
that point elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lecture.function_words import ENGLISH
from lecture.ranking import WORD

NEEDS_CONTEXT = "needs its context"
BROKEN = "not a clean sentence"
UNFINISHED = "not a whole sentence"

_POINTING = re.compile(
    r"""\b(?:this|these|those(?!\ (?:who|that|of|with|around|in|from|whose)\b)|here|such|aforementioned|aforesaid)\b
    |\bthe\ (?:above|former|latter|following|previous|earlier|preceding)\b|\b(?:above|below)(?=\s*[,.]|$)
    |^there\b(?!\ (?:is|are|was|were|will|can|must|may|exists?))|(?<!\w)there(?=\s*[,.;!?]|$)
    |\b(?:at|in|from|over|up|out|to|goes?|comes?|go|lies?|stays?|is|are|was|were)\ there\b
    |^that\b|[,;:]\ that\b|(?<!\bso)(?<!\bsuch)(?<!\bnow)\ that(?=[,.;])
    |\b(?:of|for|with|like|about|from|by|at|on|in|to|after|before|than|as|and|or|but|do|does|did|doing|how|why)\ that\b
      (?!\ (?:which|who))
    |\bthat(?:'s|’s|'ll|\ is\ (?:a|an|the|why|how|what|where|when|not|also|because)\b|\ one\b)
    |\b(?:all|just|exactly|only)\ that\b|\bthat\ (?:way|kind|sort|case|point|time|part|problem|method|reason
    |sense|side)\b
    |\b(?:i|me|my|mine|myself|i'm|i've|i'd|i'll|i’m|i’ve)\b
    |\b(?:the|an)other\b|\bothers\b|\b(?:one|ones)\ of\ them\b|\bthe\ ones?\b|\b(?:big|small|new|old|good|bad)\ ones?\b
    |\b(?:the|our|my|your)\ (?:next|same|rest(?!\ of\b))\b
    |\b(?:first|second|third|fourth|fifth|last|final)\ (?:\w+\ )?(?:group|method|kind|type|part|step|question
    |reason|way|point|
      one|ones|thing|case|example|problem|topic|enemy|family|option|class|approach|idea|experiment|is|was|are
      |will|has)\b
    |\b(?:the|our)\ (?:first|second|third|fourth|last|final)\b(?=\s*[,.]|\ (?:is|was|are|of)\b)
    |^(?:first|second|third|fourth|secondly|thirdly|firstly|finally|lastly|next|last|one\ (?:is|of)|both
    |neither|either|each)\b
    |\bthe\ (?:opposite|famous\ example|other\ way)\b|\beven\ (?:more|less|better|worse|\w+er)\b
    |\bboth\ (?:kinds|cases|ways|of)\b
    |\b(?:do|does|did|done|doing|think|say|says)\ so\b|^so\b|\bas\ well\b|\btoo\ *[.?!]|\binstead\ *[.?!]
    |\b(?:as|like|what|which|that)\ (?:i|we|you)(?:'ve|’ve|\ have|\ had|\ just|\ already)*\ (?:say|said|see|saw
    |seen|know|
      mention\w*|discuss\w*|talk\w*|show\w*|told|learn\w*|remember|can\ see)\b
    |\b(?:we|you)(?:'ve|’ve|\ have|\ had|\ just|\ already)*\ (?:saw|seen|said|mentioned|discussed|talked|heard)\b
    |\b(?:we|we'll|we’ll|we're|we’re|let's|let’s|let\ us)\ (?:will\ |are\ |now\ |going\ to\ |just\ )*(?:look
    |see|talk|turn|move|
      start|begin|discuss|go\ (?:on|back|over|through)|come\ back|skip|show)\b
    |\b(?:today|tomorrow|yesterday|tonight|last\ time|next\ time|last\ week|next\ week|last\ year|this\ year)\b
    |\b(?:in|during|of|from)\ (?:the|our|my|your|today's)\ (?:\w+\ )?(?:lecture|talk|class|course|lesson|speech
    |passage|text|
      transcript|presentation|tutorial|session)\b
    |\b(?:slides?|blackboard|whiteboard|homework|handout|assignments?(?!\ of\b)|exam|powerpoint|audience|microphone
      |demo|speaker|
      lecturer|professor|transcript|laser|pointer)\b
    |\b(?:in|on|from|at|see|to)\ (?:the|our|my)\ (?:\w+\ )?(?:figure|picture|screen|board|plot|diagram|table
    |chart|image|graph|left|
      right|top|bottom|axis)\b
    |\b(?:for|in)\ (?:example|instance)\b|\bin\ other\ words\b|\bby\ the\ way\b|\bon\ the\ (?:other|one)\ hand\b
    |\bin\ (?:our|his|her|their|the)\ (?:case|study|work|paper|experiments?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What points to something that was said before, or that only the room could see."""
_FROM_ONE = re.compile(
    r"\bone (?:\w+ ){0,2}(?:to|into|onto|after|from|and|with|for) another\b|\bone another\b", re.IGNORECASE
)
"""Where "another" has its noun in the sentence."""
_PERSON = re.compile(
    r"\b(?:he|him|his|himself|she|her|hers|herself|they|them|their|theirs|it|its|itself)\b", re.IGNORECASE
)
_SOMEBODY = frozenset("he him himself she herself".split())
_PEOPLE = re.compile(
    r"(?!The )[A-Z][\w'’-]+ [A-Z][a-z]+|(?:named|called) [A-Z]|^[A-Z][a-z]+ (?:was|had|did)\b|\b\w+(?:ist|ian|"
    r"man|woman|eer)\b|"
    r"\b(?:he|she|doctor|king|queen|person|boy|girl|mother|father|son|daughter|patient|child|author|writer|"
    r"painter|teacher|"
    r"farmer|emperor|president|leader|student|who)\b"
)
"""Somebody that "he" or "she" can stand for."""
_EMPTY_IT = re.compile(
    r"\b(?:is|was|does|did|can|makes?|made|finds?|found)\ it\ (?:that|take|mean|possible|easy|easier|hard|"
    r"harder|important|"
    r"necessary|difficult|useful|true|safe|known)\b|\bit\ (?:is|was|takes?)\ (?:\w+\ )?(?:possible|easy|"
    r"easier|hard|harder|"
    r"important|necessary|difficult|useful|true|known|better|impossible)\b|^it takes\b",
    re.IGNORECASE,
)
""""it" that stands for nothing: "Why is it that …", "makes it possible"."""
_LEANING_START = re.compile(
    r"^(?:and|but|or|nor|hardly|yet|then|also|because|cause|'cause|which|who|whom|whose|where|whereas|while|"
    r"as|than|therefore|thus|"
    r"hence|however|otherwise|instead|still|again|too|even|only|just|like|especially|including|even so|"
    r"namely|similarly|likewise|moreover|furthermore|besides|meanwhile|afterwards|later|after\ that|before\ that|"
    r"not|maybe|perhaps|actually|basically|obviously|of course|sometimes|usually|and so)\b",
    re.IGNORECASE,
)

_HESITATION = re.compile(
    r"""\b(?:u+h+|u+m+|e+rm?|(?-i:[Hh]+mm*)|mm+|a+h+|oh|ok|okay|yeah|yep|nope|huh|wow|hey|hello|hi|bye|please|thanks?|sorry|oops|
      gonna|wanna|gotta|kinda|sorta|blah|whatever|stuff|guys?|lot(?:s)?\ of\ things|so\ on|et\ cetera|or\ something|
      and\ everything|you\ know|i\ mean|or\ rather|no\ wait|let\ me\ see|let's\ see|let’s\ see|if\ you\ like
      |so\ to\ say|
      so\ to\ speak|more\ or\ less|believe\ it\ or\ not|sort\ of|a\ bit\ of\ a|well,|well\ well|right\?|alright
      |actually|
      basically|obviously|somehow|anyway|really\ really|very\ very|some\ kind\ of|something\ like|things\ like
      |and\ things|
      kind\ of(?=\ (?:like|a|an|the|in|is|are|very|interesting|nice|\w+ed|\w+ly))|pretty\ much|quite\ a)\b
    |,\ (?:like|right|well|yes|no|so|say),|,\ (?:right|yes|no|ok|well|huh)\?|\bso\ so\b|'cause\b|’cause\b
    |\bdon't\ know\b
    |(?:^|\s)[–—-]+(?:\s|$)|--|_{2,}|\((?:inaudible|\?)\)|\.\.|…|\w-(?:\s|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_TWICE = re.compile(r"\b(\w+(?:['’]\w+)?(?: \w+){0,3}),? \1\b", re.IGNORECASE)
_MEANT_TWICE = re.compile(
    r"\b(?:again and again|more and more|over and over|had had|that that|step by step)\b", re.IGNORECASE
)
_WRONG_ARTICLE = re.compile(
    r"\ban (?!(?:hour|honest|honou?r|heir|[A-Z]{2,}|[FHLMNRSX]\b|[fhlmnrsx]-|8|11|18)\w*)[b-df-hj-np-tv-z1-79]|"
    r"\ba (?!(?:uni|use|usu|eu|one|once|ut[ie]|ub|u-|o-|i\.)\w*)[aeio]\w|\b(?:a|an) (?:a|an|the|is|are|was|of|"
    r"to|and|in|that|for|it)\b|"
    r"\bthe (?:a|an|the|is|are|was|of|to|and|in|that|for|it|this|we|you|they)\b|\ban\b(?=\s*[,.;]|$)",
    re.IGNORECASE,
)
"""A false start, or a word that was heard wrongly: "an bring", "the is"."""
_ILL_FORMED = re.compile(
    r"[a-z][.?!,;:][a-z]|[a-z][A-Z]{2}|\b(?:is|are|was|were)\ (?:is|are|was|were|has|have|does|do|can|will)\b|"
    r"\b(?:can|will|would|could|should|must) (?:is|are|was|were|the|a|an|of)\b|\bto (?:is|are|was|were|of)\b|"
    r"\b(?:of|in|for|with|from|at|by|on) (?:of|in|for|with|from|at|by|is|are|was|were|and|but|or|can|will)\b|"
    r"\b(?:and|but|or|because|if|that) (?:and|but|or|because)\b|\b(?:we|you|they|i) (?:is|was|has|does)\b(?<!you was)|"
    r"\b(?:is|are|was|were|been|being)(?: \w+ly)? (?:find|make|take|give|do|get|see|show|call|use|need)\b|"
    r"\b(?:two|three|four|five|many|several) (?:\w+ )?\w+(?:ion|ment|ity|ness|ism|ology) (?:is|are|has|have)\b|"
    r"\bwhich (?:a|an|the) (?:is|are)\b|[.?!] [a-z]|,\ *,|\d\.\ \d|\d\ \.\d|\(\)|�|\b(?:him|them|us|me)['’]s\b|\bi\b",
)
_BETWEEN_ONE = re.compile(
    r"\bbetween (?:a|an|the) (?!two |three |many )(?!.*\band\b)(?:\w+ )*?\w*[^s\W][.,]?$", re.IGNORECASE
)
_MID_CAPITAL = re.compile(
    r"(?<=[a-z,] )(?:An|And|The|Is|Are|Was|Of|In|On|To|So|But|For|It|We|You|They|That|This|With|If|Or|As|By|Then|When|"
    r"Where|Which|What|How|Because|Not|Be|Can|Do|Have|Has|Ann|Anne|Ask)\b"
)
"""A capital where a sentence seems to begin in the middle of one: two were run together."""
_ENDS_OPEN = re.compile(
    r"\b(?:a|an|the|of|to|and|or|but|is|are|was|were|be|in|on|at|for|with|from|by|as|that|which|who|so|if|"
    r"because|than|very|"
    r"more|most|my|your|our|its|their|his|her|this|these|those|some|any|no|not|can|will|would|could|should|"
    r"must|may|might|"
    r"has|have|had|into|onto|between|about|like|i|we|you|they|he|she|what|how|when|where|while|"
    r"we're|it's|there's|that's|also|just|even|then|the same|such|each|every|other|another|whose|whether|really|using)"
    r"\s*[.,;:?!]*$",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(
    r"\b(?:a|an|the|of|to|and|or|but|is|are|was|were|with|from|by|as|than|very|my|your|our|its|their|because|which|who|we|"
    r"they|he|she|can|will|would|could|should|has|have|had)\s*[.,;:]*$",
    re.IGNORECASE,
)
_POINTING_ELSEWHERE = re.compile(
    r"\b(?:dies\w*|jene\w*|hier|dort|ich|wir|mein\w*|unser\w*|ihr|er|das ist|heute|folie|"
    r"ceci|cela|ça|cet|cette|ces|ici|je|nous|notre|nos|mon|ma|il|elle|ils|elles|aujourd'hui|"
    r"esto|esta|este|estos|estas|eso|esa|ese|aquí|yo|nosotros|nuestr\w+|hoy|"
    r"questo|questa|questi|queste|quello|quella|qui|io|noi|nostr\w+|oggi|"
    r"isto|isso|aqui|eu|nós|noss\w+|ele|ela|hoje|"
    r"dit|deze|hij|zij|wij|ik|ons|onze|vandaag|"
    r"это\w*|этот|эта|эти|здесь|тут|он|она|они|мы|наш\w*|сегодня)\b",
    re.IGNORECASE,
)


def needs_context(text: str, known: str = "") -> bool:
    """Whether a text points to something outside it.

    Args:
        text: a question, an answer or a sentence, in English.
        known: what the reader has read before it; "it" and "they" may stand for a noun of that.
    """
    text = text.strip()
    if _POINTING.search(_FROM_ONE.sub("#", text)) or _LEANING_START.match(text):
        return True
    pronoun = _PERSON.search(_EMPTY_IT.sub(lambda found: "#" * len(found[0]), text))
    if not pronoun:
        return False
    before = known or text[: pronoun.start()]
    return not (_PEOPLE.search(before) if pronoun[0].lower() in _SOMEBODY else _nouns(before))


def _nouns(text: str) -> list[str]:
    """The words that something after them can stand for, roughly: those of four letters and more."""
    return [word for word in WORD.findall(text) if len(word) > 2 and word.isalpha() and word.lower() not in ENGLISH]


def is_broken(text: str) -> bool:
    """Whether a text has a hesitation, or is garbled."""
    return bool(_HESITATION.search(text)) or is_garbled(text)


def is_garbled(text: str) -> bool:
    """Whether a text has a repetition, a false start or a word that cannot be right."""
    rules = (_ILL_FORMED, _WRONG_ARTICLE, _MID_CAPITAL)
    return any(rule.search(text) for rule in rules) or says_twice(text)


def says_twice(text: str) -> bool:
    """Whether words are said twice in a row, in any language."""
    return bool(_TWICE.search(_MEANT_TWICE.sub("", text)))


def is_piece(sentence: str) -> bool:
    """Whether a sentence begins or ends in the middle of something: a longer one was cut there."""
    return sentence[:1].islower() or bool(_CUT_OFF.search(sentence))


def points_elsewhere(text: str) -> bool:
    """Whether a sentence in another language than English points to something outside it, as far as one can tell."""
    return bool(_POINTING_ELSEWHERE.search(text))


def faults(sentence: str) -> Iterator[str]:
    """Why a whole English sentence could not be learnt from: none, one or several reasons."""
    if needs_context(sentence):
        yield NEEDS_CONTEXT
    if is_broken(sentence):
        yield BROKEN
    if _ENDS_OPEN.search(_FROM_ONE.sub("#", sentence)) or _BETWEEN_ONE.search(sentence):
        yield UNFINISHED
