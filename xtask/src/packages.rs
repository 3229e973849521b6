//! System packages: what must be there, how we see that it is, why it is needed, and installing it
//! where Debian's package manager can.

use crate::shell::{Result, run, say, succeeds};
use std::path::Path;
use std::process::Command;

/// One thing the system must have.
pub struct Need {
    /// Debian's names of the packages that bring it.
    packages: &'static [&'static str],
    /// Why Consort wants it, in words for the person whose machine this is.
    why: &'static str,
    /// Looks for the thing itself, not for the package: other systems name packages differently.
    present: fn() -> bool,
}

/// To build the plugin and to fetch ONNX Runtime.
pub const BUILD: &[Need] = &[
    Need {
        packages: &["gcc", "libc6-dev"],
        why: "links the plugin and compiles zstd and SQLite",
        present: || succeeds("cc", &["--version"]),
    },
    Need {
        packages: &["python3-venv"],
        why: "fetches ONNX Runtime's Python wheel without touching the system's Python",
        present: || succeeds("python3", &["-c", "import venv, ensurepip"]),
    },
];

/// To open a window, in tests without a display too.
pub const WINDOW: &[Need] = &[
    Need {
        packages: &["libx11-xcb1", "libxcursor1"],
        why: "the window's connection to X11, and its pointer",
        present: || library("libX11-xcb.so.1") && library("libXcursor.so.1"),
    },
    Need {
        packages: &["libxkbcommon-x11-0"],
        why: "writes what a keyboard's layout says, dead keys and compose included",
        present: || library("libxkbcommon-x11.so.0"),
    },
];

/// To run the tests in real hosts.
pub const TEST: &[Need] = &[
    Need {
        packages: &["xvfb"],
        why: "a display without a screen, for the tests that open the window",
        present: || succeeds("which", &["Xvfb"]),
    },
    Need {
        packages: &["dbus-daemon", "dbus-session-bus-common", "at-spi2-core"],
        why: "buses of their own for the tests that read the window as a screen reader does",
        present: || {
            succeeds("dbus-daemon", &["--version"])
                && Path::new("/usr/share/dbus-1/session.conf").exists()
                && Path::new("/usr/share/dbus-1/services/org.a11y.Bus.service").exists()
        },
    },
    Need {
        packages: &["libglib2.0-0", "libfreetype6"],
        why: "DawDreamer and Pedalboard, the VST3 hosts of the tests, are linked with them",
        present: || library("libglib-2.0.so.0") && library("libfreetype.so.6"),
    },
];

/// To compare instruments with real ones that the models never saw.
pub const EVALUATE: &[Need] = &[
    Need {
        packages: &["csound-soundfont"],
        why: "a bank of real instruments that the judge of families learns from",
        present: || Path::new("/usr/share/sounds/sf2/sf_GMbank.sf2").exists(),
    },
    Need {
        packages: &["freepats"],
        why: "another one",
        present: || Path::new("/usr/share/midi/freepats/Tone_000").exists(),
    },
    Need {
        packages: &["yoshimi-data", "zynaddsubfx-dssi", "zynaddsubfx-data"],
        why: "another one, and the synthesizer that plays it",
        present: || {
            Path::new("/usr/share/yoshimi/banks").exists()
                && Path::new("/usr/lib/dssi/libzynaddsubfx_dssi.so").exists()
        },
    },
    Need {
        packages: &[
            "libfluidsynth3",
            "fluid-soundfont-gm",
            "timgm6mb-soundfont",
            "opl3-soundfont",
        ],
        why: "plays them, and the banks that the models did learn from, to leave out what they share",
        present: || {
            library("libfluidsynth.so.3")
                && Path::new("/usr/share/sounds/sf2/TimGM6mb.sf2").exists()
        },
    },
];

/// To build the standalone program.
pub const STANDALONE: &[Need] = &[Need {
    packages: &["pkg-config", "libasound2-dev", "libjack-jackd2-dev"],
    why: "the standalone program plays through ALSA or JACK",
    present: || succeeds("pkg-config", &["--exists", "alsa", "jack"]),
}];

/// To run the benches beside their peers.
pub const BENCH: &[Need] = &[
    Need {
        packages: &["libfluidsynth3"],
        why: "FluidSynth's sampler is timed beside ours",
        present: || library("libfluidsynth.so.3"),
    },
    Need {
        packages: &["timgm6mb-soundfont"],
        why: "FluidSynth and rustysynth play this SoundFont",
        present: || std::path::Path::new("/usr/share/sounds/sf2/TimGM6mb.sf2").is_file(),
    },
];

/// Sees to it that the system has all of `needs`; installs what is missing.
///
/// # Errors
/// When something is missing and can't be installed from here: says what.
pub fn ensure(needs: &[Need]) -> Result {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        say(format!(
            "missing: {} ({})",
            need.packages.join(", "),
            need.why
        ));
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    if !succeeds("apt-get", &["--version"]) {
        return Err(format!(
            "This system has no apt-get; please install what Debian calls `{}` and start again.",
            packages.join(" ")
        ));
    }
    say("installing them with apt-get");
    run(&mut apt(&["update", "-qq"]))?;
    let mut install = apt(&["install", "-y", "-qq", "--no-install-recommends"]);
    run(install.args(&packages))?;
    match missing.iter().find(|need| !(need.present)()) {
        None => Ok(()),
        Some(need) => Err(format!(
            "`{}` was installed but does not work; please see to it by hand.",
            need.packages.join(" ")
        )),
    }
}

fn apt(arguments: &[&str]) -> Command {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    let mut command = if is_root {
        Command::new("env")
    } else {
        Command::new("sudo")
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    command
}

/// Whether the dynamic linker knows a library.
fn library(name: &str) -> bool {
    // Not every user's PATH has /sbin, where Debian keeps ldconfig.
    ["ldconfig", "/sbin/ldconfig"].iter().any(|ldconfig| {
        Command::new(ldconfig)
            .arg("-p")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(name))
    })
}
