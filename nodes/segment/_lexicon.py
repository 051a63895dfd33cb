"""Closed-class words by language: where a clause may begin, and what must not be left at the end of a unit.

Data only. Function words are few and do not change, so lists of them go far without a parser. A language that is
missing here is cut at punctuation and pauses, and where the translator agrees.

    openers     words that begin a clause: a boundary before them is likely to be good
    leaners     prepositions: a boundary before them is fair, one behind them never good
    binders     articles, determiners, possessives, auxiliaries, subject pronouns, negations, conjunctions: they
                belong to what follows; never a boundary behind them
    trailers    particles and object pronouns: they belong to what stands before; never a boundary before them
    numerals    numbers in words; figures are known by their digits
    shortened   words that end in a full stop and end no sentence
"""

# ruff: noqa: RUF001 (marks and letters of many scripts are meant)

from __future__ import annotations

import msgspec


class Lexicon(msgspec.Struct, frozen=True):
    """The lists of one language; see the head of this file. All lower case, `shortened` without the stop."""

    openers: frozenset[str] = frozenset()
    leaners: frozenset[str] = frozenset()
    binders: frozenset[str] = frozenset()
    trailers: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()
    shortened: frozenset[str] = frozenset()


def _lexicon(*lists: str) -> Lexicon:
    return Lexicon(*(frozenset(words.casefold().split()) for words in lists))


def lexicon(lang: str) -> Lexicon:
    """The lists of a language by its BCP 47 code; empty ones where there are none."""
    return LEXICONS.get(lang.partition("-")[0].lower(), Lexicon())


