//! A bar on the terminal, nothing anywhere else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Progress of the command at hand, on stderr when that is a terminal; silent otherwise.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar that shows nothing yet. `quiet` silences it on terminals too.
    pub fn new(quiet: bool) -> Progress {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(STEPS), target);
        let style =
            ProgressStyle::with_template("{spinner} {msg:32!} {bar:32} {percent:>3}% {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Progress(bar)
    }

    /// What is being done, and how much of it (0..=1).
    pub fn show(&self, doing: &str, part: f32) {
        if self.0.message() != doing {
            self.0.set_message(doing.to_owned());
        }
        self.0
            .set_position((part.clamp(0.0, 1.0) * STEPS as f32) as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

const STEPS: u64 = 1000;
