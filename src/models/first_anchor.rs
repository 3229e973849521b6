//! The first-anchor flow: draws the code of one note from noise, led by the prompt; or another one
//! near a known note, from that note with some noise (SDEdit: Meng et al. 2022); or says which way
//! words would change a known note (as in delta denoising: Hertz et al. 2023).
//!
//! Flow matching with the data predicted (Lipman et al. 2023; Karras et al. 2022 for the
//! preconditioning), and classifier-free guidance (Ho & Salimans 2022): each step asks the network
//! twice, with and without the prompt, and goes further in the direction of the prompt.

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::tones::{Asked, TONES};
use super::{Error, Pack, noise};
use crate::instrument::Family;

/// What the note should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Text vector of the prompt, [`TEXT_WIDTH`] long.
    pub text: Vec<f32>,
    /// What the prompt asks of measured properties.
    pub asked: Asked,
    /// Family, if said.
    pub family: Option<Family>,
    /// MIDI key and velocity of the anchor to draw.
    pub note: (u8, u8),
    /// Lowest and highest useful MIDI key, if said.
    pub range: Option<(u8, u8)>,
    /// Strength of the prompt: 0 ignores it, 1 = as trained, more exaggerates.
    pub guidance: f32,
}

/// Times of the flow, and noises at each, that steering looks at: early ones show what words are
/// about, late ones what the note is.
const STEERING_TIMES: [f32; 3] = [0.3, 0.5, 0.7];
const STEERING_NOISES: usize = 4;

/// The denoiser.
#[derive(Debug)]
pub struct FirstAnchor {
    model: Model,
    code_width: usize,
}

/// A drawing, of one note or of several like it.
struct Drawing {
    wish: Wish,
    /// Notes × code width.
    codes: Vec<f32>,
    /// What is told of measured properties, notes × 2 [`TONES`].
    tones: Vec<f32>,
    /// The flow's time that it begins at: 0 is noise, 1 the data.
    from: f32,
    steps: usize,
}

/// Told the share of the flow's steps that are done, 0..=1, before each; its error ends the drawing.
pub type GoOn<'a> = &'a mut dyn FnMut(f32) -> Result<(), Error>;

