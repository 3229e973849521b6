//! What every sample that leaves goes through last.

/// Makes subnormal numbers zeros of their sign; all others stay as they are, to the bit. They are far below
/// anything that is heard, and slow whatever counts with them. Audio thread.
pub(super) fn flush(side: &mut [f32]) {
    for x in side {
        let bits = x.to_bits();
        let small = bits & 0x7F80_0000 == 0;
        *x = f32::from_bits(if small { bits & 0x8000_0000 } else { bits });
    }
}

/// The highest sample. Audio thread.
pub(super) fn peak(left: &[f32], right: &[f32]) -> f32 {
    let samples = left.iter().chain(right);
    samples.fold(0.0, |peak: f32, x| peak.max(x.abs()))
}

#[cfg(test)]
mod tests {
    #![expect(
        unsafe_code,
        reason = "the framework hands buffers and parameters about as pointers"
    )]

    use nice_plug::context::process::SendEventError;

    use super::super::ensemble_voice::EnsembleVoice;
    use super::super::stem_voice::StemVoice;
    use super::super::*;
    use super::*;
    use crate::engine::mailbox::ToEngine;
    use crate::engine::stem::{PartNote, PlayedPart};
    use crate::instrument::zone::{Column, Layer, SampledInstrument};

    #[test]
    fn subnormals_become_zeros_and_nothing_else_changes() {
        let small = f32::MIN_POSITIVE;
        let mut side = [
            1e-40,
            -1e-40,
            f32::from_bits(1),
            small,
            -small,
            0.0,
            -0.0,
            1.5,
            f32::INFINITY,
        ];
        let wanted = [0.0, -0.0, 0.0, small, -small, 0.0, -0.0, 1.5, f32::INFINITY];
        flush(&mut side);
        assert_eq!(side.map(f32::to_bits), wanted.map(f32::to_bits));
        let mut odd = [f32::from_bits(0x7FC1_2345)];
        flush(&mut odd);
        assert_eq!(odd[0].to_bits(), 0x7FC1_2345);
    }

    /// A host without a song but at its first quarter note.
    struct Host(Transport);

    impl ProcessContext<Consort> for Host {
        fn plugin_api(&self) -> PluginApi {
            PluginApi::Clap
        }
        fn execute_background(&self, (): ()) {}
        fn execute_gui(&self, (): ()) {}
        fn transport(&self) -> &Transport {
            &self.0
        }
        fn next_event(&mut self) -> Option<NoteEvent<()>> {
            None
        }
        fn try_send_event(
            &mut self,
            _: NoteEvent<()>,
        ) -> Result<(), (NoteEvent<()>, SendEventError)> {
            Ok(())
        }
        fn set_latency_samples(&self, _: u32) {}
        fn request_restart(&self) {}
        fn set_current_voice_capacity(&self, _: u32) {}
    }

    /// The part's.
    const SOUND: u64 = 7;

    /// A constant sound for all keys.
    fn instrument() -> Box<SampledInstrument> {
        let layer = Layer {
            velocity: 127,
            frames: vec![[0.25; 2]; 48_000],
            loop_decay_db_per_s: 0.0,
            release_s: 0.1,
        };
        let column = Column {
            low_key: 0,
            high_key: 127,
            root_key: 60,
            loop_frames: None,
            one_shot: false,
            choke_group: 0,
            takes: Vec::new(),
            layers: vec![layer],
        };
        Box::new(SampledInstrument {
            id: 1,
            sound: SOUND,
            sample_rate: 48_000.0,
            key_to_column: [Some(0); 128],
            columns: vec![Some(Box::new(column))],
        })
    }

    #[test]
    fn the_meter_shows_the_stem_too() {
        let (voice, mut sender, mut generator, _) = StemVoice::new();
        let mut plugin = Consort {
            voice: EnsembleVoice::new(vec![(voice, Arc::default())]),
            ..Consort::default()
        };
        let sent = generator.send(ToEngine::Instrument(instrument()));
        assert!(sent.is_ok());
        let note = PartNote {
            start: 0.0,
            length: 1.0,
            key: 60,
            velocity: 127,
        };
        let part = PlayedPart::new(vec![note], 0.0, 4.0, true).by_sound(SOUND);
        assert!(sender.send(Box::new(part.into())).is_ok());
        let mut transport = Transport::new(48_000.0);
        (transport.playing, transport.tempo, transport.pos_beats) = (true, Some(120.0), Some(0.0));
        let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
        let mut buffer = Buffer::default();
        // SAFETY: both slices live longer than the buffer, and are of that length.
        unsafe {
            buffer.set_slices(512, |slices| *slices = vec![&mut left, &mut right]);
        }
        let mut nothing = AuxiliaryBuffers {
            inputs: &mut [],
            outputs: &mut [],
        };
        plugin.process(&mut buffer, &mut nothing, &mut Host(transport));
        let highest = peak(&left, &right);
        assert!(highest > 0.1, "{highest}");
        assert_eq!(plugin.session.view().peak, highest);
    }
}
