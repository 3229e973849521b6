//! Where the song is.

use clap_sys::events::{
    CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_BEATS_TIMELINE, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE,
    CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_HAS_TIME_SIGNATURE, CLAP_TRANSPORT_IS_LOOP_ACTIVE,
    CLAP_TRANSPORT_IS_PLAYING, CLAP_TRANSPORT_IS_RECORDING, clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use vst3::Steinberg::Vst::{ProcessContext, ProcessContext_::StatesAndFlags_ as has};

use super::events::header;

/// VST3's place in the song as CLAP's; `rate` in frames a second. Audio thread.
pub fn event(context: &ProcessContext, rate: f64) -> clap_event_transport {
    let is = |flag: u32| context.state & flag != 0;
    let flags = [
        (is(has::kPlaying as u32), CLAP_TRANSPORT_IS_PLAYING),
        (is(has::kRecording as u32), CLAP_TRANSPORT_IS_RECORDING),
        (is(has::kTempoValid as u32), CLAP_TRANSPORT_HAS_TEMPO),
        (
            is(has::kTimeSigValid as u32),
            CLAP_TRANSPORT_HAS_TIME_SIGNATURE,
        ),
        (
            is(has::kProjectTimeMusicValid as u32),
            CLAP_TRANSPORT_HAS_BEATS_TIMELINE,
        ),
        (
            is(has::kCycleActive as u32) && is(has::kCycleValid as u32),
            CLAP_TRANSPORT_IS_LOOP_ACTIVE,
        ),
        (true, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE),
    ];
    let flags = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| flag);
    let (above, below) = (context.timeSigNumerator, context.timeSigDenominator);
    // Quarter notes.
    let bar = 4.0 * f64::from(above) / f64::from(below.max(1));
    let counted = is(has::kTimeSigValid as u32) && bar > 0.0;
    let start = if is(has::kBarPositionValid as u32) {
        context.barPositionMusic
    } else if counted {
        (context.projectTimeMusic / bar).floor() * bar
    } else {
        0.0
    };
    let beats = |quarters: f64| (quarters * CLAP_BEATTIME_FACTOR as f64).round() as i64;
    let seconds = context.projectTimeSamples as f64 / rate;
    clap_event_transport {
        header: header::<clap_event_transport>(0, CLAP_EVENT_TRANSPORT),
        flags: flags.fold(0, |all, flag| all | flag),
        song_pos_beats: beats(context.projectTimeMusic),
        song_pos_seconds: (seconds * CLAP_SECTIME_FACTOR as f64).round() as i64,
        tempo: context.tempo,
        tempo_inc: 0.0,
        loop_start_beats: beats(context.cycleStartMusic),
        loop_end_beats: beats(context.cycleEndMusic),
        loop_start_seconds: 0,
        loop_end_seconds: 0,
        bar_start: beats(start),
        bar_number: if counted {
            (start / bar).round() as i32
        } else {
            0
        },
        tsig_num: above.clamp(0, u16::MAX.into()) as u16,
        tsig_denom: below.clamp(0, u16::MAX.into()) as u16,
    }
}
