//! The gatekeeper command.

fn main() {}
