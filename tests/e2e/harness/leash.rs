//! Programs on a leash: whatever becomes of the test, they end.
//!
//! The leash is a shell that leads a process group of its own and reads its standard input. When the test drops its end
//! of that pipe, or the whole test program dies, the shell ends what it holds.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// Kills the group, 0 being the shell's own: driver, browser, shell. They have nothing to tidy up, their folder goes.
pub const KILLS: &str = r#""$@" & read -r end; kill -9 0"#;

/// Asks the program to end, and waits for it. The shell lets go of the output, so that this ends when the program does.
pub const ASKS: &str = r#""$@" & exec >/dev/null; read -r end; kill "$!"; wait"#;

/// A running program.
pub struct Leash(Child);

impl Leash {
    /// The shell that will hold a program; what is added as arguments is the program and its own arguments.
    pub fn command(how: &str, program: &Path) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", how, "leash"]).arg(program).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell
    }

    /// Starts it.
    pub fn start(mut shell: Command) -> Self {
        Self(shell.spawn().unwrap())
    }

    /// What the program writes, if the command said that it is to be read.
    pub fn output(&mut self) -> ChildStdout {
        self.0.stdout.take().unwrap()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ended = self.0.wait();
    }
}
