//! Edits that come back. A host returns what the window did some blocks later, as automation; while a
//! knob is dragged, that would turn it back to where it was. So values that the window has sent lately are
//! left out when they come back, and no others: automation of the host's own is followed at once.

use super::Edit;

/// For how long after a gesture its values may still come back, seconds.
const LATE_S: f64 = 0.5;
/// Parameters held at once; further ones are let go.
const MOST: usize = 64;
/// Values remembered of a gesture: a drag sends some sixty a second.
const SENT: usize = 64;
/// Two values are the same, in CLAP's units: hosts keep some in 32 bits.
const SAME: f64 = 1e-5;

struct Held {
    id: u32,
    /// What the window sent, the newest at `next` − 1, around and around.
    sent: [f64; SENT],
    next: usize,
    /// The gesture goes on.
    open: bool,
    left_s: f64,
}

impl Held {
    fn last(&self) -> f64 {
        self.sent[(self.next + SENT - 1) % SENT]
    }
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
                        sent: [f64::NAN; SENT],
                        next: 0,
                        open: true,
                        left_s: LATE_S,
                    });
                }
            }
            Edit::Value(id, plain) => {
                if let Some(held) = self.of(id) {
                    held.sent[held.next] = plain;
                    held.next = (held.next + 1) % SENT;
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
        let held = &self.0[at];
        let same = |sent: f64| (plain - sent).abs() < SAME;
        if !held.sent.iter().any(|sent| same(*sent)) {
            return false;
        }
        if !held.open && same(held.last()) {
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

    /// Nothing is on its way any more: another activation, another window. `open` is told of gestures that
    /// nobody will end. Under the gate.
    pub fn clear(&mut self, mut open: impl FnMut(u32)) {
        for held in self.0.drain(..).filter(|held| held.open) {
            open(held.id);
        }
    }

    fn of(&mut self, id: u32) -> Option<&mut Held> {
        self.0.iter_mut().find(|held| held.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dragged() -> Echoes {
        let mut echoes = Echoes::default();
        for edit in [Edit::Begin(1), Edit::Value(1, 0.4), Edit::Value(1, 0.5)] {
            echoes.hold(edit);
        }
        echoes
    }

    #[test]
    fn what_the_window_did_is_left_out_until_it_has_come_back() {
        let mut echoes = dragged();
        echoes.pass(10.0);
        assert!(echoes.is_echo(1, 0.5), "while it is held");
        echoes.hold(Edit::End(1));
        assert!(echoes.is_echo(1, 0.4) && !echoes.is_echo(2, 0.4));
        assert!(echoes.is_echo(1, 0.5), "the last one comes back");
        assert!(!echoes.is_echo(1, 0.4), "from then on the host moves it");
    }

    #[test]
    fn what_the_host_plays_is_followed_at_once() {
        let mut echoes = dragged();
        assert!(!echoes.is_echo(1, 0.1));
        echoes.hold(Edit::End(1));
        assert!(!echoes.is_echo(1, 0.1));
        // A click that moved nothing.
        echoes.hold(Edit::Begin(3));
        echoes.hold(Edit::End(3));
        assert!(!echoes.is_echo(3, 0.0));
    }

    #[test]
    fn what_never_comes_back_is_not_waited_for() {
        let mut echoes = dragged();
        echoes.hold(Edit::End(1));
        echoes.pass(0.4);
        assert!(echoes.is_echo(1, 0.4));
        echoes.pass(0.2);
        assert!(!echoes.is_echo(1, 0.4));
    }

    #[test]
    fn a_window_that_goes_leaves_nothing_held() {
        let mut echoes = dragged();
        echoes.hold(Edit::Begin(2));
        echoes.hold(Edit::End(2));
        let mut open = Vec::new();
        echoes.clear(|id| open.push(id));
        assert_eq!(open, [1]);
        assert!(!echoes.is_echo(1, 0.5));
    }

    #[test]
    fn it_holds_so_many_and_no_more() {
        let mut echoes = Echoes::default();
        for id in 0..1000 {
            echoes.hold(Edit::Begin(id));
            echoes.hold(Edit::Value(id, 0.5));
        }
        assert!(echoes.is_echo(0, 0.5) && !echoes.is_echo(999, 0.5));
        assert_eq!(echoes.0.capacity(), MOST);
    }
}