impl FirstAnchor {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let code_width = pack.manifest().flow.code_width;
        let wide = |name, width| Slot::floats(name, &[None, Some(width)]);
        let inputs = [
            wide("noisy", code_width),
            Slot::floats("time", &[None]),
            wide("text", TEXT_WIDTH),
            wide("family", Family::ALL.len()),
            wide("note", 2),
            wide("range", 2),
            wide("tone", 2 * TONES),
        ];
        let model = Model::load(
            pack,
            "first_anchor",
            Usage::Often,
            &inputs,
            &[wide("denoised", code_width)],
        )?;
        Ok(Self { model, code_width })
    }

    /// Draws a note from the noise of each of `seeds`: their codes (notes × code width).
    ///
    /// # Errors
    /// [`Error::Model`], and `go_on`'s. Thread: any but audio.
    pub fn draw(
        &mut self,
        wish: Wish,
        seeds: &[u64],
        (steps, temperature): (usize, f32),
        go_on: GoOn<'_>,
    ) -> Result<Vec<f32>, Error> {
        let drawing = self.begin(wish, seeds, steps, temperature);
        self.flow(drawing, go_on)
    }

    /// The same near a known note: `amount` (0..=1) of it is given up to the noise. `steps` are those
    /// of a drawing from noise alone.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn draw_near(
        &mut self,
        wish: Wish,
        seeds: &[u64],
        (code, amount): (&[f32], f32),
        steps: usize,
        go_on: GoOn<'_>,
    ) -> Result<Vec<f32>, Error> {
        let amount = amount.clamp(0.0, 1.0);
        let mut drawing = self.begin(wish, seeds, steps, amount);
        let all = drawing.codes.iter_mut().zip(code.iter().cycle());
        all.for_each(|(x, known)| *x += (1.0 - amount) * known);
        drawing.from = 1.0 - amount;
        drawing.steps = ((steps as f32 * amount).ceil() as usize).max(1);
        self.flow(drawing, go_on)
    }

    fn begin(&self, wish: Wish, seeds: &[u64], steps: usize, temperature: f32) -> Drawing {
        let noise = |&seed: &u64| noise::normal(seed, self.code_width);
        let codes = seeds.iter().flat_map(noise).map(|x| x * temperature);
        Drawing {
            tones: seeds
                .iter()
                .flat_map(|&seed| wish.asked.told(seed))
                .collect(),
            wish,
            codes: codes.collect(),
            from: 0.0,
            steps: steps.max(1),
        }
    }

    /// Which way the words of `wish` would change a known note: the mean difference, over times of
    /// the flow and noises drawn from `seed`, of what is expected with them and without. As long as
    /// a code; some 20 ms.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn direction(&mut self, wish: &Wish, code: &[f32], seed: u64) -> Result<Vec<f32>, Error> {
        let mut direction = vec![0.0; self.code_width];
        let tones = wish.asked.told(seed).repeat(STEERING_NOISES);
        for (n, &time) in STEERING_TIMES.iter().enumerate() {
            let noise = noise::normal(
                seed.wrapping_add(n as u64),
                STEERING_NOISES * self.code_width,
            );
            let known = code.iter().cycle();
            let codes: Vec<f32> = noise
                .iter()
                .zip(known)
                .map(|(noise, known)| (1.0 - time) * noise + time * known)
                .collect();
            let (led, free) = self.asked_twice(wish, &tones, &codes, time)?;
            let differences = led.iter().zip(&free).map(|(led, free)| led - free);
            for (i, difference) in differences.enumerate() {
                direction[i % self.code_width] += difference;
            }
        }
        let count = (STEERING_TIMES.len() * STEERING_NOISES) as f32;
        direction.iter_mut().for_each(|x| *x /= count);
        Ok(direction)
    }

    /// From where a drawing begins to the data.
    fn flow(&mut self, mut drawing: Drawing, go_on: GoOn<'_>) -> Result<Vec<f32>, Error> {
        let (from, steps) = (drawing.from, drawing.steps);
        let time = |done: usize| from + (1.0 - from) * done as f32 / steps as f32;
        for done in 0..steps - 1 {
            go_on(done as f32 / steps as f32)?;
            let (now, then) = (time(done), time(done + 1));
            let data = self.denoised(&drawing, now)?;
            let rate = (then - now) / (1.0 - now);
            for (x, target) in drawing.codes.iter_mut().zip(data) {
                *x += rate * (target - *x);
            }
        }
        go_on((steps - 1) as f32 / steps as f32)?;
        self.denoised(&drawing, time(steps - 1))
    }

    /// The network's guess of the data, guided.
    fn denoised(&mut self, drawing: &Drawing, time: f32) -> Result<Vec<f32>, Error> {
        let (led, free) = self.asked_twice(&drawing.wish, &drawing.tones, &drawing.codes, time)?;
        let guidance = drawing.wish.guidance;
        let both = led.iter().zip(&free);
        Ok(both
            .map(|(led, free)| free + guidance * (led - free))
            .collect())
    }

    /// The network's guess of the data with what was said and without: both questions, for all
    /// notes, in one batch.
    fn asked_twice(
        &mut self,
        wish: &Wish,
        tones: &[f32],
        codes: &[f32],
        time: f32,
    ) -> Result<(Vec<f32>, Vec<f32>), Error> {
        let Wish {
            text,
            family,
            note,
            range,
            asked: _,
            guidance: _,
        } = wish;
        let width = self.code_width;
        let notes = codes.len() / width;
        let batch = 2 * notes;
        // First all notes with what was said, then all without.
        let with_nothing = |said: Vec<f32>| {
            let nothing = vec![0.0; said.len() * notes];
            [said.repeat(notes), nothing].concat()
        };
        let families = Family::ALL.len();
        let noisy = codes.repeat(2);
        let tone = [tones, &vec![0.0; tones.len()]].concat();
        let time = vec![time; batch];
        let text = with_nothing(text.clone());
        let family = with_nothing(one_hot(*family));
        let note = [f32::from(note.0), f32::from(note.1)].repeat(batch);
        let range = with_nothing(range.map_or(vec![0.0; 2], |(low, high)| {
            vec![f32::from(low), f32::from(high)]
        }));
        let inputs = [
            Tensor::floats("noisy", &[batch, width], &noisy),
            Tensor::floats("time", &[batch], &time),
            Tensor::floats("text", &[batch, TEXT_WIDTH], &text),
            Tensor::floats("family", &[batch, families], &family),
            Tensor::floats("note", &[batch, 2], &note),
            Tensor::floats("range", &[batch, 2], &range),
            Tensor::floats("tone", &[batch, 2 * TONES], &tone),
        ];
        let [both] = self.model.run(&inputs, [("denoised", batch * width)])?;
        let (led, free) = both.split_at(notes * width);
        Ok((led.to_vec(), free.to_vec()))
    }
}

/// The family as the networks see it: 1 at its place, zeros when none was said.
pub(super) fn one_hot(family: Option<Family>) -> Vec<f32> {
    Family::ALL
        .iter()
        .map(|&each| if Some(each) == family { 1.0 } else { 0.0 })
        .collect()
}
