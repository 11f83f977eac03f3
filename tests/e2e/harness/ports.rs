//! A port for a driver. Left to choose by itself, ChromeDriver takes one for IPv6 and then wants the same for IPv4, which some
//! connection may have at that moment: it then gives up, about once in five hundred starts while other tests run.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that systems give to connections (from 32768 on Linux), so that none of those can be in the way.
const FIRST: u16 = 21_000;
const COUNT: u16 = 10_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port that nobody has on either loopback address. Never the same twice in one run; two runs begin at different places.
pub fn free() -> u16 {
    let run = u16::try_from(std::process::id() % 100).unwrap() * 100;
    for _ in 0..COUNT {
        let port = FIRST + (run + NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if is_free(IpAddr::V4(Ipv4Addr::LOCALHOST), port) && is_free(IpAddr::V6(Ipv6Addr::LOCALHOST), port) {
            return port;
        }
    }
    panic!("no port from {FIRST} to {} is free", FIRST + COUNT - 1);
}

/// An address that the machine does not have, as without IPv6, is nobody's.
fn is_free(address: IpAddr, port: u16) -> bool {
    TcpListener::bind((address, port)).map_or_else(|error| error.kind() != ErrorKind::AddrInUse, |_| true)
}
