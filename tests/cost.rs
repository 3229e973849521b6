//! What the plugin costs a host before it does anything: time to scan, time to open, memory idle,
//! size on disk. In a program of its own, so that nothing is warm; `cargo xtask measure` shows it.

#[path = "host/mod.rs"]
mod host;

use host::{Session, bundle, load, plugin_id};
use std::time::{Duration, Instant};

#[test]
fn scanning_and_opening_are_cheap() {
    // The disk's share is not ours: a scan reads a file that was just written or read before.
    let size = std::fs::read(bundle())
        .expect("the plugin can be read")
        .len();

    let threads_before = threads();
    let (began, cpu_began) = (Instant::now(), cpu_time());
    let entry = load();
    let id = plugin_id(&entry);
    let (scan, scan_cpu) = (began.elapsed(), cpu_time() - cpu_began);
    assert_eq!(id.to_str(), Ok("org.consort.consort"));
    assert_eq!(threads(), threads_before, "scanning starts no thread");

    let began = Instant::now();
    let first = Session::create(&entry);
    let create = began.elapsed();
    let before = memory_kb();
    let began = Instant::now();
    let more: Vec<Session> = (0..10).map(|_| Session::create(&entry)).collect();
    let each = began.elapsed() / 10;
    let idle = (memory_kb() - before) / 10;

    let began = Instant::now();
    let mut session = Session::open(&entry, 48_000.0, 512);
    let keys = {
        session.wait_for_keys();
        began.elapsed()
    };
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    println!("measured scan, ms: {:.3}", ms(scan));
    println!("measured first instance, ms: {:.3}", ms(create));
    println!("measured further instances, ms each: {:.3}", ms(each));
    println!("measured idle memory, kB each: {idle}");
    println!(
        "measured all keys of the factory instrument, ms: {:.0}",
        ms(keys)
    );
    println!("measured plugin file, MB: {:.2}", size as f64 / 1e6);
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux tells");
    assert!(
        !maps.contains("onnxruntime"),
        "ONNX Runtime is not touched before the first job"
    );
    // Work, not time: other programs may hold up this one.
    assert!(scan_cpu.as_millis() < 20, "a scan takes {scan_cpu:?}");
    drop((first, more));
}

/// CPU time of this thread so far.
fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it only writes the time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task")
        .expect("Linux tells")
        .count()
}

fn memory_kb() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<i64>().ok())
        .unwrap()
        * 4
}
