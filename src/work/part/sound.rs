//! What a part is played with: an instrument from the same words.

use super::words::lists::{OF_PLAYING, has};
use super::words::{for_part, without_bars};
use crate::instrument::Family;
use crate::models::prompt::Prompt;
use crate::models::{KitWish, Request};
use crate::music::PartKind;
use crate::style;

/// The instrument or kit that fits an instruction, to be asked of the instrument models; `None`
/// of the words in it about sound: the usual one.
#[must_use]
pub fn request(words: &str, kind: PartKind, seed: u64) -> Request {
    let (usual, family, names): (&str, Option<Family>, &[&str]) = match kind {
        PartKind::Drums => (
            "acoustic drum kit",
            None,
            &["drum", "drums", "kit", "drumkit"],
        ),
        PartKind::Bass => (
            "electric bass guitar",
            Some(Family::Bass),
            &["bass", "bassline"],
        ),
        PartKind::Guitar => (
            "acoustic guitar",
            Some(Family::Guitar),
            &["guitar", "guitars"],
        ),
        PartKind::Keys => (
            "grand piano",
            Some(Family::Keys),
            &["keys", "piano", "keyboard"],
        ),
        PartKind::Strings => ("warm string section", Some(Family::Strings), &["strings"]),
        PartKind::Brass => ("brass section", Some(Family::Brass), &["brass", "horns"]),
        PartKind::Winds => ("clarinet", Some(Family::Reed), &["winds", "woodwinds"]),
        PartKind::Lead => ("soft synth lead", None, &["lead", "melody", "solo"]),
    };
    let words = for_part(words, kind).words;
    let read = Prompt::read(&words);
    let said = if read.only_denies() { "" } else { &read.said };
    let lower = said.to_lowercase();
    let mut kept = about_sound(&lower);
    let style = style::named(&without_bars(&words), &|style| style.sound(kind).is_some());
    let styled = style.and_then(|named| named.style.sound(kind));
    if let (Some(named), Some(styled)) = (style, styled) {
        kept.retain(|word| !names.contains(word) && !named.style.is_called(word));
        let denied = denied(&read);
        let prompt = kept
            .into_iter()
            .chain([styled])
            .collect::<Vec<_>>()
            .join(" ");
        return made(prompt, &denied, (kind, family, seed));
    }
    let says_more = kept.iter().any(|word| !names.contains(word));
    let prompt = match (says_more, kept.iter().any(|word| names.contains(word))) {
        (false, _) => usual.to_owned(),
        (true, true) => kept.join(" "),
        (true, false) => format!("{} {}", kept.join(" "), names[0]),
    };
    made(prompt, &denied(&read), (kind, family, seed))
}

/// What isn't to be heard.
fn denied(read: &Prompt) -> Vec<String> {
    let denied = read.denied.iter().map(|words| words.to_lowercase());
    denied
        .filter(|words| !about_sound(words).is_empty())
        .collect()
}

fn made(
    prompt: String,
    denied: &[String],
    (kind, family, seed): (PartKind, Option<Family>, u64),
) -> Request {
    let denied = denied.iter();
    Request {
        prompt: denied.fold(prompt, |prompt, words| format!("{prompt}, not {words}")),
        seed,
        family,
        kit: (kind == PartKind::Drums).then(KitWish::default),
        ..Request::default()
    }
}

/// The words that say something of a sound, in lower case.
fn about_sound(words: &str) -> Vec<&str> {
    let parted = words.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\''));
    parted
        .filter(|word| !word.is_empty() && !has(OF_PLAYING, word))
        .filter(|word| word.parse::<u32>().is_err())
        .collect()
}

/// The same without any words of the user's: for those that the models don't know.
#[must_use]
pub fn usual(kind: PartKind, seed: u64) -> Request {
    request("", kind, seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_sound_is_asked_for() {
        for (words, kind, prompt) in [
            ("add jazzy drums", PartKind::Drums, "jazz kit with ride"),
            ("drums", PartKind::Drums, "acoustic drum kit"),
            (
                "busier, with a fill in bar 8",
                PartKind::Drums,
                "acoustic drum kit",
            ),
            (
                "warm walking bass",
                PartKind::Bass,
                "warm acoustic upright bass",
            ),
            ("warm", PartKind::Strings, "warm strings"),
            ("", PartKind::Keys, "grand piano"),
            ("warm bass and jazzy drums", PartKind::Bass, "warm bass"),
            (
                "warm bass and jazzy drums",
                PartKind::Drums,
                "jazz kit with ride",
            ),
            ("warmes Schlagzeug", PartKind::Drums, "warm drums"),
            (
                "guitar instead of piano",
                PartKind::Guitar,
                "acoustic guitar",
            ),
            (
                "bass, not bright",
                PartKind::Bass,
                "electric bass guitar, not bright",
            ),
            (
                "don't make them so busy",
                PartKind::Drums,
                "acoustic drum kit",
            ),
            (
                "soft brushes, no cymbals",
                PartKind::Drums,
                "soft jazz kit with brushes",
            ),
        ] {
            assert_eq!(request(words, kind, 1).prompt, prompt, "{words}");
        }
        assert!(request("x", PartKind::Drums, 1).kit.is_some());
        assert_eq!(request("x", PartKind::Bass, 1).family, Some(Family::Bass));
    }
}
