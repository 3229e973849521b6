//! The words, in lower case and without accents: what they mean, and they.

/// A meaning in English, and the words for it.
type Meaning = (&'static str, &'static str);

/// Names of instruments. Plurals that only add or change an ending are found by themselves.
pub(super) const NAMES: &[Meaning] = &[
    (
        "guitar",
        "gitarre, guitare, guitarra, chitarra, violao, violoes",
    ),
    ("electric guitar", "e-gitarre, elektrogitarre"),
    ("acoustic guitar", "akustikgitarre, westerngitarre"),
    ("nylon guitar", "konzertgitarre"),
    ("bass", "basse, bajo, baixo, basso, bassi"),
    ("bass guitar", "bassgitarre, e-bass, elektrobass"),
    (
        "double bass",
        "kontrabass, kontrabasse, contrebasse, contrabajo, contrabbasso, contrabaixo",
    ),
    (
        "flute",
        "flote, floete, querflote, querfloete, flauta, flauto",
    ),
    ("recorder", "blockflote, blockfloete"),
    ("pan flute", "panflote, panfloete"),
    ("piccolo", "piccoloflote"),
    ("violin", "geige, violine, violon, violino, violines"),
    ("viola", "bratsche"),
    (
        "cello",
        "violoncelle, violonchelo, violoncelo, violoncelli, chelo, violoncell",
    ),
    (
        "strings",
        "streicher, streichern, cordes, cuerdas, archi, cordas",
    ),
    ("string orchestra", "streichorchester"),
    ("orchestra", "orchester, orchestre, orquesta, orquestra"),
    ("piano", "klavier, pianino, pianoforte"),
    ("grand piano", "fluegel, konzertflugel"),
    ("electric piano", "e-piano, epiano, elektropiano"),
    (
        "harpsichord",
        "cembalo, clavecin, clavicembalo, clavecimbalo",
    ),
    ("keyboard", "teclado, clavier, tastiera"),
    ("organ", "orgel, orgue, organo, orgao, orgaos"),
    ("church organ", "kirchenorgel, pfeifenorgel"),
    (
        "accordion",
        "akkordeon, accordeon, acordeon, acordeao, fisarmonica, fisarmoniche, ziehharmonika, sanfona",
    ),
    ("harmonica", "mundharmonika, armonica"),
    ("bagpipe", "dudelsack, cornemuse, cornamusa"),
    (
        "drums",
        "schlagzeug, schlagzeuge, batterie, bateria, batteria, tambores, trommeln, tamburi",
    ),
    ("drum", "trommel, tambour, tambor, tamburo"),
    (
        "percussion",
        "perkussion, percusion, percussione, percussao",
    ),
    ("timpani", "pauke, pauken, timpano"),
    ("cymbals", "becken, platillos, pratos"),
    ("bell", "glocke, cloche, campana"),
    (
        "bells",
        "glocken, cloches, campanas, campane, sinos, kirchenglocken, glockchen",
    ),
    ("trumpet", "trompete, trompette, trompeta, tromba"),
    ("trombone", "posaune, trombon"),
    ("french horn", "waldhorn, trompa"),
    ("horns", "horner"),
    (
        "brass",
        "blechblaser, blechblaeser, blaser, cuivres, ottoni",
    ),
    ("woodwinds", "holzblaser, holzblaeser"),
    ("clarinet", "klarinette, clarinette, clarinete, clarinetto"),
    ("bass clarinet", "bassklarinette"),
    ("oboe", "hautbois"),
    ("bassoon", "fagott, fagotto, fagote, fagot, basson"),
    (
        "saxophone",
        "saxophon, saxofon, saxofono, sassofono, saxofone, saxo",
    ),
    ("alto saxophone", "altsaxophon, altsaxofon"),
    ("tenor saxophone", "tenorsaxophon, tenorsaxofon"),
    ("harp", "harfe, harpe, harpa, arpa"),
    ("lute", "laute, luth, liuto, alaude"),
    ("mandolin", "mandoline, mandolina, mandolino, bandolim"),
    ("ukulele", "cavaquinho, ukelele"),
    ("xylophone", "xylophon, xilofono, xilofon, xilofone"),
    ("vibraphone", "vibraphon, vibrafono, vibrafon, vibrafone"),
    ("music box", "spieluhr, spieldose"),
    ("choir", "chor, choeur, coro"),
    (
        "voice",
        "stimme, stimmen, voix, voz, vozes, voces, voce, gesang",
    ),
    (
        "synth",
        "synthe, sintetizador, sintetizzatore, synthetiseur",
    ),
    ("pad", "flachenklang, nappe"),
    ("lead", "solostimme"),
];

