//! Long work as straight lines: functions that take a [`Ticket`] and return what they have made. The plugin
//! calls them on threads of its own, the command line on its main one.
//!
//! | module | what it is |
//! |---|---|
//! | [`hear`] | a song: its notes and drums, beats, key and chords, genre and instruments |
//! | `make` | an instrument |
//! | [`part`] | a part that fits a song |
//! | `ticket` | how far the work is, and whether it is still wanted |

pub mod hear;
mod make;
pub mod part;
mod ticket;

pub use make::make;
pub use ticket::Ticket;
