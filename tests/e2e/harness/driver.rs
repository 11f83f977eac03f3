//! One driver for one test, with a folder and, where it is needed, a display of its own: tests share no clipboard, no
//! focus and no files.

use super::engine::{Engine as _, Launch};
use super::leash::{ASKS, KILLS, Leash};
use super::{parts, ports};
use crate::ENGINE;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long the driver may take until it listens.
const START: Duration = Duration::from_secs(30);

/// How often it is tried.
const GLANCE: Duration = Duration::from_millis(10);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A running driver.
pub struct Driver {
    held: Option<Leash>,
    display: Option<Leash>,
    folder: PathBuf,
    address: String,
}

impl Driver {
    /// Starts one, and waits until it listens.
    pub fn start() -> Self {
        let port = ports::free();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Short, because browsers keep sockets in it, and the path of a socket may not be long.
        let folder = std::env::temp_dir().join(format!("avd-logoff-e2e-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("downloads")).unwrap();
        let Launch {
            program,
            arguments,
            variables,
            display,
        } = ENGINE.launch(port, &folder);
        let said = folder.join("driver.log");
        let out = File::create(&said).unwrap();
        let mut command = Leash::command(KILLS, &program);
        command.args(arguments).envs(variables).env("TMPDIR", &folder);
        command.stderr(out.try_clone().unwrap()).stdout(out);
        let mut started = Self {
            held: None,
            display: None,
            folder,
            address: format!("http://127.0.0.1:{port}"),
        };
        if display {
            let (display, name) = open_display();
            started.display = Some(display);
            command.env("DISPLAY", name);
        }
        started.held = Some(Leash::start(command));
        let end = Instant::now() + START;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(
                Instant::now() < end,
                "{} does not listen on port {port} after {} seconds. It said:\n{}",
                program.display(),
                START.as_secs(),
                fs::read_to_string(&said).unwrap_or_default()
            );
            std::thread::sleep(GLANCE);
        }
        started
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A folder for the browser, which goes with the driver.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// A display on a free number, which it chooses and says itself.
fn open_display() -> (Leash, String) {
    let program = parts::program("XVFB", &["Xvfb"], "xvfb");
    let mut command = Leash::command(ASKS, &program);
    command.args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]);
    command.stdout(Stdio::piped());
    let mut display = Leash::start(command);
    let mut number = String::new();
    BufReader::new(display.output()).read_line(&mut number).unwrap();
    assert!(
        !number.is_empty(),
        "{} has ended before it said a display.",
        program.display()
    );
    (display, format!(":{}", number.trim()))
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.held.take());
        drop(self.display.take());
        // The group is dead, but the system may still be taking the last of its processes down, which write files.
        let end = Instant::now() + Duration::from_secs(2);
        while fs::remove_dir_all(&self.folder).is_err() && self.folder.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
