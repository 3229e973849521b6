//! What a prompt says that a sound is *not*: "a piano with no attack", "lead, not bright".
//!
//! The text encoder hears words, not what denies them: to it, "not bright" is mostly bright. So
//! denied words are taken out of the prompt, and what they ask for is taken back.

/// Words that deny the one word after them, and
const OF_A_WORD: [&str; 2] = ["not", "never"];
/// that deny all up to the next comma or conjunction.
const OF_A_PHRASE: [&str; 3] = ["no", "without", "less"];
/// Words that don't belong to what is denied.
const IDLE: [&str; 9] = ["a", "an", "any", "much", "many", "too", "so", "very", "the"];
/// Where what is denied ends.
const ENDS: [&str; 5] = ["and", "but", "with", "or", "for"];

/// A prompt, parted into what it says and what it denies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parted {
    /// The rest of the prompt.
    pub(super) said: String,
    /// Each thing that is denied.
    pub(super) denied: Vec<String>,
}

/// Parts a prompt. One that says nothing else ("not bright") comes back whole. Any thread but audio.
pub(super) fn parted(prompt: &str) -> Parted {
    let mut said: Vec<&str> = Vec::new();
    let mut denied: Vec<Vec<&str>> = Vec::new();
    // How much more is denied.
    let mut left = 0_usize;
    for word in prompt.split_whitespace() {
        let bare = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let ends = word.ends_with([',', '.', ';', '!']);
        let is = |words: &[&str]| words.contains(&bare.as_str());
        if is(&OF_A_WORD) || is(&OF_A_PHRASE) {
            left = if is(&OF_A_WORD) { 1 } else { usize::MAX };
            denied.push(Vec::new());
            // "with no attack", "but not bright": the word before leads nowhere any more.
            if said.last().is_some_and(|last| ENDS.contains(last)) {
                said.pop();
            }
            continue;
        }
        if left > 0 && is(&ENDS) {
            left = 0;
        }
        match denied.last_mut() {
            Some(words) if left > 0 => {
                if !is(&IDLE) {
                    words.push(word.trim_end_matches([',', '.', ';', '!']));
                    left -= 1;
                }
            }
            _ => said.push(word),
        }
        if ends {
            left = 0;
        }
    }
    let whole = || Parted {
        said: prompt.to_owned(),
        denied: Vec::new(),
    };
    let rest = said.join(" ");
    let rest = rest.trim_end_matches([',', ' ', ';']);
    if denied.is_empty() || !rest.chars().any(char::is_alphanumeric) {
        return whole();
    }
    let denied = denied.into_iter().filter(|words| !words.is_empty());
    Parted {
        said: rest.to_owned(),
        denied: denied.map(|words| words.join(" ")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "a pad,",
                &["harsh", "bright"],
            ),
            (
                "Organ without much noise but long",
                "Organ but long",
                &["noise"],
            ),
            ("not bright", "not bright", &[]),
            ("no", "no", &[]),
            ("", "", &[]),
        ] {
            let found = parted(prompt);
            let said = said.trim_end_matches(',');
            assert_eq!(found.said, said, "{prompt}");
            assert_eq!(found.denied, denied, "{prompt}");
        }
    }
}
