//! The gatekeeper library: see ARCHITECTURE.md.
