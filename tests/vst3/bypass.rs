//! The effect's bypass: the host finds it, and while it is on the track leaves as it came.

use vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_;

use crate::vst3_host::lists::{Note, Points};
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS, text};
use crate::{STEMS_STATE, alone, song};

fn bypass(plugin: &Plugin) -> Vec<(u32, String)> {
    let all = plugin.parameters();
    let is =
        |info: &&vst3::Steinberg::Vst::ParameterInfo| info.flags & ParameterFlags_::kIsBypass != 0;
    all.iter()
        .filter(is)
        .map(|info| (info.id, text(&info.title)))
        .collect()
}

#[test]
fn a_bypassed_effect_passes_its_track_to_the_bit() {
    let _alone = alone();
    assert!(bypass(&Plugin::create(CONSORT)).is_empty());
    let plugin = Plugin::create(STEMS);
    let [(id, name)] = &bypass(&plugin)[..] else {
        panic!("one bypass");
    };
    assert_eq!(name, "Bypass");
    assert!(plugin.load(STEMS_STATE));
    plugin.activate(48_000.0, 512, true);
    let track = |at: usize| (at as f32 * 0.1).sin() * 0.3;
    let beats = 512.0 * 118.0 / 60.0 / 48_000.0;
    let play = |from: u32, points: &[Points]| {
        let mut apart = [0.0_f32; 200];
        let mut notes = Vec::new();
        for (block, apart) in (from..).zip(&mut apart) {
            let block = Block {
                points: if block == from { points } else { &[] },
                context: Some(song(118.0, 8.0 + f64::from(block) * beats)),
                input: Some(&track),
                ..Block::default()
            };
            let played = plugin.play(512, &block);
            let sides = played.outputs[0].iter();
            let out = sides.flat_map(|side| side.iter().enumerate());
            let away = out.map(|(at, x)| (x - track(at)).abs());
            *apart = away.fold(0.0, f32::max);
            notes.extend(played.notes);
        }
        (apart, notes)
    };
    let (apart, notes) = play(0, &[]);
    assert!(
        apart.iter().any(|x| *x > 0.01) && !notes.is_empty(),
        "it plays"
    );
    let (apart, notes) = play(200, &[(*id, vec![(0, 1.0)])]);
    let begun = notes.iter().filter(|note| matches!(note, Note::On { .. }));
    assert_eq!(begun.count(), 0);
    assert!(apart[..4].iter().any(|x| *x > 0.0), "it fades away");
    assert!(apart[40..].iter().all(|x| *x == 0.0), "the track alone");
    let (apart, _) = play(400, &[(*id, vec![(0, 0.0)])]);
    assert!(apart.iter().any(|x| *x > 0.01), "it plays again");
}
