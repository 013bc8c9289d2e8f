"""What the evidence check knows of English: which words mean the same, which the opposite, and which say little.

Written for this purpose, of general words only: what a lecture is about has to come from the lecture. In other
languages nothing here is found, and words are compared as they are written.
"""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

_STEMMER = snowballstemmer.stemmer("english")

_FORMS = """
create creation creator creative; divide divisible division; develop development; history historical historic;
immune immunity; survive survival survivor; stable stability; mild milder; perform performance; grow growing; detect
detection; discover discovery; extinct extinction; govern government; maintain maintenance; treat treatment; move
movable; sick sickness; ill illness; infect infection infectious; able ability; pure purity; scarce scarcity;
deliver delivery; far farther further farthest furthest; near nearer nearest; go went gone goes going; make made
making; come came coming; say said; tell told; get got gotten; put putting; set setting; cut cutting; hit hitting;
keep kept; hold held; lose lost loss losing losses; find found findings finding; give gave given; take took taken;
leave left leaving; bring brought; think thought thinking; teach taught; learn learnt; feel felt; know knew known
knowledge; grow grew grown growth; see saw seen sight; show shown; write wrote written; speak spoke spoken speech;
choose chose chosen choice; begin began begun; become became; break broke broken; build built; buy bought; catch
caught; draw drew drawn; drive drove driven; eat ate eaten; fall fell fallen; fly flew flown flight; forget forgot
forgotten; freeze froze frozen; hear heard; hide hid hidden; lead led; mean meant meaning; meet met; pay paid
payment; rise rose risen; run ran; sell sold sale sales; send sent; shrink shrank shrunk; sleep slept asleep; spend
spent; stand stood; strike struck; throw threw thrown; understand understood; wake woke woken awake; wear wore worn;
win won; bind bound; feed fed food; move motion movement; die dead death dying; live life lives alive living; strong
strength strengthen; long length lengthen; high height; deep depth; wide width widen; hot heat heating; weigh
weight; describe description; decide decision; divide division; repeat repetition; receive reception; reduce
reduction; produce production product; solve solution; explain explanation; compare comparison; destroy destruction;
vary variation variable variety; person people persons; child children; man men; woman women; foot feet; tooth
teeth; half halves; good better best; bad worse worst; apply application; analyse analysis analyze analyses; theory
theoretical; center centre; color colour; behave behavior behaviour; hypothesis hypotheses; nucleus nuclei; organise
organize organization organisation; energy energetic; attend attention; include inclusion; conclude conclusion;
expand expansion; extend extension; convert conversion; absorb absorption; assume assumption; consume consumption;
perceive perception; permit permission; prevent prevention; invent invention; please pleasure; press pressure; fail
failure; depart departure; close closure; succeed success successful; use usage; proceed process; fast faster
fastest; big bigger biggest; easy easier easily; early earlier; late later; few fewer fewest; old older oldest
elder; young younger; slow slower slowest; large larger largest; small smaller smallest; weak weaker weakest; fix
fixation; store storage; swim swam swum; sing sang sung song; burn burnt; lie lay lain; blow blew blown; bear bore
born birth; ride rode ridden; shake shook shaken; steal stole stolen; tear tore torn; sink sank sunk; spin spun;
stick stuck; sweep swept; swing swung; spread spreading; shoot shot; lend lent; lay laid; forbid forbade; fight
fought; dig dug; deal dealt; cling clung; analog analogue analogy; percent percentage; infer inference; refer
reference; differ different difference; ireland irish; france french; greece greek; holland dutch; spain spanish;
wales welsh; poland polish pole; occur occurrence; exist existence; resist resistance; depend dependent dependence;
persist persistence; melt molten; bacteria bacterium bacterial; larva larvae larval; virus viral viruses; fungus
fungi fungal; datum data; criterion criteria; medium media; stimulus stimuli; species; axis axes; spectrum spectra;
phenomenon phenomena; hypothesis hypotheses; crisis crises; antenna antennae; alga algae algal; formula formulae;
index indices; cell cellular; molecule molecular; muscle muscular; nerve nervous; sun solar; moon lunar; heart
cardiac; brain cerebral; war wartime; mouse mice; goose geese; ox oxen; wolf wolves; knife knives; shear shorn;
prove proven; sew sewn; arise arose arisen; bend bent; lean leant; cease cessation; maintain maintenance
"""
"""Forms that no rule of endings finds, after their word."""

