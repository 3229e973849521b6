//! Characters typed by several keys, dead or after Multi_key, as the user's locale has them.

#![expect(unsafe_code, reason = "the system's keyboard, in C")]

use std::ffi::{CString, c_char};
use std::ptr::NonNull;

use xkbcommon_dl::{
    XkbCommonCompose, xkb_compose_compile_flags, xkb_compose_feed_result, xkb_compose_state,
    xkb_compose_state_flags, xkb_compose_status, xkbcommon_compose_option,
};

use super::layout::Context;

/// Knows every composed character, in UTF-8.
const USUAL: &str = "en_US.UTF-8";

/// No composed text is longer.
const TEXT_MAX: usize = 128;

/// What a key means to a sequence.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Nothing: it is its own.
    Plain,
    /// It is part of one: nothing to write (yet).
    Held,
    /// It ends one that makes this.
    Text(String),
}

/// A sequence under way, or none.
pub(super) struct Compose {
    xkb: &'static XkbCommonCompose,
    state: NonNull<xkb_compose_state>,
}

impl Compose {
    /// None without libxkbcommon or its data.
    pub(super) fn new() -> Option<Self> {
        let xkb = xkbcommon_compose_option()?;
        let context = Context::new()?;
        locales()
            .iter()
            .find_map(|locale| Self::of(xkb, &context, locale))
    }

    fn of(xkb: &'static XkbCommonCompose, context: &Context, locale: &str) -> Option<Self> {
        let locale = CString::new(locale).ok()?;
        let flags = xkb_compose_compile_flags::XKB_COMPOSE_COMPILE_NO_FLAGS;
        // SAFETY: a live context and a text that ends in zero; the state keeps the table.
        unsafe {
            let table =
                (xkb.xkb_compose_table_new_from_locale)(context.get(), locale.as_ptr(), flags);
            if table.is_null() {
                return None;
            }
            let flags = xkb_compose_state_flags::XKB_COMPOSE_STATE_NO_FLAGS;
            let state = (xkb.xkb_compose_state_new)(table, flags);
            (xkb.xkb_compose_table_unref)(table);
            NonNull::new(state).map(|state| Self { xkb, state })
        }
    }

    /// The next key that goes down. Modifiers change nothing.
    pub(super) fn feed(&mut self, symbol: u32) -> Step {
        // SAFETY: a live state.
        let (fed, status) = unsafe {
            let fed = (self.xkb.xkb_compose_state_feed)(self.state.as_ptr(), symbol);
            (
                fed,
                (self.xkb.xkb_compose_state_get_status)(self.state.as_ptr()),
            )
        };
        if fed == xkb_compose_feed_result::XKB_COMPOSE_FEED_IGNORED {
            return Step::Plain;
        }
        match status {
            xkb_compose_status::XKB_COMPOSE_NOTHING => Step::Plain,
            xkb_compose_status::XKB_COMPOSE_COMPOSED => self.text().map_or(Step::Held, Step::Text),
            _ => Step::Held,
        }
    }

    fn text(&self) -> Option<String> {
        // SAFETY: a live state; writes no more than it is told there is room for.
        read_text(|at, room| unsafe {
            (self.xkb.xkb_compose_state_get_utf8)(self.state.as_ptr(), at, room)
        })
    }

    /// Forgets a sequence that was begun.
    pub(super) fn reset(&mut self) {
        // SAFETY: a live state.
        unsafe {
            (self.xkb.xkb_compose_state_reset)(self.state.as_ptr());
        }
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and used no more.
        unsafe {
            (self.xkb.xkb_compose_state_unref)(self.state.as_ptr());
        }
    }
}

/// A short text that `write` puts where it is told; it answers the length.
pub(super) fn read_text(write: impl Fn(*mut c_char, usize) -> i32) -> Option<String> {
    let mut text = vec![0_u8; TEXT_MAX];
    let length = usize::try_from(write(text.as_mut_ptr().cast(), TEXT_MAX)).ok()?;
    if length == 0 || length >= TEXT_MAX {
        return None;
    }
    text.truncate(length);
    String::from_utf8(text).ok()
}

/// Those to try. Programs without a locale write UTF-8 as well.
fn locales() -> Vec<String> {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|locale| !locale.is_empty())
        .filter(|locale| locale != "C" && locale != "POSIX");
    set.into_iter()
        .chain([USUAL.to_owned(), "C".to_owned()])
        .collect()
}