LEXICONS: dict[str, Lexicon] = {
    "en": _lexicon(
        "and but or so because although though while when whenever where wherever if unless until since after "
        "before which who whom whose that as whereas however therefore then",
        "of to in on at by for with from into onto about over under between through during without within against "
        "among around across behind beyond near off per toward towards upon via",
        "a an the this that these those my your his her its our their some any every each no another such what "
        "is are was were be been being am do does did has have had will would shall should can could may might must "
        "i you he she it we they there not n't very too more most less quite rather and but or so because although "
        "though while when where if unless until which who whose as than to i'm you're we're they're it's that's "
        "there's i'll you'll we'll they'll i've you've we've they've i'd you'd he'd she'd we'd they'd don't doesn't "
        "didn't won't can't couldn't wouldn't isn't aren't wasn't weren't let's please how why all both",
        "up out off down away back you me him us them it of",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
        "billion point half",
        "mr mrs ms dr prof st vs etc e.g i.e u.s u.k inc ltd co corp jr sr fig vol gen col sgt rev hon approx jan "
        "feb mar apr jun jul aug sep sept oct nov dec a.m p.m",
    ),
    "es": _lexicon(
        "y e pero o u sino porque aunque mientras cuando donde si que quien quienes cual cuales cuyo como pues luego "
        "entonces así",
        "de a en con por para sin sobre entre desde hasta hacia contra según durante mediante tras ante bajo",
        "el la los las lo un una unos unas este esta estos estas ese esa esos esas aquel aquella mi mis tu tus su sus "
        "nuestro nuestra nuestros nuestras del al cada algún alguna ningún ninguna otro otra todo toda todos todas muy "
        "más menos tan no me te se le les nos os yo tú él ella nosotros ellos ellas usted ustedes es son era eran fue "
        "ser está están estaba ha han he hemos había haber va van puede pueden debe deben y e pero o u porque aunque "
        "mientras cuando donde si que como",
        "de",
        "cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta "
        "cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos mil millón millones medio coma",
        "sr sra srta dr dra prof ud uds etc pág núm av art ee.uu p.ej",
    ),
    "fr": _lexicon(
        "et mais ou donc car parce que puisque quoique quand lorsque où si qui dont comme tandis alors",
        "de à en dans par pour avec sans sur sous entre vers chez contre depuis pendant selon jusque avant après",
        "le la les l' un une des du au aux d' ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos "
        "leur leurs chaque quelque quelques aucun aucune tout toute tous toutes très plus moins si ne n' pas je j' tu "
        "il elle on nous vous ils elles me m' te t' se s' lui y qu' c' est sont était étaient être suis es sommes êtes "
        "a ai as avons avez ont avait avoir va vont peut peuvent doit doivent et mais ou donc car parce puisque quand "
        "lorsque où qui que dont comme",
        "de pas plus",
        "zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt "
        "trente quarante cinquante soixante cent cents mille million millions milliard demi virgule",
        "m mm mme mlle dr pr etc p ex cf av st ste no",
    ),
    "de": _lexicon(
        "und aber oder denn sondern weil obwohl während wenn als wo ob dass damit bevor nachdem bis sobald solange wer "
        "wie also deshalb",
        "von zu in an auf bei mit nach aus für um durch gegen ohne über unter zwischen vor hinter neben seit wegen "
        "trotz im am zum zur vom beim ins ans",
        "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses "
        "diesen diesem jener jene jeder jede jedes mein meine dein deine sein seine ihr ihre unser unsere euer eure "
        "alle viele einige sehr mehr nicht zu ich du er sie es wir man mich mir dich dir sich uns euch ihm ihn ist "
        "sind war waren bin bist seid hat haben habe hatte hatten wird werden wurde wurden kann können konnte muss "
        "müssen soll sollen will wollen darf dürfen und aber oder denn weil obwohl während wenn als wo ob dass wie",
        "nicht",
        "null ein eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig "
        "sechzig siebzig achtzig neunzig hundert tausend million millionen milliarde halb komma",
        "hr fr dr prof z.b d.h u.a usw bzw nr str ca evtl ggf inkl vgl abs art st mio mrd",
    ),
    "it": _lexicon(
        "e ed ma o oppure perché poiché anche se sebbene mentre quando dove che chi cui quale quali come quindi allora "
        "dunque però",
        "di a da in con su per tra fra senza sopra sotto verso contro durante secondo entro dopo prima",
        "il lo la i gli le l' un uno una un' del dello della dei degli delle dell' al allo alla ai agli alle all' dal "
        "dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle questo questa "
        "questi queste quello quella quelli quelle mio mia miei mie tuo tua suo sua suoi sue nostro nostra vostro "
        "vostra loro ogni qualche alcuni alcune nessun nessuna tutto tutta tutti tutte molto più meno non mi ti si ci "
        "vi lui lei io tu noi voi essi è sono era erano essere sei siamo siete ha hanno ho hai abbiamo avete aveva va "
        "vanno può possono deve devono e ed ma o perché mentre quando dove se che chi cui come",
        "di",
        "zero uno una due tre quattro cinque sei sette otto nove dieci undici dodici venti trenta quaranta cinquanta "
        "sessanta settanta ottanta novanta cento mille mila milione milioni miliardo mezzo virgola",
        "sig sig.ra dott prof ing avv ecc pag es n art",
    ),
    "pt": _lexicon(
        "e mas ou porque pois embora enquanto quando onde se que quem cujo qual quais como portanto então assim porém",
        "de a em com por para sem sobre entre desde até contra segundo durante após ante sob perante",
        "o a os as um uma uns umas do da dos das no na nos nas ao à aos às pelo pela pelos pelas num numa este esta "
        "estes estas esse essa esses essas aquele aquela meu minha meus minhas teu tua seu sua seus suas nosso nossa "
        "nossos nossas cada algum alguma nenhum nenhuma outro outra todo toda todos todas muito mais menos tão não me "
        "te se lhe lhes eu tu ele ela você vocês nós eles elas é são era eram foi ser está estão estava há tem têm "
        "tinha ter vai vão pode podem deve devem e mas ou porque embora enquanto quando onde que quem como",
        "de",
        "zero um uma dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze quinze vinte trinta "
        "quarenta cinquenta sessenta setenta oitenta noventa cem cento duzentos mil milhão milhões meio vírgula",
        "sr sra srta dr dra prof etc pág av art exmo exma p.ex nº",
    ),
    "ru": _lexicon(
        "и а но или да потому что чтобы хотя пока когда где куда если который которая которое которые как так то "
        "поэтому однако затем",
        "в во на с со к ко по за из от до у о об при для без над под между через перед про около после",
        "и а но или не ни этот эта это эти тот та те мой моя моё мои твой твоя ваш ваша ваши наш наша наши его её их "
        "свой своя свои каждый весь вся все всё очень более самый я ты он она оно мы вы они есть был была было были "
        "будет будут быть может могут должен должна должны можно нужно если когда чтобы что который которая которое "
        "которые как где потому хотя",
        "бы ли же",
        "ноль один одна два две три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят "
        "шестьдесят семьдесят восемьдесят девяносто сто двести тысяча тысячи тысяч миллион миллионов миллиард запятая",
        "г гг ул д стр т.е т.д т.п др см им руб тыс млн млрд проф акад",
    ),
    "nl": _lexicon(
        "en maar of want dus omdat hoewel terwijl wanneer toen als waar dat die wie wat zodat voordat nadat totdat "
        "sinds indien daarom",
        "van te in op aan bij met naar uit voor om door tegen zonder over onder tussen achter naast sinds wegens tot",
        "de het een deze dit die dat mijn jouw zijn haar ons onze jullie hun elk elke ieder iedere geen sommige alle "
        "veel zeer meer niet te ik jij je hij zij ze wij we u men me mij hem is was waren ben bent heeft hebben heb "
        "had hadden wordt worden werd werden kan kunnen kon moet moeten zal zullen zou wil willen mag mogen en maar of "
        "want omdat hoewel terwijl wanneer als waar wie wat",
        "niet",
        "nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf twintig dertig veertig vijftig zestig "
        "zeventig tachtig negentig honderd duizend miljoen miljard half komma",
        "dhr mevr mw dr prof bijv d.w.z o.a enz nr str ca evt st",
    ),
}