_SAME_MEANING = """
survive remain stay live last; eradicate wipe eliminate exterminate; pass transfer transmit spread; collapse fall
fail break crash; disaster catastrophe; slender thin slim; refresh renew repeat; handle manage treat process cope
deal bear; durable last lasting; deliberate intend intention purpose mean; mild light slight; rare seldom hardly;
rare occasional; announce declare state; recommend advise; permit allow; today nowadays present; origin original;
shield protect; boost strengthen; danger harm; multiply reproduce grow; confirm prove; climb rise; chase pursue;
express describe write; record write note account; erect build; upper top; lower bottom; load weight burden; stretch
pull; squeeze compress press; rigid stiff; heed hear follow; reveal announce; temporary brief; astonish surprise;
delay postpone put; fluctuate jump vary change; benefit advantage; drawback disadvantage; conceal hide secret; pair
double; raise bring; propose suggest present put; refuse reject decline; ill sick disease illness; recover survive
cure; person patient; memory remember; contain hold keep store retain preserve remember maintain house carry;
remember recall recollect retrieve; keep remain stay last persist continue endure; disappear vanish fade go lose
forget; forget lose decay fade; cause produce create generate make yield trigger bring lead result induce drive
responsible prompt form give; lead result cause follow outcome consequence effect; mean signify imply indicate; show
demonstrate reveal indicate illustrate prove find suggest depict display reflect; depict represent portray picture
plot chart graph; use employ utilise utilize apply; need require demand rely depend necessary essential must; depend
rely rest hinge; help assist aid support facilitate enable allow let benefit; enable allow let permit possible;
prevent stop block avoid inhibit hinder prohibit impede halt; stop end cease finish halt terminate quit; begin start
commence initiate onset launch; change alter transform turn convert modify shift become vary; turn transform convert
change translate; become turn grow get; increase rise grow raise climb boost enhance expand gain higher elevate;
decrease fall drop reduce decline lower shrink diminish lessen cut fewer; improve enhance better strengthen boost;
strengthen reinforce solidify stabilise stabilize settle; weaken undermine erode; combine join merge unite group
link connect integrate together; divide split separate break partition segment; separate distinct individual
different; connect link tie associate relate join; mix alternate blend combine switch vary; spread distribute space
disperse scatter; spread extend stretch; quick fast rapid swift speedy soon prompt; slow gradual slowly steady;
large big great huge substantial considerable major vast massive enormous giant; small little tiny minor slight
miniature compact; small limit few; many numerous several multiple various lot plenty; most majority mainly mostly
largely; few handful; some certain several; all every each entire whole total complete; almost nearly roughly
approximately about around virtually close; exact precise accurate; new novel fresh recent modern; old ancient early
former previous; important significant key crucial essential vital major central; main primary principal chief
central key major; difficult hard challenging tough demanding; easy simple straightforward effortless; strong
powerful robust solid intense durable; weak fragile feeble faint unstable poor; stable lasting permanent durable
solid strong; lasting durable permanent; common usual typical frequent normal ordinary regular; often frequently
commonly usually; sometimes occasionally; always constantly invariably permanent; rare seldom scarce unusual; good
beneficial useful helpful effective; bad harmful poor damaging; harm damage hurt injure; right correct true proper
accurate appropriate; wrong incorrect false mistaken error; same identical equal alike similar; different differ
distinct various diverse vary; similar resemble like alike liken compare comparable akin; person people individual
human someone everyone adult; student learner pupil; scientist researcher psychologist; study research investigate
examine explore experiment analyse; study learn practise practice review; study revise review; experiment trial test
study; test quiz exam examination assess; test check verify measure; learn acquire master; teach instruct educate;
teacher instructor educator; method technique approach strategy way procedure practice means; way path route road
manner; process mechanism procedure operation; step stage phase; part portion piece component element section unit
fraction share; piece item bit element unit; item thing object piece unit element; thing object item; group set
collection category; group class; kind type sort form variety category; example instance case illustration; idea
concept notion thought; information content material knowledge fact data; material substance matter; question
problem query; answer response reply solution; problem task exercise difficulty issue; problem trouble; reason cause
why explanation; because since due owing reason cause; therefore thus hence consequently result; goal aim purpose
objective target; result outcome finding score; limit restrict constrain bound capacity restriction; capacity
ability; space room capacity; space area region zone place; place location site position spot; locate situate find
place lie; near close nearby adjacent beside; side edge; top upper above; bottom lower beneath below; inside within
interior inner; outside exterior outer external; begin initial first start early; final last end ultimately
eventually; time period duration interval; day daily; year annual yearly; month monthly; week weekly; hour hourly;
immediate instant straight; soon shortly; later afterwards subsequently after following next; before prior
previously earlier advance; during while throughout; again repeat anew; repeat repetition multiple; write note
record jot; say tell state claim argue assert report; describe characterise characterize portray; explain clarify
account; call name term known label dub; define definition; think believe consider regard assume view; understand
grasp comprehend; know aware familiar; notice perceive observe detect sense attend; see view observe look watch;
look search seek; search seek hunt; find discover detect locate identify; discover invent; get obtain gain acquire
receive; give provide offer supply deliver grant; provide supply offer; take require need; send transmit deliver
pass transfer convey; carry transport convey transfer move bring; move travel shift go migrate; travel journey trip
go; return back come; bring fetch carry; put place set lay insert; remove eliminate delete extract discard; add
include attach; include contain comprise consist incorporate; consist comprise compose make; build construct
assemble create form develop; develop evolve grow form; form shape create; break divide destroy; destroy erase
delete eliminate gone ruin lose; protect guard defend shield; attack assault; fight combat; win gain; try attempt
effort; choose select pick opt decide; choose prefer; decide determine; determine decide govern control set; control
regulate govern manage; affect influence impact alter; act behave work function operate; work function operate; task
job role function; happen occur arise; exist be; appear seem emerge arise; appear look; hide conceal; open unlock;
close shut; hit strike collide; push press; pull draw attract; heat warm; hot warm; cold cool; bright light; dark
dim; clean clear; full complete; empty vacant hollow; heavy massive; rich wealthy; cheap inexpensive; expensive
costly; cost price expense; pay spend; buy purchase; sell trade; money cash; earn make; job occupation; live inhabit
dwell reside; die perish; eat consume; sick ill; doctor physician; pain hurt; happy glad; fear afraid; want wish
desire; like enjoy prefer; hate dislike; feel sense experience; experience undergo event; surprise unexpected
astonish; expect predict anticipate; predict forecast; own personal private; alone only solely just merely simply
single; only mere; together jointly; single one; pair two couple both double; double twice; enough sufficient
adequate; too excessive; extra additional more further; need lack; without lack absence free; miss lack absent; wide
broad; narrow thin; long lengthy extended; short brief concise; deep profound; high elevate tall; level degree
amount; amount quantity number; number count figure digit; count number; measure quantify gauge; calculate compute;
estimate guess; compare contrast versus; more greater; exceed surpass outperform above over beat more; fail unable
cannot failure; able can capable; succeed success achieve; achieve reach attain accomplish; reach arrive; arrive
come; leave depart; wait delay postpone; delay lag; rule law principle; law rule; plan scheme; plan schedule; order
sequence; order command; list sequence; pattern structure; structure organise arrangement; arrange organise order;
mark sign signal; signal cue hint clue prompt reminder; sign signal indicate; word term; sentence statement; text
passage material; book textbook; story tale; picture image; letter character; famous renowned notable; publish
release; release emit; emit radiate; absorb soak; store save; save spare; safe secure; danger risk threat hazard;
dangerous risky hazardous; war conflict; rule reign govern; leader head; country nation state; city town; land
ground; water liquid; sea ocean; earth world planet globe; air gas; animal creature; attention focus concentrate
notice; focus concentrate; effort work; skill ability; habit routine practice; train practise practice; practise
practice; retrieve recall bring; access reach retrieve; path route way access; remind reminder cue; review revise
revisit; progress advance; advantage benefit; disadvantage drawback; support back; proof evidence; real actual
genuine; possible potential; likely probable; certain sure; probable perhaps maybe; machine device; tool instrument
device; device instrument; invent devise; replace substitute swap; exchange trade swap; copy duplicate replicate;
fill occupy; surround enclose; flow stream current; current present; spin rotate turn; rotate turn revolve; circle
orbit revolve; round circular; line row; straight direct; direct immediate; mean average; average typical; total
sum; whole entire; basic fundamental; basis foundation base; source origin; origin begin; history past; past former;
ancient old; modern contemporary today; dominant main; trouble struggle difficulty; struggle difficulty; wear erode;
speed rate pace; rate proportion ratio share; chance probability odds; chance opportunity; random chance; link bond;
bond attach; attach fasten; flat level; sharp steep
"""
"""General words that can stand for each other where something is said anew. A word may be in several groups."""

