//! What plays around Consort: listened to through the instrument's sidechain or on the effect's track,
//! with its place in the song, and taken bar by bar.
//!
//! While the user has listening switched on, a thread of its own reads what the audio thread writes
//! and remembers the last two minutes. It wakes ten times a second, thirty times while something is
//! being taken. Off, there is no thread and nothing is remembered but what was taken last.
//!
//! | module | what it is |
//! |---|---|
//! | `asking` | what can be asked for, and how it stands |
//! | `history` | the last minutes, in stretches without a jump |
//! | `bars` | where bar lines lie, to the frame |
//! | `choosing` | which bars are taken |
//! | [`taken`] | the result |
//! | [`hearing`] | what is heard in it: key, chords, notes |
//! | `tapping` | where its bars begin, tapped while it plays |

mod asking;
mod bars;
mod choosing;
pub mod hearing;
mod history;
pub mod taken;
mod tapping;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::said::{Said, save};
use super::snapshot::Listener;
use super::{Deed, Deeds};
use crate::analysis::Sound;
use crate::analysis::song::live::{self, Live, Now};
use crate::engine::capture::Reader;
use crate::instrument::export;
use crate::models::{Error, runtime};
pub use asking::{BARS, Progress, Song, SongFault, SongOrder, Source};
use choosing::Arm;
pub use hearing::{Heard, Hearing};
use history::History;
pub use taken::{Bar, Beat, Taken};

/// How often what has arrived is read while something is taken, and otherwise.
const LOOK: Duration = Duration::from_millis(30);
const REST: Duration = Duration::from_millis(100);
/// How often the bars that could be taken are counted, and key and chord are looked for: with the
/// rest before it, every [`live::STEP`].
const COUNT: Duration = Duration::from_millis(410);
/// How often a thread that waits for orders to be followed looks.
const SETTLE: Duration = Duration::from_millis(2);
/// Silence that is this long is no pause any more, s.
const QUIET: f64 = 2.0;

/// Listens to the song of one instance. Dropping it ends that; nobody waits for it.
///
/// All methods: any thread but audio; none waits.
pub struct SongListener(Arc<Shared>);

struct Shared {
    /// Held by the thread that listens.
    work: Mutex<Work>,
    /// Held by the thread that does something with what was taken.
    uses: Mutex<()>,
    desk: Mutex<Desk>,
    wake: Condvar,
    listener: Listener,
}

#[derive(Default)]
struct Desk {
    song: Song,
    /// Blocks are to come.
    active: bool,
    /// The instance is gone.
    closed: bool,
    /// Counts threads; one that isn't the last has nothing more to say.
    turn: u64,
    orders: Vec<SongOrder>,
    /// What is to be done with what was taken, the oldest first.
    uses: VecDeque<SongOrder>,
    /// Some were read and aren't followed yet.
    follows: bool,
    /// Is told of what can be taken back.
    deeds: Option<Deeds>,
}

/// Whole bars, key and chord, and whether it is quiet.
type Known = (u32, Option<Now>, bool);

struct Work {
    reader: Reader,
    history: History,
    arm: Option<Arm>,
    live: Live,
    /// The end of what key and chord were last looked for in.
    looked: u64,
}

impl SongListener {
    /// One that listens to what comes out of `reader`, which is the song at `source`; `listener` is told
    /// of every change. Starts nothing.
    #[must_use]
    pub fn new(reader: Reader, source: Source, listener: Listener) -> Self {
        Self(Arc::new(Shared {
            work: Mutex::new(Work {
                reader,
                history: History::of(source),
                arm: None,
                live: Live::default(),
                looked: 0,
            }),
            uses: Mutex::default(),
            desk: Mutex::default(),
            wake: Condvar::new(),
            listener,
        }))
    }

    /// From now on `deeds` is told of each correction, which [`SongOrder::UndoTell`] takes back.
    pub fn tell(&self, deeds: &Deeds) {
        self.0.desk.lock().deeds = Some(deeds.clone());
    }

    /// The host is about to play: from now on there is something to listen to.
    pub fn activate(&self) {
        let mut desk = self.0.desk.lock();
        if !std::mem::replace(&mut desk.active, true) && desk.song.listens {
            self.begin(&mut desk);
        }
    }

