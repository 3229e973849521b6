//! The parts network: fills in what is missing of eight bars, given the other parts, the chords, and
//! words. Masked discrete diffusion over rolls; the idea is that of "Subtractive Training for Music
//! Stem Insertion using Latent Diffusion Models" (2024), on notes. Trained by `training.parts`.
//!
//! | module | what it is |
//! |---|---|
//! | `vocabulary` | what the tokens mean |
//! | [`roll`] | tokens ↔ notes |
//! | `sampler` | which tokens are taken, and in which order |

pub mod roll;
mod sampler;
mod vocabulary;

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
pub use vocabulary::{Sampler, Vocabulary};

/// Bars of a roll.
pub const BARS: usize = 8;
/// Tokens of a step: pieces of the kit, the drums' offset, a note and a touch of each other part.
pub const STREAMS: usize = 30;
/// Pieces of the kit.
pub const PIECES: usize = 15;
/// Parts: drums, bass, guitar, keys, strings, brass, winds, lead.
pub const PARTS: usize = 8;
/// Numbers a step of what was heard of parts that aren't told apart.
pub const HEARD: usize = 26;
/// Numbers of what is asked of each part's density, loudness, syncopation and register.
pub const CONTROLS: usize = 64;
/// Steps of a patch: the network takes bars as patches of so many.
pub const PATCH: usize = 4;

/// The kick's place among the pieces.
const KICK: usize = 0;
const OFFSET: usize = PIECES;
const NOTES: usize = PIECES + 1;
const PITCHED: usize = PARTS - 1;
const TOUCHES: usize = NOTES + PITCHED;

/// Ids of a token of each output.
const DRUM_IDS: usize = 5;
const OFFSET_IDS: usize = 5;
const BASS_IDS: usize = 38;
const LEAD_IDS: usize = 50;
const CHORD_IDS: usize = 322;
const CHORDAL: usize = 5;
const TOUCH_IDS: usize = 20;

/// Whether a part is unknown, known, known only as part of what was heard, or to be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It isn't known whether it plays.
    Absent,
    /// Its tokens are known.
    Given,
    /// It is in what was heard.
    Heard,
    /// Some of its tokens are to be found.
    Fill,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// `steps` × [`STREAMS`]; what is to be filled in holds its stream's mask.
    pub tokens: Vec<u16>,
    /// Of each part.
    pub role: [Role; PARTS],
    /// `steps` × 3: root over the tonic, root, quality.
    pub chord: Vec<u8>,
    /// `steps` × 26.
    pub heard: Vec<f32>,
    /// `steps` / 4 × 3: metre, and where in bar and song a patch is.
    pub place: Vec<u8>,
    /// log2(beats a minute / 110), 1 for minor, 1 where the chords are known.
    pub song: [f32; 3],
    /// The text encoder's vector of the words; zeros for none.
    pub text: Vec<f32>,
    /// 64 numbers: scores, −2..=2, and 1 for each that counts.
    pub controls: Vec<f32>,
}

impl Request {
    /// Steps of all bars.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.tokens.len() / STREAMS
    }

    fn fits(&self) -> bool {
        let steps = self.steps();
        steps > 0
            && steps.is_multiple_of(BARS * PATCH)
            && self.tokens.len() == steps * STREAMS
            && self.chord.len() == steps * 3
            && self.heard.len() == steps * HEARD
            && self.place.len() == steps / PATCH * 3
            && self.text.len() == TEXT_WIDTH
            && self.controls.len() == CONTROLS
    }

    /// The same, as if neither what is said nor the other parts were known.
    fn unconditional(&self) -> Self {
        let mut alone = Self {
            heard: vec![0.0; self.heard.len()],
            ..self.unsaid()
        };
        for (part, role) in self.role.iter().enumerate() {
            if !matches!(role, Role::Given | Role::Heard) {
                continue;
            }
            alone.role[part] = Role::Absent;
            for row in alone.tokens.chunks_exact_mut(STREAMS) {
                if part == 0 {
                    row[..PIECES].fill(0);
                    row[OFFSET] = vocabulary::NO_OFFSET;
                } else {
                    row[PIECES + part] = vocabulary::REST;
                    row[TOUCHES + part - 1] = vocabulary::NO_TOUCH;
                }
            }
        }
        alone
    }

    /// The same without words and controls.
    fn unsaid(&self) -> Self {
        Self {
            text: vec![0.0; TEXT_WIDTH],
            controls: vec![0.0; CONTROLS],
            ..self.clone()
        }
    }
}

/// Logits of one request, guided.
struct Logits {
    outputs: [Vec<f32>; 6],
}

impl Logits {
    /// Those of a token.
    fn of(&self, step: usize, stream: usize) -> &[f32] {
        let [drums, offset, bass, lead, chords, touch] = &self.outputs;
        let (output, ids, place) = match stream {
            0..PIECES => (drums, DRUM_IDS, step * PIECES + stream),
            OFFSET => (offset, OFFSET_IDS, step),
            NOTES => (bass, BASS_IDS, step),
            TOUCHES.. => (touch, TOUCH_IDS, step * PITCHED + stream - TOUCHES),
            _ if stream == TOUCHES - 1 => (lead, LEAD_IDS, step),
            _ => (chords, CHORD_IDS, step * CHORDAL + stream - NOTES - 1),
        };
        &output[place * ids..][..ids]
    }
}

/// The network with its vocabulary.
#[derive(Debug)]
pub struct Parts {
    model: Model,
    vocabulary: Vocabulary,
}

