//! Instructions are obeyed: requests in musicians' words, and what a producer or a teacher expects of each. `requests/*.toml` has them;
//! `check.rs` explains the language.
//!
//! `CONSORT_ASKED=words` looks only at requests that hold these words, or at those of the file of that name; `cargo test --release --test asked -- --nocapture` prints all that fails.

mod check;
mod song;

use std::collections::BTreeMap;
use std::path::Path;

use consort::music::{Metre, Part, PartKind};
use consort::work::Ticket;
use consort::work::part::{Again, Sliders, StemAsk, StemSong, styled, words, write_part};
use serde::Deserialize;

const SEEDS: u64 = 3;
/// So many of the requests hold, of all their songs and seeds.
const AT_LEAST: f64 = 0.95;

/// A request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    words: String,
    /// The part that is compared with it is written by these words; where `edits`, it is the part that is changed.
    #[serde(default)]
    base: String,
    #[serde(default)]
    edits: bool,
    /// How long the songs are.
    #[serde(default)]
    bars: Vec<usize>,
    #[serde(default)]
    metre: Option<String>,
    #[serde(default)]
    part: Option<PartKind>,
    /// It needs the network.
    #[serde(default)]
    network: bool,
    /// Words that aren't known: they and no others are told.
    #[serde(default)]
    unknown: Vec<String>,
    /// What is set by hand.
    #[serde(default)]
    sliders: BTreeMap<String, f32>,
    /// What the user is told besides.
    #[serde(default)]
    tells: Option<String>,
    checks: Vec<String>,
}

fn asks() -> Vec<(&'static str, Ask)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        asks: Vec<Ask>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asked/requests");
    let mut all = Vec::new();
    for name in [
        "form", "pieces", "amounts", "edits", "lines", "unknown", "network", "unseen", "sliders",
    ] {
        let path = folder.join(name).with_extension("toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        all.extend(file.asks.into_iter().map(|ask| (name, ask)));
    }
    all
}

fn written(song: &StemSong, ask: &StemAsk) -> Result<Part, String> {
    write_part(song, ask, &mut Ticket::new(&mut |_| true)).map_err(|error| error.to_string())
}

/// What fails of a request in one song by one seed.
fn faults(ask: &Ask, bars: usize, seed: u64) -> Result<Vec<String>, String> {
    let metre: Metre = ask.metre.as_deref().unwrap_or("4/4").parse().unwrap();
    let song = song::song(bars, metre);
    let plain = |words: &str, kind: Option<PartKind>| StemAsk {
        words: words.to_owned(),
        kind,
        seed,
        ..StemAsk::default()
    };
    let base = match ask.base.as_str() {
        "" => Part::default(),
        words => written(&song, &plain(words, ask.part))?,
    };
    let again = ask.edits.then(|| Again {
        part: base.clone(),
        ..Again::default()
    });
    let kind = ask.part.or(base.kind.filter(|_| ask.edits));
    let set = |name: &str| ask.sliders.get(name).copied().unwrap_or(0.0);
    let wanted = StemAsk {
        sliders: Sliders {
            busy: set("busy"),
            loud: set("loud"),
            fills: set("fills"),
            swing: set("swing"),
            tight: set("tight"),
        },
        again,
        ..plain(&ask.words, kind)
    };
    let part = written(&song, &wanted)?;
    let roots: Vec<u8> = (0..bars).map(|bar| song::chord(bar).root).collect();
    let take = check::Take {
        part: &part,
        base: &base,
        bar: song.first().bar_written(),
        bars,
        roots: &roots,
    };
    let mut faults: Vec<String> = ask
        .checks
        .iter()
        .filter_map(|claim| take.judge(claim).err())
        .collect();
    if part.notes.is_empty() {
        faults.push("nothing plays".into());
    }
    let kind = kind.unwrap_or(words::read(&ask.words).part());
    let told = styled::notice(&ask.words, kind, song.first().metre).unwrap_or_default();
    let quoted: Vec<&str> = told
        .split('“')
        .skip(1)
        .filter_map(|rest| rest.split('”').next())
        .collect();
    let tells = ask.tells.as_deref().unwrap_or_default();
    if ask.tells.is_some() && !told.contains(tells) {
        faults.push(format!("{told:?} doesn't tell {tells:?}"));
    }
    if ask.tells.is_none() && quoted != ask.unknown
        || !ask.unknown.is_empty() && !told.contains("don't know")
    {
        faults.push(format!("it tells {told:?}"));
    }
    Ok(faults)
}

#[test]
fn instructions_are_obeyed() {
    let only = std::env::var("CONSORT_ASKED").unwrap_or_default();
    let mut asks = asks();
    asks.retain(|(file, ask)| {
        let is_chosen = ask.words.contains(&only) || *file == only;
        is_chosen && (cfg!(built_in_models) || !ask.network)
    });
    assert!(!asks.is_empty(), "no request holds these words");
    let mut by_file: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut runs, mut runs_held) = (0, 0);
    for (file, ask) in &asks {
        let lengths = match (&ask.bars[..], ask.network) {
            ([], true) => vec![8],
            ([], false) => vec![8, 16],
            (bars, _) => bars.to_vec(),
        };
        let mut failed = Vec::new();
        for (bars, seed) in lengths
            .iter()
            .flat_map(|bars| (1..=SEEDS).map(move |seed| (*bars, seed)))
        {
            let faults = faults(ask, bars, seed).unwrap_or_else(|error| vec![error]);
            runs += 1;
            runs_held += usize::from(faults.is_empty());
            failed.extend(
                faults
                    .into_iter()
                    .map(|fault| format!("{bars} bars, seed {seed}: {fault}")),
            );
        }
        let sum = by_file.entry(file).or_default();
        sum.0 += usize::from(failed.is_empty());
        sum.1 += 1;
        if !failed.is_empty() {
            println!("{:?} (base {:?})", ask.words, ask.base);
            failed.iter().for_each(|fault| println!("    {fault}"));
        }
    }
    println!();
    for (file, (held, all)) in &by_file {
        println!("{file:<10} {held:>3} of {all}");
    }
    let held: usize = by_file.values().map(|sum| sum.0).sum();
    println!(
        "requests {held} of {}, runs {runs_held} of {runs}",
        asks.len()
    );
    let share = held as f64 / asks.len() as f64;
    assert!(share >= AT_LEAST, "{share:.3} of the requests hold");
}
