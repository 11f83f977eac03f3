//! Checks the built page: complete, without a configuration, and closed in itself. Closed means that it loads nothing from
//! another origin and holds no inline script or style, so that a strict Content-Security-Policy fits.

use crate::fault::{OnFile, Outcome, fault};
use crate::{fingerprint, html};
use std::path::Path;

/// Files that the page or the person who publishes it needs; index.html links them for Trunk.
const NEEDED: &[&str] = &[
    "index.html",
    "boot.js",
    "redirect.html",
    "redirect.js",
    "config.example.json",
    "config.schema.json",
    "receipt.schema.json",
];
/// Attributes that make a browser load or send something. `href` of an `<a>` is no such one: it waits for a click.
const LOADING: &[&str] = &[
    "src",
    "srcset",
    "href",
    "xlink:href",
    "poster",
    "data",
    "action",
    "formaction",
    "background",
    "ping",
    "manifest",
];
/// Names in XML, which nobody fetches.
const NAMES: &str = "http://www.w3.org/";

/// Checks all of dist/; the fault lists everything that was found at once.
pub fn check(dist: &Path) -> Outcome<()> {
    let mut found = Vec::new();
    for name in NEEDED {
        if !dist.join(name).is_file() {
            found.push(format!(
                "{name}: missing; link it in index.html for Trunk (`copy-file`)"
            ));
        }
    }
    if dist.join("config.json").exists() {
        found.push(
            "config.json: must not be part of the page; it belongs to the place where the page is published".to_owned(),
        );
    }
    let mut files = Vec::new();
    fingerprint::collect(dist, &mut files)?;
    files.sort();
    for file in files {
        let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
        let inspect: fn(&str) -> Vec<String> = match file.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm" | "svg") => markup,
            Some("css") => style,
            Some("js" | "mjs") => script,
            _ => continue,
        };
        let text = std::fs::read_to_string(&file).on("read", &file)?;
        found.extend(inspect(&text).into_iter().map(|what| format!("{name}: {what}")));
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(fault(format!(
        "The page in dist/ is not as it must be:\n    {}",
        found.join("\n    ")
    )))
}

/// What HTML must not have: inline script or style, and loading from elsewhere.
fn markup(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html::tags(text) {
        let name = &tag.name;
        match name.as_str() {
            "script" if tag.get("src").is_none() => found.push("inline <script>".to_owned()),
            "style" => found.push("inline <style>".to_owned()),
            "base" => found.push("<base>, which moves every relative address".to_owned()),
            _ => {}
        }
        for (key, value) in &tag.attributes {
            let value = value.trim();
            if key == "style" || (key.starts_with("on") && key.len() > 2) {
                found.push(format!("inline {key}=\"…\" on <{name}>"));
            } else if value.to_ascii_lowercase().starts_with("javascript:") {
                found.push(format!("script in {key} of <{name}>"));
            } else if LOADING.contains(&key.as_str()) && name != "a" && value.split([',', ' ']).any(is_foreign) {
                found.push(format!("<{name} {key}=\"{value}\"> loads from elsewhere"));
            }
        }
    }
    found
}

/// What CSS must not have: `url(…)` and `@import` from elsewhere.
fn style(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let links = lower.split("url(").skip(1).chain(lower.split("@import").skip(1));
    links
        .map(|link| link.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')))
        .filter(|link| is_foreign(link))
        .map(|link| {
            format!(
                "loads {} from elsewhere",
                link.chars()
                    .take(60)
                    .collect::<String>()
                    .lines()
                    .next()
                    .unwrap_or_default()
            )
        })
        .collect()
}

/// What a script must not have: a foreign address outside comments. Our addresses stand in config.json and in the program.
fn script(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !["//", "/*", "*"].iter().any(|comment| line.starts_with(comment)))
        .filter_map(|line| {
            let at = line.match_indices("http").map(|(at, _)| &line[at..]).find(|link| {
                (link.starts_with("http://") || link.starts_with("https://")) && !link.starts_with(NAMES)
            })?;
            Some(format!(
                "names the foreign address {}",
                at.chars().take(60).collect::<String>()
            ))
        })
        .collect()
}

/// Whether an address has a scheme that fetches, or leaves out only the scheme.
fn is_foreign(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    address.starts_with("//")
        || ["http:", "https:", "ws:", "wss:", "ftp:"]
            .iter()
            .any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::{markup, script, style};

    #[test]
    fn a_page_as_trunk_writes_it_is_closed() {
        let page = "<html lang=\"en\"><head><meta http-equiv=\"Content-Security-Policy\" content=\"connect-src https://login.example\">\
            <script type=\"module\" src=\"./boot.js\" data-js=\"./a.js\"></script><link rel=\"modulepreload\" href=\"./a.js\" integrity=\"sha384-x\">\
            <link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg/%3E\"></head><body><a href=\"https://learn.example/\">help</a></body></html>";
        assert_eq!(markup(page), Vec::<String>::new());
    }

    #[test]
    fn inline_script_and_style_are_found() {
        for bad in [
            "<script>alert(1)</script>",
            "<script type=\"module\">import x</script>",
            "<style>a{}</style>",
            "<p style=\"color:red\">",
            "<p OnClick='x()'>",
            "<a href=\" JavaScript:x()\">",
            "<base href=\"/\">",
        ] {
            assert_eq!(markup(bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn foreign_addresses_are_found() {
        for bad in [
            "<link rel=stylesheet href=https://cdn.example/a.css>",
            "<script src=\"//cdn.example/a.js\"></script>",
            "<img srcset=\"a.png 1x, https://cdn.example/b.png 2x\">",
            "<form action=\"HTTPS://x.example\">",
        ] {
            assert_eq!(markup(bad).len(), 1, "{bad}");
        }
        assert_eq!(
            style("@import \"https://x.example/a.css\"; a { background: url( 'http://x.example/i.png') }").len(),
            2
        );
        assert_eq!(
            style("a { background: url(data:image/png;base64,AA==) } b { mask: url(./m.svg) }").len(),
            0
        );
        assert_eq!(
            script("fetch('https://x.example/')\nimport \"http://y.example/a.js\"").len(),
            2
        );
        assert_eq!(
            script("// see https://x.example\nns = 'http://www.w3.org/2000/svg'").len(),
            0
        );
    }
}