_GENERAL = """
poor hope low hurry sky tree body cover enter exit visit future century decade tend size loose tight rough smooth
steep point thank thing way fact case matter aspect feature situation condition context sense nature human set go do
make have let try call come happen keep involve concern relate regard include rather quite actually really simply
typically generally especially particularly specifically clearly naturally fortunately surprisingly interesting
interestingly notably indeed merely gradually eventually effectively essentially himself herself itself themselves
yourself myself ourselves oneself everyone anyone someone people person world everyday ordinary particular specific
special general overall certain given
"""
"""More words that say little about a subject, whether they are missing or there."""

_FUNCTION_WORDS = frozenset(
    """
    a an the this that these those such another other others each either neither both any some no i me my mine
    myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
    its itself they them their theirs themselves one ones oneself who whom whose which what when where why how be am
    is are was were been being do does did done doing have has had having will would shall should can could may
    might must ought cannot and or but nor so yet if then than as while whereas although though because since unless
    until whether of in on at by for with without from to into onto upon over under above below between among
    through throughout during before after against about around toward towards within across along behind beyond off
    out up down per via not never very too also just only even still ever quite rather again already always almost
    perhaps maybe however there here now therefore thus hence instead else once bc bce percent um uh oh ok okay yes
    well like let lets s t ll re ve d m more most much many less least few all isn't aren't wasn't weren't don't
    doesn't didn't can't couldn't won't wouldn't anything something somebody anybody anyone someone thereby whereby
    according accordingly nevertheless moreover furthermore shouldn't hasn't haven't hadn't ain't i'm you're we're
    they're it's that's there's i've you've we've they've i'll you'll we'll they'll let's
    """.split()
)
"""Words without content of their own; the check looks at some of them by themselves."""

