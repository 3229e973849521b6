//! Words that the text encoder was taught and reads in pieces: those that it has whole are its
//! vocabulary's.

/// Words about sounds, from what the encoder learned with (`training/`) and what musicians say.
const TAUGHT: &str = include_str!("taught.txt");
/// Endings of English words that change little of what they mean.
const ENDINGS: [&str; 12] = [
    "s", "es", "y", "ed", "d", "ing", "er", "r", "est", "ish", "like", "ly",
];

/// Whether a word, in lower case, is one of them, or `is_known` with an ending. Any thread.
pub(in crate::models) fn is_taught(word: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    let known = |word: &str| {
        TAUGHT.split_whitespace().any(|taught| taught == word)
            || super::family(word).is_some()
            || word.len() > 2 && is_known(word)
    };
    let ended = |ending: &str| {
        let stem = word.strip_suffix(ending);
        stem.is_some_and(|stem| stem.len() > 2 && known(stem))
    };
    known(word) || ENDINGS.iter().any(|ending| ended(ending))
}
