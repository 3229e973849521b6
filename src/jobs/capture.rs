//! A sound from the sidechain: waited for, taken until it ends, and kept as a file.
//!
//! A thread of its own listens while a capture goes on: what the audio thread writes has to be read
//! in time, whatever the generator is busy with.

mod take;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::snapshot::Listener;
use crate::analysis::Sound;
use crate::engine::capture::Reader;
use crate::instrument::export;
use crate::models::{SoundFile, runtime};
use take::Take;

/// How often what has arrived is read.
const LOOK: Duration = Duration::from_millis(15);
/// How long silence is listened to.
const PATIENCE: Duration = Duration::from_secs(60);
/// Name of the files.
const NAME: &str = "captured sound";

const NOTHING: &str =
    "Nothing arrives on the sidechain: route a track into Consort's sidechain, then capture again.";
const INACTIVE: &str = "The host has switched Consort off: switch it on, then capture again.";
const RATE_CHANGED: &str = "The host changed its sample rate: capture again.";
const NO_THREAD: &str =
    "Consort can't start a thread to listen; close other programs and capture again.";

/// What becomes of a capture.
#[derive(Clone, Debug)]
pub enum Capture {
    /// It waits for a sound.
    Waiting,
    /// So many seconds of it are taken.
    Taking(f64),
    /// The sound is there.
    Done(Arc<Captured>),
    /// Nothing came of it: one sentence for the user.
    Failed(String),
}

impl Capture {
    /// Whether it goes on. Any thread.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Waiting | Self::Taking(_))
    }
}

/// A captured sound.
#[derive(Debug)]
pub struct Captured {
    /// Where it is.
    pub sound: SoundFile,
    /// What the user should know about it, in a sentence.
    pub notice: Option<String>,
}

/// The folder that captured sounds go to; asked for when there is one.
pub type CaptureFolder = Box<dyn Fn() -> PathBuf + Send + Sync>;

/// Captures sounds, one at a time. Dropping it ends the one in progress; nobody waits for that.
///
/// All methods: any thread but audio; none waits.
pub struct Recorder(Arc<Shared>);

struct Shared {
    reader: Mutex<Reader>,
    desk: Mutex<Desk>,
    folder: CaptureFolder,
    listener: Listener,
}

#[derive(Default)]
struct Desk {
    /// Counts captures; a thread that isn't the last one's has nothing more to say.
    turn: u64,
    /// What has been taken is enough.
    stop: bool,
    rate: Option<u32>,
    capture: Option<Capture>,
}

impl Recorder {
    /// A recorder of what comes out of `reader`; `listener` is told of every change. Starts nothing.
    #[must_use]
    pub fn new(reader: Reader, folder: CaptureFolder, listener: Listener) -> Self {
        Self(Arc::new(Shared {
            reader: Mutex::new(reader),
            desk: Mutex::default(),
            folder,
            listener,
        }))
    }

    /// The host's sample rate in Hz. A change ends a capture.
    pub fn set_sample_rate(&self, rate: f32) {
        let rate = Some(rate.round() as u32);
        let mut desk = self.0.desk.lock();
        if std::mem::replace(&mut desk.rate, rate) != rate && desk.is_running() {
            desk.turn += 1;
            desk.capture = Some(Capture::Failed(RATE_CHANGED.into()));
            (self.0.listener)();
        }
    }

    /// Begins to wait for a sound; the one before is forgotten.
    pub fn begin(&self) {
        let mut desk = self.0.desk.lock();
        desk.turn += 1;
        desk.stop = false;
        let turn = desk.turn;
        desk.capture = Some(match desk.rate {
            Some(rate) if self.listen(turn, rate) => Capture::Waiting,
            Some(_) => Capture::Failed(NO_THREAD.into()),
            None => Capture::Failed(INACTIVE.into()),
        });
    }

    fn listen(&self, turn: u64, rate: u32) -> bool {
        let shared = Arc::clone(&self.0);
        runtime::spawn("consort-capture", move || shared.listen(turn, rate)).is_ok()
    }

    /// Ends the sound here.
    pub fn stop(&self) {
        self.0.desk.lock().stop = true;
    }

    /// Ends and forgets it.
    pub fn cancel(&self) {
        let mut desk = self.0.desk.lock();
        desk.turn += 1;
        desk.capture = None;
    }

