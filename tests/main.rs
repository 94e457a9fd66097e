//! One test binary for the whole product.

mod action;
mod cases;
mod cli;
mod compile;
mod damage;
mod failures;
mod invariants;
mod memory;
mod real;
mod run_child;
mod sarif;
mod shared;
