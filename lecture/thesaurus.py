"""Words of everyday questions, and what lectures say for the same.

For finding passages, where a loose match does little harm, and of English only. What a claim may say in other words is
a stricter matter: `lecture.lexicon` knows that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lecture.lexicon import root

_RELATED = """
make made; come came; go went gone; thing item object; give gave; take took taken; keep kept; phone telephone mobile
call; car vehicle automobile driver; bike bicycle; plane aircraft flight airplane aeroplane; ship boat vessel sail;
train railway rail locomotive; road street highway; house home building dwelling; shop store market; school class
classroom pupil lesson; university college campus academic; exam examination test assessment; homework assignment
exercise; mark grade score; book text read page; newspaper press journal; film movie video; picture image photo
photograph; song music melody; game play sport; toy play; baby newborn infant birth born; kid child children youngster
young; teenager adolescent youth; grown-up adult; mother mum mom maternal parent; father dad paternal parent; parent
mother father family; husband wife marry marriage spouse; friend companion; family relative household; son daughter
child heir; brother sister sibling; boss manager employer; worker employee labour staff workforce; job employment
profession work; doctor physician medical surgeon medicine; nurse hospital; patient sick ill; illness disease sickness
ill infection; sick ill unwell disease; flu influenza; cold virus; germ microbe bacteria pathogen virus; jab shot
injection vaccine vaccination inject; injection needle inject; vaccination vaccine immunisation immunization
inoculation; cure treatment therapy heal remedy; drug medicine medication pill; tablet pill; immune immunity protect
defence; infect infection contagious spread catch; contagious infectious spread transmit; epidemic outbreak pandemic;
poison toxin toxic venom; allergy reaction; side effect reaction harm; blood vein artery circulation; heart cardiac
pump; lung breathe breath respiratory; brain mind neural nerve; nerve neuron neural; skin tissue; bone skeleton;
muscle strength; stomach digest digestion gut; eye see sight vision visual; ear hear hearing sound; nose smell; mouth
tongue taste; body physical organism; fat weight obese; gene dna genetic heredity inherit genome; parent offspring
descendant; ancestor descend evolve evolution; species organism animal plant; bird wing feather fly; fish swim; insect
bee fly bug; dog pet animal; cow cattle milk; horse ride; tree wood forest timber; wooden wood timber; flower bloom
plant pollen; leaf leaves foliage plant; farm agriculture crop farmer field; food eat meal diet nutrition; hungry
hunger starve famine; drink water beverage swallow; sugar sweet glucose; salt saline; milk dairy; bread grain wheat;
meat flesh; fruit vegetable; sun solar sunlight; sunlight light ray; moon lunar; planet world earth; star galaxy; sky
air atmosphere; weather climate storm; rain rainfall wet; snow ice frost freeze frozen; winter cold season year;
summer hot season; spring season; autumn fall season; wind storm gust blow; storm gale hurricane wind; sea ocean
marine tide; river stream flow; lake pond; mountain hill peak; desert dry sand; island isle; coast shore beach;
volcano eruption lava; earthquake quake seismic; rock stone mineral; stone rock disc; sand grain; iron steel; rust
corrode corrosion; glass lens; brick masonry stone mortar; concrete cement; rope cable wire chain; wire cable; nail
screw bolt; pole pillar column post pier tower; pillar column support pier; roof ceiling; floor deck ground; wall
barrier; beam girder; bridge span crossing; road deck; tunnel underground; collapse fall fail failure break; crack
fracture break split; bend flex sag; stretch tension pull; squeeze compress compression push press; twist torsion;
swing sway wobble oscillate oscillation vibrate vibration; shake vibrate vibration tremble; load weight burden force;
weight heavy mass load; build construct builder construction erect; builder engineer mason workman; engineer designer
inventor; architect designer design; design plan draw draft; repair fix mend restore; tool instrument; machine engine
device; engine motor; factory plant industry manufacture; make produce manufacture build; invent inventor invention
devise introduce create develop discover first; discover discovery find; patent invention inventor; pioneer first
inventor; electricity electric electrical current power; battery charge cell; computer machine program software;
internet web network online; software program code; data information; robot machine automatic; energy power fuel; fuel
oil gas coal petrol; heat temperature warm thermal; temperature hot cold degree heat; speed fast velocity quick; slow
speed; light bright ray; colour color paint; sound noise wave; noise loud sound; wave oscillation; pressure force
press; magnet magnetic; atom particle nucleus; molecule chemical compound; acid alkaline; liquid fluid water; gas air
vapour steam; solid hard rigid; experiment trial test study; proof prove evidence; theory hypothesis model; formula
equation; maths math mathematics mathematical arithmetic; calculate compute sum; number digit figure; percent
percentage share proportion; fraction part share; shape form figure; circle round ring; square rectangle; length long
metre; longest long record largest; tallest high record; biggest largest great record; highest high most record; worst
bad severe extreme; fastest fast record quick rapid; oldest old first early ancient; record longest largest highest;
best good excellent; cheapest cheap; money cash currency coin banknote; cash coin note banknote money; coin cash mint;
banknote note paper; wallet purse cash; price cost expensive value; inflation price rise; deflation price fall;
cheaper cheap price fall; dearer expensive price rise; rich wealth wealthy; poor poverty; wealth rich fortune
property; loan lend credit borrow debt; debt owe loan borrow; owe debt; borrow loan lend; repay pay debt; save deposit
saving; bank banker deposit account; tax duty levy; wage salary pay income; salary wage income earn; income earn wage;
buy purchase shopper customer; customer buyer consumer; sell seller vendor merchant; trade commerce merchant exchange;
swap barter exchange trade; gift give present; profit gain earn; loss lose; stock share market; company firm business
corporation; owner own possess property; steal thief rob robbery; king queen emperor royal monarch ruler; president
leader government; government state authority ruler politician; politics political government; vote election; law
legal rule act; court judge trial; police crime officer; crime criminal offence; prison jail; army soldier military
troops; war battle conflict fight; peace treaty; weapon gun bomb arms; country nation state land; america american
united states; usa american america; britain british england english uk; england english british; france french;
germany german; spain spanish; italy italian; china chinese; japan japanese; india indian; russia russian; greece
greek; rome roman; egypt egyptian; africa african; europe european; asia asian; church religion religious priest god;
god divine religion; belief believe faith; art artist paint; artist painter; painting paint picture; writer author
write; author writer book; poet poem poetry; language word speech speak; speech speak talk; letter character alphabet;
translate language; story tale narrative; history past historical; century hundred years; decade ten years; year
annual season; month monthly; week weekly; day daily; hour minute; minute second moment; second moment; morning dawn
early; night sleep dark evening; today now currently nowadays present; nowadays today modern present; ago past before;
ancient old antiquity; new modern recent; recently lately; at once immediately; straight immediate directly; forever
permanent always lifetime; lifetime life; sleep night rest asleep dream; rest sleep pause relax; dream sleep; tired
fatigue exhaust; awake wake; remember memory recall memorise memorize; forget memory forgotten lose; memorise memorize
learn remember; trick way method technique strategy tip; tip advice trick recommend; advice recommend suggest;
recommend advise suggest should; plan schedule; habit routine; practise practice exercise train; train exercise
practice; learn study learner learning; teach teacher instruct lesson; understand grasp meaning; clever intelligent
smart; stupid foolish silly; attention concentrate focus notice; distract attention; idea thought concept; mistake
error wrong fault; wrong mistake false error; right correct true; truth true fact; lie false; guess estimate; doubt
unsure uncertain; secret hidden hide; famous celebrated known; mean average; average mean typical; compare difference;
difference differ distinguish; same alike similar; opposite contrary reverse; change alter transform mutate; mutate
mutation change; grow growth increase; happen event occur; accident disaster crash; disaster catastrophe accident
collapse; danger dangerous risk; safe safety secure harmless; die death dead kill; kill die death deadly; deadly fatal
lethal kill; survive live alive; born birth; age old years; alive live living; hurt harm injure injury damage; injury
wound hurt; pain suffer; fear afraid scare; worry fear anxious; anger angry; happy joy; sad unhappy; love like; laugh
fun; help aid assist; stop prevent halt; protect guard shield defend safe; attack invade assault; enemy opponent; win
victory; lose defeat; fight battle struggle; escape flee; follow chase; hide conceal; show reveal; send ship deliver;
carry bear transport; lift raise; hold support carry; support carry hold bear; hang suspend; suspend hang; push
thrust; pull drag; catch grab; cut slice; tear rip; close shut; put place insert; fill full; clean wash; dirty pollute
pollution; pollution waste emission; waste rubbish; burn fire flame; fire flame burn; explode explosion; melt liquid;
boil heat steam; cook heat; divide split share part; combine mix join; connect join link; separate apart divide; near
close next; far distant distance; inside within; outside external; top upper; bottom lower; back rear; side edge;
middle centre; owner belong property; member group belong; leader head chief; crowd people mass; everyone all
everybody; nobody none; group team; team group crew; use purpose function serve; purpose aim goal serve; role function
job purpose; reason cause because; cause reason lead; effect result consequence; result effect outcome; advantage
benefit good; disadvantage drawback problem bad; problem difficulty trouble issue; solve solution answer; need require
must; must need require; allow permit let; forbid ban prohibit; ban forbid prohibit; force compel; choose pick select;
decide choice; try attempt; become turn; take over succeed successor replace; successor follow replace; replace
substitute successor; stay last remain keep; last stay endure long; long last duration; disappear vanish lose gone;
vanish disappear; work function operate effective protect; effective work; useful help benefit; trust believe rely
confidence; promise guarantee; agree agreement; refuse reject; accept agree; ask question request; answer reply
respond; bed bedroom; lead direct director guide; check inspect inspection examine control; twice double; meet
encounter; inside body within interior; wipe eradicate eliminate; get rid eliminate; visit travel; steal thief theft;
hire employ recruit; fire dismiss; quit leave resign; argue argument dispute debate; quarrel dispute conflict;
complain criticise criticism protest; praise admire; blame responsible fault guilty; guilty crime; punish punishment
sentence prison condemn; rule rules regulation law; order command instruct; obey follow; rebel revolt revolution
uprising; revolution uprising overthrow; vote elect election; slave slavery; free freedom liberty release; equal
equality same; fair justice just; rights law; border frontier boundary; border boundary limit edge; capital city;
village town settlement; settle settlement colony; colony colonial settle; empire imperial conquer; conquer invade
conquest; ruler king queen emperor; rich wealthy aristocrat noble; peasant farmer rural; trade merchant commerce;
merchant trader dealer; ship fleet navy; navy fleet; attack raid; defend defence; weapon sword gun; wound injure;
soldier army warrior; win victorious; lose loss; plague epidemic disease; famine hunger starvation; flood water;
drought dry; burn fire; ruin destroy ruins; ancient antique; treasure gold; bury grave tomb; tomb grave pyramid;
skeleton bone fossil; fossil bone remains; remains leftover residue; dig excavate excavation; map chart; compass north
direction; direction way; left right; north arctic; south antarctic; ice glacier frozen; glacier ice; warm heat
warming; global world; climate temperature; carbon coal; greenhouse warming; forest wood; extinct die vanish;
extinction extinct; hunt hunter prey; prey predator; predator hunter prey; male man; female woman; mate reproduce
breed; breed reproduce offspring; pregnant pregnancy birth; egg ovum; sperm male; grow develop; adult mature; mature
ripe; seed plant; root plant; oxygen air breathe; breathe respiration oxygen; photosynthesis light; cell cellular
tissue; protein enzyme; enzyme protein catalyst; hormone insulin; diabetes sugar insulin; cancer tumour tumor; tumour
cancer; surgery operation surgeon; transplant organ; organ heart liver kidney; virus germ; antibiotic bacteria
penicillin; resistant resistance; symptom sign; fever temperature hot; headache pain; stress pressure strain; strain
stress tension; depression sad; anxiety fear; mental psychological mind; behaviour act conduct; habit custom; custom
tradition; tradition custom culture; culture society; society community people social; personality character;
character trait; emotion feeling; feeling emotion sense; mood emotion; motive motivation reason; reward prize
punishment; prize award reward medal; award prize honour; brainy intelligence; think reason thought; decide choose;
judge judgement; opinion view belief; belief opinion; bias prejudice; prejudice bias; experiment laboratory;
laboratory lab; subject participant; participant subject volunteer; sample group; measure measurement; survey
questionnaire poll; statistics data number; graph chart diagram curve; curve line graph; table list; equation formula;
solve answer; prove proof theorem; theorem proof; guess conjecture hypothesis; random chance luck; luck chance
fortune; chance probability; probability likely odds; infinite endless; endless infinite; zero nothing none; negative
minus; plus add; minus subtract; times multiply; multiply times product; divide share split; root square; angle
corner; corner angle; triangle angle; circle radius; sphere ball round; ball sphere round; move motion movement;
motion move; accelerate speed faster; brake slow stop; friction rub; rub friction; gravity fall weight attract;
attract pull; repel push; weigh weight mass; float buoyant; orbit path; rocket launch; launch start rocket; satellite
orbit; telescope lens; microscope lens; mirror reflect; reflect mirror; bend refract; rainbow colour; bright intense;
dim weak; pitch tone frequency; frequency often rate; rate frequency speed; wave wavelength; radio wave signal; signal
message; message signal information; send transmit; receive receiver; circuit current; voltage battery; wire
conductor; conductor metal; insulate insulator; switch turn; magnet pole; generator power electricity; nuclear atom
atomic; atomic nuclear atom; radiation ray radioactive; radioactive decay; decay rot; explode bomb; chemical
substance; substance material chemical; mix mixture; mixture blend; dissolve solution; crystal mineral; melt heat;
freeze cold; boil vapour; gas pressure; program code software; code program encode; encode code; bug error; crash
fail; save store memory; store save keep; file document; password secret security; security protection safe; hack
attack; network connect; website internet; search find; algorithm method procedure; procedure step; loop repeat; copy
duplicate; delete remove; input enter; output result; screen display; keyboard type; chip processor; processor chip
computer; memory storage; author write; novel book story; poem verse; verse line; hero protagonist; character person;
scene act; theatre play stage; actor perform; perform play; concert music; sing song voice; voice speak sing; paint
painter; sculpture statue; statue sculpture; museum collection; style manner; meaning sense; symbol sign; sign symbol;
grammar language; verb word; noun word; sound pronounce; pronounce sound accent; accent pronounce; dialect language;
native born; foreign strange; stranger foreign unknown; one 1 single; two 2 pair; three 3; four 4; five 5; six 6;
seven 7; eight 8; nine 9; ten 10; eleven 11; twelve 12 dozen; fifteen 15; twenty 20; thirty 30; forty 40; fifty 50;
sixty 60; hundred 100; thousand 1000; million 1000000; percent %
""".replace("\n", " ")

_LIGHT = """
important importance interesting actually really exactly general generally usual typical particular possible able
become happen happening work people person human world life everyday part role kind type sort form way method purpose
main difference different similar relation relationship connection exist involve include consider seem try help need
require happen concern regard deal lecture notice explain ever else else's anybody anyone everybody somebody nobody
body big good bad today nowadays day year number fact name lot bit place point stay hold keep straight away long high
great old see saw find look show bring certain ever own lot common immediate immediately soon
"""
"""Words of questions that tell little: it counts less whether the lecture has them."""

_PHRASES = """
come up with: invent; came up with: invented; find out: discover; found out: discovered; figure out: discover; set up:
establish; put off: delay; turn into: become; turned into: became; made up of: consist;  came from:
origin; take place: happen; took place: happened; get rid of: remove; got rid of: removed; go up: rise; went up: rose;
goes up: rises; go down: fall; went down: fell; goes down: falls; get better: recover improve; gets better: improve;
get worse: worsen; gets worse: worsen; pass on: transmit; passed on: transmitted; carry out: perform; carried out:
performed; work out: calculate; worked out: calculated; keep apart: separate; tell apart: distinguish; stick together:
adhere bond; fall apart: collapse break; fell apart: collapsed broke; fall down: collapse; fell down: collapsed; break
down: fail; broke down: failed; blow up: explode; speed up: accelerate faster; slow down: slower; cut down: reduce;
use up: consume; run out of: lack; ran out of: lacked; look like: resemble; give off: emit; give out: emit; let go:
release; let out: release; take in: absorb; takes in: absorbs; took in: absorbed; get used to: adapt habit; bring
back: restore retrieve; point out: show; stand for: mean; end up: result; at once: immediately; right away:
immediately; straight away: immediately; no longer: stop; a lot: many; how come: why; get in: enter; get out: leave
escape; put together: combine assemble; take apart: separate; made up: invented; put up: build erect; get sick: ill
infected; fall ill: sick; pass away: die; passed away: died; grow up: child; brought up: educated; sort of: kind; as
well as: and
""".replace("\n", " ")
"""What questions say in several words, and the words for it."""


def _roots(group: str) -> frozenset[str]:
    return frozenset(root(word) for word in group.split())


_GROUPS = [_roots(group) for group in _RELATED.split(";") if group.strip()]
_GROUPS_OF: dict[str, list[int]] = {}
for _number, _group in enumerate(_GROUPS):
    for _word in _group:
        _GROUPS_OF.setdefault(_word, []).append(_number)
_LIGHT_ROOTS = _roots(_LIGHT)


def is_light(term: str) -> bool:
    """Whether a root says so little that it hardly matters if it is missing."""
    return term in _LIGHT_ROOTS


_WORDS_FOR = {
    phrase.strip(): single.strip() for phrase, _, single in (entry.partition(":") for entry in _PHRASES.split(";"))
}
_PHRASE = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _WORDS_FOR), key=len, reverse=True))})\b", re.IGNORECASE)


def in_single_words(question: str) -> str:
    """A question with what it says in phrases, such as "came up with", in single words."""
    return _PHRASE.sub(lambda found: _WORDS_FOR[found[0].lower()], question)


@lru_cache(maxsize=20_000)
def relatives(term: str) -> frozenset[str]:
    """The roots that a lecture may say where a question says this one."""
    return frozenset[str]().union(*(_GROUPS[group] for group in _GROUPS_OF.get(term, ()))) - {term}
