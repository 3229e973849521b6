//! A library or a program without a file, for where no folder will do: Linux loads it from memory.
//!
//! It isn't the first choice, for each process unpacks it anew and has memory of its own for it.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;

use super::checked::{self, Checked};
use super::unpack::Carried;

/// Unpacks it to memory that nobody can change any more.
pub(super) fn unpack(carried: Carried<'_>) -> io::Result<Checked> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let name = carried.name.0.trim_end_matches('-');
    // Kernels before 6.3 don't know the flag, and need none.
    let memory = match memfd_create(name, flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => memfd_create(name, flags)?,
        other => other?,
    };
    let mut file = File::from(memory);
    checked::unpack(carried.compressed, carried.hash, &mut file)?;
    fcntl_add_seals(
        &file,
        SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL,
    )?;
    Ok(Checked::held(file, PathBuf::from("memory")))
}
