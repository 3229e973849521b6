//! `cargo xtask COMMAND`: everything one does with this repository, on a machine that has Rust and
//! Python 3 and nothing else. One file a command; each says what it does while it does it.

mod bench;
mod bundle;
mod demo;
mod display;
mod evaluate;
mod factory;
#[path = "../../tests/host/mod.rs"]
mod host;
mod licences;
mod measure;
mod openvino;
mod packages;
mod run;
mod setup;
mod shell;
mod soak;
mod spectrogram;
mod test;
mod validate;
mod wheel;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo      make a warm cello through the bundled plugin and play a phrase on it
  test      run all tests, also those in real hosts, on the bundled plugin
  setup     install or fetch what a build needs: system packages, ONNX Runtime
  bundle    build the release plugin: target/bundled/Consort.clap and Consort.vst3
  run       open the standalone window (what follows goes to it: --backend jack …)
  bench     time the engine, the renderer and the models, each beside a peer
            providers (--onnxruntime PATH): each model by what that library has, OpenVINO's
            otherwise, beside the CPU: time and difference
  soak      play eight instances while instruments are made and swapped (--minutes N)
  validate  what other people's validators say of the plugin (--runs N); the folder
            CONSORT_VALIDATORS has them: clap-validator, validator (VST3), pluginval
  measure   what the plugin costs: scan, opening, memory, size; prompt to first and last key
  factory   make the factory library anew (--seeds N, --only WORD, --out FOLDER)
  licences  write THIRD-PARTY-LICENSES anew: of every crate, model and font that is shipped
  evaluate  pitch: 50 prompts on all keys of a piano, by librosa's pYIN
            instruments: beside real ones that the models never saw (training/README.md)
            timbre: how well they are found by a sound, a mix or words";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    std::env::set_current_dir(shell::root()).expect("the repository was there when this was built");
    let result = match command.as_str() {
        "setup" => setup::build(),
        "demo" => demo::demo(),
        "soak" => soak::soak(&rest),
        "bench" => bench::bench(&rest),
        "measure" => measure::measure(),
        "validate" => validate::validate(&rest),
        "factory" => factory::factory(&rest),
        "licences" | "licenses" => licences::write(),
        "evaluate" => evaluate::evaluate(&rest),
        "bundle" => bundle::bundle(),
        "test" => test::test(),
        "run" => run::run(&rest),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("There is no command `{other}`.\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
