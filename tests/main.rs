//! One test binary for the whole product.

mod action;
mod cases;
mod cli;
mod damage;
mod failures;
mod invariants;
mod memory;
mod policy;
mod real;
mod run_child;
mod sabotage;
mod sarif;
mod shared;
