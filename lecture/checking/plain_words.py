"""The words in which anything can be said again: verbs, adjectives and abstract nouns of no subject of their own.

A writer who sums up a lecture on bridges brings these along; "paracetamol" it can only have from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lecture.checking.lexicon import is_general, root

_PLAIN = """
ability absence absolute abstract accept access accident accompany accomplish account accumulate accuracy achieve
acknowledge acquire across act action activate active activity actual adapt add address adequate adjust admit adopt
advance advantage advice affect afford age agree aid aim alike allow alter alternative amount analyse ancient
announce annual answer anticipate apparent appeal appear apply appreciate approach appropriate approve area argue
arise arrange arrive article aside ask aspect assess assign assist associate assume assure attach attain attempt
attend attention attitude attract attribute authority automatic available average avoid await award aware background
balance bare base basic basis bear beat beginning behave behaviour belief believe belong beneficial benefit besides
big bind block boost boundary break brief bring broad build busy calculate call calm capable capacity capture care
careful carry case catch cause caution cease central century certain challenge chance change character
characteristic charge check chief choice choose circumstance cite claim clarify class classic clear close collapse
collect combine come comfort command comment commit common communicate compare compete complain complete complex
complicated component compose comprise conceal concentrate concept concern conclude concrete condition conduct
confident confirm conflict confuse connect conscious consequence consider considerable consist constant constitute
constrain construct contact contain contemporary content continue continuous contradict contrary contrast contribute
control convenient conventional convert convey convince cope correct correspond cost count couple course cover
create creation criticise crucial current custom cut cycle damage danger data date deal debate decade decay decide
decision declare decline decrease deep defeat defend deficiency define definite degree delay deliberate deliver
demand demonstrate deny depart depend depict deprive derive describe deserve design desire despite destroy detail
detect deteriorate determine develop development device devote differ difference different difficult difficulty
diminish direct direction disadvantage disagree disappear disaster discard discourage discover discovery discuss
dismiss display dispute disrupt distance distinct distinguish distort distribute diverse divide do dominant doubt
drastic draw drawback drive drop due duration duty early earn ease easy effect effective efficient effort elapse
elegant element eliminate elsewhere emerge emphasise employ enable encounter encourage end endure engage enhance
enjoy enormous enough ensure enter entire entity environment equal equip equivalent error escape especially essence
essential establish estimate evaluate event eventual evidence evident evolve exact examine example exceed excellent
exception excess exchange exclude exclusive execute exercise exert exhaust exhibit exist existence expand expect
expense experience experiment expert explain explicit exploit explore expose express extend extent external extra
extraordinary extreme face facilitate fact factor fail failure fair fall false familiar family famous fashion fast
fault favour feature feel figure fill final find finding fine finish firm fit fix flaw flexible focus follow force
foremost forget form formal former fortunate forward foundation frame free freedom frequency frequent fresh full
function fundamental further future gain gap gather general generate genuine get give global goal good govern
gradual grant grasp grave great ground group grow growth guarantee guard guess guide habit halt hand handle happen
hard harm hazard help hence hide high highlight hinder hint history hold hope huge human hurt idea ideal identical
identify ignore illustrate imagine immediate immense impact imperfect implement imply importance important impose
impossible impression improve inability incapable incident include incomplete incorrect increase incur independent
indicate indirect individual induce inevitable infer inferior influence inform information inherent inhibit initial
injure inner innovation input insert inside insight insist inspect inspire instance instead instruct instrument
insufficient intact intend intense intention interact interest interfere internal interpret interrupt interval
intervene introduce invent investigate involve isolate issue item join judge jump justify keep key kind know
knowledge label lack large last lasting late latter launch lay lead leading learn leave lecture length lesson let
level liable lie life lift light likelihood likely limit line link list little live load local locate location long
look lose loss lot low main maintain major majority make manage manner many mark mass master match material matter
mature maximum mean meaning means measure mechanism meet mention mere merge merit method minimum minor misconception
miss mistake misunderstand mix mode model moderate modern modify moment monitor mostly motion motivate move movement
multiple multiply mutual name namely narrow natural nature near necessary need negative neglect neutral new newly
normal note notice notion notorious number numerous object objective observe obstacle obtain obvious occasion occupy
occur odd offer official old only open operate operation opinion opportunity oppose opposite option order ordinary
organise orient origin original outcome outer output outside outweigh overall overcome overlap overlook overtake
overwhelm owe own pace pair part partial participate particular pass passage past path pattern pause peak people
perceive perfect perform period permanent permit perpetual persist person personal perspective phase phenomenon
phrase picture piece place plain plan plausible play pleasant plenty point poor popular portion portray pose
position positive possess possible postpone potential power powerful practical practice precaution precede precise
predict prefer preliminary premature prepare presence present preserve pressure presume prevail prevent previous
primary prime principal principle prior priority probable problem procedure proceed process produce profound
progress prohibit prominent promise promote prompt prone proof proper property proportion proposal propose prospect
protect prove provide provoke public publish pull purpose pursue push put quality quantity question quick quiet quit
range rank rapid rare rate ratio rational reach react reaction readily ready real realise reality reason reasonable
recall receive recent reckon recognise recommend record recover recur reduce refer refine reflect regard region
regular regulate reinforce reject relate relation relationship relative release relevant reliable relief rely remain
remark remember remind remote remove render repair repeat replace reply report represent require rescue resemble
reserve reside resist resolve resort resource respect respond response responsible rest restore restrict result
resume retain retrieve return reveal reverse review revise reward right rigid rise risk role root rough round route
routine rule run rush safe same satisfy save say scale scarce scatter scenario scene schedule scheme scope score
search secret section sector secure see seek seem select self send sense sensible sensitive separate sequence series
serious serve set setback setting settle severe shape share sharp shift short shortage show shrink side sight sign
signal significance significant similar simple simply single situation size skill slight slow small smooth so-called
sole solid solution solve sort sound source space span spare speak special specialist specific specify speed spend
spirit split spontaneous spot spread stable stage stand standard start state statement static stay steady step stick
stimulate stop store straight strange strategy strength stress stretch strict strike strong structure struggle study
style subject subsequent substance substantial substitute succeed success sudden suffer suffice sufficient suggest
suit suitable sum superior supplement supply support suppose suppress sure surpass surprise surround survive suspect
sustain symbol system tackle take talent talk target task teach technique temporary tend tendency term test text
theme theory thing think thorough threat threaten threshold thrive tie tight time tiny together tolerate tool top
topic total touch trace track tradition traditional train transfer transform transition transmit transport treat
treatment trend trick trigger trivial trouble true trust truth try turn type typical ultimate unable unaware
uncertain undergo underlie understand undertake unexpected unfamiliar uniform unique unit unite universal unknown
unlike unlikely unusual upper urgent usage use useful useless usual utilise utter vague valid valuable value vanish
variable variant variation variety various vary vast verify version view violate virtual visible visual vital
voluntary vulnerable wait want warn waste watch way weak weaken weakness well whole wide widespread win wise wish
withdraw withstand witness word work world worry worse worth write wrong yield
"""
_ROOTS = frozenset(root(word) for word in _PLAIN.split())
_LEAST = 3
"""Letters from which a part of a word can be one."""
_PREFIXES = ("un", "non", "mis", "dis")
_PREFIXES_OF_ADJECTIVES = ("in", "im", "ir")
_ADJECTIVE = ("able", "ible", "ent", "ant", "ate", "ite", "ect", "ete", "ive", "ity", "ance", "ence", "ary", "al", "ly")
_NO_PREFIX = frozenset(
    "discover discovery discovered display disease diseases dispose discount discourse distance distant unit united "
    "unite unique universe uniform union under until unless".split()
)


@lru_cache(maxsize=50_000)
def is_plain(stem: str) -> bool:
    """Whether a root is a word in which anything can be said again, or made of one, so that it tells nothing."""
    return stem in _ROOTS or is_general(stem) or any(made in _ROOTS or is_general(made) for made in _made_of(stem))


def _made_of(stem: str) -> Iterator[str]:
    """What may be left of a word without what it begins or ends with: "pay" of "repay", "chief" of "chiefly"."""
    for start in ("", *_PREFIXES, *_PREFIXES_OF_ADJECTIVES, "re", "over", "under", "out", "fore"):
        for end in ("", "li", "abl", "less", "ful", "er", "ness", "ment", "time", "tim", "ur", "iti", "al"):
            part = stem.removeprefix(start).removesuffix(end) if stem.startswith(start) and stem.endswith(end) else ""
            if part != stem and len(part) >= _LEAST:
                yield part
                yield root(part)
                yield root(part + "e")


def unnegated(word: str) -> str:
    """The word that one with a prefix or ending denies: "stable" for "unstable", "use" for "useless"; else ""."""
    if word in _NO_PREFIX:
        return ""
    parts = [word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix)]
    if word.endswith(_ADJECTIVE):
        parts += [word.removeprefix(prefix) for prefix in _PREFIXES_OF_ADJECTIVES if word.startswith(prefix)]
    if word.endswith(("less", "lessly")):
        parts.append(word.removesuffix("ly").removesuffix("less"))
    return next((part for part in parts if len(part) > 2 and is_plain(root(part))), "")
