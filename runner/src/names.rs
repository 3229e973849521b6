//! Devices of providers that don't say which they have: each with what the provider calls it, and its
//! name.

mod cuda;
mod openvino;

pub use cuda::devices as cuda;
pub use openvino::devices as openvino;
