//! What the cases stand on: the provider as a process, a browser's rules for requests, a person, and a tab.

mod fetch;
mod html;
mod memory;
mod person;
mod provider;
mod tab;

pub use person::Person;
pub use provider::{Provider, Switches};
pub use tab::{OTHER, PERSON, Tab, parameters, with};
