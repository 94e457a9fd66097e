//! One test binary for the whole product.

mod action;
mod baseline;
mod cases;
mod cli;
mod damage;
mod failures;
mod invariants;
mod memory;
mod papers;
mod patch;
mod real;
mod run_child;
mod sarif;
mod shared;
mod wave;
