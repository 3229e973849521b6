//! The text encoder: a prompt becomes a unit vector in the space of sounds, and what it asks of
//! measured properties.

use tokenizers::{Encoding, Tokenizer};

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::prompt::{self, Prompt};
use super::tensor::{Slot, Tensor};
use super::tones::{Asked, TONES};
use super::{Error, Pack};

/// Most tokens that the encoder reads; what follows in a longer prompt doesn't count.
pub const MAX_TOKENS: usize = 64;

/// The token of what the vocabulary doesn't have.
const UNKNOWN: &str = "[UNK]";

/// What is said to someone who typed nothing.
const EMPTY: &str = "Type what the instrument should sound like, for example: warm cello.";

/// The prompt → text vector model, with its tokenizer.
#[derive(Debug)]
pub struct TextEncoder {
    tokenizer: Tokenizer,
    model: Model,
}

/// A prompt as the encoder understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Unit vector, [`TEXT_WIDTH`] long.
    pub vector: Vec<f32>,
    /// What it asks of measured properties.
    pub asked: Asked,
    /// The prompt was longer than the encoder reads.
    pub truncated: bool,
}

impl Encoded {
    /// As if nothing was said. Thread: any but audio.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            vector: vec![0.0; TEXT_WIDTH],
            asked: Asked::nothing(),
            truncated: false,
        }
    }
}

/// Trims `prompt`.
///
/// # Errors
/// [`Error::Prompt`]: nothing is left. Thread: any but audio.
pub fn trimmed(prompt: &str) -> Result<&str, Error> {
    let prompt = prompt.trim();
    if prompt.is_empty() {
        Err(Error::Prompt(EMPTY.to_owned()))
    } else {
        Ok(prompt)
    }
}

impl TextEncoder {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let entry = pack.manifest().tokenizer.as_ref();
        let entry = entry.ok_or_else(|| pack.fault("has no tokenizer; use a complete pack."))?;
        let bytes = pack.file(&entry.file, &entry.sha256)?;
        let damaged = || pack.fault("has a tokenizer that can't be read; install the pack again.");
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(|_| damaged())?;
        // Lengths are handled here; padding to a fixed length would only cost time.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|_| damaged())?;
        let ids = |name| Slot::ids(name, &[None, None]);
        let model = Model::load(
            pack,
            "text_encoder",
            Usage::Often,
            &[ids("input_ids"), ids("attention_mask")],
            &[
                Slot::floats("text_vector", &[None, Some(TEXT_WIDTH)]),
                Slot::floats("tone", &[None, Some(TONES)]),
                Slot::floats("doubt", &[None, Some(TONES)]),
            ],
        )?;
        Ok(Self { tokenizer, model })
    }

    /// The vector of words as they are, those that deny something included; zeros where it knows none
    /// of them.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn plain(&mut self, words: &str) -> Result<Vec<f32>, Error> {
        match self.tokens(words) {
            Ok((ids, _)) => Ok(self.read(&ids)?.0),
            Err(Error::Prompt(_)) => Ok(Encoded::nothing().vector),
            Err(error) => Err(error),
        }
    }

    /// The vector of a prompt, and whether all of it was read. One that only denies is the opposite of
    /// what it denies.
    ///
    /// # Errors
    /// [`Error::Prompt`]: it is empty, or has (nearly) no word the encoder knows;
    /// [`Error::Model`]: the model failed. Thread: generator.
    pub fn encode(&mut self, prompt: &str) -> Result<Encoded, Error> {
        let read = Prompt::read(prompt);
        if !read.only_denies() {
            return self.encode_read(&read);
        }
        let mut encoded = self.encode_read(&Prompt {
            said: [read.denied, read.not_to_be].concat().join(" "),
            ..Prompt::default()
        })?;
        for value in encoded.vector.iter_mut().chain(&mut encoded.asked.score) {
            *value = -*value;
        }
        Ok(encoded)
    }

    /// The same of a prompt that was read, and says something.
    ///
    /// # Errors
    /// As [`Self::encode`]. Thread: generator.
    pub fn encode_read(&mut self, prompt: &Prompt) -> Result<Encoded, Error> {
        let (ids, truncated) = self.tokens(&prompt.said)?;
        let (vector, mut asked) = self.read(&ids)?;
        for words in &prompt.denied {
            // Words that it doesn't know deny nothing.
            if let Ok((ids, _)) = self.tokens(words) {
                asked.deny(&self.read(&ids)?.1);
            }
        }
        Ok(Encoded {
            vector,
            asked,
            truncated,
        })
    }

    /// Whether something is known of any of these words. Thread: any.
    #[must_use]
    pub fn knows_any(&self, words: &str) -> bool {
        let whole = |word: &str| self.tokenizer.token_to_id(word).is_some();
        let lower = words.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        words.any(|word| {
            let number = word.bytes().any(|byte| byte.is_ascii_digit());
            number || prompt::is_taught(word, &whole)
        })
    }

    /// Token ids of a prompt, with the special ones at both ends, and whether its end was cut.
    fn tokens(&self, prompt: &str) -> Result<(Vec<i64>, bool), Error> {
        let prompt = trimmed(prompt)?;
        // A token is rarely over 20 bytes: a longer prompt would only be cut again below.
        let read = cut(prompt, MAX_TOKENS * 32);
        let encoding = self.tokenize(read)?;
        if !says_something(&words(&encoding)) {
            return Err(Error::Prompt(format!(
                "\"{}\" has no words that Consort knows; describe the sound in English, for example: warm cello.",
                shortened(prompt)
            )));
        }
        let mut ids: Vec<i64> = encoding.get_ids().iter().map(|&id| id.into()).collect();
        let truncated = read.len() < prompt.len() || ids.len() > MAX_TOKENS;
        if ids.len() > MAX_TOKENS {
            let end = ids[ids.len() - 1];
            ids.truncate(MAX_TOKENS);
            ids[MAX_TOKENS - 1] = end;
        }
        Ok((ids, truncated))
    }

    pub(super) fn tokenize(&self, text: &str) -> Result<Encoding, Error> {
        self.tokenizer.encode(text, true).map_err(|e| {
            Error::Prompt(format!(
                "The prompt can't be read ({e}); use plain English words."
            ))
        })
    }

    /// The vector of these tokens, and what they ask for.
    pub(super) fn read(&mut self, ids: &[i64]) -> Result<(Vec<f32>, Asked), Error> {
        let mask = vec![1_i64; ids.len()];
        let shape = [1, ids.len()];
        let inputs = [
            Tensor::ids("input_ids", &shape, ids),
            Tensor::ids("attention_mask", &shape, &mask),
        ];
        let outputs = [
            ("text_vector", TEXT_WIDTH),
            ("tone", TONES),
            ("doubt", TONES),
        ];
        let [vector, score, doubt] = self.model.run(&inputs, outputs)?;
        let asked = Asked {
            score: std::array::from_fn(|i| score[i]),
            doubt: std::array::from_fn(|i| doubt[i]),
        };
        Ok((vector, asked))
    }
}

