//! Native tests: the core against the simulated Azure under virtual time, and tidy tests over the source tree.

mod arm;
mod coverage;
mod log_off;
mod receipt;
mod search;
mod sign_in;
mod support;
mod tidy;
