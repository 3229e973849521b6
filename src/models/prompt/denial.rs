//! What a prompt says that a sound is *not*: "a piano with no attack", "not a cello, a flute".
//!
//! The text encoder hears words, not what denies them: to it, "not bright" is mostly bright. So
//! denied words are taken out of the prompt.

use super::names;

/// Words that deny the one word or name after them; so does what ends in "n't".
const OF_A_WORD: [&str; 2] = ["not", "never"];
/// Words that deny all up to the next comma or conjunction.
const OF_A_PHRASE: [&str; 8] = [
    "no",
    "without",
    "less",
    "except",
    "excluding",
    "unlike",
    "neither",
    "nor",
];
/// Pairs of words that do.
const PAIRS: [(&str, &str); 7] = [
    ("instead", "of"),
    ("rather", "than"),
    ("other", "than"),
    ("except", "for"),
    ("apart", "from"),
    ("aside", "from"),
    ("nothing", "like"),
];
/// After these, "but" does.
const ALL: [&str; 4] = ["all", "any", "anything", "everything"];
/// Words that don't belong to what is denied.
const IDLE: [&str; 28] = [
    "a",
    "an",
    "any",
    "much",
    "many",
    "too",
    "so",
    "very",
    "the",
    "another",
    "some",
    "quite",
    "really",
    "exactly",
    "necessarily",
    "be",
    "want",
    "need",
    "like",
    "use",
    "make",
    "sound",
    "have",
    "please",
    "thanks",
    "more",
    "that",
    "another",
];
/// Of these, those that a name follows.
const ARTICLES: [&str; 6] = ["a", "an", "another", "any", "some", "the"];
/// Where what is denied ends.
const ENDS: [&str; 5] = ["and", "but", "with", "or", "for"];
/// Words that only lead to a denial, or back from it.
const LEADING: [&str; 31] = [
    "and",
    "but",
    "with",
    "or",
    "for",
    "definitely",
    "absolutely",
    "certainly",
    "please",
    "do",
    "does",
    "is",
    "it",
    "it's",
    "its",
    "that",
    "that's",
    "which",
    "i",
    "should",
    "must",
    "can",
    "anything",
    "everything",
    "something",
    "all",
    "any",
    "are",
    "they",
    "this",
    "just",
];
/// Words that say nothing of a sound beside a denial.
const SAYING: [&str; 18] = [
    "i", "want", "need", "i'd", "i'll", "it's", "it", "its", "please", "thanks", "always", "make",
    "give", "me", "rather", "instead", "that's", "take",
];

/// A prompt, parted into what it says and what it denies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parted {
    /// The rest of the prompt; nothing where it only denies.
    pub(super) said: String,
    /// Each thing that is denied.
    pub(super) denied: Vec<String>,
}

/// How much more is denied.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    Nothing,
    /// The next word, or the name that it begins.
    Word,
    Phrase,
}

struct Word<'a> {
    text: &'a str,
    bare: String,
    /// A comma or the like is after it.
    ends: bool,
}

/// Parts a prompt. Any thread.
pub(super) fn parted(prompt: &str) -> Parted {
    let words: Vec<Word> = prompt.split_whitespace().map(word).collect();
    let bare = |at: usize| words.get(at).map_or("", |word| word.bare.as_str());
    let mut said: Vec<&Word> = Vec::new();
    let mut denied: Vec<Vec<&str>> = Vec::new();
    let (mut reach, mut last) = (Reach::Nothing, Reach::Nothing);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some((opened, taken)) = opening(&words, at) {
            denied.push(Vec::new());
            // "With no attack", "but not bright": the words before lead nowhere any more.
            while said.last().is_some_and(|last| is(&LEADING, &last.bare)) {
                said.pop();
            }
            (reach, last) = (opened, opened);
            if words[at + taken - 1].ends {
                reach = Reach::Nothing;
            }
            at += taken;
            continue;
        }
        let is_name = |at: usize| names::family(bare(at)).is_some();
        let names_something = |at: usize| is_name(at) || names::is_part(bare(at));
        let had = denied.last().and_then(|words| words.last());
        let had_name = had.is_some_and(|had| names::family(&had.to_lowercase()).is_some());
        let listed = match word.bare.as_str() {
            // What is named after "and" has an article where it is asked for.
            "or" => had.is_some(),
            "and" => had_name && names_something(at + 1),
            _ => false,
        };
        let follows = at > 0 && !words[at - 1].ends;
        if listed && follows && last != Reach::Nothing {
            denied.push(Vec::new());
            reach = last;
        } else if reach != Reach::Nothing
            && (is(&ENDS, &word.bare) || had_name && is(&ARTICLES, &word.bare))
        {
            (reach, last) = (Reach::Nothing, Reach::Nothing);
            said.push(word);
        } else if reach == Reach::Nothing {
            if follows {
                last = Reach::Nothing;
            }
            said.push(word);
        } else if is(&IDLE, &word.bare) {
            if reach == Reach::Word && is(&ARTICLES, &word.bare) {
                (reach, last) = (Reach::Phrase, Reach::Phrase);
            }
        } else if let Some(words) = denied.last_mut() {
            words.push(trimmed(word.text));
            if reach == Reach::Word && !(names_something(at) && names_something(at + 1)) {
                reach = Reach::Nothing;
            }
        }
        if word.ends {
            reach = Reach::Nothing;
        }
        at += 1;
    }
    denied.retain(|words| !words.is_empty());
    if denied.is_empty() {
        return Parted {
            said: prompt.to_owned(),
            denied: Vec::new(),
        };
    }
    // "Not a cello, a flute" is the same flute as "flute".
    let is_name = |word: &&str| names::family(&word.to_lowercase()).is_some();
    let of_names = denied.iter().any(|words| words.last().is_some_and(is_name));
    let leads =
        |word: &str| is(&LEADING, word) || is(&SAYING, word) || of_names && is(&ARTICLES, word);
    let begins = said.iter().position(|word| !leads(&word.bare));
    let kept = said[begins.unwrap_or(said.len())..].iter();
    let kept: Vec<&str> = kept
        .filter(|word| !is(&SAYING, &word.bare))
        .map(|word| word.text)
        .collect();
    let kept = kept.join(" ");
    let kept = kept.trim_matches([',', ' ', ';', '.', '!', '(', ')', '-', '–', ':']);
    Parted {
        said: kept.to_owned(),
        denied: denied.into_iter().map(|words| words.join(" ")).collect(),
    }
}

