//! Edits that come back. A host returns what the window did some blocks later, as automation; while a
//! knob is dragged, that would turn it back to where it was.

use super::Edit;

/// For how long after a gesture older values may still come back, seconds.
const LATE_S: f64 = 0.5;
/// Parameters held at once; further ones are let go.
const MOST: usize = 64;
/// Two values are the same, in CLAP's units.
const SAME: f64 = 1e-6;

struct Held {
    id: u32,
    /// What the window last set.
    last: f64,
    /// The gesture goes on.
    open: bool,
    left_s: f64,
}

/// The parameters that the window holds, or has just let go. Allocates nothing after it is made.
pub struct Echoes(Vec<Held>);

impl Default for Echoes {
    fn default() -> Self {
        Self(Vec::with_capacity(MOST))
    }
}

impl Echoes {
    /// The window has done this. Audio thread.
    pub fn hold(&mut self, edit: Edit) {
        match edit {
            Edit::Begin(id) => {
                self.0.retain(|held| held.id != id);
                if self.0.len() < MOST {
                    self.0.push(Held {
                        id,
                        last: f64::NAN,
                        open: true,
                        left_s: LATE_S,
                    });
                }
            }
            Edit::Value(id, plain) => {
                if let Some(held) = self.of(id) {
                    held.last = plain;
                }
            }
            Edit::End(id) => {
                if let Some(held) = self.of(id) {
                    held.open = false;
                }
            }
        }
    }

    /// Whether a value from the host is one that the window has sent, and is to be left out. Audio
    /// thread.
    pub fn is_echo(&mut self, id: u32, plain: f64) -> bool {
        let Some(at) = self.0.iter().position(|held| held.id == id) else {
            return false;
        };
        if !self.0[at].open && (plain - self.0[at].last).abs() < SAME {
            self.0.swap_remove(at);
        }
        true
    }

    /// So much time has gone by. Audio thread.
    pub fn pass(&mut self, seconds: f64) {
        self.0.retain_mut(|held| {
            if !held.open {
                held.left_s -= seconds;
            }
            held.left_s > 0.0
        });
    }

    fn of(&mut self, id: u32) -> Option<&mut Held> {
        self.0.iter_mut().find(|held| held.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_window_did_is_left_out_until_it_has_come_back() {
        let mut echoes = Echoes::default();
        assert!(!echoes.is_echo(1, 0.3));
        for edit in [Edit::Begin(1), Edit::Value(1, 0.4), Edit::Value(1, 0.5)] {
            echoes.hold(edit);
        }
        echoes.pass(10.0);
        assert!(echoes.is_echo(1, 0.5), "while it is held");
        echoes.hold(Edit::End(1));
        assert!(echoes.is_echo(1, 0.4) && !echoes.is_echo(2, 0.4));
        assert!(echoes.is_echo(1, 0.5), "the last one comes back");
        assert!(!echoes.is_echo(1, 0.6), "from then on the host moves it");
    }

    #[test]
    fn what_never_comes_back_is_not_waited_for() {
        let mut echoes = Echoes::default();
        for edit in [Edit::Begin(1), Edit::Value(1, 0.4), Edit::End(1)] {
            echoes.hold(edit);
        }
        echoes.pass(0.4);
        assert!(echoes.is_echo(1, 0.1));
        echoes.pass(0.2);
        assert!(!echoes.is_echo(1, 0.1));
    }

    #[test]
    fn it_holds_so_many_and_no_more() {
        let mut echoes = Echoes::default();
        (0..1000).for_each(|id| echoes.hold(Edit::Begin(id)));
        assert!(echoes.is_echo(0, 0.0) && !echoes.is_echo(999, 0.0));
        assert_eq!(echoes.0.capacity(), MOST);
    }
}
