//! `cargo xtask test`: every test there is, on the plugin as it ships. The last line is the sum.

use crate::display::Display;
use crate::shell::{Result, cargo, line_of, say};
use crate::{bundle, openvino, packages, setup};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs all tests to their end, also after a failure, and says what they came to.
pub fn test() -> Result {
    packages::ensure(packages::WINDOW)?;
    packages::ensure(packages::TEST)?;
    bundle::bundle()?;
    let python = setup::python_with_hosts()?;
    // For what runs in a process of its own.
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        openvino::folder()?;
    }
    let display = Display::open()?;
    // Instruments that are made go to a library of their own, not to the user's.
    let library = crate::shell::target().join("test-library");
    // Nor does what the user chose count.
    let settings = crate::shell::target().join("test-settings");

    let mut sum = Sum::default();
    say("Rust: unit tests, and the plugin in a CLAP host");
    // Release, so that what was built for the bundle serves again, and timings are the user's. One
    // package at a time: together they would ask for other features, and build all anew.
    for package in ["consort", "consort-runner", "xtask"] {
        let mut tests = cargo();
        tests.args(["test", "--release", "--no-fail-fast", "-p", package]);
        tests.env("CONSORT_SETTINGS", &settings);
        sum.add(display.show(tests.env("CONSORT_LIBRARY", &library)))?;
    }
    say("Python: the plugin in VST3 hosts");
    // Without a display: no window is opened, and DawDreamer's X11 code ends the process on one
    // that has no window manager (BadAtom). Unset, it would look for `:0`.
    let mut hosts = pytest(&python, "tests/hosts");
    sum.add(
        hosts
            .env("CONSORT_VST3", bundle::vst3())
            .env("CONSORT_LIBRARY", &library)
            .env("CONSORT_SETTINGS", &settings)
            .env("DISPLAY", ":none"),
    )?;
    if Path::new("training/tests").is_dir() {
        say("Python: the parts of the training that need no PyTorch");
        sum.add(&mut pytest(&python, "training/tests"))?;
    }

    // Once more at the end: whoever sees only that, sees why.
    for failure in &sum.failures {
        println!("failed: {failure}");
    }
    for line in &sum.told {
        println!("  {line}");
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 {
        Ok(())
    } else {
        Err("not all tests passed.".into())
    }
}

fn pytest(python: &Path, folder: &str) -> Command {
    let mut command = Command::new(python);
    command.args([
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rA",
        "--tb=short",
        folder,
    ]);
    command
}

#[derive(Default)]
struct Sum {
    passed: u32,
    failed: u32,
    failures: Vec<String>,
    /// What panics and crashes said.
    told: Vec<String>,
}

impl Sum {
    /// Runs one runner, shows what it prints, and counts its tests.
    fn add(&mut self, command: &mut Command) -> Result {
        let line = line_of(command);
        println!("  $ {line}");
        // Both streams through one pipe: crashes are told on stderr, and in order.
        let broken = |error| format!("`{line}` could not start: {error}.");
        let (output, input) = std::io::pipe().map_err(broken)?;
        command.stderr(input.try_clone().map_err(broken)?);
        let mut child = command.stdout(input).spawn().map_err(broken)?;
        // The command holds the writing ends too, and its output would never end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let before = self.failed;
        let (mut told, mut said) = (Vec::new(), 0);
        for text in BufReader::new(output).split(b'\n') {
            let Ok(text) = text else { break };
            let text = String::from_utf8_lossy(&text);
            println!("{text}");
            self.count(&text);
            // Where a test panicked and what it said, and how a process ended.
            if text.contains("panicked at ") {
                said = 4;
            } else if text.contains("process didn't exit successfully") {
                said = 1;
            }
            if said > 0 {
                said -= 1;
                told.push(text.into_owned());
            }
        }
        let status = child
            .wait()
            .map_err(|error| format!("`{line}` was lost: {error}."))?;
        if !status.success() && self.failed == before {
            // It broke outside of a test: did not compile, crashed, found nothing to run.
            self.failed += 1;
            self.failures.push(format!("`{line}` ({status})"));
        }
        if self.failed > before {
            self.told.extend(told);
        }
        Ok(())
    }

    /// Reads one line of libtest's or pytest's output.
    fn count(&mut self, text: &str) {
        if let Some(name) = text
            .strip_prefix("test ")
            .and_then(|t| t.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        } else if let Some(name) = text.strip_prefix("FAILED ") {
            self.failures.push(name.to_owned());
        }
        let is_libtest = text.starts_with("test result: ");
        // The last line of pytest -q: `2 failed, 11 passed, 1 skipped in 3.21s`.
        let is_pytest = text.ends_with('s') && text.contains(" in ") && !text.contains("::");
        if !is_libtest && !is_pytest {
            return;
        }
        let words: Vec<&str> = text
            .split([' ', ',', ';', '.'])
            .filter(|w| !w.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u32>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" | "error" | "errors" => self.failed += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sum;

    #[test]
    fn sums_of_both_runners_are_read() {
        let mut sum = Sum::default();
        sum.count("test engine::is_silent ... FAILED");
        sum.count(
            "test result: FAILED. 41 passed; 1 failed; 2 ignored; 0 measured; finished in 1.20s",
        );
        sum.count("FAILED tests/hosts/test_vst3.py::test_pitch - assert 4.0 < 3.0");
        sum.count("2 failed, 11 passed, 1 skipped, 1 error in 3.21s");
        assert_eq!((sum.passed, sum.failed), (52, 4));
        assert_eq!(sum.failures.len(), 2);
    }
}
