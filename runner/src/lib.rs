//! What Consort and its runner have in common: tensors, how they cross a pipe, and ONNX Runtime's
//! sessions. The runner itself, a program that runs models where a driver can do no harm to a host,
//! is in `main.rs`.
//!
//! | module | what it is |
//! |---|---|
//! | [`tensor`] | tensors as models take and give them |
//! | [`provider`] | what ONNX Runtime computes with |
//! | [`wire`] | what is said over the pipes |
//! | [`library`] | looks at a library before it is used |
//! | [`onnx`] | sessions: options, slots, runs |

#![deny(missing_docs)]

pub mod library;
pub mod onnx;
pub mod provider;
pub mod tensor;
pub mod wire;
