//! The `preboot` program: see `preboot::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    preboot::cli::run()
}
