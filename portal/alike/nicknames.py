"""What people are called: given names and their short forms, nicknames, titles, suffixes, and names many share."""

from functools import lru_cache

from portal.alike.repairing import words_in
from portal.alike.sounding import sound

# A line is a group of names that stand for each other; a name may stand in several groups.
_SAME = """
alexander alex xander lex alec alejandro sander sasha
alexandra alex lexi sandra alexa sasha alejandra
alfredo fred freddie alfred fredo pidong
albert bert al bertie alberto albie berto abet
amelia amy millie melia
andrew andy drew andres andre anders andrei
angela angie angelica gel geli anj angelina angel
anthony tony anton antonio toni tonio tonyo onyok
anna ana ann anne annie nan nancy annalyn
annabelle anabel belle bella anabelle
arthur art arturo artie turo
aurelio aurel rey
aurora rory auring
barbara barb babs barbie
bartolome bart tolome
beatriz bea betty trixie beatrice tess trish
benjamin ben benjie benny benji jamin benjo
bernardo bernard bernie nards nardo
bernadette berna det badette bernie
carlos carl charles charlie chuck chas carlo caloy carlito chaz
catherine cathy kate katherine kathy katie kat kathryn cath catalina kitty katrina trina caty kathleen kath katarina
cecilia cecil celia cecille cely cecile
christian chris ian xian kris
christina christine tina chris chrissy kristine tin cristy cristina kristina cris cristine krissy kris tintin
christopher chris topher kit kris christoph tops cristopher
clarissa clara issa clarisse
concepcion connie conching concha conchita chona concon
corazon cory cora azon
consuelo connie chelo
cynthia cindy
carmelita carmi carmie carmela carmel lita melita
daniel dan danny danilo dani nilo
david dave davey davy
deborah deb debbie debra
diana dina diane didi
diego james santiago
dolores lola lolita loling loleng lita
domingo doming inggo dom
dorothy dot dottie dolly dory
edgar ed gary egay
edith edie
eduardo ed eddie edward edgardo edong ted teddy ward ned edwardo
edwin ed win
eleanor ellie nora elle leonor elinor
elizabeth liz beth betty lizzie eliza lisa elisa betsy libby isabel isabella elsa bess betsie lisbeth elisabeth
emmanuel manny manuel noel eman emanuel manolo maning manolito manuelito manoling
emily em millie emilia
enrique henry ric ricky rikki harry hank henrico quique iking
ernesto ernie erning ernest nesto
erlinda linda linds erly
esperanza espie ranza espy
esteban steve esting steven stephen stefan
eugene gene eugenio
eufemia femy
evangeline eva vangie evan angeline
feliciano fely felix
felicidad fely feli
ferdinand ferdie andy dindo ferdi ferdinando
fernando nanding ferdie andoy nando fern dong
florencia flor rency
frances fran francine francesca fanny
francisco francis frank kiko paquito paco isko frankie franco franz chito pancho kikoy
frederick fred freddy federico erick rick derek eric pidiong
gabriel gabe gab gabby gavi
genevieve jenny gen viv
george jorge geo georgie
gerald gerry jerry geraldo gerardo gerard gerrard
geraldine gigi geri dine
gilbert gil bert gilberto
gloria glo glory
grace gracia gracie graciela
gregorio greg gorio gregory goyo goring
guadalupe lupe upeng
guillermo william memo bill will mo emong
harold harry hal
helen elena nell lena helena ellen nellie
herminia mina miniang
hernando nanding
ignacio nacho iggy ignatius nacio asyong
ildefonso elde ponso
immaculada ima
isagani gani
isabel sabel belle isa bella isabela beng chabeng
isidro sidro sid isidore
jacob jake jacobo
jacqueline jackie jacky jacq
james jim jimmy jaime jamie jem jas jaymie
janet jan janette jeanette
jasmine jas jaz yasmin min yasmine
jeffrey jeff geoffrey jepoy jeffry
jennifer jen jenny jenn jenni jennie
jeremy jem jerry jeremiah jeremias
jerome jerry jeronimo
jessica jess jessie jessa
jesus jess susing chuy jesse
jesusa susan susa
joan joanna joanne jo joana
mario
mariana marianne marian
daniela danielle dani ella
rafaela
manuela
gabriela gabrielle gabby ella
michaela mika
paula paulina pau
carla karla carlota
roberta
patrizia
alma
joaquin quino wakin jack
jonathan jon nathan john natz than jonathon jonah
john johnny jack jon juan juanito johnnie jojo ian jan johnpaul
joseph joe jose joey pepe peping pepito jojo joseng josef yoyong jos sep ping
jocelyn joy joyce joice jocelle
josephine josie pina jo fina josefina josefa pepita pining
joselito lito joey jose
joshua josh
julian jul julio juls julius
juliana julie julia jule juliet julieta
judith judy
kenneth ken kenny
kimberly kim kimmy
laura lauren laurie lorie lora
lawrence larry lorenzo lance enzo laurence law
leandro lean leo
leonardo leo leonard nards len leon ding
leonora nora norie
leticia letty ticia leti
ligaya aya joy gaya
imelda mel meldy melda
lourdes lulu lou odette des lourd ludy
luciano lucio chano
lucia lucy lucila lucille
luis louie lewis louis luisito wito
luzviminda luz minda luzvi
luningning ning
magdalena magda lena maggie madeline maddie dalena
manuel manny manolo maning
marcelino celing lino marce marcelo celo
marcos mark marc marco marcus macky
margaret maggie meg peggy marge margarita margie rita greta marga ritz peg margot
maria ma marie mary mari mariya
mariacristina cristy tina cristina
mariaclara clara
mariateresa mariatheresa maritess tess tessie marites theresa
marialourdes marilou malou
marialuisa marilou malou marissa luisa
mariasocorro cora marisoc
maricel cel celle
maricris cris mariz
maribel bel bell
marilyn lyn mary
marlon lon
martin marty tin martino
matilda tilda mattie
matthew matt mateo matty teo matthieu
maximo max maximilian maxi imo
mercedes mercy merce ched cedes
melissa mel missy lissa
melanie mel lani
melchor mel
michael mike mikey mick miguel migs mikel micah mickey mikhail mitch miggy migo
michelle mitch shelly micah mich miche
miguelito migz lito
milagros mila mila milang agros milay
nathaniel nate nathan nat
natividad naty nati vida
nicholas nick nicky nico nicolas nicko nick klaus colas
nicole nicky nikki coley
norberto bert norbert
oliver ollie olly oliverio
olivia liv livvy via
orlando lando orly
oscar oca osky
pablo paul paulo paolo pol pauleen
pacifico paco ping
pamela pam pammy
patricia pat patty tricia trish patsy pat triz
patricio pat patrick rick ricky pats
pedro peter pete pit pidro
philip phil felipe ipe pip philipp philippe pilo
pilar piling pilita
primitivo primo
rachel rach raquel chel rache
rafael raffy ralph raf raphael paeng paing
ramon mon ray raymond raymund mond raimundo monching mong
ramona mona mons
raul ralph rawl
rebecca becky becca bec rebeca
reginald reggie reg rey
remedios remy meding medy
renato rene nato atoy
reynaldo rey naldo reynold aldo ronnie rainier
ricardo rick ricky richard ric rich dick carding cardo dickie chard
rizalina liza riza
robert bob bobby rob robbie roberto bert berto robby obet
rodolfo rudy dolfo rolf rod rudolph rudolf dolpo
rodrigo digong rod rody rigo rodri
rogelio roger gelo elio rogie oging
rolando lando roly roland rolly
romeo romy meo
romualdo waldo romy
ronald ron ronnie ronaldo naldo
rosalinda linda rosa rosie
rosario charo chayong rose saring rosie charito charing
rosa rose rosie rosita rosalie rosemarie rosanna rosana
rowena weng owen wena
ruben ben
salvador badong buddy sal dong badoy bading
samantha sam sammy
samuel sam sammy samuelito
santiago jimmy tiago yago santi
sebastian seb basti baste bastian
serafin pin apin
sergio serge
severino rino sever verino
sharon shar
socorro cora coring
sofia sophia sophie sopie fia pia
soledad sol choleng
stephanie steph fanny steffi stefanie stephany
stephen steve steven stef stefan
susan sue susie suzanne susana suzie suzy
teodoro ted teddy doro theodore theo doring teo
teofilo pilo teo
teresa tess terry tessie theresa tere tessa tereza therese tet tess tessie sita
timothy tim timmy
trinidad trining trini ning
thomas tom tommy tomas tommie thom
valentina val tina
vanessa nessa van
veronica roni nica vero ronnie veron
vicente vic enteng vince vincent teng bisente
victor vic vik victorio torio
victoria vicky vic tori vickie toyang
virginia ginny gina virgie virgy
vivian viv vivien
wilfredo willy fred wil fredo
wilhelmina mina willa
william bill will billy willy liam wm
yolanda yoly yollie landa
zachary zach zack zac
zenaida zeny naida
wm william
jas james
robt robert
thos thomas
geo george
edw edward eduardo
benj benjamin
jos joseph jose
fco francisco
chas charles
danl daniel
gdlpe guadalupe
jn juan john
"""