_OPPOSITES = """
survive | die perish; more most greater | less few least; increase rise grow gain expand | decrease fall drop
decline shrink reduce lower diminish; before | after; always often usual frequent | never rare seldom; all every
everyone everything | none nobody nothing; high tall | low; fast quick rapid | slow gradual; strong strengthen
powerful | weak weaken fragile; good improve enhance | bad worsen harm; large big great huge | small little tiny;
long | short brief; easy simple | hard difficult; early | late; true right correct | false wrong incorrect; maximum
| minimum; positive | negative; same identical | different; open | close shut; begin start | end finish stop; warm
hot | cold cool; win gain | lose; full | empty; wide | narrow; active | passive; internal inner inside | external
outer outside; add | remove subtract; allow permit enable | prevent forbid block; possible | impossible; success
succeed | failure fail; attract | repel; absorb | emit release; rich | poor; old ancient | new modern; strengthen |
weaken; help benefit | harm hinder hurt; create build form | destroy; accept | reject; remember | forget; buy |
sell; import | export; near close | far distant; deep | shallow; thick | thin; heavy | light; hard | soft; bright |
dark; up upward | down downward; above over | below under beneath; major | minor; simple | complex complicated;
constant stable | variable unstable changing; appear | disappear vanish; include | exclude; safe | dangerous; common
| rare; first | last; permanent | temporary; quickly | slowly; expensive | cheap; increase | reduce; raise | lower;
north | south; east | west; left | right; voluntary | involuntary; agree accept confirm | doubt deny reject dispute;
day | night; summer | winter; morning | evening; old | young; stay remain persist | disappear vanish; top | bottom;
upside | downside; push | pull; advantage | disadvantage drawback; friend | enemy; ally | enemy; teacher | student;
borrow | lend; cause | consequence effect result; parent | child; supply | demand; input | output; front | back;
inner | outer; inside | outside; wet moist | dry; loud | quiet; cheap | dear; sweet | bitter; sharp | blunt; visible
| invisible; known | unknown; natural | artificial; public | private; legal | illegal; odd | even; profit | loss;
victory | defeat; attack | defend; arrive | depart leave; expand | contract; gain | loss; approve | reject;
encourage | discourage;
"""
"""Words on the two sides of a bar cannot stand for each other."""


