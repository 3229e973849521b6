//! What the command says when it can't do its work.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

/// Why a command stopped: one sentence for stderr that says what to do, and an exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// The work could not be done: exit code 1.
    pub fn job(sentence: impl Into<String>) -> Failure {
        Failure {
            sentence: sentence.into(),
            code: 1,
        }
    }

    /// The user pressed Ctrl-C: exit code 130, as shells expect.
    pub fn cancelled() -> Failure {
        Failure {
            sentence: "Cancelled; nothing was left half-written.".into(),
            code: 130,
        }
    }

    /// A job's failure about a file; `what` goes on after its name.
    pub fn file(path: &Path, what: impl Display) -> Failure {
        Failure::job(format!("The file \"{}\" {what}", path.display()))
    }

    /// A file whose content is wrong, for a reason that is a sentence of its own.
    pub fn content(path: &Path, sentence: impl Display) -> Failure {
        Failure::job(format!("\"{}\": {sentence}", path.display()))
    }

    /// A failed read, with advice for the reasons that people meet.
    pub fn read(path: &Path, error: &std::io::Error) -> Failure {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound => Failure::file(path, "does not exist; check the path."),
            Kind::PermissionDenied => {
                Failure::file(path, "may not be read; check the file's permissions.")
            }
            Kind::IsADirectory => Failure::file(path, "is a folder; name a file in it."),
            Kind::Unsupported => Failure::file(
                path,
                "is a pipe or a device; save what comes from it to a file, and name that.",
            ),
            Kind::FileTooLarge => Failure::file(
                path,
                "is too large to be what it should be; check the path.",
            ),
            _ => Failure::file(
                path,
                format_args!("could not be read ({error}); check the disk."),
            ),
        }
    }

    /// A failed write, with advice for the reasons that people meet.
    pub fn write(path: &Path, error: &std::io::Error) -> Failure {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound => Failure::file(
                path,
                "can't be written because its folder does not exist; make the folder first.",
            ),
            Kind::NotADirectory => Failure::file(
                path,
                "can't be written because a part of its path is no folder; choose another --out.",
            ),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Failure::file(
                path,
                "may not be written; choose a folder of your own with --out.",
            ),
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Failure::file(
                path,
                "does not fit on the disk; free some space or choose another --out.",
            ),
            _ => Failure::file(
                path,
                format_args!("could not be written ({error}); choose another --out."),
            ),
        }
    }

    /// A result that stdout didn't take.
    pub fn print(error: &std::io::Error) -> Failure {
        Failure::job(format!(
            "The result could not be printed ({error}); send stdout somewhere else."
        ))
    }

    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Prints the sentence on stderr and turns into the process's exit code.
    pub fn report(&self) -> ExitCode {
        use std::io::Write;
        // A closed stderr is no reason to panic.
        let _ = writeln!(
            std::io::stderr(),
            "error: {}",
            super::harmless(&self.sentence)
        );
        ExitCode::from(self.code)
    }
}
