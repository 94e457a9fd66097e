//! One test binary for the whole product.

mod cases;