    /// How it stands with the last one that was begun.
    #[must_use]
    pub fn capture(&self) -> Option<Capture> {
        self.0.desk.lock().capture.clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Desk {
    fn is_running(&self) -> bool {
        self.capture.as_ref().is_some_and(Capture::is_running)
    }
}

impl Shared {
    /// One capture, from its beginning to its end.
    fn listen(&self, turn: u64, rate: u32) {
        // The thread of the capture before leaves in a moment.
        let mut reader = self.reader.lock();
        let mut sound = Vec::new();
        while reader.read(&mut sound).is_some() {}
        reader.arm(true);
        let begun = Instant::now();
        let mut take = Take::new(rate);
        let mut ended = false;
        while !ended {
            std::thread::sleep(LOOK);
            sound.clear();
            while !ended && let Some(block) = reader.read(&mut sound) {
                ended = take.push(&block, &sound);
                sound.clear();
            }
            let desk = self.desk.lock();
            if desk.turn != turn {
                ended = false;
                break;
            }
            ended |= desk.stop || take.seconds().is_none() && begun.elapsed() > PATIENCE;
            drop(desk);
            if let Some(seconds) = take.seconds() {
                self.show(turn, Capture::Taking(seconds));
            }
        }
        reader.arm(false);
        drop(reader);
        if ended {
            self.show(turn, self.finished(take, rate));
        }
    }

    /// Shows how it stands, unless the capture was moved on from.
    fn show(&self, turn: u64, capture: Capture) {
        let mut desk = self.desk.lock();
        if desk.turn == turn {
            desk.capture = Some(capture);
            drop(desk);
            (self.listener)();
        }
    }

    /// Writes the sound; where that fails, it is kept in memory.
    fn finished(&self, take: Take, rate: u32) -> Capture {
        if take.seconds().is_none() {
            return Capture::Failed(NOTHING.into());
        }
        let sound = match Sound::new(take.into_channels(), rate) {
            Ok(sound) => sound,
            Err(error) => {
                return Capture::Failed(format!("The captured sound can't be used: {error}"));
            }
        };
        let folder = (self.folder)();
        let (path, sound, notice) = match export::file(&folder, NAME, ".wav", &sound.to_wav()) {
            Ok(path) => (path, None, None),
            Err(error) => {
                let notice = format!(
                    "The captured sound couldn't be saved in “{}” ({error}): make its instrument \
                     before you close Consort.",
                    folder.display()
                );
                let path = format!("{NAME}.wav").into();
                (path, Some(Arc::new(sound)), Some(notice))
            }
        };
        let sound = SoundFile {
            path,
            key: None,
            sound,
        };
        Capture::Done(Arc::new(Captured { sound, notice }))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::analysis::sound_file;
    use crate::engine::capture::{self, HostPosition, Writer};

    const RATE: f32 = 48_000.0;

    fn recorder(folder: &Path) -> (Recorder, Writer) {
        let (writer, reader) = capture::channel(480_000);
        let folder = folder.to_owned();
        let recorder = Recorder::new(reader, Box::new(move || folder.clone()), Box::new(|| ()));
        recorder.set_sample_rate(RATE);
        (recorder, writer)
    }

    /// Plays a tone of 220 Hz at a level, until `enough`.
    fn play(writer: &mut Writer, level: f32, enough: impl Fn() -> bool) {
        let begun = Instant::now();
        let mut frame = 0;
        while !enough() {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing happens");
            let tone: Vec<f32> = (frame..frame + 480)
                .map(|frame| level * (frame as f32 * 220.0 * std::f32::consts::TAU / RATE).sin())
                .collect();
            writer.write(&HostPosition::default(), 480, &tone, &tone);
            frame += 480;
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn waits(recorder: &Recorder) -> bool {
        matches!(recorder.capture(), Some(Capture::Waiting))
    }

    fn runs(recorder: &Recorder) -> bool {
        recorder
            .capture()
            .is_some_and(|capture| capture.is_running())
    }

    fn failed(recorder: &Recorder) -> Option<String> {
        match recorder.capture() {
            Some(Capture::Failed(sentence)) => Some(sentence),
            _ => None,
        }
    }

    fn captured(recorder: &Recorder, writer: &mut Writer) -> Arc<Captured> {
        recorder.begin();
        assert!(waits(recorder));
        play(writer, 0.0, || recorder.0.reader.is_locked());
        play(
            writer,
            0.5,
            || matches!(recorder.capture(), Some(Capture::Taking(seconds)) if seconds > 0.5),
        );
        play(writer, 0.0, || !runs(recorder));
        match recorder.capture() {
            Some(Capture::Done(captured)) => captured,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_sound_becomes_a_file_and_the_next_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made if need be");
        let (recorder, mut writer) = recorder(&folder);
        for name in ["captured sound.wav", "captured sound 2.wav"] {
            let captured = captured(&recorder, &mut writer);
            assert_eq!(captured.sound.path, folder.join(name));
            assert!(captured.notice.is_none() && captured.sound.sound.is_none());
            let (sound, _) = sound_file::read(&captured.sound.path, 30.0).unwrap();
            assert_eq!((sound.rate(), sound.channels().len()), (48_000, 2));
            assert!((1.0..6.0).contains(&sound.seconds()), "{}", sound.seconds());
            let peak = sound.channels()[1]
                .iter()
                .fold(0.0f32, |peak, x| peak.max(*x));
            assert!((peak - 0.5).abs() < 1e-3, "{peak}");
        }
        assert!(!writer.is_armed());
    }

    #[test]
    fn without_a_sound_there_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let (recorder, mut writer) = recorder(folder.path());
        recorder.begin();
        play(&mut writer, 0.0, || recorder.0.reader.is_locked());
        recorder.stop();
        play(&mut writer, 0.0, || !waits(&recorder));
        assert_eq!(failed(&recorder).as_deref(), Some(NOTHING));

        recorder.begin();
        recorder.set_sample_rate(44_100.0);
        assert_eq!(failed(&recorder).as_deref(), Some(RATE_CHANGED));
        recorder.begin();
        recorder.cancel();
        assert!(recorder.capture().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

        let (_, reader) = capture::channel(16);
        let inactive = Recorder::new(reader, Box::new(PathBuf::new), Box::new(|| ()));
        inactive.begin();
        assert_eq!(failed(&inactive).as_deref(), Some(INACTIVE));
    }

    #[test]
    fn a_sound_that_cannot_be_written_stays_in_memory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (recorder, mut writer) = recorder(file.path());
        let captured = captured(&recorder, &mut writer);
        let sound = captured.sound.sound.as_ref().expect("it is there");
        assert!(sound.seconds() > 1.0);
        let notice = captured.notice.as_deref().expect("a sentence");
        assert!(notice.contains("couldn't be saved"), "{notice}");
    }
}
