//! What goes over the wire: frozen copies of the report, one module a version. The model does not serialise.

pub mod v1;
