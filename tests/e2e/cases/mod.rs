//! The tests, a file per subject.

mod by_keyboard;
mod by_mouse;
mod challenged_reads;
mod coverage;
mod dialog;
mod force;
mod guard;
mod lost_answer;
mod popup;
mod portal;
mod reload;
mod renewal;
mod session_end;
mod set_up;
mod sign_in;
mod sign_out;
mod step_up;
mod step_up_redirect;
mod stop;
mod surface;
mod window_storage;
mod windows;