# Names by which a Filipino or a Thai is called that say nothing of the name in the papers: neither for nor against.
_FILIPINO = """
bong boy baby ning jun junjun jhun bongbong bing bingbong girlie girly dodong dong dongdong inday nonoy noynoy totoy
toto
nene neneng nonong nanay tatay ading ate kuya manang manong bunso ineng utoy jingjing jing ging tingting
ting bimbo bambi bambam popoy pogi tisoy tisay pinoy bebot bebe bebang beng dingdong ding dondon don tonton jonjon
jayjay
jojo ambo kokoy boyet boying boyong bhoy chingching ching chito peachy tootsie bubbles
"""
_THAI = """
lek noi nok ploy bank ball beer golf mew nan nat nong aom aum aoy bam bas benz best big bee boss bow chompoo dao
earth fah fai film fluke fon fern gap gift guy ice jay jib jum kai kaew kan keng kik kung kwan mai mam mint
mod mook moo nam namfon nampueng ning nim nid noon noom nuch oat oil oh om ong pam pang pan pim pin pla pong
pop poom pook praew rung sun tan ta tae tang toei tom ton tong toon toy tui tuk tukta view win yai ying
เล็ก น้อย นก พลอย แบงค์ บอล เบียร์ กอล์ฟ มิว แนน ณัฐ น้อง ออม อุ้ม แบม เบส เบนซ์ เบสท์ บิ๊ก ผึ้ง บอส โบว์ ชมพู่ ดาว
เดียร์ เอิร์ธ
ฟ้า ฝ้าย ฟิล์ม ฟลุ๊ค ฝน เฟิร์น กัปตัน กิ๊ฟ กาย ไอซ์ เจ จิ๊บ จุ๋ม จูน ไก่ แก้ว แก่น เก่ง กิ๊ก กุ้ง ขวัญ ใหม่ แหม่ม
เมย์ มิ้นท์ มิ้นต์ มด มุก หมู
น้ำ น้ำฝน น้ำผึ้ง หนิง นิ่ม นิด นุ่น หนุ่ม นุช โอ๊ต ออย โอ๋ โอม แป้ง แพน พิม ปิ่น ปลา ป้อง ป๊อป ภูมิ ปุ๊ก แพรว รุ้ง
ซัน แทน ต้า เต้ แต๋ว ตอง เตย
ต้อม ต้น ตูน ตุ้ย ตุ๊ก ตุ๊กตา วิว วิน ใหญ่ หญิง อ้วน อ้อ อ้อย อ๊อด เอ บี ซี ดี เจี๊ยบ แจ๊ค แดง ดำ เขียว ขาว ติ๋ม
ตุ๋ม แต้ม แอน แอม
"""

