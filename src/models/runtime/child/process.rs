//! The process that runs models, and the talk with it.
//!
//! A thread of its own writes and reads, so that whoever asks waits no longer than he wants, whatever the
//! process does: then it is killed. The thread also waits for its end, so that nothing is left of it.

use std::io::Write;
use std::process::{Child, ChildStdin, ChildStdout, Command};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use consort_runner::wire::{self, Answer, Request};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;

use super::super::thread;

/// How the process was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It ended, or was ended.
    Ended,
    /// It didn't answer in time.
    Silent,
    /// It answered what isn't an answer.
    Nonsense,
}

/// A process that runs models; it is killed when this is dropped. Any thread but audio.
#[derive(Debug)]
pub(super) struct Runner {
    talk: Mutex<Talk>,
    child: Arc<Mutex<Child>>,
    lost: OnceLock<Lost>,
    /// Models that nobody needs any more.
    unneeded: Mutex<Vec<u32>>,
}

#[derive(Debug)]
struct Talk {
    requests: Sender<Vec<u8>>,
    answers: Receiver<Option<Vec<u8>>>,
}

impl Runner {
    /// Starts it.
    pub(super) fn start(mut command: Command) -> std::io::Result<Self> {
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let child = Arc::new(Mutex::new(child));
        let (requests, to) = bounded(1);
        let (from, answers) = bounded(1);
        let begun = pipes
            .ok_or_else(|| std::io::ErrorKind::BrokenPipe.into())
            .and_then(|(input, output)| {
                let child = Arc::clone(&child);
                thread::spawn("consort-runner", move || {
                    talk(input, output, &to, &from);
                    end(&child);
                })
            });
        if let Err(e) = begun {
            end(&child);
            return Err(e);
        }
        Ok(Self {
            talk: Mutex::new(Talk { requests, answers }),
            child,
            lost: OnceLock::new(),
            unneeded: Mutex::default(),
        })
    }

    /// Asks one thing, after what others ask just now; the answer within `limit`.
    ///
    /// # Errors
    /// It is lost, and stays so.
    pub(super) fn ask(&self, request: &Request<'_>, limit: Duration) -> Result<Answer, Lost> {
        let talk = self.talk.lock();
        if let Some(lost) = self.lost.get() {
            return Err(*lost);
        }
        let unneeded = std::mem::take(&mut *self.unneeded.lock());
        let unloaded = match unneeded.is_empty() {
            true => Ok(Answer::Unloaded),
            false => exchange(&talk, &Request::Unload(unneeded), limit),
        };
        let asked = unloaded.and_then(|_| exchange(&talk, request, limit));
        asked.map_err(|lost| {
            self.kill();
            *self.lost.get_or_init(|| lost)
        })
    }

    /// Unloads a model, with the next that is asked: nobody waits for that.
    pub(super) fn unload(&self, model: u32) {
        self.unneeded.lock().push(model);
    }

    /// Its number.
    #[cfg(test)]
    pub(super) fn pid(&self) -> u32 {
        self.child.lock().id()
    }

    fn kill(&self) {
        // Whoever holds it waits for its end already.
        if let Some(mut child) = self.child.try_lock() {
            let _ = child.kill();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.kill();
    }
}

fn exchange(talk: &Talk, request: &Request<'_>, limit: Duration) -> Result<Answer, Lost> {
    let until = Instant::now() + limit;
    let frame = wire::frame(request).map_err(|_| Lost::Nonsense)?;
    talk.requests.send(frame).map_err(|_| Lost::Ended)?;
    match talk.answers.recv_deadline(until) {
        Ok(Some(bytes)) => wire::understand(&bytes).map_err(|_| Lost::Nonsense),
        Ok(None) | Err(RecvTimeoutError::Disconnected) => Err(Lost::Ended),
        Err(RecvTimeoutError::Timeout) => Err(Lost::Silent),
    }
}

/// Carries frames until there are no more.
fn talk(
    mut input: ChildStdin,
    mut output: ChildStdout,
    requests: &Receiver<Vec<u8>>,
    answers: &Sender<Option<Vec<u8>>>,
) {
    without_broken_pipes();
    for request in requests {
        let sent = input.write_all(&request).and_then(|()| input.flush());
        let answer = sent.and_then(|()| wire::read(&mut output)).ok().flatten();
        let ended = answer.is_none();
        if answers.send(answer).is_err() || ended {
            return;
        }
    }
}

/// Kills it, and waits for its end.
fn end(child: &Mutex<Child>) {
    let mut child = child.lock();
    let _ = child.kill();
    let _ = child.wait();
}

/// A signal would end the host where this thread writes to a process that has gone.
fn without_broken_pipes() {
    #[cfg(unix)]
    {
        #![expect(unsafe_code, reason = "the signals of a thread are C's")]
        // SAFETY: a set of signals of our own, filled before it is used; what is blocked is blocked for this
        // thread, which is ours.
        unsafe {
            let mut signals = std::mem::zeroed::<libc::sigset_t>();
            libc::sigemptyset(&raw mut signals);
            libc::sigaddset(&raw mut signals, libc::SIGPIPE);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, std::ptr::null_mut());
        }
    }
}
