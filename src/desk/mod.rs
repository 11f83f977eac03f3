//! The product: what was typed, the search with its coverage, the plan, the log off with its proof, the receipt.
//!
//! Everything is decided here; the page shows it. Work comes out as streams of events ([`search::Event`],
//! [`carry_out::Progress`]), which [`findings::Findings`] and [`receipt::Receipt`] fold into what there is to see, so
//! that a page, a test or another front end all see the same.

pub mod act;
pub mod address;
pub mod again;
pub mod book;
pub mod carry_out;
pub mod config_file;
pub mod coverage;
pub mod direct;
pub mod findings;
pub mod grace;
pub mod hints;
pub mod interruption;
pub mod listing;
pub mod outcome;
pub mod plan;
pub mod receipt;
pub mod receipt_files;
pub mod receipt_json;
mod rows;
mod run;
pub mod search;
pub mod selection;
pub mod sign_in_needed;
pub mod step_up;
pub mod taking_up;
pub mod telling;
pub mod tenants;
pub mod typed;
mod visit;
mod warning;
pub mod watch;
pub mod workspace;
