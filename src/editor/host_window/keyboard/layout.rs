//! The user's keyboard layout, by libxkbcommon, which is loaded if it is there.

#![expect(unsafe_code, reason = "the system's keyboard, in C")]

use std::ptr::NonNull;

use x11rb::xcb_ffi::XCBConnection;
use xkbcommon_dl::x11::{xkb_x11_setup_xkb_extension_flags, xkbcommon_x11_option};
use xkbcommon_dl::{
    XkbCommon, xkb_context, xkb_context_flags, xkb_keymap, xkb_keymap_compile_flags, xkb_log_level,
    xkb_state, xkbcommon_option,
};

use super::RawKey;
use super::compose::read_text;

/// What libxkbcommon makes everything else from.
pub(super) struct Context {
    xkb: &'static XkbCommon,
    it: NonNull<xkb_context>,
}

impl Context {
    pub(super) fn new() -> Option<Self> {
        let xkb = xkbcommon_option()?;
        // SAFETY: gives a context, or null.
        let it = NonNull::new(unsafe {
            (xkb.xkb_context_new)(xkb_context_flags::XKB_CONTEXT_NO_FLAGS)
        })?;
        // SAFETY: a live context. What is amiss in the user's files is not for a host's log.
        unsafe {
            (xkb.xkb_context_set_log_level)(it.as_ptr(), xkb_log_level::XKB_LOG_LEVEL_CRITICAL);
        }
        Some(Self { xkb, it })
    }

    pub(super) fn get(&self) -> *mut xkb_context {
        self.it.as_ptr()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: made by `new`; what was made from it keeps it alive itself.
        unsafe {
            (self.xkb.xkb_context_unref)(self.it.as_ptr());
        }
    }
}

/// The server's keymap, and a state that is set anew for each key.
pub(super) struct Layout {
    xkb: &'static XkbCommon,
    keymap: NonNull<xkb_keymap>,
    state: NonNull<xkb_state>,
}

impl Layout {
    /// As it is now. None without libxkbcommon, or if the server has no XKB. Asks over a connection of its
    /// own: one that was used for XKB hears no more of changes, unless it asks for those, too.
    pub(super) fn new() -> Option<Self> {
        let xkb = xkbcommon_option()?;
        let x11 = xkbcommon_x11_option()?;
        let context = Context::new()?;
        let (connection, _) = XCBConnection::connect(None).ok()?;
        let link = connection.get_raw_xcb_connection();
        let (mut major, mut minor, mut events, mut errors) = (0, 0, 0, 0);
        let flags = xkb_keymap_compile_flags::XKB_KEYMAP_COMPILE_NO_FLAGS;
        // SAFETY: an open connection, of which only replies are read; the state keeps the keymap.
        unsafe {
            let there = (x11.xkb_x11_setup_xkb_extension)(
                link,
                xkbcommon_dl::x11::XKB_X11_MIN_MAJOR_XKB_VERSION,
                xkbcommon_dl::x11::XKB_X11_MIN_MINOR_XKB_VERSION,
                xkb_x11_setup_xkb_extension_flags::XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS,
                &mut major,
                &mut minor,
                &mut events,
                &mut errors,
            );
            if there == 0 {
                return None;
            }
            let device = (x11.xkb_x11_get_core_keyboard_device_id)(link);
            if device < 0 {
                return None;
            }
            let keymap = NonNull::new((x11.xkb_x11_keymap_new_from_device)(
                context.get(),
                link,
                device,
                flags,
            ))?;
            let Some(state) = NonNull::new((xkb.xkb_state_new)(keymap.as_ptr())) else {
                (xkb.xkb_keymap_unref)(keymap.as_ptr());
                return None;
            };
            Some(Self { xkb, keymap, state })
        }
    }

    /// The modifiers and group that the key came with.
    fn set(&self, key: &RawKey) {
        let (modifiers, group) = (u32::from(key.state) & 0xff, u32::from(key.state) >> 13 & 3);
        // SAFETY: a live state.
        unsafe {
            (self.xkb.xkb_state_update_mask)(self.state.as_ptr(), modifiers, 0, 0, 0, 0, group);
        }
    }

    /// What the key stands for with its modifiers.
    pub(super) fn symbol(&self, key: &RawKey) -> u32 {
        self.set(key);
        // SAFETY: a live state; unknown keycodes have no symbol.
        unsafe { (self.xkb.xkb_state_key_get_one_sym)(self.state.as_ptr(), key.keycode.into()) }
    }

    /// What it writes with its modifiers, on its own.
    pub(super) fn text(&self, key: &RawKey) -> Option<String> {
        self.set(key);
        // SAFETY: a live state; writes no more than it is told there is room for.
        read_text(|at, room| unsafe {
            (self.xkb.xkb_state_key_get_utf8)(self.state.as_ptr(), key.keycode.into(), at, room)
        })
    }

    /// What it stands for without modifiers: in the group in use first, then in the others.
    pub(super) fn plain(&self, key: &RawKey) -> Vec<u32> {
        self.set(key);
        let code = key.keycode.into();
        // SAFETY: a live state and its keymap.
        let (now, groups) = unsafe {
            (
                (self.xkb.xkb_state_key_get_layout)(self.state.as_ptr(), code),
                (self.xkb.xkb_keymap_num_layouts_for_key)(self.keymap.as_ptr(), code),
            )
        };
        let others = (0..groups).filter(|group| *group != now);
        [now]
            .into_iter()
            .chain(others)
            .filter_map(|group| self.at(code, group))
            .collect()
    }

    /// A key's first symbol in a group, if it has that group.
    fn at(&self, code: u32, group: u32) -> Option<u32> {
        let mut symbols = std::ptr::null();
        // SAFETY: a live keymap, which keeps the symbols; their number is the answer.
        unsafe {
            let keymap = self.keymap.as_ptr();
            let count =
                (self.xkb.xkb_keymap_key_get_syms_by_level)(keymap, code, group, 0, &mut symbols);
            (count > 0 && !symbols.is_null()).then(|| *symbols)
        }
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and used no more.
        unsafe {
            (self.xkb.xkb_state_unref)(self.state.as_ptr());
            (self.xkb.xkb_keymap_unref)(self.keymap.as_ptr());
        }
    }
}