/// Names that mean something else without their accents.
pub(super) const ACCENTED: &[Meaning] = &[
    ("grand piano", "flügel"),
    ("lute", "laúd"),
    ("horns", "hörner"),
    ("choir", "chöre"),
    ("thin", "dünn"),
];

/// Phrases, most of them names.
pub(super) const PHRASES: &[Meaning] = &[
    (
        "grand piano",
        "piano a queue, piano de cola, pianoforte a coda, piano a coda, piano de cauda",
    ),
    (
        "upright piano",
        "piano droit, piano vertical, pianoforte verticale",
    ),
    (
        "electric piano",
        "piano electrique, piano electrico, piano elettrico, piano eletrico",
    ),
    (
        "electric guitar",
        "guitare electrique, guitarra electrica, chitarra elettrica, guitarra eletrica",
    ),
    (
        "acoustic guitar",
        "guitare acoustique, guitarra acustica, chitarra acustica",
    ),
    (
        "classical guitar",
        "guitare classique, guitarra clasica, chitarra classica, guitarra espanola",
    ),
    (
        "bass guitar",
        "guitare basse, bajo electrico, basso elettrico, baixo eletrico, basse electrique",
    ),
    (
        "recorder",
        "flute a bec, flauta dulce, flauto dolce, flauta doce",
    ),
    ("pan flute", "flute de pan, flauta de pan, flauto di pan"),
    (
        "flute",
        "flute traversiere, flauta traversa, flauta travesera, flauto traverso",
    ),
    (
        "church organ",
        "orgue d'eglise, organo de iglesia, organo da chiesa, orgao de igreja",
    ),
    ("church bells", "cloches d'eglise, campanas de iglesia"),
    (
        "music box",
        "boite a musique, caja de musica, carillon a musique, caixa de musica",
    ),
    ("english horn", "corno inglese, corno ingles"),
    (
        "french horn",
        "cor d'harmonie, corno francese, corno frances",
    ),
    ("drum kit", "set de bateria, kit de bateria, kit batterie"),
    (
        "drum machine",
        "boite a rythmes, caja de ritmos, batteria elettronica, bateria eletronica, bateria electronica",
    ),
    ("bass drum", "grosse caisse, grosse trommel, gran cassa"),
    ("snare", "caisse claire, kleine trommel, caja clara"),
    ("hand drums", "percussions a main"),
    (
        "instead of",
        "au lieu de, en vez de, en lugar de, invece di, em vez de, au lieu d'une",
    ),
    ("rather than", "plutot que, plutot qu'une, plutot qu'un"),
    ("and", "ainsi que, e anche, und auch"),
    ("no", "pas de, pas d'une, pas d'un"),
    ("not", "ne pas, lieber nicht"),
    ("not so", "pas si, nicht so"),
    ("not too", "pas trop, nicht zu"),
    (
        "please",
        "s'il te plait, s'il vous plait, por favor, per favore",
    ),
    (
        "anything but",
        "tout sauf, alles ausser, todo menos, tutto tranne, tudo menos",
    ),
    ("double bass", "contrebasse a cordes"),
    (
        "string section",
        "section de cordes, seccion de cuerdas, sezione d'archi",
    ),
    ("a bit", "ein bisschen, un peu, un poco, un po, um pouco"),
    (
        "female voice",
        "voix feminine, voz femenina, voce femminile, voz feminina",
    ),
    ("male voice", "voix masculine, voz masculina, voce maschile"),
    (
        "I want",
        "ich will, ich mochte, je veux, voglio una, voglio un",
    ),
];

