//! The words that something is known of.

use super::lists::{
    AMOUNTS, BEYOND, DEGREES, DENY_A_CLAUSE, DENY_A_NAME, HEARD, HEARD_BEGINNINGS, NO_BACKBEAT,
    OF_PLAYING, ORDERS, PARTS, TELLING, WANTING, has,
};
use super::tokens::{is_of_phrase, phrase_words};
use crate::models::prompt;
use crate::style;
use crate::work::part::orders::Kit;

/// What form, touch and pieces are called, and may be mistyped.
const TERMS: &str = "\
    kick snare stick clap claps hats ride crash crashes cymbal cymbals toms shaker tambourine conga congas bongos \
    timbales cowbell clave woodblock triangle splash china brushes fill fills breakdown buildup build drop break \
    chorus verse bridge intro outro ending section sections phrase bars halftime doubletime crescendo swing swung \
    straight shuffle busier sparser simpler denser softer louder quieter harder heavier tighter looser later earlier \
    higher lower longer shorter staccato legato arpeggiated offbeats quarters eighths sixteenths ghost drums bass \
    guitar piano keys strings brass organ octave roots groove groovy pattern laid behind ahead simple sparse heavy \
    sustained movement walking syncopated human second third fourth";

/// Words that say nothing by themselves, or are known in what is said around them.
const PLAIN: &str = "\
    tumbao galloping gallop ostinato upstroke upstrokes downstroke downstrokes scratch scratching scratches requinto flowing flow bubble bubbling \
    super extremely incredibly totally lose delete kill erase clear free quantized quantised robotic mechanical grid using lower turn \
    volume level levels slower faster busiest lazy lazier rushed rushing thinner fuller stronger powerful swell diminuendo decrescendo leading \
    a about above across actual actually add after again against ahead all almost alone along alright also always am an and another \
    any anything are around as ask at away back be because been before begin begins being below bit both bring but by can \
    cant change check close closer could cut did do does doing done dont down drag drummer during each early easy either else \
    end ends enough enter etc even ever every everything except extra feel feeling few fewer final find fine finish first fit \
    fits follow following follows for from full fuller further get gets getting give go goes going good gonna got great guitarist had \
    half has have having he hear hello help her here hey hi high him his hit hits hold hook how however if in include instead into is isnt it \
    its itself just keep keeping keeps kill kind know last late leave less let lets like line lines little long look lot \
    loud low made make makes making many maybe me mean measure measures medium mid middle minus mix mode more most move \
    much music musician must mute my near need never new next nice no none nor not note notes nothing now of off oh ok okay old on \
    once one ones only onto onward onwards open opposite or other others our out over own part parts people per perhaps piece pieces place \
    plain play played player playing plays please plus pull push pushed put quick quickly quite rather real really reduce refrain remove \
    replace rest right round run said same say section see sense set she should show side since single skip slightly \
    small so solely some something soon sort sound sounding sounds start starts stay stays step still stop stops such \
    sure swap take takes than thank thanks that the their them then there these they thing things think this those \
    though through throughout till time times to together too top toward towards track try turn two type under until \
    up upper use used using usual usually very voice want wants was way we well were what when where which while who \
    whole why will with within without wont word words work would write yes yet you your bpm tempo metre meter key major minor \
    song songs band bars bar beat beats big bigger huge massive tiny short count counts basic typical standard normal regular \
    classic traditional modern style styled kit solo accompaniment backing rhythm rhythms rhythmic melody melodic harmony chord chords \
    inversion voicing voicings riff riffs lick licks loop loops sample samples hand hands foot feet left accent accents accented \
    pause rests silence silent tacet fade fades fading pocket feels swell building builds building-up builds-up bridge pre \
    doubled double doubles triple triplets thirty thirds second seconds third fourth fifth sixth seventh eight sixteen four five six \
    seven nine ten eleven twelve three later sooner lots bunch slap slapped popping pop plucked plucking muted damped palm \
    follow unison lock locked locking steady drive driving drives constant constantly continuous repeated repeating repeat repeats \
    alternate alternating root roots rolls roll rolling rolled flam flams drag drags paradiddle rim rims shell shells stick sticks \
    mallets mallet rods brush sweep sweeps stir timekeeping keeper timekeeper hits stab stabs hold held ring ringing choke choked";