fn word(text: &str) -> Word<'_> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    Word {
        text,
        bare: bare.to_lowercase().replace('’', "'"),
        ends: text.ends_with([',', '.', ';', '!', ':', ')', '?', '–', '—']),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is(words: &[&str], word: &str) -> bool {
    words.contains(&word)
}

/// How far a denial reaches that begins there, and how many words say it.
fn opening(words: &[Word], at: usize) -> Option<(Reach, usize)> {
    let bare = |at: usize| words.get(at).map_or("", |word| word.bare.as_str());
    let (this, next) = (bare(at), bare(at + 1));
    if PAIRS.contains(&(this, next)) {
        return Some((Reach::Phrase, 2));
    }
    if this == "but" && at > 0 && is(&ALL, bare(at - 1)) {
        return Some((Reach::Phrase, 1));
    }
    let of_a_word = is(&OF_A_WORD, this) || this.ends_with("n't");
    if of_a_word && is(&["only", "just"], next) {
        return None;
    }
    let reach = if of_a_word {
        Reach::Word
    } else if is(&OF_A_PHRASE, this) {
        Reach::Phrase
    } else {
        return None;
    };
    Some((reach, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prompt: &str, said: &str, denied: &[&str]) {
        let found = parted(prompt);
        assert_eq!(
            (found.said.as_str(), found.denied),
            (said, denied.iter().map(|d| (*d).to_owned()).collect()),
            "{prompt}"
        );
    }

    #[test]
    fn denied_words_are_taken_out() {
        for (prompt, said, denied) in [
            ("warm cello", "warm cello", &[][..]),
            ("piano with no attack", "piano", &["attack"]),
            ("not too bright lead", "lead", &["bright"]),
            (
                "flute without breath noise, airy",
                "flute airy",
                &["breath noise"],
            ),
            (
                "a pad, never harsh and not bright",
                "a pad",
                &["harsh", "bright"],
            ),
            (
                "Organ without much noise but long",
                "Organ but long",
                &["noise"],
            ),
            ("a lead that isn't too bright", "a lead", &["bright"]),
            ("piano, no noise or hum", "piano", &["noise", "hum"]),
            ("not bright", "", &["bright"]),
            ("not only bright", "not only bright", &[]),
            ("nothing but strings", "nothing but strings", &[]),
            ("no", "no", &[]),
            ("", "", &[]),
        ] {
            check(prompt, said, denied);
        }
    }

    #[test]
    fn denied_instruments_are_taken_out_with_all_of_their_name() {
        for (prompt, said, denied) in [
            ("no cello", "", &["cello"][..]),
            ("not a cello, a flute", "flute", &["cello"]),
            ("a flute, not a cello", "flute", &["cello"]),
            ("not a cello but a flute", "flute", &["cello"]),
            ("anything but piano", "", &["piano"]),
            ("everything except the drums", "", &["drums"]),
            ("without strings", "", &["strings"]),
            ("flute instead of violin", "flute", &["violin"]),
            ("instead of a trumpet an oboe", "oboe", &["trumpet"]),
            ("an oboe rather than a horn", "oboe", &["horn"]),
            ("no piano please, organ", "organ", &["piano"]),
            ("not bass guitar, a harp", "harp", &["bass guitar"]),
            ("not a grand piano, a harp", "harp", &["grand piano"]),
            ("pad without strings or brass", "pad", &["strings", "brass"]),
            (
                "pad without strings and brass",
                "pad",
                &["strings", "brass"],
            ),
            ("no strings and a long pad", "long pad", &["strings"]),
            ("neither flute nor oboe, a harp", "harp", &["flute", "oboe"]),
            (
                "I don’t want a guitar, I want a banjo",
                "banjo",
                &["guitar"],
            ),
            ("organ (no piano)", "organ", &["piano"]),
        ] {
            check(prompt, said, denied);
        }
    }
}