    /// How it stands.
    #[must_use]
    pub fn song(&self) -> Song {
        self.0.desk.lock().song.clone()
    }

    /// Gives an order; [`Self::song`] shows what becomes of it.
    pub fn order(&self, order: SongOrder) {
        let mut desk = self.0.desk.lock();
        match order {
            SongOrder::Listen(listens) if listens != desk.song.listens => {
                desk.song.listens = listens;
                desk.song.said = None;
                if !listens {
                    desk.end();
                    self.0.wake.notify_one();
                } else if desk.active {
                    self.begin(&mut desk);
                }
            }
            SongOrder::Listen(_) => {}
            SongOrder::Bars(bars) => desk.song.bars = bars.clamp(BARS[0], BARS[4]),
            SongOrder::Save(_)
            | SongOrder::SaveNotes(_)
            | SongOrder::Tell { .. }
            | SongOrder::UndoTell
            | SongOrder::RedoTell => self.0.use_soon(&mut desk, order),
            _ if !desk.song.listens => desk.song.said = Some(Said::fault(SongFault::NotListening)),
            _ if !desk.active => desk.song.said = Some(Said::fault(SongFault::Inactive)),
            order => {
                desk.orders.push(order);
                self.0.wake.notify_one();
            }
        }
    }

    /// What a project remembers was heard; it takes the place of what was taken.
    pub fn recall(&self, heard: Arc<Heard>) {
        let mut desk = self.0.desk.lock();
        desk.song.taken = None;
        desk.song.said = None;
        desk.song.hearing = Some(Hearing::Done(heard));
        drop(desk);
        (self.0.listener)();
    }

    /// A project remembers what can't be read: nothing takes its place, and `sentence` says so.
    pub fn forget(&self, sentence: &str) {
        let mut desk = self.0.desk.lock();
        desk.song.taken = None;
        desk.song.hearing = None;
        desk.song.said = Some(Said::fault(sentence));
        drop(desk);
        (self.0.listener)();
    }

    fn begin(&self, desk: &mut Desk) {
        desk.end();
        let turn = desk.turn;
        let shared = Arc::clone(&self.0);
        if runtime::spawn("consort-song", move || shared.listen(turn)).is_err() {
            desk.song.listens = false;
            desk.song.said = Some(Said::fault(SongFault::NoThread));
        }
    }
}

impl Drop for SongListener {
    fn drop(&mut self) {
        let mut desk = self.0.desk.lock();
        desk.closed = true;
        desk.end();
        self.0.wake.notify_one();
    }
}

/// Saves what was taken.
fn write(taken: &Taken, folder: &Path) -> Said {
    let peak = taken.frames.iter().flatten();
    let peak = peak.fold(0.0f32, |peak, x| peak.max(x.abs()));
    let gain = if peak > 1.0 { peak.recip() } else { 1.0 };
    let wav = export::wav(&taken.frames, gain, taken.rate);
    match save(folder, &taken.file_name(), ".wav", &wav) {
        Ok(path) if gain < 1.0 => {
            let down = -20.0 * gain.log10();
            let path = path.display();
            Said::Note(format!(
                "Saved {path}, {down:.1} dB softer: it was louder than full scale."
            ))
        }
        saved => saved.into(),
    }
}

impl Desk {
    /// From here on no thread listens, or a new one.
    fn end(&mut self) {
        self.turn += 1;
        self.orders.clear();
        (self.song.heard, self.song.now, self.song.quiet) = (0, None, false);
        self.song.progress = None;
    }
}

impl Shared {
    /// Listens until it is another thread's turn, or nobody's.
    fn listen(self: &Arc<Self>, turn: u64) {
        // The thread before leaves in a moment.
        let mut work = self.work.lock();
        work.begin();
        let mut counted = Instant::now();
        loop {
            let pause = if work.arm.is_some() { LOOK } else { REST };
            let mut desk = self.desk.lock();
            if desk.turn == turn && desk.orders.is_empty() {
                self.wake.wait_for(&mut desk, pause);
            }
            if desk.turn != turn {
                break;
            }
            let orders = std::mem::take(&mut desk.orders);
            desk.follows = true;
            let bars = desk.song.bars;
            drop(desk);
            self.show(turn, work.read());
            for order in orders {
                match order {
                    SongOrder::TapDownbeat => self.tap(work.place()),
                    order => self.show(turn, work.follow(&order, bars)),
                }
            }
            self.desk.lock().follows = false;
            self.show(turn, work.wait_for_bars());
            let progress = work.arm.as_ref().map(|arm| arm.progress);
            let known = (counted.elapsed() > COUNT).then(|| {
                counted = Instant::now();
                (work.heard(), work.now(), work.quiet())
            });
            self.count(turn, known, progress);
        }
        work.end();
    }

