//! One ChromeDriver for one test, on a leash: whatever becomes of the test, the driver, its browser and their files go.
//!
//! The leash is a shell that leads a process group of its own and reads its standard input. When the test drops its end
//! of that pipe, or the whole test program dies, the shell kills the group.

use super::{parts, ports};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long the driver may take to say that it listens.
const START: Duration = Duration::from_secs(30);

/// `$0` is the driver, `$1` its port. The shell lets go of the output, so that it ends when the driver does. Process group
/// 0 is the shell's own: driver, browser, shell.
const LEASH: &str = r#""$0" --port="$1" & exec >/dev/null; read -r end; kill -9 0"#;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A running ChromeDriver with a folder of its own.
pub struct ChromeDriver {
    leash: Child,
    folder: PathBuf,
    address: String,
}

impl ChromeDriver {
    /// Starts one, and waits until it listens.
    pub fn start() -> Self {
        let program = parts::chromedriver();
        let port = ports::free();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Short, because Chromium keeps a socket in it, and the path of a socket may not be long.
        let folder = std::env::temp_dir().join(format!("avd-logoff-e2e-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut leash = Command::new("sh")
            .args(["-c", LEASH])
            .arg(program)
            .arg(port.to_string())
            .env("TMPDIR", &folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(leash.stdout.take().unwrap()).lines();
        let started = Self {
            leash,
            folder,
            address: format!("http://127.0.0.1:{port}"),
        };
        let (sender, receiver) = mpsc::channel();
        // Reads on after the start, so that the driver never waits for a full pipe.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // Nobody listens any more once the driver has started.
                let _ = sender.send(line);
            }
        });
        let (end, mut said) = (Instant::now() + START, String::new());
        while !said.contains("started successfully") {
            match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => said = format!("{said}\n{line}"),
                Err(_) => panic!("chromedriver did not start on port {port} within 30 seconds. It said:{said}"),
            }
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

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        let _ended = self.leash.wait();
        // The group is dead, but the system may still be taking the last of its processes down, which write files.
        let end = Instant::now() + Duration::from_secs(2);
        while fs::remove_dir_all(&self.folder).is_err() && self.folder.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
