//! The two pipes: requests come on a thread of their own, so that their end is seen in the middle of a
//! run; and nothing but answers goes back, whatever a library prints.

use std::fs::File;
use std::io;
use std::sync::mpsc::{self, Receiver};

use consort_runner::wire;

/// The requests' bytes as they come, and where answers go.
pub fn open() -> io::Result<(Receiver<Vec<u8>>, File)> {
    let answers = own_output()?;
    let (to, requests) = mpsc::channel();
    let hear = move || {
        let mut input = io::stdin().lock();
        // Consort has gone, or speaks something else.
        while let Ok(Some(request)) = wire::read(&mut input) {
            if to.send(request).is_err() {
                break;
            }
        }
        leave()
    };
    std::thread::Builder::new()
        .name("requests".into())
        .spawn(hear)?;
    Ok((requests, answers))
}

/// The output for us alone: what others print goes where errors go.
fn own_output() -> io::Result<File> {
    #[cfg(not(windows))]
    let own = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let own = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    // SAFETY: both numbers are the process's own from its beginning.
    if unsafe { libc::dup2(2, 1) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(File::from(own))
}

/// Ends the process at once, whatever its other threads do.
pub fn leave() -> ! {
    // SAFETY: it takes a number and doesn't come back.
    unsafe { libc::_exit(0) }
}