/// The pieces of each word; a piece inside a word begins with `##`.
fn words(encoding: &Encoding) -> Vec<Vec<&str>> {
    let mut words: Vec<Vec<&str>> = Vec::new();
    // The special tokens are the ones around the prompt.
    let tokens = encoding.get_tokens().iter();
    for (token, &special) in tokens.zip(encoding.get_special_tokens_mask()) {
        match words.last_mut() {
            _ if special != 0 => {}
            Some(word) if token.starts_with("##") => word.push(token),
            _ => words.push(vec![token]),
        }
    }
    words
}

/// Whether at least as many words are known as aren't. Keyboard mashing falls into many tiny
/// pieces: a word counts as known when its pieces have two letters or more on average, or when it is
/// one that is said of drums: "kit", "808", "80s".
fn says_something(words: &[Vec<&str>]) -> bool {
    let is_known = |word: &[&str]| {
        let letters: usize = word
            .iter()
            .map(|piece| piece.trim_start_matches("##").chars().count())
            .sum();
        word[0] != UNKNOWN && (word.len() == 1 || letters >= 2 * word.len() || is_of_drums(word))
    };
    let spoken = words
        .iter()
        .filter(|word| word[0] == UNKNOWN || word[0].chars().any(char::is_alphanumeric));
    let (known, unknown): (Vec<_>, Vec<_>) = spoken.partition(|word| is_known(word));
    !known.is_empty() && known.len() >= unknown.len()
}

/// Whether the pieces are those of "kit" or of a short number, as machines and decades have.
fn is_of_drums(word: &[&str]) -> bool {
    let whole: String = word
        .iter()
        .map(|piece| piece.trim_start_matches("##"))
        .collect();
    let number = whole.trim_end_matches('s');
    whole == "kit" || number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most `bytes` bytes of `text`, cut between characters.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A prompt short enough for a sentence or a name: at most 60 characters.
pub(super) fn shortened(prompt: &str) -> String {
    let flat = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= 60 {
        return flat;
    }
    let start: String = flat.chars().take(59).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_asks_for_words() {
        for nothing in ["", "   ", "\n\t"] {
            assert_eq!(trimmed(nothing), Err(Error::Prompt(EMPTY.to_owned())));
        }
        assert_eq!(trimmed("  warm cello "), Ok("warm cello"));
    }

    #[test]
    fn mashed_keys_say_nothing() {
        let cello = vec![vec!["warm"], vec!["cell", "##o"], vec!["!"]];
        let mashed = vec![vec!["as", "##d", "##f", "##g"], vec!["q", "##w", "##z"]];
        assert!(says_something(&cello));
        assert!(!says_something(&mashed));
        assert!(says_something(&[cello, mashed].concat()));
        assert!(!says_something(&[vec![UNKNOWN]]));
        assert!(!says_something(&[vec!["?"], vec!["!"]]));
        assert!(!says_something(&[]));
    }

    #[test]
    fn long_prompts_are_cut_between_characters() {
        let long = "é".repeat(10_000);
        assert_eq!(cut(&long, 101).len(), 100);
        assert_eq!(shortened(&long).chars().count(), 60);
        assert_eq!(shortened("a  warm\ncello"), "a warm cello");
    }
}
