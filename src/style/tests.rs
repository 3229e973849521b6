//! Every style inside Consort does what it says.

use super::*;
use crate::music::{Mode, Quality};

/// C, Am, F and G, a bar each.
pub(super) fn chords(steps: usize, bar: usize) -> Vec<Chord> {
    let all = [
        (0, Quality::Major),
        (9, Quality::Minor),
        (5, Quality::Major),
        (7, Quality::Seventh),
    ];
    let chord = |step: usize| {
        let (root, quality) = all[step / bar % 4];
        Chord {
            root,
            quality,
            bass: None,
        }
    };
    (0..steps).map(chord).collect()
}

pub(super) fn setting<'a>(chords: &'a [Chord], bpm: f64, seed: u64) -> Setting<'a> {
    Setting {
        steps: chords.len(),
        chords,
        key: Key {
            tonic: 0,
            mode: Mode::Major,
        },
        bpm,
        given: &[],
        seed,
        busy: 0.0,
        loud: 0.0,
        fills: &[],
        section_fills: None,
        ends: &[],
        banned: &[],
        follow: 0.0,
    }
}

#[test]
fn print() {
    for style in all() {
        let bar = style.bars.steps;
        let chords = chords(8 * bar, bar);
        let bpm = (style.file.tempo[0] + style.file.tempo[1]) / 2.0;
        let setting = setting(&chords, bpm, 3);
        println!("== {} ({bpm})", style.name());
        let drums = style.write(PartKind::Drums, &setting).unwrap();
        for piece in 0..pieces::COUNT {
            let mut row = vec!['.'; 8 * bar];
            let of = drums.notes.iter().filter(|n| n.key == pieces::key(piece));
            for n in of {
                row[n.step as usize] = match n.velocity {
                    0..50 => '1',
                    50..76 => '2',
                    76..100 => '3',
                    _ => '#',
                };
            }
            if row.iter().any(|c| *c != '.') {
                let bars: Vec<String> = row.chunks(bar).map(|b| b.iter().collect()).collect();
                println!(
                    "{:>12} {}",
                    format!("{}", pieces::group(piece)),
                    bars.join("|")
                );
            }
        }
        for kind in [PartKind::Bass, PartKind::Guitar, PartKind::Keys] {
            if let Some(part) = style.write(kind, &setting) {
                let text: Vec<String> = part
                    .notes
                    .iter()
                    .take(24)
                    .map(|n| format!("{}:{}~{:.1}", n.step, n.key, n.length))
                    .collect();
                println!("{kind:?} {}", text.join(" "));
            }
        }
    }
    println!("{:?}", known::faults());
}
