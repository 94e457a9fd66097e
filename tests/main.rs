//! One test binary for the whole product.

mod cases;
mod damage;
mod failures;
mod invariants;
mod real;
mod run_child;
mod sarif;
