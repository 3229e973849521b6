//! The text encoder: a prompt becomes a unit vector in the space of sounds.

use ort::value::{TensorElementType, TensorRef};
use tokenizers::Tokenizer;

use super::model::{Expected, Model};
use super::pack::TEXT_WIDTH;
use super::{Error, Pack};

/// Most tokens that the encoder reads; what follows in a longer prompt doesn't count.
pub const MAX_TOKENS: usize = 64;

/// What is said to someone who typed nothing.
const EMPTY: &str = "Type what the instrument should sound like, for example: warm cello.";

/// The prompt → text vector model, with its tokenizer.
#[derive(Debug)]
pub struct TextEncoder {
    tokenizer: Tokenizer,
    unknown: Option<u32>,
    model: Model,
}

/// A prompt as the encoder understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Unit vector, [`TEXT_WIDTH`] long.
    pub vector: Vec<f32>,
    /// The prompt was longer than the encoder reads.
    pub truncated: bool,
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
        let entry = &pack.manifest().tokenizer;
        let bytes = pack.file(&entry.file, &entry.sha256)?;
        let damaged = || pack.fault("has a tokenizer that can't be read; install the pack again.");
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(|_| damaged())?;
        // Lengths are handled here; padding to a fixed length would only cost time.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|_| damaged())?;
        let ids = |name| Expected {
            name,
            element: TensorElementType::Int64,
            shape: vec![None, None],
        };
        let model = Model::load(
            pack,
            "text_encoder",
            &[ids("input_ids"), ids("attention_mask")],
            &[Expected::floats("text_vector", &[None, Some(TEXT_WIDTH)])],
        )?;
        let unknown = tokenizer.token_to_id("[UNK]");
        Ok(Self {
            tokenizer,
            unknown,
            model,
        })
    }

    /// The vector of a prompt, and whether all of it was read.
    ///
    /// # Errors
    /// [`Error::Prompt`]: it is empty, or has (nearly) no word the encoder knows;
    /// [`Error::Model`]: the model failed. Thread: generator.
    pub fn encode(&mut self, prompt: &str) -> Result<Encoded, Error> {
        let (ids, truncated) = self.tokens(prompt)?;
        let mask = vec![1_i64; ids.len()];
        let shape = [1, ids.len()];
        let of =
            |e: ort::Error| Error::Model(format!("The prompt can't be given to its model ({e})."));
        let inputs = [
            (
                "input_ids",
                TensorRef::from_array_view((shape, ids.as_slice()))
                    .map_err(of)?
                    .into(),
            ),
            (
                "attention_mask",
                TensorRef::from_array_view((shape, mask.as_slice()))
                    .map_err(of)?
                    .into(),
            ),
        ];
        let [vector] = self.model.run(inputs, [("text_vector", TEXT_WIDTH)])?;
        Ok(Encoded { vector, truncated })
    }

    /// Token ids of a prompt, with the special ones at both ends.
    pub(super) fn tokens(&self, prompt: &str) -> Result<(Vec<i64>, bool), Error> {
        let prompt = trimmed(prompt)?;
        // A token is rarely over 20 bytes: a longer prompt would only be cut again below.
        let read = cut(prompt, MAX_TOKENS * 32);
        let encoding = self.tokenizer.encode_fast(read, true).map_err(|e| {
            Error::Prompt(format!(
                "The prompt can't be read ({e}); use plain English words."
            ))
        })?;
        let (ids, special) = (encoding.get_ids(), encoding.get_special_tokens_mask());
        let words = ids
            .iter()
            .zip(special)
            .filter(|&(&id, &special)| special == 0 || Some(id) == self.unknown);
        let (known, unknown): (Vec<_>, Vec<_>) =
            words.partition(|&(&id, _)| Some(id) != self.unknown);
        if known.len() <= unknown.len() {
            return Err(Error::Prompt(format!(
                "\"{}\" has no words that Consort knows; describe the sound in English, for example: warm cello.",
                shortened(prompt)
            )));
        }
        let mut kept: Vec<i64> = ids.iter().map(|&id| i64::from(id)).collect();
        let truncated = read.len() < prompt.len() || kept.len() > MAX_TOKENS;
        if kept.len() > MAX_TOKENS {
            let end = kept[kept.len() - 1];
            kept.truncate(MAX_TOKENS);
            kept[MAX_TOKENS - 1] = end;
        }
        Ok((kept, truncated))
    }
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
    fn long_prompts_are_cut_between_characters() {
        let long = "é".repeat(10_000);
        assert_eq!(cut(&long, 101).len(), 100);
        assert_eq!(shortened(&long).chars().count(), 60);
        assert_eq!(shortened("a  warm\ncello"), "a warm cello");
    }
}
