//! stub
use crate::ports::Ports;
/// x
pub fn mount(_p: Ports, _c: Result<String, crate::browser::ConfigMissing>) {}
