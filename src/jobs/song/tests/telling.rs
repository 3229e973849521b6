//! What the user says about what was taken.

use std::time::{Duration, Instant};

use super::*;
use crate::analysis::song::Corrections;

#[test]
fn corrections_that_follow_each_other_at_once_are_kept_and_taken_back_in_turn() {
    let mut host = Host::new((4, 4));
    let listener = SongListener::new(capture::channel(16).1, Source::Track, Box::new(|| ()));
    host.play(host.bar_frame(4), &[512]);
    let taken = Arc::new(take_last(&host.history, 2).expect("bars"));
    {
        let mut desk = listener.0.desk.lock();
        desk.song.taken = Some(taken);
        desk.song.hearing = Some(Hearing::Done(Arc::default()));
    }
    let tell = |change: &dyn Fn(&mut Corrections)| {
        let mut told = Box::default();
        change(&mut told);
        let seen = Box::default();
        listener.order(SongOrder::Tell { seen, told });
    };
    for round in 0..20 {
        tell(&|told| told.tempo = Some(90.0));
        tell(&|told| told.downbeat = 1);
        tell(&|told| told.genre = Some("waltz".into()));
        listener.order(SongOrder::UndoTell);
        let begun = Instant::now();
        loop {
            let song = listener.song();
            let Some(Hearing::Done(heard)) = &song.hearing else {
                panic!("it was heard");
            };
            let kept = heard.told.tempo == Some(90.0) && heard.told.downbeat == round + 1;
            if kept && heard.told.genre.is_none() && heard.undone.len() == 1 {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "{:?}",
                heard.told
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