TITLES = words_in("""
mr mrs ms miss mister missus dr dra doc doctor engr eng ing atty attorney arch architect prof professor sir maam
madam mam
hon rev fr father bro capt captain col gen maj lt sgt cpl pvt insp supt dir pres khun nai nang nangsao nangsaw nsao
kun naai dek ajarn ajahn achan mx msgr dean judge justice gov mayor vmayor kgd kagawad kap brgycapt don dona aling
mang
tita tito lola lolo ate kuya aleng manang manong gng gg bb ginoo ginang binibini señor senor senora sra sta.
""")
THAI_TITLES = sorted(
    words_in("""
นางสาว น.ส. นส. นาง นาย คุณหญิง คุณ ดร. ดร ด.ช. ด.ญ. เด็กชาย เด็กหญิง นพ. พญ. ทพ. ทพญ. ผศ. รศ. ศ. ว่าที่ร้อยตรี
ร.ต. ร.ท. ร.อ. พ.ต. พ.ท. พ.อ. พล.ต. ส.ต. จ.ส.อ. ม.ล. ม.ร.ว. ม.จ. อาจารย์ อ. พี่ น้อง ป้า ลุง เจ๊ เฮีย หมอ ครู
"""),
    key=len,
    reverse=True,
)
GENERATIONS = dict(
    pair.split(":")
    for pair in [
        "jr:jr",
        "junior:jr",
        "jnr:jr",
        "jun.:jr",
        "sr:sr",
        "senior:sr",
        "snr:sr",
        "ii:ii",
        "2nd:ii",
        "iii:iii",
        "3rd:iii",
        "iv:iv",
        "4th:iv",
        "v:v",
        "5th:v",
        "vi:vi",
        "i:sr",
        "1st:sr",
        "lll:iii",
    ]
)
LETTERS_AFTER = words_in("phd md cpa mba rn ce ece ree esq dds dmd edd llb jd mpa rmt lpt me ee aicp fpcp")
PARTICLES = words_in(
    "de del dela delas delos delo la las los da das do dos di du le san santa sta sto santo van von der den "
    "ter bin binti "
    "bint ibn al el abu mac mc st saint na ng y e"
)
GIVEN_ABBREVIATED = {"ma": "maria", "m": "m", "mª": "maria", "fco": "francisco"}

