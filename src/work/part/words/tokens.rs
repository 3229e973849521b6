//! The words of an instruction in the field's own terms: "hi hats" are hats, "side stick" is one word, "and of 2" is a place.

/// Where a clause ends.
const MARKS: [char; 10] = [',', '.', ';', '!', '?', ':', '(', ')', '–', '—'];

/// What people write, and what it is called here; the longest are looked for first.
const PHRASES: &[(&str, &str)] = &[
    (
        "hi-hat|hi-hats|hihat|hihats|hi hat|hi hats|high hat|high hats|high-hat|high-hats|hats|hat|hh",
        "hat",
    ),
    (
        "open hat|open hats|open hi hat|open hi hats|open hi-hat|open hi-hats|open hihat|open hihats|open high hat|open high hats",
        "openhat",
    ),
    (
        "closed hat|closed hats|closed hi-hat|closed hi-hats|closed hihats|closed hi hats",
        "closedhat",
    ),
    ("pedal hat|pedal hats|foot hat|pedal hi-hat", "pedalhat"),
    (
        "side stick|side-stick|side sticks|cross stick|cross-stick|crossstick|cross sticks|rim shot|rimshot|rimshots|rim-shot|rim click|rim clicks|sidestick",
        "stick",
    ),
    ("bass drum|bass drums|kick drum|kick drums|kicks", "kick"),
    ("snare drum|snare drums|snares", "snare"),
    ("hand clap|hand claps|hand-claps", "clap"),
    ("ride cymbal|ride cymbals|ride bell", "ride"),
    ("crash cymbal|crash cymbals", "crash"),
    ("cow bell|cow-bell|bell|bells", "cowbell"),
    ("wood block", "woodblock"),
    ("hand drum|hand drums", "conga"),
    (
        "half time|half-time|half time feel|half-time feel",
        "halftime",
    ),
    (
        "double time|double-time|double time feel|double-time feel",
        "doubletime",
    ),
    (
        "build up|build-up|builds up|build ups|build-ups|buildups|riser",
        "buildup",
    ),
    ("break down|break-down|breaks down|breakdowns", "breakdown"),
    ("count in|count-in|counts in|count-off|count off", "countin"),
    (
        "laid back|laid-back|lay back|layed back|laying back|more laid back|more laid-back",
        "laidback",
    ),
    (
        "behind the beat|behind the grid|slightly behind|behind the time",
        "behind",
    ),
    (
        "ahead of the beat|on top of the beat|in front of the beat|ahead of the grid|pushing the beat",
        "ahead",
    ),
    ("on the grid|on grid", "grid"),
    ("fade out|fade-out|fades out|fading out", "fadeout"),
    (
        "drop out|drops out|dropped out|lay out|lays out|sit out|sits out|drop-out",
        "dropout",
    ),
    ("come in|comes in|coming in|enters", "enter"),
    (
        "ghost note|ghost notes|ghost-notes|ghosted notes|ghosts|ghosted",
        "ghost",
    ),
    (
        "four on the floor|4 on the floor|four to the floor|four-on-the-floor",
        "fourfloor",
    ),
    (
        "all fours|every beat|each beat|all beats|all four beats|all four|every quarter|every crotchet|the beats|quarter note|quarter notes|quarter-note|quarter-notes|quarters|quarter|crotchets|4ths",
        "beats",
    ),
    (
        "off beat|off beats|off-beat|off-beats|offbeat|offbeats|upbeats|up-beats|the ands|every offbeat",
        "offbeats",
    ),
    (
        "eighth|eighth note|eighth notes|eighth-note|eighth-notes|8th|8ths|8th note|8th notes|quavers",
        "eighths",
    ),
    (
        "sixteenth|sixteenth note|sixteenth notes|sixteenth-note|sixteenth-notes|16th|16ths|16th note|16th notes|16th-notes",
        "sixteenths",
    ),
    ("whole note|whole notes|whole-notes|semibreves", "wholes"),
    ("half note|half notes|half-notes|minims", "halves"),
    ("and of 1|and of one", "1&"),
    ("and of 2|and of two", "2&"),
    ("and of 3|and of three", "3&"),
    ("and of 4|and of four", "4&"),
    (
        "one bar|one-bar|1-bar|whole bar|whole-bar|full-bar|full bar",
        "onebar",
    ),
    (
        "two beat|two-beat|2-beat|two beats|half-bar|half bar",
        "twobeat",
    ),
    ("one beat|one-beat|1-beat", "onebeat"),
    (
        "one chord a bar|one chord per bar|one chord each bar|one chord every bar|1 chord a bar|1 chord per bar|one note a bar|one note per bar|one note each bar|1 note a bar|1 note per bar",
        "wholes",
    ),
    (
        "two chords a bar|two chords per bar|2 chords a bar|2 chords per bar",
        "halves",
    ),
    ("one drop|one-drop", "onedrop"),
    ("break beat|break beats|break-beat", "breakbeat"),
    ("praise break|amen break", "breaks"),
    (
        "stay on the root|on the root|root notes|root note|the roots|the root|roots|root only",
        "roots",
    ),
    (
        "root and fifth|roots and fifths|root fifth|root-fifth",
        "rootfifth",
    ),
    (
        "an octave lower|octave lower|octave down|one octave lower|an octave down|one octave down|down an octave|down one octave",
        "octdown",
    ),
    (
        "an octave higher|octave higher|octave up|one octave higher|an octave up|one octave up|up an octave|up one octave",
        "octup",
    ),
    ("instead of|in place of|rather than|in favour of", "instead"),
    (
        "take out|takes out|get rid of|leave out|cut out|throw out|without the",
        "without",
    ),
    ("full kit|whole kit", "kit"),
    ("roots reggae", "rootsreggae"),
    ("free of|clear of", "without"),
    (
        "getting louder|gets louder|get louder|growing louder|louder and louder|slowly louder",
        "crescendo",
    ),
    (
        "getting softer|gets softer|getting quieter|gets quieter|softer and softer|dies away",
        "fadeout",
    ),
];

