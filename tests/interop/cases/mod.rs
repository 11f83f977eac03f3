//! What the page and a certified authorization server must agree on.

mod refusals;
mod renewal;
mod sign_in;
mod sign_out;
mod silent;