/// Words about a sound or what is to be done that are no English ones.
pub(super) const FOREIGN: &[Meaning] = &[
    (
        "warm",
        "warme, warmer, warmes, warmen, chaud, chaude, chauds, chaudes, calido, calida, calidos, calidas, caldo, calda, quente, quentes",
    ),
    (
        "cold",
        "kalt, kalte, kalter, kaltes, froid, froide, frio, fria, freddo, fredda",
    ),
    (
        "bright",
        "helle, heller, helles, hellen, brillant, brillante, brillantes, brillanti, brilhante, claire, claires, chiaro, chiara, squillante, strahlend, strahlende, luminoso, luminosa, lumineux, lumineuse, clara",
    ),
    (
        "dark",
        "dunkel, dunkle, dunkler, dunkles, dunklen, duster, duestere, dustere, oscuro, oscura, oscuros, oscuras, obscuro, scuro, scura, scuri, escuro, escura, sombres, sombrio, cupo, cupa",
    ),
    (
        "soft",
        "weich, weiche, weicher, weiches, weichen, sanft, sanfte, sanfter, doux, douce, douces, suaves, morbido, morbida, blando, macio, macia",
    ),
    (
        "quiet",
        "leise, leiser, leises, tranquille, tranquilo, tranquila, tranquillo, silencioso",
    ),
    (
        "loud",
        "laut, lauter, lautes, forts, fuerte, fuertes, ruidoso, bruyant",
    ),
    (
        "hard",
        "harte, harter, hartes, hartem, dure, dures, duro, dura, duros, duras",
    ),
    (
        "short",
        "kurz, kurze, kurzer, kurzes, courte, courts, courtes, corto, corta, cortos, cortas, curto, curta, breves",
    ),
    (
        "long",
        "lange, langer, langes, longue, longues, lungo, lunga, larga, longo, longa, longas",
    ),
    ("slow", "langsam, langsame, langsamer, lente, lenta, lentas"),
    (
        "fast",
        "schnell, schnelle, schneller, rapide, rapido, rapida, veloce",
    ),
    (
        "deep",
        "tief, tiefe, tiefer, tiefes, profond, profonde, profundo, profunda, profondo, profonda",
    ),
    (
        "high",
        "hoch, hohe, hoher, hohes, aigu, aigue, agudo, aguda, acuto, acuta",
    ),
    (
        "rough",
        "rau, raue, rauer, rauh, rauhe, rugueux, rugueuse, aspero, aspera, ruvido, ruvida",
    ),
    (
        "dry",
        "trocken, trockene, trockener, trockenes, seche, seco, seca, secco, secca",
    ),
    ("breathy", "hauchig, hauchige, luftig, luftige, soplado"),
    (
        "mellow",
        "samtig, samtige, moelleux, moelleuse, vellutato, vellutata, aterciopelado",
    ),
    (
        "metallic",
        "metallisch, metallische, metallique, metalliques, metalico, metalica, metallico, metallica",
    ),
    ("wooden", "holzern, holzerne, boise, boisee"),
    (
        "electric",
        "elektrisch, elektrische, electrique, electrico, electrica, elettrico, elettrica, eletrico, eletrica",
    ),
    (
        "electronic",
        "elektronisch, elektronische, elektronisches, electronique, electronico, electronica, elettronico, elettronica, eletronico, eletronica",
    ),
    (
        "acoustic",
        "akustisch, akustische, acoustique, acustico, acustica",
    ),
    (
        "distorted",
        "verzerrt, verzerrte, distordu, distordue, saturee, distorsionado, distorsionada, distorto, distorta, distorcido, distorcida",
    ),
    ("muted", "gedampft, gedampfte, etouffe, etouffee, apagado"),
    ("plucked", "gezupft, gezupfte, pince, pincee, pizzicata"),
    ("bowed", "gestrichen, gestrichene, frotte, arqueado"),
    (
        "gentle",
        "zart, zarte, zarter, zartes, tendre, delicato, delicata, delicado, delicada",
    ),
    (
        "fat",
        "fett, fette, fetter, dicke, gras, grasse, gordo, gorda, grosso, grossa",
    ),
    ("thin", "dunne, dunner, delgado, delgada, sottile, fino"),
    ("sad", "traurig, traurige, trauriges, triste, tristes"),
    (
        "happy",
        "frohlich, frohliche, joyeux, joyeuse, alegre, allegra",
    ),
    (
        "old",
        "vieux, vieille, viejo, vieja, vecchio, vecchia, velho, velha",
    ),
    ("big", "grosse, grosser, grosses, grandes"),
    ("busy", "dicht, dichte, chargee, cargado"),
    (
        "simple",
        "einfach, einfache, einfacher, sencillo, sencilla, semplice, semplici, simples",
    ),
    ("attack", "anschlag, attaque, ataque, attacco"),
    ("noise", "rauschen, gerausch, bruit, ruido, rumore"),
    ("vibrato", "vibrati"),
    (
        "no",
        "kein, keine, keinen, keiner, keines, keinem, ningun, ninguna, nessun, nessuna, nessuno, nenhum, nenhuma, aucun, aucune",
    ),
    ("without", "ohne, sans, senza"),
    ("not", "nicht, nao"),
    ("but", "sondern, aber, mais, pero, sino"),
    ("with", "avec"),
    ("and", "und"),
    ("or", "oder, oppure"),
    ("a", "ein, eine, einen, einem, einer, eines, une, uma"),
    ("instead of", "statt, anstatt, anstelle"),
    ("too", "trop, troppo, demasiado, demasiada"),
    ("very", "sehr, molto, muito, mucho, muy"),
    ("so", "tanto, tellement"),
    ("like", "comme, wie"),
    ("less", "weniger, moins, menos, meno"),
    ("please", "bitte"),
    (
        "add",
        "fuge, fuege, ajoute, ajouter, ajoutez, anade, anadir, anada, agrega, agregar, aggiungi, aggiungere, adiciona, adicione, adicionar, acrescenta, acrescente",
    ),
    ("", "hinzu, dazu"),
    ("make", "mache, faz, haz"),
    ("play", "spiele, joue, suona"),
    ("jazzy", "jazzig, jazzige, jazziges"),
];