    /// How it stands once the orders before are followed.
    fn settled(&self) -> Song {
        let mut desk = self.desk.lock();
        while desk.follows || !desk.orders.is_empty() {
            drop(desk);
            std::thread::sleep(SETTLE);
            desk = self.desk.lock();
        }
        desk.song.clone()
    }

    /// Has a thread do what needs nothing but what was taken.
    fn use_soon(self: &Arc<Self>, desk: &mut Desk, order: SongOrder) {
        desk.uses.push_back(order);
        let shared = Arc::clone(self);
        if runtime::spawn("consort-taken", move || shared.use_taken()).is_err() {
            desk.uses.pop_back();
            desk.song.said = Some(Said::fault(SongFault::NoThread));
        }
    }

    /// What needs nothing but what was taken, in the order it was asked for; a disk may take its time.
    fn use_taken(&self) {
        let _one_by_one = self.uses.lock();
        let Some(order) = self.desk.lock().uses.pop_front() else {
            return;
        };
        let song = self.settled();
        let heard = match song.hearing {
            Some(Hearing::Done(heard)) => Some(heard),
            _ => None,
        };
        let said = match (order, song.taken, heard) {
            (SongOrder::Save(folder), Some(taken), _) => write(&taken, &folder),
            (SongOrder::SaveNotes(folder), _, Some(heard)) => heard.save_notes(&folder).into(),
            (SongOrder::Save(_) | SongOrder::SaveNotes(_), ..) | (_, None, _) => {
                Said::fault(SongFault::NothingTaken)
            }
            (_, Some(_), None) => Said::fault(SongFault::NotHeard),
            (order, Some(taken), Some(heard)) => {
                let heard = Heard::clone(&heard);
                let before = heard.told.clone();
                let is_new = matches!(order, SongOrder::Tell { .. });
                let told = match order {
                    SongOrder::Tell { seen, told } => {
                        let told = heard.told.clone().changed(&seen, *told);
                        heard.tell(told)
                    }
                    SongOrder::UndoTell => heard.undo(),
                    _ => heard.redo(),
                };
                let is_new = is_new && told.told != before;
                if self.hear(&taken, Hearing::Done(Arc::new(told))) && is_new {
                    let deeds = self.desk.lock().deeds.clone();
                    deeds.iter().for_each(|deeds| deeds(Deed::Told));
                }
                return;
            }
        };
        self.desk.lock().song.said = Some(said);
        (self.listener)();
    }

    /// Shows what was taken, or why nothing was.
    fn show(self: &Arc<Self>, turn: u64, news: Option<Result<Taken, SongFault>>) {
        let mut desk = self.desk.lock();
        let Some(news) = news.filter(|_| desk.turn == turn) else {
            return;
        };
        match news {
            Ok(taken) => {
                let taken = Arc::new(taken);
                desk.song.said = taken.notice.clone().map(Said::Note);
                desk.song.taken = Some(Arc::clone(&taken));
                let shared = Arc::clone(self);
                desk.song.hearing = Some(
                    match runtime::spawn("consort-hear", move || shared.listen_to(&taken)).is_ok() {
                        true => Hearing::Working(0.0),
                        false => Hearing::Failed(SongFault::NoThread.to_string()),
                    },
                );
            }
            Err(fault) => desk.song.said = Some(Said::fault(fault)),
        }
        drop(desk);
        (self.listener)();
    }

    /// Listens to what was taken, until something else is.
    fn listen_to(&self, taken: &Arc<Taken>) {
        let heard = Heard::listen(taken, &mut |part| {
            !runtime::exiting() && self.hear(taken, Hearing::Working(part))
        });
        match heard {
            Ok(heard) => self.hear(taken, Hearing::Done(Arc::new(heard))),
            Err(Error::Cancelled) => false,
            Err(error) => self.hear(taken, Hearing::Failed(error.to_string())),
        };
    }

