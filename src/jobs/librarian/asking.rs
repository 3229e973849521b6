//! What an instance asks for, in the library's words.

use std::sync::Arc;

use super::ear::Ear;
use super::fault::LibrarianFault;
use super::shelf::{Asked, Question, Wish, doubt};
use crate::library::{Ask, Filter, Library};
use crate::models::Error;
use crate::models::prompt::Prompt;

/// A wish that was understood.
pub(super) struct Understood {
    pub(super) ask: Ask,
    pub(super) filter: Filter,
    /// What is asked for, in a few words; `None` for everything.
    pub(super) name: Option<String>,
    /// The sound that is asked with.
    pub(super) asked: Option<Arc<Asked>>,
    /// What the user may want to know about it, in a sentence.
    pub(super) notice: Option<String>,
}

/// Listens to what is asked with.
pub(super) fn understand(wish: Wish, library: &Library) -> Result<Understood, LibrarianFault> {
    let mut understood = Understood {
        ask: Ask::All,
        filter: wish.filter,
        name: None,
        asked: None,
        notice: None,
    };
    let like = |name: &str| Some(format!("Sounds like “{name}”"));
    match wish.question {
        Question::All => {}
        Question::Words(words) => {
            let meaning = match Ear::open().and_then(|mut ear| ear.describe(&words)) {
                Ok(meaning) => Some(meaning),
                // Names are found all the same.
                Err(Error::Prompt(_)) => None,
                Err(error) => return Err(error.into()),
            };
            understood.name = Some(format!("Fits “{words}”"));
            let words = Prompt::names_to_find(&words);
            understood.ask = Ask::Words { words, meaning };
        }
        Question::Sound(sound) => {
            let impression = Ear::open().and_then(|mut ear| ear.sound(&sound))?;
            let file = sound.path.file_name().unwrap_or(sound.path.as_os_str());
            understood.name = like(&file.to_string_lossy());
            understood.ask = Ask::Sound(impression.timbre.clone());
            let asked = Asked { sound, impression };
            let family = understood.filter.family;
            understood.notice = family.and_then(|family| doubt(family, asked.sure(family)));
            understood.asked = Some(Arc::new(asked));
        }
        Question::Entry(entry) => {
            let found = library.entry(entry)?;
            understood.name = like(&found.name);
            understood.filter.without = Some(entry);
            understood.ask = Ask::Sound(library.timbre(entry)?);
        }
        Question::Instrument(instrument) => {
            let impression = Ear::open().and_then(|mut ear| ear.instrument(&instrument));
            understood.name = like(&instrument.name);
            understood.ask = Ask::Sound(impression?.timbre);
        }
    }
    Ok(understood)
}
