//! Words that mean something in a request, and what.

use super::{Character, Role, Texture};

/// What a word says of the character.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trait {
    /// Louder.
    Loud(f32),
    /// Fuller.
    Full(f32),
    /// Livelier.
    Busy(f32),
    /// Shorter.
    Short(f32),
    /// More dramatic.
    Drama(f32),
    /// It grows.
    Builds,
    /// It goes from one to the other.
    Calls,
    /// How the accompaniment moves.
    Texture(Texture),
    /// Only how it sounds.
    Sound,
}

/// Traits by their words, words of one trait between commas.
const TRAITS: &[(&str, Trait)] = &[
    (
        "loud,louder,powerful,strong,forte,mighty,aggressive",
        Trait::Loud(1.0),
    ),
    (
        "soft,softer,quiet,quieter,gentle,tender,delicate,piano and soft,subtle,intimate,softly,quietly",
        Trait::Loud(-1.0),
    ),
    (
        "full,fuller,rich,richer,lush,big,thick,dense,huge,massive,grand,majestic",
        Trait::Full(1.0),
    ),
    (
        "thin,thinner,sparse,light,lighter,transparent,simple,simpler,bare,minimal,minimalist,minimalistic,airy",
        Trait::Full(-1.0),
    ),
    (
        "lively,livelier,energetic,busy,busier,bouncy,playful,active,joyful,joyous,upbeat,virtuosic",
        Trait::Busy(1.0),
    ),
    (
        "calm,calmer,peaceful,relaxed,slow,slower,still,meditative,chilled,quiet and calm,dreamy",
        Trait::Busy(-1.0),
    ),
    (
        "staccato,short,pizzicato,detached,plucky",
        Trait::Short(1.0),
    ),
    (
        "legato,smooth,smoother,flowing,singing and smooth,lyrical,cantabile",
        Trait::Short(-1.0),
    ),
    (
        "dramatic,theatrical,intense,tense,stormy,passionate,heroic",
        Trait::Drama(1.0),
    ),
    (
        "build up,building up,builds up,build-up,buildup,building,crescendo,growing,grows,grow,rising,gradually louder",
        Trait::Builds,
    ),
    (
        "call and response,call-and-response,question and answer,dialogue,conversation,trading phrases,calls and answers",
        Trait::Calls,
    ),
    (
        "arpeggios,arpeggiated,arpeggio,broken chords,rolling chords,alberti",
        Trait::Texture(Texture::Arpeggio),
    ),
    (
        "oom pah,oom-pah,after-beats,afterbeats,after beats,offbeats,off-beats,boom chick",
        Trait::Texture(Texture::AfterBeat),
    ),
    (
        "oom pah pah,oom-pah-pah,waltzing",
        Trait::Texture(Texture::Waltz),
    ),
    (
        "ostinato,ostinatos,ostinati,repeated notes,pulsing,driving,tremolo",
        Trait::Texture(Texture::Ostinato),
    ),
    (
        "sustained,held,long notes,held notes,held chords,drone,drones",
        Trait::Texture(Texture::Sustained),
    ),
    (
        "block chords,homophonic,hymn-like,hymnlike,chordal,like a hymn,like a chorale",
        Trait::Texture(Texture::Chordal),
    ),
    (
        "warm,warmer,dark,darker,bright,brighter,sad,sadder,happy,happier,melancholic,melancholy,mellow,romantic,mysterious,epic,sweet,muted,distorted,clean,vintage,breathy,jazzy,baroque,classical,modern,dirty,crisp,round,cold,haunting,ethereal,nostalgic,magical,spooky,scary,funny,noble,solemn,festive,magnificent,beautiful,nice,moody,hopeful,uplifting,angry,fat,deep,high,low,acoustic,electric,cozy,cosy,expressive,traditional",
        Trait::Sound,
    ),
];

/// Roles by their words.
const ROLES: &[(&str, Role)] = &[
    (
        "melody,melodies,tune,theme,lead,lead line,lead melody,top line,main melody,topline,main line",
        Role::Melody,
    ),
    (
        "counter,counter-melody,countermelody,counter melody,counterpoint,countermelodies,second melody,descant,obbligato,answer,answers",
        Role::Counter,
    ),
    (
        "inner,inner voice,inner voices,middle voice,middle voices,harmony line,inner parts,inner part",
        Role::Inner,
    ),
    (
        "bass line,bassline,bass part,low end,bass notes,the bass",
        Role::Bass,
    ),
    (
        "pad,pads,held chords,sustained chords,cushion,carpet,background",
        Role::Pad,
    ),
    (
        "comping,chords,accompaniment,accompanying,backing,harmony,harmonies,rhythm chords,chord,comps,accompanies,rhythm guitar part",
        Role::Comping,
    ),
    (
        "rhythm,beat,groove,rhythm part,percussion part",
        Role::Rhythm,
    ),
    (
        "colour,color,colours,colors,accents,sparkle,effects,highlights,fills",
        Role::Colour,
    ),
];

fn of<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    let has = |words: &str| words.split(',').any(|one| one == word);
    table
        .iter()
        .find(|(words, _)| has(words))
        .map(|(_, what)| *what)
}

/// What a word says of the character.
pub(super) fn of_character(word: &str) -> Option<Trait> {
    of(TRAITS, word)
}

/// The role of a name.
pub(super) fn role(word: &str) -> Option<Role> {
    of(ROLES, word)
}

/// A number in letters or figures.
pub(super) fn number(word: &str) -> Option<usize> {
    const NAMES: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    match word {
        "pair" | "pair of" | "a pair of" | "couple of" | "a couple of" => Some(2),
        "twenty" => Some(20),
        "thirty" => Some(30),
        "forty" => Some(40),
        "hundred" => Some(100),
        _ => NAMES
            .iter()
            .position(|name| *name == word)
            .or_else(|| word.parse().ok()),
    }
}

/// Words that join, and words that say nothing about who plays.
const EMPTY: &str = "a an the of please make it arrange this that my me let lets let's give write create some kind kind-of want i would like we \
    to be arrangement version song piece music track style styled feel sound sounds sounding like more-or-less so all do can you could us at is are \
    its their them they up down one's bit little slightly now here there also set turn change transform convert orchestrate \
    orchestration orchestrated reduction ensemble group instruments instrument players player section classic typical standard real \
    whole entire then again each both any other others using use from beginning end start mood way character much voices parts part \
    line lines touch duo duet trio quartet quintet sextet septet octet piece's score band beat singer's \
    against together along backed accompanied featuring feature full-on into keep melody's";

/// Whether a word says nothing.
pub(super) fn is_empty(word: &str) -> bool {
    EMPTY.split_whitespace().any(|one| one == word)
}

impl Character {
    /// Adds what a word says, so strongly.
    pub(super) fn add(&mut self, what: Trait, strength: f32) {
        let to = |value: &mut f32, by: f32| *value = (*value + by * strength).clamp(-2.0, 2.0);
        match what {
            Trait::Loud(by) => to(&mut self.loud, by),
            Trait::Full(by) => to(&mut self.full, by),
            Trait::Busy(by) => to(&mut self.busy, by),
            Trait::Short(by) => to(&mut self.short, by),
            Trait::Drama(by) => to(&mut self.drama, by),
            Trait::Builds => self.builds = strength > 0.0,
            Trait::Calls => self.calls = strength > 0.0,
            Trait::Texture(texture) => self.texture = (strength > 0.0).then_some(texture),
            Trait::Sound => {}
        }
    }
}
