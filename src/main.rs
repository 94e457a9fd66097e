//! The `gatekeeper` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(gatekeeper::cli::run(std::env::args_os()))
}
