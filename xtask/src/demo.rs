//! `cargo xtask demo`: the page with a simulated Azure behind it, until Ctrl-C.

use crate::fault::{Outcome, fault};
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{page, run, say};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

/// The hidden command that waits for the page and opens the browser.
pub const OPENER: &str = "open-when-ready";
/// Where the simulator serves the page if nothing else is said.
const PAGE_PORT: u16 = 4460;
/// How long the opener waits; the simulator has been built by then.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    open: bool,
    port: u16,
    simulator: Vec<String>,
}

/// Runs the command; it returns only if the simulator could not be started or has ended.
pub fn demo(arguments: &[String]) -> Outcome<()> {
    let wish = Wish::read(arguments)?;
    let started = Instant::now();
    let workspace = Workspace::find()?;
    Toolbox::new(&workspace).ensure_all(tools::FOR_PAGE)?;
    say::headline(&format!("Building the page ({})", page::USUAL));
    page::build(&workspace)?;
    say::headline("Building the simulator (usually 1 minute the first time, then some seconds)");
    let mut build = simulator(&workspace, "build");
    build.arg("--quiet");
    run::must(build, &workspace.log("simulator")?, "building the simulator")?;
    say::headline(&format!(
        "Starting the simulator, {} after the command; Ctrl-C ends it",
        say::duration(started.elapsed())
    ));
    if wish.open {
        open_later(&workspace, wish.port)?;
    }
    let mut serve = simulator(&workspace, "run");
    serve
        .args(["--quiet", "--", "--page"])
        .arg(workspace.dist())
        .args(&wish.simulator);
    replace(serve)
}

/// Cargo with the simulator's binary.
fn simulator(workspace: &Workspace, what: &str) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args([
        what,
        "--package",
        "azure-simulator",
        "--features",
        "server",
        "--bin",
        "azure-simulator",
    ]);
    cargo
}

impl Wish {
    /// Keeps what is meant for this command and hands everything else on.
    fn read(arguments: &[String]) -> Outcome<Self> {
        let mut wish = Self {
            open: false,
            port: PAGE_PORT,
            simulator: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            match name {
                "--open" => wish.open = true,
                "--port" | "--page-port" => {
                    let text = inline.or_else(|| rest.next().cloned()).unwrap_or_default();
                    wish.port = text
                        .parse()
                        .map_err(|_| fault(format!("`{name}` needs a port number, not `{text}`.")))?;
                    wish.simulator.extend(["--page-port".to_owned(), text]);
                }
                _ => wish.simulator.push(argument.clone()),
            }
        }
        Ok(wish)
    }
}

/// Starts this program once more, to open the browser when the page answers: this process is about to become the simulator.
fn open_later(workspace: &Workspace, port: u16) -> Outcome<()> {
    let own = std::env::current_exe().map_err(|error| fault(format!("cannot find this program: {error}")))?;
    let mut opener = workspace.command(&own.to_string_lossy());
    opener.args([OPENER, &port.to_string()]);
    opener
        .spawn()
        .map(drop)
        .map_err(|error| fault(format!("cannot start the browser's opener: {error}")))
}

/// Waits until something listens at the port and opens the page.
pub fn open_when_ready(arguments: &[String]) -> Outcome<()> {
    let port: u16 = arguments
        .first()
        .and_then(|text| text.parse().ok())
        .unwrap_or(PAGE_PORT);
    let address = format!("http://localhost:{port}/");
    let started = Instant::now();
    while TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Duration::from_secs(1)).is_err() {
        if started.elapsed() > PATIENCE {
            return Err(fault(format!(
                "Nothing answers at {address}, so no browser was opened."
            )));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let openers: &[&[&str]] = if cfg!(target_os = "macos") {
        &[&["open"]]
    } else if cfg!(windows) {
        &[&["cmd", "/c", "start"]]
    } else {
        &[&["xdg-open"], &["sensible-browser"], &["chromium"], &["firefox"]]
    };
    for opener in openers {
        if Command::new(opener[0])
            .args(&opener[1..])
            .arg(&address)
            .status()
            .is_ok_and(|status| status.success())
        {
            return Ok(());
        }
    }
    Err(fault(format!("No browser could be opened; open {address} by hand.")))
}

/// Becomes the other program, so that Ctrl-C and every other signal reaches the simulator itself and nothing is left behind.
#[cfg(unix)]
fn replace(mut command: Command) -> Outcome<()> {
    use std::os::unix::process::CommandExt;
    Err(fault(format!("the simulator could not be started: {}", command.exec())))
}

/// Elsewhere a program cannot be replaced; Ctrl-C reaches both.
#[cfg(not(unix))]
fn replace(mut command: Command) -> Outcome<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(fault(format!("the simulator ended with {status}"))),
        Err(error) => Err(fault(format!("the simulator could not be started: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE_PORT, Wish};

    fn read(line: &str) -> Result<Wish, crate::fault::Fault> {
        Wish::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_asked_is_the_usual_port() {
        assert_eq!(
            read("").unwrap(),
            Wish {
                open: false,
                port: PAGE_PORT,
                simulator: vec![]
            }
        );
    }

    #[test]
    fn the_port_reaches_both() {
        for line in ["--port 5000", "--port=5000", "--page-port 5000"] {
            let wish = read(line).unwrap();
            assert_eq!(
                (wish.port, wish.simulator.join(" ").as_str()),
                (5000, "--page-port 5000")
            );
        }
        assert!(read("--port").is_err());
        assert!(read("--port x").is_err());
    }

    #[test]
    fn everything_else_is_handed_on() {
        let wish = read("--seed 7 --open --scenario x.json").unwrap();
        assert!(wish.open);
        assert_eq!(wish.simulator.join(" "), "--seed 7 --scenario x.json");
    }
}
