//! One test binary for the whole product.

mod action;
mod baseline;
mod cases;
mod channel;
mod cli;
mod compile;
mod coverdata;
mod damage;
mod emit;
mod failures;
mod handover;
mod invariants;
mod memory;
mod papers;
mod patch;
mod plan;
mod policy;
mod real;
mod retry;
mod run_child;
mod sabotage;
mod sarif;
mod shards;
mod shared;
mod taxonomy;
mod wave;
