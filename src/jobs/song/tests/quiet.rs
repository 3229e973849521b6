//! A song of which nothing is heard, and one that rings on after it has stopped.

use super::*;

#[test]
fn a_song_that_plays_and_is_not_heard_is_said_to_be_silent() {
    for (source, place) in [
        (Source::Track, "on this track"),
        (Source::Sidechain, "on the sidechain"),
    ] {
        let (mut writer, reader) = capture::channel(480_000);
        writer.set_rate(RATE);
        let song = SongListener::new(reader, source, Box::new(|| ()));
        song.order(SongOrder::Listen(true));
        song.activate();
        let mut host = Host::new((4, 4));
        let mut play = |playing: bool, level: f32, wanted: bool| {
            host.playing = playing;
            let begun = Instant::now();
            // Blocks that come before it listens are lost.
            while song.song().quiet != wanted {
                assert!(begun.elapsed() < Duration::from_secs(60), "not {wanted}");
                writer.write(&host.position(), 2_205, &[level; 2_205], &[level; 2_205]);
                host.at += if playing { 2_205 } else { 0 };
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        play(true, 0.0, true);
        song.order(SongOrder::TakeLast);
        let begun = Instant::now();
        while song.song().said.is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(2));
        }
        let said = song.song().said.expect("a sentence");
        assert!(
            said.is_fault() && said.sentence().contains(place),
            "{said:?}"
        );
        play(true, 0.5, false);
        play(true, 0.0, true);
        // A song that stands still is silent for a reason.
        play(false, 0.0, false);
        song.order(SongOrder::Listen(false));
        assert!(!song.song().quiet);
    }
}

#[test]
fn what_rings_on_after_a_stop_is_not_what_was_asked_for() {
    let mut host = Host::new((4, 4));
    host.play(host.bar_frame(4) + 300, &[441]);
    host.playing = false;
    // One block, a reverb, and then a minute of nothing.
    for (sounds, seconds) in [(true, 0.02), (true, 3.0), (false, 1.0), (false, 60.0)] {
        host.sound = if sounds { numbered } else { |_| [0.0; 2] };
        host.play((seconds * RATE) as u64, &[441]);
        let taken = take_last(&host.history, 2).expect("bars from before");
        host.sound = numbered;
        host.assert_taken(&taken, 2..4, &format!("{seconds} s, {sounds}"));
        let said = taken.notice.expect("a notice");
        assert!(said.contains("before it stopped"), "{said}");
    }
    // What is played then is, and what never ends as well.
    host.play(22_050, &[441]);
    assert!(
        take_last(&host.history, 1)
            .expect("seconds")
            .bars
            .is_empty()
    );
    let mut host = Host::new((4, 4));
    host.play(host.bar_frame(4), &[441]);
    host.playing = false;
    host.play(8 * 22_050, &[441]);
    assert!(
        take_last(&host.history, 1)
            .expect("seconds")
            .bars
            .is_empty()
    );
}
