//! As much of FluidSynth's C interface as it takes to hold notes, loaded at run time.

use std::ffi::{CString, c_char, c_double, c_int, c_void};
use std::ops::Range;

use libloading::{Library, Symbol};

use super::Player;

pub struct FluidSynth {
    library: Library,
    settings: *mut c_void,
    synth: *mut c_void,
    points: i32,
}

type Handle = *mut c_void;

impl FluidSynth {
    /// Holds the keys of a programme, interpolating with so many points (4 or 7).
    pub fn new(
        rate: u32,
        soundfont: &str,
        programme: i32,
        keys: Range<u8>,
        points: i32,
    ) -> Result<FluidSynth, String> {
        let say = |error: libloading::Error| error.to_string();
        let path = CString::new(soundfont).map_err(|error| error.to_string())?;
        // SAFETY: FluidSynth's library has no initialiser that asks anything of us; the types of
        // its functions are those of its version 2 headers.
        unsafe {
            let library = Library::new("libfluidsynth.so.3").map_err(say)?;
            let new_settings: Symbol<unsafe extern "C" fn() -> Handle> =
                library.get(b"new_fluid_settings").map_err(say)?;
            let set_number: Symbol<unsafe extern "C" fn(Handle, *const c_char, c_double) -> c_int> =
                library.get(b"fluid_settings_setnum").map_err(say)?;
            let set_integer: Symbol<unsafe extern "C" fn(Handle, *const c_char, c_int) -> c_int> =
                library.get(b"fluid_settings_setint").map_err(say)?;
            let new_synth: Symbol<unsafe extern "C" fn(Handle) -> Handle> =
                library.get(b"new_fluid_synth").map_err(say)?;
            let load: Symbol<unsafe extern "C" fn(Handle, *const c_char, c_int) -> c_int> =
                library.get(b"fluid_synth_sfload").map_err(say)?;
            let interpolate: Symbol<unsafe extern "C" fn(Handle, c_int, c_int) -> c_int> =
                library.get(b"fluid_synth_set_interp_method").map_err(say)?;
            let change_programme: Symbol<unsafe extern "C" fn(Handle, c_int, c_int) -> c_int> =
                library.get(b"fluid_synth_program_change").map_err(say)?;
            let note_on: Symbol<unsafe extern "C" fn(Handle, c_int, c_int, c_int) -> c_int> =
                library.get(b"fluid_synth_noteon").map_err(say)?;

            let settings = new_settings();
            set_number(settings, c"synth.sample-rate".as_ptr(), f64::from(rate));
            set_integer(settings, c"synth.polyphony".as_ptr(), 256);
            set_integer(settings, c"synth.reverb.active".as_ptr(), 0);
            set_integer(settings, c"synth.chorus.active".as_ptr(), 0);
            let synth = new_synth(settings);
            let loaded = load(synth, path.as_ptr(), 1);
            interpolate(synth, -1, points);
            change_programme(synth, 0, programme);
            for key in keys {
                note_on(synth, 0, c_int::from(key), 100);
            }
            let player = FluidSynth {
                settings,
                synth,
                points,
                library,
            };
            if loaded < 0 {
                Err(format!("it can't read {soundfont}"))
            } else {
                Ok(player)
            }
        }
    }
}

impl Player for FluidSynth {
    fn name(&self) -> String {
        format!("FluidSynth ({} points, mono)", self.points)
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        type Write = unsafe extern "C" fn(
            Handle,
            c_int,
            *mut f32,
            c_int,
            c_int,
            *mut f32,
            c_int,
            c_int,
        ) -> c_int;
        let frames = left.len().min(right.len()) as c_int;
        // SAFETY: both slices hold that many samples, one after another.
        unsafe {
            let write: Symbol<Write> = self.library.get(b"fluid_synth_write_float").expect("v2");
            let (left, right) = (left.as_mut_ptr(), right.as_mut_ptr());
            write(self.synth, frames, left, 0, 1, right, 0, 1);
        }
    }

    fn voices(&self) -> usize {
        // SAFETY: the synth lives.
        let count = unsafe {
            let count: Symbol<unsafe extern "C" fn(Handle) -> c_int> = self
                .library
                .get(b"fluid_synth_get_active_voice_count")
                .expect("v2");
            count(self.synth)
        };
        count.max(0) as usize
    }
}

impl Drop for FluidSynth {
    fn drop(&mut self) {
        // SAFETY: made by the functions that these undo, and not used afterwards.
        unsafe {
            for (name, handle) in [
                (&b"delete_fluid_synth"[..], self.synth),
                (b"delete_fluid_settings", self.settings),
            ] {
                if let Ok(delete) = self.library.get::<unsafe extern "C" fn(Handle)>(name) {
                    delete(handle);
                }
            }
        }
    }
}