    /// Shows what is heard in what was taken; whether that is still wanted.
    fn hear(&self, taken: &Arc<Taken>, hearing: Hearing) -> bool {
        let mut desk = self.desk.lock();
        let wanted = desk.song.taken.as_ref();
        let wanted = wanted.is_some_and(|wanted| Arc::ptr_eq(wanted, taken)) && !desk.closed;
        if wanted {
            desk.song.hearing = Some(hearing);
            drop(desk);
            (self.listener)();
        }
        wanted
    }

    /// Shows how far it is.
    fn count(&self, turn: u64, known: Option<Known>, progress: Option<Progress>) {
        let mut desk = self.desk.lock();
        let song = &mut desk.song;
        let before = (song.heard, song.now, song.quiet);
        let known = known.unwrap_or(before);
        if (before, song.progress) != (known, progress) && desk.turn == turn {
            let song = &mut desk.song;
            (song.heard, song.now, song.quiet) = known;
            song.progress = progress;
            drop(desk);
            (self.listener)();
        }
    }
}

impl Work {
    fn begin(&mut self) {
        // What is left from before has no place any more.
        let mut sound = Vec::new();
        while self.reader.read(&mut sound).is_some() {
            sound.clear();
        }
        self.reader.arm(true);
    }

    fn end(&mut self) {
        self.reader.arm(false);
        self.history = History::of(self.history.source());
        self.arm = None;
        self.live = Live::default();
        self.looked = 0;
    }

    /// Reads what has arrived; a sentence when bars that were waited for won't come.
    fn read(&mut self) -> Option<Result<Taken, SongFault>> {
        let mut news = None;
        let mut sound = Vec::new();
        while let Some(block) = self.reader.read(&mut sound) {
            let other_rate = self.history.push(&block, &sound);
            if other_rate && self.arm.take().is_some() {
                news = Some(Err(SongFault::RateChanged));
            }
            sound.clear();
        }
        news
    }

    fn follow(&mut self, order: &SongOrder, bars: u32) -> Option<Result<Taken, SongFault>> {
        match order {
            SongOrder::TakeLast => return Some(choosing::take_last(&self.history, bars)),
            SongOrder::FromNextBar => self.arm = Some(Arm::new(self.history.end(), bars)),
            SongOrder::Stop => return self.arm.take()?.stop(&self.history),
            SongOrder::Cancel => self.arm = None,
            _ => {}
        }
        None
    }

    fn wait_for_bars(&mut self) -> Option<Result<Taken, SongFault>> {
        let news = self.arm.as_mut()?.look(&self.history)?;
        self.arm = None;
        Some(news)
    }

    /// Key and chord of what plays; `None` while nothing does.
    fn now(&mut self) -> Option<Now> {
        let rate = self.history.rate();
        let context = (live::CONTEXT * f64::from(rate)) as u64;
        let stretch = self.history.current().filter(|now| now.is_playing())?;
        let end = stretch.frames.end;
        let heard = end.saturating_sub(context).max(stretch.frames.start)..end;
        if end == self.looked || self.history.is_silent(heard.clone()) {
            return None;
        }
        self.looked = end;
        let frames = self.history.read(heard);
        let channel = |side: usize| frames.iter().map(|frame| frame[side]).collect();
        let sound = Sound::new(vec![channel(0), channel(1)], rate.round() as u32).ok()?;
        self.live.hear(&sound.for_analysis())
    }

    /// Whole bars of the current stretch.
    fn heard(&self) -> u32 {
        let current = self
            .history
            .current()
            .filter(|stretch| stretch.is_playing());
        let lines = current.map_or(0, |stretch| bars::lines(stretch, self.history.rate()).len());
        lines.saturating_sub(1) as u32
    }

    /// Whether the song plays, and nothing has been heard of it for a while.
    fn quiet(&self) -> bool {
        let rate = f64::from(self.history.rate());
        let current = self.history.current();
        current.is_some_and(|stretch| {
            let frames = &stretch.frames;
            let from = frames.end.saturating_sub((QUIET * rate) as u64);
            let long = from >= frames.start && from > 0;
            stretch.is_playing() && long && self.history.is_silent(from..frames.end)
        })
    }
}
