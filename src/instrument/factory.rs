//! The instrument that Consort plays before the first prompt: in the plugin file, no model needed.
//! `plugin-assets/factory/README.md` says what it was made from, and how.

use super::Instrument;

const ELECTRIC_PIANO: &[u8] = include_bytes!("../../plugin-assets/factory/electric-piano.consort");

impl Instrument {
    /// The factory instrument; some milliseconds. Any thread but audio.
    pub fn factory() -> Self {
        Self::from_bytes(ELECTRIC_PIANO).expect("the built-in instrument is tested")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::render;
    use std::ops::ControlFlow;

    #[test]
    fn the_factory_instrument_is_whole_and_sounds() {
        let factory = Instrument::factory();
        assert_eq!(factory.name, "Electric Piano");
        let mut peaks = Vec::new();
        let mut ready = |_, column: Box<crate::instrument::zone::Column>| {
            let loudest = &column.layers.last().expect("four layers").frames;
            peaks.push(
                loudest
                    .iter()
                    .flatten()
                    .fold(0.0f32, |peak, x| peak.max(x.abs())),
            );
            ControlFlow::Continue(())
        };
        let flow = render::render_columns(
            &factory,
            48_000.0,
            &factory.macros,
            &render::order(&factory, 60),
            &|| false,
            &mut ready,
        );
        assert!(flow.is_continue());
        assert_eq!(peaks.len(), 30);
        assert!(
            peaks.iter().all(|&peak| (0.05..1.5).contains(&peak)),
            "{peaks:?}"
        );
    }
}