/// Words that English has, too: they count where another word is surely foreign.
pub(super) const ALSO_ENGLISH: &[Meaning] = &[
    ("bright", "hell, clair, claro"),
    ("dark", "sombre"),
    ("soft", "suave, dolce"),
    ("loud", "fort, forte, laute"),
    ("hard", "hart, dur"),
    ("short", "court, breve"),
    ("long", "lang"),
    ("slow", "lent, lento"),
    ("low", "grave, bas"),
    ("dry", "sec"),
    ("french horn", "cor, cors"),
    ("horn", "corno, corni"),
    ("bells", "campanella"),
    ("with", "con, com, mit"),
    ("without", "sin, sem"),
    ("not", "non, pas"),
    ("and", "et, y, e, ed"),
    ("or", "ou"),
    ("a", "un, um, uno, una"),
    (
        "the",
        "der, die, das, den, le, la, les, el, los, las, il, lo, gli, os",
    ),
    ("but", "ma, mas"),
    ("so", "tan, si"),
    ("like", "come, como"),
    ("of", "de, du, des, di, von, do, da"),
    ("more", "mehr, plus, piu"),
    ("big", "grande, grand, gross"),
    ("fat", "dick"),
    ("mellow", "mat"),
    ("make", "mach"),
    ("play", "spiel"),
    ("very", "tres"),
    ("fills", "remates"),
    ("too", "zu"),
];
