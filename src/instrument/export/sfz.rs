//! The text of an SFZ: one region a layer, the layers cross-faded by velocity.

use std::fmt::Write;

use crate::instrument::Instrument;
use crate::instrument::zone::Column;

/// SFZ players let envelopes fall by this many dB within their stated times (e⁻⁹).
const ENVELOPE_DB: f32 = 78.2;

/// What stands before the regions.
pub(super) fn header(instrument: &Instrument) -> String {
    // A line end in a name would end the comment.
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = String::new();
    let _ = writeln!(text, "// {}, made by Consort", line(&instrument.name));
    let _ = writeln!(text, "// prompt: {}", line(&instrument.recipe.prompt));
    let _ = writeln!(text, "// seed: {}", instrument.recipe.seed);
    // The layers are recorded at their own levels and in phase: they cross-fade by amplitude,
    // and velocity changes nothing else.
    text.push_str("\n<global>\namp_veltrack=0 xf_velcurve=gain\n");
    text
}

/// The region of one layer.
pub(super) fn region(column: &Column, index: usize, rate: f32, gain: f32, file: &str) -> String {
    let layer = &column.layers[index];
    let mut text = String::new();
    let _ = write!(
        text,
        "\n<region>\nsample=samples/{file}\nlokey={} hikey={} pitch_keycenter={}\n",
        column.low_key, column.high_key, column.root_key
    );
    let below = index.checked_sub(1).map(|i| column.layers[i].velocity);
    let above = column.layers.get(index + 1).map(|layer| layer.velocity);
    let _ = write!(
        text,
        "lovel={} hivel={}",
        below.map_or(1, |v| v + 1),
        above.map_or(127, |v| v - 1)
    );
    match below {
        Some(below) => {
            let _ = write!(text, " xfin_lovel={below} xfin_hivel={}", layer.velocity);
        }
        // Under the softest layer it is that one, softer.
        None => {
            let _ = write!(
                text,
                " amp_veltrack=100 amp_velcurve_1={:.3} amp_velcurve_{}=1",
                1.0 / f32::from(layer.velocity),
                layer.velocity
            );
        }
    }
    if let Some(above) = above {
        let _ = write!(text, " xfout_lovel={} xfout_hivel={above}", layer.velocity);
    }
    text.push('\n');
    match column.loop_frames {
        None if column.one_shot => text.push_str("loop_mode=one_shot\n"),
        Some((start, end)) => {
            let _ = writeln!(
                text,
                "loop_mode=loop_continuous loop_start={start} loop_end={}",
                end - 1
            );
            if layer.loop_decay_db_per_s > 0.0 {
                let _ = writeln!(
                    text,
                    "ampeg_hold={:.3} ampeg_decay={:.3} ampeg_sustain=0",
                    start as f32 / rate,
                    ENVELOPE_DB / layer.loop_decay_db_per_s
                );
            }
        }
        None => text.push_str("loop_mode=no_loop\n"),
    }
    if column.choke_group != 0 {
        let group = column.choke_group;
        let _ = writeln!(text, "group={group} off_by={group}");
    }
    let _ = write!(
        text,
        "ampeg_release={:.3}",
        layer.release_s * ENVELOPE_DB / 60.0
    );
    if gain < 1.0 {
        let _ = write!(text, " volume={:.3}", -20.0 * gain.log10());
    }
    text.push('\n');
    text
}