/// A word: what it is called here, as it was written, and the number of its clause.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) word: String,
    pub(super) said: String,
    pub(super) clause: usize,
    pub(super) used: bool,
}

/// The words of an instruction in English.
pub(super) fn tokens(instruction: &str) -> Vec<Token> {
    let lower = instruction.to_lowercase().replace('’', "'");
    let mut words: Vec<Token> = Vec::new();
    let mut clause = 0;
    let chars: Vec<char> = lower.chars().collect();
    let mut now = String::new();
    let mut end = |now: &mut String, clause: &mut usize, breaks: bool| {
        let word = std::mem::take(now);
        let word = word.trim_matches(|c| c == '-' || c == '\'');
        if !word.is_empty() {
            *clause += usize::from(word == "but" || word == "then");
            words.push(Token {
                word: word.to_owned(),
                said: word.to_owned(),
                clause: *clause,
                used: false,
            });
        }
        *clause += usize::from(breaks);
    };
    for (at, c) in chars.iter().enumerate() {
        let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
        // "Bars 9–12" is no clause's end.
        let range = matches!(c, '–' | '—') && at > 0 && digit(at - 1) && digit(at + 1);
        match c {
            _ if range => now.push('-'),
            '-' | '\'' | '&' | '/' => now.push(*c),
            c if c.is_alphanumeric() => now.push(*c),
            c => end(&mut now, &mut clause, MARKS.contains(c)),
        }
    }
    end(&mut now, &mut clause, false);
    joined(words)
}

/// With phrases as one word each.
fn joined(words: Vec<Token>) -> Vec<Token> {
    const LONGEST: usize = 4;
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    'words: while at < words.len() {
        for long in (1..=LONGEST.min(words.len() - at)).rev() {
            let some = &words[at..at + long];
            if some.iter().any(|token| token.clause != some[0].clause) {
                continue;
            }
            let text: Vec<&str> = some.iter().map(|token| token.said.as_str()).collect();
            let text = text.join(" ");
            let named = |(names, _): &&(&str, &str)| names.split('|').any(|name| name == text);
            if let Some((_, name)) = PHRASES.iter().find(named) {
                found.push(Token {
                    word: (*name).to_owned(),
                    said: text,
                    ..some[0].clone()
                });
                at += long;
                continue 'words;
            }
        }
        found.push(words[at].clone());
        at += 1;
    }
    found
}

/// Whether a word is one of a phrase, or what one is called here.
pub(super) fn is_of_phrase(word: &str) -> bool {
    let of = |(names, name): &(&str, &str)| {
        *name == word || names.split(['|', ' ']).any(|part| part == word)
    };
    PHRASES.iter().any(of)
}

/// The words of all phrases.
pub(super) fn phrase_words() -> impl Iterator<Item = &'static str> {
    PHRASES
        .iter()
        .flat_map(|(names, _)| names.split(['|', ' ', '-']))
}
