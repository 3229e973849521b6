//! A generator with nothing to do uses no processor time.

#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use consort::engine::mailbox;
use consort::jobs::{Client, Request, Status};

/// Processor time of this process so far.
fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it fills the structure it is given.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0);
    Duration::new(
        time.tv_sec.cast_unsigned(),
        u32::try_from(time.tv_nsec).expect("nanoseconds"),
    )
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn an_idle_generator_rests() {
    let (_engine, generator) = mailbox::channel();
    let client = Client::new(generator);
    client.set_sample_rate(48_000.0);
    client.make(Request {
        prompt: "warm cello".to_owned(),
        ..Request::default()
    });
    while matches!(client.snapshot().status, Status::Working { .. }) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(client.snapshot().status, Status::Idle);
    // It looks after its mailboxes more often for a few seconds.
    std::thread::sleep(Duration::from_secs(4));
    let (begun, before) = (Instant::now(), processor_time());
    std::thread::sleep(Duration::from_secs(5));
    let used = processor_time() - before;
    let share = used.as_secs_f64() / begun.elapsed().as_secs_f64();
    println!("idle: {:.3} % of a core", share * 100.0);
    assert!(share < 0.002, "{used:?}");
}
