//! Values that are no numbers: what was there before stays, in a block and in a flush.

use super::*;

const ODD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

#[test]
fn what_is_no_number_changes_nothing() {
    for (id, state) in STATES {
        let mut plugin = opened(id, state);
        let ids = plugin.parameters();
        let values =
            |plugin: &Plugin| -> Vec<f64> { ids.iter().map(|id| plugin.value(*id)).collect() };
        let before = values(&plugin);
        assert!(before.iter().all(|value| value.is_finite()));
        for odd in ODD {
            for id in &ids {
                let events = [
                    Event::parameter(0, *id, odd),
                    Event::modulate(100, *id, odd),
                    Event::parameter(200, *id, odd),
                ];
                let mut ports = Ports::new(&plugin, FRAMES);
                assert!(is_fine(plugin.process(
                    FRAMES as u32,
                    &events,
                    None,
                    &mut ports
                )));
                plugin.flush(&events);
                let outputs = ports.outputs.iter().flatten().flatten();
                assert!(outputs.clone().all(|x| x.is_finite()), "{id}: {odd}");
            }
            assert_eq!(values(&plugin), before, "{odd}");
        }
        // What comes with it counts, also by a flush, whenever its time is.
        for id in &ids {
            let value = plugin.value(*id);
            let other = if value == 0.0 { 1.0 } else { 0.0 };
            let events = [
                Event::parameter(0, *id, f64::NAN),
                Event::parameter(u32::MAX, *id, other),
                Event::parameter(5_000, *id, f64::INFINITY),
            ];
            plugin.flush(&events);
            let flushed = plugin.value(*id);
            assert!(flushed.is_finite());
            plugin.flush(&[Event::parameter(0, *id, value)]);
            assert!((plugin.value(*id) - value).abs() < 1e-4);
        }
        // The effect's own switch is one that a flush can be seen by.
        let changed = ids.iter().filter(|id| {
            let value = plugin.value(**id);
            let other = if value == 0.0 { 1.0 } else { 0.0 };
            plugin.flush(&[
                Event::parameter(0, **id, f64::NAN),
                Event::parameter(9, **id, other),
            ]);
            plugin.value(**id) != value
        });
        assert!(changed.count() * 2 > ids.len(), "a flush still counts");
    }
}

#[test]
fn notes_of_no_number_are_left_out_and_their_ends_count() {
    let (id, state) = STATES[0];
    let mut plugin = opened(id, state);
    let play = |plugin: &mut Plugin, events: &[Event]| -> f32 {
        let mut ports = Ports::new(plugin, FRAMES);
        assert!(is_fine(plugin.process(
            FRAMES as u32,
            events,
            None,
            &mut ports
        )));
        let outputs = ports.outputs.iter().flatten().flatten();
        outputs.fold(0.0, |peak, x| {
            assert!(x.is_finite());
            peak.max(x.abs())
        })
    };
    // Its keys are rendered in the background.
    let began = Instant::now();
    while play(&mut plugin, &[Event::on(0, 60)]) < 1e-5 {
        assert!(began.elapsed().as_secs() < 60, "it never sounds");
        play(&mut plugin, &[Event::off(0, 60)]);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    play(&mut plugin, &[Event::off(0, 60)]);
    for odd in ODD {
        let mut expressions: Vec<Event> = (0..7)
            .map(|kind| Event::express(5, kind, 60, odd))
            .collect();
        expressions.insert(0, Event::on(0, 60));
        assert!(play(&mut plugin, &expressions) > 1e-5, "the note sounds");
        play(&mut plugin, &[Event::off(0, 60)]);
    }
}
