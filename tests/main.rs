//! One test binary for the whole product.

mod action;
mod baseline;
mod cases;
mod cli;
mod compile;
mod coverdata;
mod damage;
mod failures;
mod invariants;
mod memory;
mod patch;
mod policy;
mod real;
mod run_child;
mod sabotage;
mod sarif;
mod shared;
