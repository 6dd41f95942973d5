//! The `preboot` program: see `preboot::cli`.

use std::process::ExitCode;

/// A run makes millions of small allocations on all cores at once: the system's allocator takes a good part of its time.
/// Without huge pages: they cost half as much memory again, and more time than they save.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    preboot::cli::run()
}
