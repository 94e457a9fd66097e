//! The evidence bundle of a delivery wave: what ran, on which commit, what it printed, how it was judged and by which
//! policy; sealed, signed where there is a key, and entered into a ledger that only grows.
//!
//! ```text
//! wave-0007/
//!   bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt     BagIt (RFC 8493)
//!   data/report.json verdict.json policy.json inputs.json environment.json redactions.json attachments.json
//!   data/raw/0001/{run.json,stdout.txt,stderr.txt}                        what ran, without secrets
//!   data/report/{report.html,report.md,report.sarif,…}                    the renderings
//!   data/attachments/…                                                    what the team hands over with it
//!   attestations/wave-0007.intoto.jsonl                                   DSSE envelopes, one a line
//!   ledger/checkpoint ledger/inclusion.json                               its place in the ledger
//! ```
//! The digest of a bundle is that of its tag manifest. It covers everything but `attestations/` and `ledger/`, so
//! signatures can be added without changing what was signed.

pub mod archive;
pub mod attachment;
pub mod bag;
pub mod contents;
pub mod dsse;
pub mod gather;
pub mod inputs;
pub mod ledger;
pub mod merkle;
pub mod paper;
pub mod pdf;
pub mod pptx;
pub mod redact;
pub mod seal;
pub mod statement;
pub mod store;
pub mod time;
pub mod verify;
