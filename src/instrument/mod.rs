//! What a multisampled instrument is: its recipe, its anchors (partials and noise), and the
//! zones of sound rendered from them.

pub mod slots;
pub mod zone;
