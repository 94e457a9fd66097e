//! One test binary for the whole product.

mod action;
mod cases;
mod channel;
mod cli;
mod damage;
mod failures;
mod invariants;
mod memory;
mod real;
mod run_child;
mod sarif;
mod shared;
