//! The sizes of the built page: per file as it is, with gzip 9 and with brotli 11, and the totals.

use crate::fault::{OnFile, Outcome, fault};
use crate::workspace::Workspace;
use crate::{fingerprint, run};

/// Measures the files; compression is Node's.
const MEASURE: &str = include_str!("sizes.mjs");

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Size {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Measures all files of dist/ and gives the table.
pub fn table(workspace: &Workspace) -> Outcome<String> {
    let dist = workspace.dist();
    let mut files = Vec::new();
    fingerprint::collect(&dist, &mut files)?;
    let names = files.iter().filter_map(|file| file.strip_prefix(&dist).ok());
    let program = workspace.tools().join("sizes.mjs");
    std::fs::create_dir_all(workspace.tools()).on("make", &workspace.tools())?;
    std::fs::write(&program, MEASURE).on("write", &program)?;
    let mut node = workspace.command("node");
    node.arg(&program).arg(&dist).args(names);
    let answer =
        run::answer(node).ok_or_else(|| fault("The sizes could not be measured: `node` is missing or failed."))?;
    let sizes = answer
        .lines()
        .map(|line| read(line).ok_or_else(|| fault(format!("not a line of sizes: {line}"))))
        .collect::<Outcome<Vec<_>>>()?;
    Ok(layout(sizes))
}

/// Reads one line of the measuring program.
fn read(line: &str) -> Option<Size> {
    let mut parts = line.split('\t');
    let size = Size {
        name: parts.next()?.to_owned(),
        raw: parts.next()?.parse().ok()?,
        gzip: parts.next()?.parse().ok()?,
        brotli: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(size)
}

/// The table as text, the largest file first, the totals last.
fn layout(mut sizes: Vec<Size>) -> String {
    sizes.sort_by(|a, b| b.raw.cmp(&a.raw).then_with(|| a.name.cmp(&b.name)));
    let total = sizes.iter().fold(
        Size {
            name: "total".to_owned(),
            raw: 0,
            gzip: 0,
            brotli: 0,
        },
        |sum, size| Size {
            raw: sum.raw + size.raw,
            gzip: sum.gzip + size.gzip,
            brotli: sum.brotli + size.brotli,
            ..sum
        },
    );
    let width = sizes
        .iter()
        .map(|size| size.name.len())
        .chain([total.name.len()])
        .max()
        .unwrap_or(0);
    let mut text = format!(
        "{:width$}  {:>11}  {:>11}  {:>11}",
        "bytes", "raw", "gzip -9", "brotli 11"
    );
    for size in sizes.iter().chain([&total]) {
        let [raw, gzip, brotli] = [size.raw, size.gzip, size.brotli].map(grouped);
        text.push_str(&format!("\n{:width$}  {raw:>11}  {gzip:>11}  {brotli:>11}", size.name));
    }
    text
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Size, grouped, layout, read};

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_line_is_read_or_refused() {
        let size = Size {
            name: "a b.js".to_owned(),
            raw: 3,
            gzip: 2,
            brotli: 1,
        };
        assert_eq!(read("a b.js\t3\t2\t1"), Some(size));
        assert_eq!(read("a.js\t3\t2"), None);
        assert_eq!(read("a.js\t3\t2\tx"), None);
        assert_eq!(read("a.js\t3\t2\t1\t0"), None);
    }

    #[test]
    fn the_largest_stands_first_and_the_total_last() {
        let size = |name: &str, raw| Size {
            name: name.to_owned(),
            raw,
            gzip: raw / 2,
            brotli: raw / 4,
        };
        let text = layout(vec![size("small.js", 100), size("large.wasm", 200_000)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "bytes               raw      gzip -9    brotli 11");
        assert_eq!(lines[1], "large.wasm      200,000      100,000       50,000");
        assert!(lines[2].starts_with("small.js "));
        assert_eq!(lines[3], "total           200,100      100,050       50,025");
    }
}