/// What sounds are like.
const SOUND: &str = "\
    acoustic aggressive airy ambient analog analogue big bright brilliant brittle broken calm cheap cheerful chill chilled clean clear \
    close cold compressed cool cosmic creamy crisp crunchy dark dead deep delicate detuned digital dirty distant distorted dramatic dreamy \
    dry dull dusty dynamic eerie electric electronic elegant emotional energetic ethereal expressive fast fat fluffy fretless fuzzy \
    garage gentle glassy grand gritty growling hard happy harsh haunting heavy hollow huge hypnotic icy intense intimate jangly joyful \
    large lazy light lively loose loud lush majestic massive mellow melancholic metallic minimal mono moody muddy muffled mysterious natural \
    nervous noisy nostalgic nylon old organic overdriven panned peaceful percussive phat picked plastic playful powerful pretty processed \
    punchy pure quiet raw resonant retro reverb reverberant rich romantic rough round rounded rubbery rusty sad saturated serious sharp \
    shimmering shiny silky simple slow small smoky smooth snappy soft solid sombre sparkling spacious spooky steel stereo strange strong sub subtle \
    sweet synth synthetic synthesizer tape tense thick thin thumping tight tiny tinny tender twangy ugly upright uplifting vast vintage vocal warm \
    gently softly loudly quietly heavily lightly weird wet wide wild wooden woody worn young bathroom big-room hall room studio live lead finger fingers thumb pick plectrum string \
    strings eighty ninety sixty seventy forties twenties thirties club stadium church bedroom radio lo fi hi tech";

/// Whether something is known of a word in lower case, as it stands or with an English ending. Any thread but audio.
pub(super) fn is_known(word: &str, with_endings: bool) -> bool {
    let word = word.replace('’', "'");
    let word = word.strip_suffix("'s").unwrap_or(&word);
    if word.ends_with("n't") || word.contains('\'') {
        return true;
    }
    let listed = |word: &str| {
        [
            TERMS,
            PLAIN,
            SOUND,
            HEARD,
            NO_BACKBEAT,
            OF_PLAYING,
            DEGREES,
            BEYOND,
            ORDERS,
            TELLING,
            WANTING,
        ]
        .iter()
        .chain(&[DENY_A_CLAUSE, DENY_A_NAME])
        .any(|list| has(list, word))
            || AMOUNTS.iter().any(|(names, ..)| has(names, word))
            || PARTS.iter().any(|(_, names)| has(names, word))
            || Kit::named(word).is_some()
            || is_of_phrase(word)
    };
    let ended = |ending: &str| {
        let stem = word.strip_suffix(ending);
        stem.is_some_and(|stem| stem.len() > 2 && listed(stem))
    };
    let mut beginnings = HEARD_BEGINNINGS.split_ascii_whitespace();
    listed(word)
        || with_endings
            && ["s", "es", "ed", "d", "ing", "er", "r", "est", "ly", "y"]
                .iter()
                .any(|ending| ended(ending))
        || beginnings
            .any(|beginning| word.starts_with(beginning) && word.len() <= beginning.len() + 5)
        || prompt::is_about_sound(word)
        || style::is_of_a_name(word)
}

/// What form, touch and pieces are called.
pub(super) fn terms() -> impl Iterator<Item = &'static str> {
    TERMS.split_ascii_whitespace().chain(phrase_words())
}

/// The words that mistyped ones may be: terms first, then names of styles.
pub(super) fn nameable() -> impl Iterator<Item = &'static str> {
    let terms = terms();
    let names = style::all()
        .iter()
        .flat_map(|style| style.file().names.iter());
    terms.chain(names.flat_map(|name| name.split([' ', '-'])))
}
