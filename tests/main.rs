//! One test binary for the whole product.

mod action;
mod cases;
mod cli;
mod damage;
mod failures;
mod handover;
mod invariants;
mod memory;
mod real;
mod run_child;
mod sarif;
mod shared;
mod taxonomy;
