//! The command line; everything it does is in the library.

use std::process::ExitCode;

/// Static programs have the allocator of musl, which is slow.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    macproof::cli::start().into()
}
