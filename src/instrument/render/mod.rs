//! Notes to sound.
//!
//! [`plan`](fn@plan) makes the empty instrument, [`order`] says which columns are needed first, and
//! [`render_columns`] fills them, one callback a column. [`note`](fn@note) renders one note alone.

mod plan;

pub use plan::{frame_rate, order, plan};
