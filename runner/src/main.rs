//! `consort-runner`: runs models for Consort in a process of its own, so that a provider's driver can
//! take nothing with it but this. It travels inside Consort, hears requests on its input and answers them, one by
//! one, on its output ([`consort_runner::wire`]); when the input ends, it is gone at once.

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

mod devices;
mod names;
mod pipes;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    let Ok((requests, mut answers)) = pipes::open() else {
        return ExitCode::FAILURE;
    };
    let mut server = serve::Server::default();
    for request in requests {
        if consort_runner::wire::write(&mut answers, &server.answer(&request)).is_err() {
            break;
        }
    }
    // Without ends of their own for the objects of drivers: some wait there.
    pipes::leave()
}
