//! The tests, a file per subject.

mod by_keyboard;
mod by_mouse;
mod coverage;
mod dialog;
mod force;
mod guard;
mod lost_answer;
mod reload;
mod renewal;
mod set_up;
mod sign_in;
mod sign_out;
mod stop;
mod surface;
mod windows;
