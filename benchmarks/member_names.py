"""A million members' names in four languages, as uneven as people's names are.

The most frequent names are real ones in about their real order; the long tail of family names is put together from the
parts that each language makes them of. Weights fall as 1 / (rank + a few), so some names are borne by hundreds and
most family names by a handful. Chinese given names are two characters in nine of ten.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

LANGUAGES: Final = ("en", "ro", "tr", "zh")

_EN_GIVEN: Final = (
    "James Mary John Patricia Robert Jennifer Michael Linda William Elizabeth David Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Charles Karen Christopher Nancy Daniel Lisa Matthew Betty Anthony Margaret Mark Sandra "
    "Donald Ashley Steven Kimberly Paul Emily Andrew Donna Joshua Michelle Kenneth Dorothy Kevin Carol Brian Amanda "
    "George Melissa Edward Deborah Ronald Stephanie Timothy Rebecca Jason Sharon Jeffrey Laura Ryan Cynthia Jacob "
    "Kathleen Gary Amy Nicholas Shirley Eric Angela Jonathan Helen Stephen Anna Larry Brenda Justin Pamela Scott "
    "Nicole Brandon Emma Benjamin Samantha Samuel Katherine Gregory Christine Frank Debra Alexander Rachel Raymond "
    "Catherine Patrick Carolyn Jack Janet Dennis Ruth Jerry Maria Tyler Heather Aaron Diane Jose Virginia Adam Julie "
    "Henry Joyce Nathan Victoria Douglas Olivia Zachary Kelly Peter Christina Kyle Lauren Walter Joan Ethan Evelyn "
    "Jeremy Judith Harold Megan Keith Cheryl Christian Andrea Roger Hannah Noah Martha Gerald Jacqueline Carl Frances "
    "Terry Gloria Sean Ann Austin Teresa Arthur Kathryn Lawrence Sara Jesse Janice Dylan Jean Bryan Alice Joe Madison "
    "Jordan Doris Billy Abigail Bruce Julia Albert Judy Willie Grace Gabriel Denise Logan Amber Alan Marilyn Juan "
    "Beverly Wayne Danielle Roy Theresa Ralph Sophia Randy Marie Eugene Diana Vincent Brittany Russell Natalie Elijah "
    "Isabella Louis Charlotte Bobby Rose Philip Alexis Johnny Kayla"
)
_EN_FAMILY: Final = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson "
    "Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell "
    "Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales "
    "Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson "
    "Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long "
    "Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez "
    "Simmons Graham Murray Ford Castro Marshall Owens Harrison Fernandez Woods Washington Kennedy Wells Vargas Henry "
    "Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon "
    "Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Stone Salazar Fox Warren Mills Meyer Rice Schmidt Daniels"
)
_EN_STEMS: Final = (
    "Ash Black Brad Bur Cal Car Cham Clay Cold Cran Dal Den Down Dray East El Fair Far Fen Fern Fox Glad Gold Gran Green "
    "Hag Hal Ham Har Hart Hat Haw Hay Hazel Hol Hunt Ing Kel Ken Kings Kirk Lam Lang Lay Lin Lock Long Lud Mal Mar Mel "
    "Mid Mil Mor New Nor Oak Old Pad Pem Pen Pick Prest Rad Raw Red Rich Rock Rom Ros Row Rush Sand Sed Sel Shel Sher "
    "Somer South Stan Stock Strat Sud Sum Sut Tan Thorn Tor Up Wal War Wat Web Wel Whit Wick Wil Win Wood Wor Wyn York"
)
_EN_ENDS: Final = (
    "ton ley ford man son well field wood by ham worth den more land croft burn wick stead bury combe dale gate grave "
    "hurst lock mere ridge shaw smith stone thwaite ville way win with worthy"
)
_RO_GIVEN: Final = (
    "Maria Ioan Andrei Elena Alexandru Ana Gheorghe Ioana Ion Mihaela Vasile Andreea Constantin Mihai Nicolae Cristina "
    "Adrian Daniela Ștefan Alexandra Marian Gabriela Florin Mariana Daniel Elisabeta Cristian Georgiana Dumitru Ionela "
    "Gabriel Simona Marius Nicoleta Ionuț Florentina Bogdan Adriana Radu Roxana Alin Raluca Lucian Diana Dan Camelia "
    "Răzvan Anca Cătălin Monica Petru Loredana Viorel Bianca Sorin Denisa Vlad Alina Tudor Oana Laurențiu Ramona Paul "
    "Doina Costel Lavinia Ilie Corina Victor Carmen Emil Rodica Dragoș Violeta Sebastian Larisa Robert Mirela Valentin "
    "Liliana Claudiu Valentina Silviu Crina Doru Iulia Octavian Teodora Petrică Sorina Ciprian Aurelia Ovidiu Lidia "
    "Horia Anamaria Mircea Viorica Eugen Delia Aurel Otilia George Irina Cosmin Magdalena Iulian Steluța Emanuel Sanda "
    "Matei Luminița Rareș Ecaterina David Aurica Luca Ilinca Filip Smaranda Eduard Ruxandra Traian Ancuța Călin Ileana "
    "Liviu Veronica Remus Tatiana Romeo Paraschiva Sergiu Iuliana Teodor Antonia Toader Sofia Zamfir Ema"
)
_RO_FAMILY: Final = (
    "Popa Popescu Pop Radu Ionescu Dumitru Stan Stoica Gheorghe Matei Rusu Ciobanu Constantin Marin Dinu Mihai Florea "
    "Moldovan Stanciu Munteanu Toma Lazăr Dumitrescu Constantinescu Petrescu Stoian Nistor Tudor Ștefan Ilie Nedelcu "
    "Barbu Dobre Oprea Vasile Mocanu Neagu Sandu Enache Ene Voicu Anghel Diaconu Rotaru Tănase Manole Ungureanu Lupu "
    "Cristea Preda Dragomir Marinescu Sârbu Georgescu Zamfir Nica Nicolae Grigore Lungu Roman Cozma Iancu Bucur Crăciun "
    "Ștefănescu Olteanu Dragan Ardelean Nechita Bratu Croitoru Albu Manea Tomescu Pavel Iordache Suciu Coman Botezatu "
    "Apostol Negru Văduva Rădulescu Vlad Sava Bălan Chiriac Filip Mihalache Dima Cojocaru Costea Păun Simion David "
    "Danciu Mureșan Bogdan Țăranu Surdu Pârvu Avram Cîrstea Trifan Șerban Gavrilă Moraru Pascu Tătaru Ursu Dănilă"
)
_RO_STEMS: Final = (
    "Alb Andr Ang Ap Bac Băd Băl Ban Bâr Bord Brat Buc Bud Bur Buz Cal Can Cap Căt Chir Ciob Coc Cod Com Cor Cos Crăc "
    "Crist Croit Dan Dob Dorn Drăg Dud Fil Flor Fron Găv Gherg Ghin Goi Grig Groz Hang Hârj Hor Iacob Ign Ion Irim Jian "
    "Lăc Laz Lep Lung Lup Mac Măn Mar Măr Mic Mih Mitr Moc Mold Mur Nău Neag Nec Neg Nic Nist Olt On Opr Pan Păt Păun "
    "Petr Pint Plăc Pop Prun Puș Răd Roman Ros Rus Sand Săv Scurt Stăn Ștef Stoen Stoic Șuf Tăn Tăt Tec Toad Tom Tud Țig "
    "Ung Urs Văc Vas Vătăm Vlăd Voin Zah Zaman Zlăt"
)
_RO_ENDS: Final = (
    "escu eanu aru iu oiu an aș oi ea uță ache ete ică ilă oș uș ean iță ărescu ănescu ulescu inescu iceanu oreanu "
    "ovici iciu uleț a u"
)
_TR_GIVEN: Final = (
    "Mehmet Fatma Mustafa Ayşe Ahmet Emine Ali Hatice Hüseyin Zeynep Hasan Elif İbrahim Meryem İsmail Şerife Yusuf Zehra "
    "Osman Sultan Murat Hanife Ömer Merve Ramazan Havva Halil Fadime Süleyman Esra Abdullah Özlem Mahmut Hacer Salih "
    "Yasemin Recep Melek Fatih Kübra Kadir Rabia Emre Hülya Hakan Dilek Adem Sevim Kemal Gamze Yaşar Leyla Bekir Aysel "
    "Musa Songül Metin Büşra Orhan Gülsüm Serkan Tuğba Furkan Derya Bayram Gül İsa Cemile Selim Songul Burak Pınar Cemal "
    "Aslı Yunus Gülşen Ercan Sibel Uğur Nurcan Onur Ebru Erkan Filiz Gökhan Asiye Volkan Seda Tolga Selma Kenan Nuray "
    "Sinan Gülay Cengiz Türkan Ferhat Hafize Serdar Sevgi Barış Nazlı Turgut Işıl Ilgın Irmak İpek İrem Çağla Çiğdem "
    "Şule Şeyma Ümit Ülkü Deniz Berk Arda Kerem Efe Mert Can Cem Alp Ege Kaan Doruk Umut Ozan Çınar Eymen Miraç Ecrin "
    "Asel Defne Nehir Azra Eylül Duru Ada Masal Lina Nil Beren Ceren Damla Ezgi"
)
_TR_FAMILY: Final = (
    "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt "
    "Özkan Şimşek Polat Korkmaz Çakır Erdoğan Yavuz Can Acar Şen Aktaş Güler Yalçın Güneş Bozkurt Bulut Keskin Ünal "
    "Turan Gül Özer Işık Kaplan Avcı Sarı Tekin Taş Köse Yüksel Ateş Aksoy Uysal Uçar Karaca Bayram Duman Ceylan Toprak "
    "Güven Sezer Ay Erdem Tunç Coşkun Demirci Kahraman Özcan Alkan Güngör Kurtuluş Mutlu Akın Balcı Soylu Uzun Ergün "
    "Bayrak Durmaz Karataş Elmas Yaman Sönmez Toker Bilgin Gündoğdu Ekinci Akbaş Türk Başaran Kocabaş Dinç Er Eren Ertaş "
    "Gök İnan İpek Kartal Oral Peker Şeker Tan Ural Vural Yazıcı Zengin Çam Çiftçi Ilgaz Ilıcak Altın Akgül Ersoy"
)
_TR_STEMS: Final = (
    "Ak Al Altın Ar As Ay Aydın Bal Bay Bey Bil Boz Bulut Can Çak Çal Çelik Dağ Demir Deniz Doğan Dur Ege Ek El Er Gök "
    "Gül Gün Güç Hacı Has İl İnce İpek Işık Kan Kap Kara Kaya Kes Kır Kızıl Koca Koç Kork Köse Kum Kurt Kuş Kutlu Mut Oğuz "
    "Ok Or Ot Öz Sağ San Sarı Sel Ser Sev Soy Su Şahin Şen Tan Taş Tek Tok Toprak Tun Tur Uç Ulu Ur Uz Ün Var Yağ Yal Yar "
    "Yaz Yel Yeşil Yıl Yol Yüce Yurt Zeren"
)
_TR_ENDS: Final = (
    "oğlu lı er soy taş kaya türk can demir ay kan han alp gül öz tekin çı cı su bay başı dağ doğan el kuş man maz men "
    "ol ören rak sal sever sun tepe turan ünal ver yürek yurt"
)
_ZH_FAMILY: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪"
    "庄聂章鲁岳翟申殷詹欧耿关焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶"
)
_ZH_GIVEN: Final = (
    "明华丽伟芳娜敏静秀英强磊军洋勇艳杰娟涛超霞平刚桂玲文辉建国红志玉兰春梅海燕林晓雪峰云飞龙鹏宇浩然子轩梓涵欣怡雨桐诗"
    "琪佳思嘉俊豪博一诺依晨阳天翔家乐心悦可馨若曦梦瑶婷慧颖莹洁倩蕾薇丹彤宁安康健波斌凯旭东亮鑫森磊晶晶淑珍荣贵福庆祥永兴"
    "立新正光世成德仁义礼智信忠孝良善美凤莲菊竹松柏青山川河江月星辰风霜冰清泉源远方圆圣贤达通顺利和谐瑞雅琴书画墨香宝珠琳"
    "璐瑾瑜琛璇钰铭锋锐钧铮泽润泓澜沐沛淳湘涵溪滢漫潇灏炜烨煜焕煊熙燃煦坤坚培堃城培墨壮宸宏富寒宽密容寅岩岚崇巍帆帅常幼"
    "庭延弘弛彦彬彰影徽忆怀恒恩恺惠愉意慕懿戈才承振捷掌政敬斐旋昊昌昕昱晗晟晖晴景智曼朋朗朝本权李杏杭柔柳栋树格桃桦梁棋"
    "楚楠榕槿樱欢歌殊毅民水永汉沁沙泉津洪浦浪淇清渊渝温湛滨漪炎烁焱爱牧特献玄玉玖环现玫玥珂珊珠珺理琦琼瑄瑶璟甜生田甲申"
    "畅疆登白百皓盈盛真睿知石硕碧磊祎祖祺福禹秋科程稳穆立竣笑筠筱简米素紫纯纳纹经绍绮维缘罡羽翠翰耀耕聪肖胜臻舒航良艺芊"
)

_DRAWN_AT_ONCE: Final = 10_000
_TAIL: Final = 12_000


def draw_names(language: str, count: int, dice: random.Random) -> Iterator[str]:
    """`count` full names, as this language writes them."""
    draw = _DRAWERS[language](dice)
    yield from (draw() for _ in range(count))


def _latin(
    given: str, family: str, stems: str, links: str, ends: str, second_given: float
) -> Callable[[random.Random], Callable[[], str]]:
    def drawer(dice: random.Random) -> Callable[[], str]:
        first = _Uneven(given.split(), dice, flat=12)
        made = ["".join(parts) for parts in itertools.product(stems.split(), links.split("|"), ends.split())]
        random.Random(7).shuffle(made)
        last = _Uneven(list(dict.fromkeys([*family.split(), *made[:_TAIL]])), dice, flat=40)

        def draw() -> str:
            name = [first.draw(), last.draw()]
            if dice.random() < second_given:
                other = first.draw()
                if other != name[0]:
                    name.insert(1, other)
            return " ".join(name)

        return draw

    return drawer


def _chinese(dice: random.Random) -> Callable[[], str]:
    family = _Uneven(list(dict.fromkeys(_ZH_FAMILY)), dice, flat=5)
    given = _Uneven(list(dict.fromkeys(_ZH_GIVEN)), dice, flat=15)

    def draw() -> str:
        return family.draw() + given.draw() + (given.draw() if dice.random() < 0.9 else "")

    return draw


class _Uneven:
    """Draws the first often and the last rarely."""

    def __init__(self, names: Sequence[str], dice: random.Random, flat: int) -> None:
        self._names = names
        self._weights = list(itertools.accumulate(1 / (rank + flat) for rank in range(len(names))))
        self._dice = dice
        self._drawn: list[str] = []

    def draw(self) -> str:
        if not self._drawn:
            self._drawn = self._dice.choices(self._names, cum_weights=self._weights, k=_DRAWN_AT_ONCE)
        return self._drawn.pop()


_DRAWERS: Final = {
    "en": _latin(_EN_GIVEN, _EN_FAMILY, _EN_STEMS, "|er|ing|en|s", _EN_ENDS, 0.1),
    "ro": _latin(_RO_GIVEN, _RO_FAMILY, _RO_STEMS, "|ul|ăr|in|ic", _RO_ENDS, 0.35),
    "tr": _latin(_TR_GIVEN, _TR_FAMILY, _TR_STEMS, "|lı|de|yı|er", _TR_ENDS, 0.25),
    "zh": _chinese,
}
