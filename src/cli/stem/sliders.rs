//! How busy, loud, swung and tight a part is, and how many fills it has, set by numbers.

use clap::Args;

use crate::work::part::Sliders;

/// See the module.
#[derive(Args)]
#[command(next_help_heading = "Sliders, each from -1 to 1")]
pub struct Arguments {
    /// From sparse to busy.
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = slider)]
    busy: f32,
    /// From soft to loud.
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = slider)]
    loud: f32,
    /// From no fills to one every two bars.
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = slider)]
    fills: f32,
    /// From straight to triplets.
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = slider)]
    swing: f32,
    /// From loose to exactly on the grid.
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = slider)]
    tight: f32,
}

impl Arguments {
    pub fn set(&self) -> Sliders {
        Sliders {
            busy: self.busy,
            loud: self.loud,
            fills: self.fills,
            swing: self.swing,
            tight: self.tight,
        }
    }
}

fn slider(text: &str) -> Result<f32, String> {
    let read = text.parse().ok().filter(|x| (-1.0..=1.0).contains(x));
    read.ok_or_else(|| "write a number from -1 to 1, as in 0.5".to_owned())
}
