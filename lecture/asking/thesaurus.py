"""Words of everyday questions, and what lectures say for the same.

For finding passages, where a loose match does little harm, and of English only. What a claim may say in other words is
a stricter matter: `lecture.checking.lexicon` knows that.
"""

from __future__ import annotations

from functools import lru_cache

from lecture.checking.lexicon import root

_RELATED = """
begin start commence launch onset origin initial first open introduce found establish; end finish stop cease terminate
close conclude final last halt over quit; continue go keep persist carry last remain proceed endure stay; create make
produce generate form build manufacture construct yield bring; destroy ruin wreck demolish devastate annihilate break
damage collapse; invent devise conceive create originate inventor invention develop design pioneer; discover find
detect uncover reveal identify spot discovery notice; build construct erect assemble put builder construction make
raise; repair mend fix restore cure heal maintain renovate reopen; change alter modify transform convert shift vary
adapt adjust turn mutate amend evolve; increase rise grow raise climb boost gain expand soar more higher swell
multiply up; decrease fall drop reduce decline lower shrink diminish less fewer cut down sink slump; improve better
enhance upgrade progress advance refine optimise perfect; worsen deteriorate bad worse aggravate decline degrade; big
large great huge giant enormous massive vast immense major considerable substantial; small little tiny minor minute
slight miniature few; tall high height elevated lofty altitude; long length extend lengthy span far; short brief
concise quick little; wide broad width breadth extensive across; narrow thin slim slender fine tight; thick deep dense
depth fat; heavy weigh weight massive mass tonne kilogram load dense; light weightless thin airy; strong powerful
robust tough sturdy firm strength solid intense; weak feeble fragile delicate frail faint vulnerable poor; hard
difficult tough challenging demanding complicated problem struggle; easy simple effortless straightforward basic; fast
quick rapid swift speed speedy prompt hurry soon; slow gradual sluggish steady delay late; hot warm heat burning
boiling temperature fever thermal summer; cold cool freeze frozen chill ice winter frost frosty; wet damp moist water
soak humid rain; dry arid drought desert thirsty; bright shine glow light brilliant brightness luminous radiant
sparkle; dark dim black shadow night faint gloomy; clean pure wash clear hygiene; dirty pollute filthy stain
contaminate mess impure; new modern recent fresh novel contemporary current latest young; old ancient aged early
former antique elderly past traditional; young youth child juvenile teenager infant boy girl kid; good fine excellent
beneficial positive useful valuable fit; bad poor harmful negative wrong evil terrible worse worst awful; best better
top ideal optimal good perfect first prefer; worst bad worse extreme severe terrible; important significant key
crucial essential vital central main major; famous celebrated known renowned popular prominent notable; rare seldom
unusual scarce uncommon exceptional hardly; common usual frequent ordinary typical normal general widespread; strange
odd weird peculiar unusual curious remarkable; dangerous risky hazardous danger unsafe risk harm threat harmful
deadly; safe secure safety harmless protected risk; harm hurt injure damage wound injury bad; die death dead perish
kill deadly fatal victim lose casualty; kill murder die death dead slay execute assassinate deadly lethal; live alive
survive life exist living inhabit; born birth baby newborn deliver arise; sick ill disease illness unwell ailment
infection patient suffer; disease illness infection epidemic disorder condition sickness plague virus; healthy well
fit health sound strong; doctor physician surgeon medic medicine nurse hospital clinic; cure heal treat treatment
therapy remedy medicine recover; medicine drug medication pill tablet treatment pharmaceutical remedy substance;
symptom sign fever pain rash cough ache reaction effect; pain ache hurt sore suffer headache agony; tired fatigue
exhaust weary sleepy; poison toxin toxic venom poisonous harmful; inject jab shot vaccine needle injection syringe
dose vaccinate; immune resistant protect protection immunity defence resistance; infect catch transmit contagious
infectious spread pass contract; germ bacteria virus microbe pathogen bacterium microorganism parasite; blood vein
artery heart vessel circulation; body physical organism flesh human bodily; cell tissue organ nucleus membrane; brain
mind mental head neural cognitive skull; nerve neuron neural; gene dna genetic heredity genome chromosome inherit
hereditary rna; parent mother father mum dad family; child kid son daughter boy girl baby infant children offspring
toddler; husband wife spouse marry partner marriage wedding widow couple; brother sister sibling twin family; family
relative parent household kin ancestor generation; man male men gentleman boy he; woman female women lady girl she mrs
miss; person people human individual somebody anyone man woman; people public population inhabitant citizen folk crowd
nation; group team crew band gang set party class bunch; friend companion ally mate partner colleague; enemy foe
opponent rival intruder attacker invader; leader head chief boss president ruler director manager lead captain
commander; king queen monarch ruler emperor royal crown prince throne; president leader minister chancellor politician
government statesman; government state authority administration regime ruler parliament; politics political party
election vote government; law legal rule act legislation statute court regulation; court judge trial lawyer jury
justice law; crime criminal offence theft murder robbery thief illegal; punish punishment penalty sentence prison fine
jail condemn execute; prison jail cell imprison detain prisoner captive camp; police officer guard cop detective;
steal theft rob thief burglar robbery; war battle conflict fight combat military army campaign; soldier army troop
military warrior fighter; weapon gun sword arms bomb knife missile; attack assault invade raid strike aggression;
defend protect guard shield defence shelter secure; win victory triumph beat defeat gain succeed; lose loss defeat
fail miss; peace treaty truce armistice calm; revolution uprising rebellion revolt overthrow rebel riot; freedom
liberty free independence release liberate; slave slavery servant serf bondage; country nation state land kingdom
republic homeland; city town capital urban metropolis village; village town settlement hamlet rural community; border
boundary frontier edge limit; land ground soil earth territory terrain; earth world planet globe global ground; sea
ocean marine water naval; river stream canal brook water flow; lake pond reservoir pool; coast shore beach bank
seaside; mountain hill peak summit volcano; island isle atoll; forest wood tree jungle woods; desert dry sand dune;
sky air heaven atmosphere; weather climate storm rain temperature season; storm hurricane gale wind tempest cyclone;
wind breeze gust blow storm air; rain rainfall shower wet precipitation; snow ice glacier frost frozen winter; sun
solar sunlight sunny sunshine; moon lunar satellite; star stellar sun astronomer; planet world earth mars venus
jupiter; space universe cosmos cosmic astronomy outer; earthquake quake seismic tremor; flood deluge overflow water;
fire flame burn blaze ignite; burn fire combustion fuel consume scorch flame; explode explosion blast burst bomb
detonate supernova; fuel oil gas coal petrol energy wood; energy power fuel electricity force; electricity electric
current power electrical voltage charge; machine device engine apparatus mechanism motor equipment; tool instrument
device implement equipment utensil; car vehicle automobile motor truck drive; ship boat vessel sail navy sailor
voyage; plane aircraft fly flight aeroplane pilot airline; train railway rail locomotive carriage track; road street
highway path route way lane roadway; bridge span crossing viaduct; house home building dwelling residence apartment;
building house structure tower architecture construction; room space chamber hall bedroom; wall barrier fence; tower
column pillar mast post; roof ceiling top cover; floor ground deck bottom; door gate entrance entry; rope cable cord
wire string chain; metal iron steel copper aluminium silver gold tin; iron steel metal cast wrought; stone rock brick
boulder pebble; wood timber wooden plank board log; glass window lens pane; paper sheet page document; plastic polymer
synthetic; cloth fabric textile clothes wear garment; clothes wear dress garment coat shirt; food eat meal diet
nutrition feed dish; eat consume swallow feed bite chew devour food; drink beverage swallow sip alcohol thirsty; cook
bake boil fry roast kitchen; hungry hunger starve famine starvation; plant flower vegetation crop leaf seed botany;
tree wood trunk branch forest leaf; flower bloom blossom petal pollen; fruit apple berry vegetable; grain wheat corn
barley rice crop cereal; farm agriculture farmer crop field cultivate peasant; animal creature beast dog cat horse cow
species mammal; cow cattle bull milk herd calf ox; horse ride mare pony stallion; dog pet puppy hound; bird wing
feather nest fly; fish swim shark salmon; insect bug bee fly ant beetle; species kind animal organism breed race;
evolve evolution adapt descend develop natural; extinct vanish disappear dinosaur; hunt hunter prey predator chase;
money cash currency coin fund dollar payment finance; cash money note coin banknote bill; coin mint metal cash money;
currency money dollar euro pound coin cash bitcoin; bank lender banker financial account; pay payment spend repay cost
repaid settle wage; price cost value expense worth fee expensive charge; cheap inexpensive affordable low economical
cheaper bargain economic; expensive costly dear high price; buy purchase shop acquire obtain customer; sell sale
market trade offer merchant; trade exchange commerce swap barter deal business merchant; borrow loan lend debt credit
owe mortgage borrower; debt owe loan liability obligation; save store keep deposit saving spare; earn income wage
salary pay make profit; rich wealthy wealth fortune affluent prosperous millionaire; poor poverty needy broke; tax
duty tariff levy toll; profit gain benefit earning return; company firm business corporation enterprise industry;
worker employee labourer labour staff workforce; job work profession occupation career employment task; owner possess
own belong property proprietor; give offer provide supply grant donate hand present; take seize grab remove grasp get;
receive get obtain accept gain award; send transmit deliver dispatch mail; carry transport bear convey bring move;
bring carry fetch deliver take; put place set lay insert position; move motion travel shift movement go; travel
journey trip voyage tour go ride; walk step stride march pedestrian foot stroll; run race sprint jog; jump leap hop;
fly flight wing soar; swim dive float; fall drop collapse tumble crash plunge; rise climb ascend lift up; lift raise
hoist elevate pick; push press shove thrust drive; pull drag draw tug attract stretch tension tow; press squeeze
compress pressure push compression; stretch extend expand tension lengthen pull; bend flex curve sag bow; twist turn
rotate spin wind torsion; turn rotate spin revolve twist roll; shake tremble vibrate oscillate sway swing wobble
vibration rock; swing sway oscillate pendulum; break crack snap fracture split shatter rupture fail; cut slice chop
carve saw; hit strike beat knock collide crash; throw toss cast hurl; catch grab capture trap seize; hold grip keep
contain support bear; support hold bear carry prop uphold back; hang suspend dangle; join connect link unite attach
bond combine tie fasten; connect link relate associate join; separate divide split apart part sever; mix blend combine
mixture merge alternate vary; divide split share separate part; share divide split portion part; gather collect
assemble accumulate; choose select pick decide elect option; decide choose determine resolve decision judge; try
attempt test experiment effort; test exam trial examine check quiz examination experiment; check verify inspect
examine test control; measure gauge weigh meter determine size; count number calculate tally; calculate compute work
count sum figure; compare contrast difference versus similar; different differ distinct unlike other distinguish
contrast various; same identical equal alike similar; similar alike like resemble same; equal same equivalent
equality; opposite contrary reverse inverse; number figure amount quantity count digit many; amount quantity volume
sum number; part piece portion share fraction section; half fifty split; twice double two; double twice two; all every
whole total entire everybody complete; many numerous several lots multiple much; few little rare handful; enough
sufficient adequate; most majority mostly largely; group category class type kind; type kind sort form variety class;
example instance case illustration; order sequence arrangement; idea concept notion thought theory; theory hypothesis
idea model explanation; proof prove evidence demonstrate confirm; show demonstrate prove reveal display indicate
exhibit; explain clarify describe account interpret; mean signify imply denote stand; understand grasp comprehend
realise know; know aware understand familiar knowledge learn; think believe consider suppose reckon thought mind;
believe think faith trust opinion; trust believe faith confidence rely; doubt question sceptical uncertain distrust;
guess estimate speculate suppose predict; predict forecast expect anticipate foresee; remember recall memory recollect
memorise retain; forget lose lapse memory forgotten fade; recall remember retrieve recollect memory bring; learn study
master education pupil acquire memorise; study research investigate learn examine revise student; teach educate
instruct lesson train teacher; teacher instructor professor tutor lecturer; student pupil learner class schoolchild;
school class education college university; lesson class lecture course; exam test examination quiz assessment; revise
review study repeat; review revise repeat check revisit; practise exercise train repeat drill practice; repeat again
recur practise redo; read book text reread page; reread read again; write author record note compose wrote; book text
volume work novel; paper article publication study; publish print release paper edit; print publish press; word term
language vocabulary; name call term title label; call name term label known; language speech tongue word linguistic;
speak talk say tell speech; say tell state claim remark; claim assert argue maintain say; ask question inquire
request; answer reply respond solution response; argue debate dispute quarrel; agree accept consent approve; refuse
reject deny decline; persuade convince urge talk; promise vow guarantee pledge; lie deceive cheat fake false fraud;
secret hide conceal hidden mystery anagram; hide conceal cover secret; see view watch look observe; look see watch
view gaze; hear listen sound ear; feel sense touch emotion; smell odour scent nose; taste flavour tongue; sound noise
hear audio; colour red blue green paint hue; shape form figure outline geometry; round circle circular ball sphere;
square rectangle box; triangle angle triangular; line row straight; side edge flank; top upper summit peak above;
bottom lower base below; middle centre central core; inside interior inner within enter; outside exterior outer
external; near close next nearby neighbour; far distant remote distance away; distance far length away; place location
site spot position; time period moment duration era; year annual season; day daily date; night evening dark overnight
tonight; morning dawn early; today now present current modern; past history former ago previous; future tomorrow later
ahead; early soon before first; late later delayed after; always forever constantly permanent ever; often frequently
regular usually; never no none; sometimes occasionally now; soon quickly shortly immediately; again repeat anew;
before earlier previous prior ago; after later following then afterwards; while during; cause reason produce lead make
trigger source because; reason cause why motive because; result effect outcome consequence product; effect result
impact influence consequence; lead cause result guide; influence affect impact effect shape; help aid assist support;
prevent stop avoid block avert protect; avoid escape prevent evade; allow permit let enable; forbid ban prohibit
outlaw illegal; force power compel pressure; need require must necessary demand; want wish desire like; use employ
apply utilise purpose; useful handy practical helpful; work function operate run; purpose aim goal function use; aim
goal target purpose intend; plan scheme design intend; method way technique procedure approach means; trick method tip
way knack; rule law principle regulation; problem difficulty trouble issue; solve answer solution resolve; success
succeed achieve triumph; fail failure collapse break; mistake error wrong fault blunder; wrong false mistake incorrect
error untrue; right correct true proper accurate; true correct real fact truth; advantage benefit good plus strength;
disadvantage drawback weakness problem bad; danger risk threat peril; accident crash disaster mishap collapse;
disaster catastrophe accident tragedy; happen occur arise event take; event happening occasion incident; appear emerge
show seem; disappear vanish fade gone lose; stay remain keep last; leave depart exit quit abandon; arrive come reach;
return come back restore; enter come join into; escape flee break; follow chase pursue next; replace substitute
succeed exchange; successor follow replace heir; famous known well; prize award medal honour reward nobel win; praise
honour admire credit; credit praise recognition honour first; blame responsible fault accuse; angry anger rage
furious; afraid fear scared frighten; happy joy glad pleasure; sad unhappy sorrow grief; love like affection adore;
like enjoy prefer love; hate dislike detest; emotion feeling mood passion; attention focus notice heed concentrate;
notice observe spot realise attention; ignore neglect overlook; sleep rest night asleep bed dream; rest sleep relax
pause; wake awake alert; habit custom routine; culture custom tradition society; society community culture people;
religion church faith god; god divine religion deity; art paint artist picture; picture image photo painting
photograph film; photograph picture image camera photo; music song sing melody; film movie cinema video; game play
sport; story tale account narrative; science scientist research physics; scientist researcher scholar physicist
chemist biologist; engineer designer builder technician; designer design engineer architect; expert specialist
scientist scholar; experiment test trial study; chemical substance compound element; substance material matter stuff
chemical; material substance matter fabric; atom particle nucleus nuclear; gas air vapour hydrogen oxygen; liquid
fluid water; water liquid sea wet; air gas atmosphere breathe; pressure force press; gravity weight attract fall; heat
hot warm temperature; light ray bright lamp; wave oscillation ripple; radio signal broadcast; computer machine program
digital software; digital computer electronic number virtual; data information number; information data knowledge fact
message; signal sign message cue; sign signal mark symptom; mark sign stamp spot; message signal letter instruction;
instruction order command direction; order command instruct; internet web online network; flu influenza cold; maths
mathematics mathematical arithmetic; phone telephone mobile call; code program cipher; percent share proportion
percentage; share percent portion proportion part; average mean typical; maximum most limit highest; limit maximum
boundary restrict; minimum least lowest; record highest longest best; chance probability likely odds; random chance
luck; infinite endless eternal; zero nothing none; one single once; once one time; two pair both couple; first initial
earliest original; teaspoon spoon spoonful; cup glass mug; bag sack pocket; box container case; container vessel box;
ball sphere globe; ring circle band; hole gap opening; gap hole space; cover wrap coat layer; layer coat shell sheet;
coat cover layer surface; surface outside skin top; skin surface hide flesh; hand finger arm thumb; foot leg feet toe;
eye see sight vision; ear hear sound; tooth teeth bite; hair fur; bone skeleton; heart pump cardiac; lung breathe
breath; stomach belly digest gut; muscle strength flesh; fill full load; empty vacant hollow; full fill complete; add
extra plus; extra more additional; remove take eliminate delete extract; lack miss without absence; wait delay hold;
store keep save reserve; keep store hold preserve; waste rubbish trash; pollute pollution contaminate; grow growth
develop increase; develop grow evolve create; spread expand distribute extend; flow stream current run; melt liquid
thaw fuse; freeze ice solid; dissolve melt solution; float sink buoyant; attract pull gravity magnet; repel push
reject; absorb soak take swallow; emit release send radiate; release free emit let; reflect mirror bounce; balance
stable equilibrium steady; stable steady balance constant firm; rigid stiff solid hard; flexible bend elastic soft;
stiff rigid hard firm; soft gentle flexible; smooth even flat; rough uneven coarse; sharp pointed keen; flat level
plane; straight direct line; visit go tour see; meet encounter see; invite ask guest; guest visitor; neighbour near
next; stranger foreign unknown; foreign abroad alien; native local born; colony settle settlement empire; empire
imperial colony conquer; conquer invade defeat; explore explorer expedition discover; map chart atlas; north south
east west; left right side; church cathedral temple; temple church shrine; grave tomb bury burial
"""
"""Words that are said of one thing. A word may be in several groups."""


def _roots(group: str) -> frozenset[str]:
    return frozenset(root(word) for word in group.split())


_GROUPS = [_roots(group) for group in _RELATED.split(";")]
_GROUPS_OF: dict[str, list[int]] = {}
for _number, _group in enumerate(_GROUPS):
    for _word in _group:
        _GROUPS_OF.setdefault(_word, []).append(_number)


@lru_cache(maxsize=20_000)
def relatives(term: str) -> frozenset[str]:
    """The roots that a lecture may say where a question says this one."""
    return frozenset[str]().union(*(_GROUPS[group] for group in _GROUPS_OF.get(term, ()))) - {term}
