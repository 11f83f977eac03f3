//! The only file that writes to the terminal. The lints forbid `println!` in the whole workspace, and it would also panic
//! when the reader goes away (`cargo xtask test | head`); so lines are written plainly and a closed pipe is not an error.

use std::io::{IsTerminal, Write};
use std::time::Duration;

/// One line of ordinary text.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The headline of a step, set off from the output of other programs.
pub fn headline(text: &str) {
    let (bold, plain) = if std::io::stdout().is_terminal() {
        ("\u{1b}[1m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    let _ = writeln!(std::io::stdout(), "{bold}==> {text}{plain}");
    // Other programs write to the same terminal directly, so nothing may wait in a buffer.
    let _ = std::io::stdout().flush();
}

/// Something that went wrong, on standard error.
pub fn problem(text: &str) {
    let _ = std::io::stdout().flush();
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// A duration as people say it: `7.3 s`, `2 min 05 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_are_readable() {
        assert_eq!(duration(Duration::from_millis(7_310)), "7.3 s");
        assert_eq!(duration(Duration::from_millis(59_990)), "1 min 00 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }
}