# Names that so many share that agreeing on them says little, in bits: Maria is one in thirty.
_SHARED = {
    5: """
maria jose juan mary john james michael santos reyes cruz bautista delacruz garcia smith johnson wang li nguyen
""",
    6: """
mark antonio ana pedro francisco manuel robert david william richard joseph jennifer elizabeth christian angel
mendoza torres flores gonzales gonzalez ramos villanueva fernandez castillo rivera aquino mercado delosreyes lopez
perez rodriguez sanchez castro tan lim brown jones miller davis williams martinez hernandez chen zhang kumar สมชาย
สมศรี สมหญิง สมบัติ ใจดี แซ่ลี้ แซ่ตั้ง ทองดี somchai somsri jaidee
""",
    7: """
marie ann anne grace joy rose christine jessica sarah karen carlos roberto ricardo eduardo fernando ramon luis
rosa teresa lourdes rosario carmen angela joshua daniel paul peter thomas charles christopher anthony mario diaz
delrosario domingo salvador valdez santiago soriano navarro dizon pascual mangubat tolentino aguilar ocampo manalo
morales dejesus guzman deguzman romero alvarez ruiz sy chua go ong lee kim patel singh anderson taylor thomas
moore jackson martin white harris clark lewis walker hall allen young king wright scott green adams baker วิชัย
สุชาติ ประเสริฐ มานะ มานี สุดา มาลี วันดี ศรีสุข แก้วใส wichai suchat prasert malee srisuk saetang
""",
}


def _groups(text):
    named = {}
    for number, line in enumerate(text.strip().splitlines()):
        for name in line.split():
            named.setdefault(name, set()).add(number)
    return named


GROUPS_OF = _groups(_SAME)
_GROUPS_BY_SOUND = {}
for _name, _numbers in GROUPS_OF.items():
    _GROUPS_BY_SOUND.setdefault(sound(_name), set()).update(_numbers)
ANYBODY_HERE = frozenset(_FILIPINO.split())
ANYBODY = ANYBODY_HERE | frozenset(_THAI.split())
SHARED_BITS = {name: bits for bits, names in _SHARED.items() for name in names.split()}


@lru_cache(20_000)
def groups_of(name):
    """The groups a folded name stands in, by its letters or else by its sound."""
    return GROUPS_OF.get(name) or (_GROUPS_BY_SOUND.get(sound(name), frozenset()) if len(name) > 3 else frozenset())


def stand_for_each_other(one, other):
    """Whether two folded names are short forms of the same one: "kiko" and "francisco"."""
    return bool(groups_of(one) & groups_of(other))


def says_nothing(name):
    """Whether it is a nickname that anybody may bear: "bong", "เล็ก"."""
    return name in ANYBODY
