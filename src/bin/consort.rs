//! The `consort` command; all of it lives in the library.

fn main() -> std::process::ExitCode {
    consort::cli::main(std::env::args_os())
}