impl Parts {
    /// Loads it. Thread: generator, or a command line's main.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let vocabulary = Vocabulary::read(pack)?;
        let in_bars = |width| [None, Some(BARS), None, Some(PATCH), Some(width)];
        let inputs = [
            Slot::ids("tokens", &in_bars(STREAMS)),
            Slot::ids("role", &[None, Some(PARTS)]),
            Slot::ids("chord", &in_bars(3)),
            Slot::floats("heard", &in_bars(HEARD)),
            Slot::ids("place", &[None, Some(BARS), None, Some(3)]),
            Slot::floats("song", &[None, Some(3)]),
            Slot::floats("text", &[None, Some(TEXT_WIDTH)]),
            Slot::floats("controls", &[None, Some(CONTROLS)]),
        ];
        let output = |name, last: &[usize]| {
            let mut shape = vec![None, Some(BARS), None, Some(PATCH)];
            shape.extend(last.iter().copied().map(Some));
            Slot::floats(name, &shape)
        };
        let outputs = [
            output("drums", &[PIECES, DRUM_IDS]),
            output("offset", &[OFFSET_IDS]),
            output("bass", &[BASS_IDS]),
            output("lead", &[LEAD_IDS]),
            output("chords", &[CHORDAL, CHORD_IDS]),
            output("touch", &[PITCHED, TOUCH_IDS]),
        ];
        let model = Model::load(pack, "parts", Usage::Often, &inputs, &outputs)?;
        Ok(Self { model, vocabulary })
    }

    /// What its tokens mean. Any thread.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Fills in what is masked: the tokens, `steps` × [`STREAMS`]. The same seed gives the same.
    /// `go_on` is told the share done, 0..=1, after each of some twelve steps, and says whether to go
    /// on. Some 0.15 s on one core. Thread: as [`Parts::load`].
    ///
    /// # Errors
    /// [`Error::Cancelled`]; [`Error::Model`], also for a request whose numbers don't fit together.
    pub fn fill(
        &mut self,
        request: &Request,
        settings: &Sampler,
        seed: u64,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Vec<u16>, Error> {
        if !request.fits() {
            return Err(Error::Model(
                "The bars to be filled in don't fit the model; choose eight bars.".to_owned(),
            ));
        }
        let Self { model, vocabulary } = self;
        let mut logits = |request: &Request| guided(model, settings, request);
        sampler::sample(vocabulary, settings, request, seed, &mut logits, go_on)
    }
}

/// The network's answers with the strengths of words and context (of the kick, its own): v + context (x − v) + words (c − x)
/// of the request as it is (c), without what is said (x), and without the other parts, too (v).
fn guided(model: &Model, settings: &Sampler, request: &Request) -> Result<Logits, Error> {
    let three = [request.clone(), request.unsaid(), request.unconditional()];
    let ids =
        |of: &dyn Fn(&Request) -> Vec<i64>| -> Vec<i64> { three.iter().flat_map(of).collect() };
    let floats =
        |of: &dyn Fn(&Request) -> Vec<f32>| -> Vec<f32> { three.iter().flat_map(of).collect() };
    let tokens = ids(&|r| r.tokens.iter().map(|id| i64::from(*id)).collect());
    let role = ids(&|r| r.role.iter().map(|role| *role as i64).collect());
    let chord = ids(&|r| r.chord.iter().map(|id| i64::from(*id)).collect());
    let place = ids(&|r| r.place.iter().map(|id| i64::from(*id)).collect());
    let heard = floats(&|r| r.heard.clone());
    let song = floats(&|r| r.song.to_vec());
    let text = floats(&|r| r.text.clone());
    let controls = floats(&|r| r.controls.clone());
    let (n, steps) = (three.len(), request.steps());
    let patches = steps / BARS / PATCH;
    let inputs = [
        Tensor::ids("tokens", &[n, BARS, patches, PATCH, STREAMS], &tokens),
        Tensor::ids("role", &[n, PARTS], &role),
        Tensor::ids("chord", &[n, BARS, patches, PATCH, 3], &chord),
        Tensor::floats("heard", &[n, BARS, patches, PATCH, HEARD], &heard),
        Tensor::ids("place", &[n, BARS, patches, 3], &place),
        Tensor::floats("song", &[n, 3], &song),
        Tensor::floats("text", &[n, TEXT_WIDTH], &text),
        Tensor::floats("controls", &[n, CONTROLS], &controls),
    ];
    let widths = [
        ("drums", PIECES * DRUM_IDS),
        ("offset", OFFSET_IDS),
        ("bass", BASS_IDS),
        ("lead", LEAD_IDS),
        ("chords", CHORDAL * CHORD_IDS),
        ("touch", PITCHED * TOUCH_IDS),
    ];
    let sizes = widths.map(|(name, width)| (name, n * steps * width));
    let found = model.run_any(&inputs, &sizes)?;
    let mut outputs = found.into_iter().enumerate().map(|(output, all)| {
        let one = all.len() / n;
        let (c, rest) = all.split_at(one);
        let (x, v) = rest.split_at(one);
        let guided = c.iter().zip(x).zip(v).enumerate();
        let kick = |at: usize| output == 0 && at / DRUM_IDS % PIECES == KICK;
        guided
            .map(|(at, ((c, x), v))| {
                let context = if kick(at) {
                    settings.kick
                } else {
                    settings.context
                };
                v + context * (x - v) + settings.words * (c - x)
            })
            .collect()
    });
    Ok(Logits {
        outputs: std::array::from_fn(|_| outputs.next().unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests;