@lru_cache(maxsize=100_000)
def root(word: str) -> str:
    """What the forms of a word have in common: "keeps", "kept" and "keeping" are "keep"."""
    word = word.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
    stem = _STEMMER.stemWord(word) if word.isascii() else word
    return _ROOTS.get(word) or _ROOTS.get(stem) or stem


_ROOTS: dict[str, str] = {}
_ROOTS |= {
    form: _STEMMER.stemWord(line.split()[0])
    for line in _FORMS.replace("\n", " ").split(";")
    if line.strip()
    for word in line.split()
    for form in (word, _STEMMER.stemWord(word))
}


def _roots(words: str) -> frozenset[str]:
    return frozenset(root(word) for word in words.split())


_GROUPS = [_roots(group) for group in _SAME_MEANING.replace("\n", " ").split(";")]
_GROUPS_OF: dict[str, frozenset[int]] = {
    word: frozenset(i for i, group in enumerate(_GROUPS) if word in group) for word in frozenset().union(*_GROUPS)
}
_SIDES = [
    tuple(_roots(side) for side in pair.split("|")) for pair in _OPPOSITES.replace("\n", " ").split(";") if "|" in pair
]
_SAYS_LITTLE = _roots(_GENERAL)


_ROOTS |= {
    f"{stem.removesuffix('e')}{ending}": stem
    for stem in frozenset[str]().union(*(side for pair in _SIDES for side in pair))
    for ending in ("er", "est")
    if f"{stem.removesuffix('e')}{ending}" not in _ROOTS
}  # the comparatives of words that have an opposite
root.cache_clear()


def is_function_word(word: str) -> bool:
    """Whether a lower-case word only holds a sentence together."""
    return word in _FUNCTION_WORDS or (len(word) == 1 and word.isascii())


def is_general(stem: str) -> bool:
    """Whether a root is a general word of English that says little about a subject."""
    return stem in _GROUPS_OF or stem in _SAYS_LITTLE


def of_one_meaning(stem: str) -> frozenset[str]:
    """The roots of the general words that can stand for one."""
    return frozenset[str]().union(*(_GROUPS[i] for i in _GROUPS_OF.get(stem, ())))


def mean_the_same(one: str, other: str) -> bool:
    """Whether two roots are general words that can stand for each other."""
    return not _GROUPS_OF.get(one, frozenset()).isdisjoint(_GROUPS_OF.get(other, frozenset()))


@lru_cache(maxsize=200_000)
def same_word(one: str, other: str) -> bool:
    """Whether two roots are forms of one word, such as "dens" and "densiti", or "predat" and "predation"."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or one[:4] != other[:4]:
        return False
    if not short.isascii():
        shared = max(4, len(short) - _INFLECTED)
        return one[:shared] == other[:shared] and len(long) - shared <= _INFLECTED + 1
    return any(
        short[:cut] == long[:cut] and short[cut:] in _ENDINGS and long[cut:] in _ENDINGS
        for cut in range(max(4, len(short) - 2), len(short) + 1)
    )


_INFLECTED = 2
"""Last letters in which forms of a word may differ, in languages whose endings are not known."""
_ENDINGS = frozenset(
    "|e|i|y|s|d|r|t|al|er|or|ed|en|ic|iv|ly|ti|iti|ion|ing|ist|est|ism|at|ate|ation|ative|ment|ness|able|ant|ent|anc|enc|"
    "ial|ical|ous|ur|ifi|ise|ize|is|iz|ar|ari|ori|ian|an|th|ful|ship|hood|logi|logist|ance|ence|sion|si|siv|tion|tor|tiv|"
    "ler|ner|ter|der|ger|lest|nest".split("|")
)


def same_name(one: str, other: str) -> bool:
    """Whether two roots are forms of one name, such as "Britain" and "British", or "Rome" and "Roman"."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= max(3, min(4, len(one), len(other))) or (shared == 3 and min(len(one), len(other)) == 4)


@lru_cache(maxsize=200_000)
def opposed(one: str, other: str) -> bool:
    """Whether two roots are general words of opposite meaning."""
    return any((one in a and other in b) or (one in b and other in a) for a, b in _SIDES)
