//! Tidy tests: the invariants of ARCHITECTURE.md that the compiler cannot keep, over the source tree.

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 420;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with one of these endings, as path from the root and text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path
                    .file_name()
                    .is_none_or(|name| name != "target" && name != "node_modules")
                {
                    folders.push(path);
                }
            } else if endings
                .iter()
                .any(|ending| path.extension().is_some_and(|e| e == *ending))
            {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} is empty");
    found.sort();
    found
}

fn rust() -> Vec<(String, String)> {
    ["src", "tests", "xtask"]
        .iter()
        .flat_map(|folder| files(folder, &["rs"]))
        .collect()
}

fn text_of(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Code without comments and without its tests.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_file_says_at_its_head_what_it_is_for_and_can_be_read_in_one_go() {
    for (name, text) in rust() {
        assert!(text.starts_with("//! "), "{name} does not begin with //!");
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{name} has {lines} lines");
    }
}

#[test]
fn browser_crates_stand_only_where_the_browser_is() {
    for (name, text) in files("src", &["rs"]) {
        if name.starts_with("src/browser") || name.starts_with("src/page") || name == "src/main.rs" {
            continue;
        }
        for krate in ["web_sys", "js_sys", "wasm_bindgen", "gloo_net", "leptos"] {
            assert!(!code(&text).contains(krate), "{name} uses {krate}");
        }
    }
}

#[test]
fn who_may_know_whom() {
    let rules: [(&str, &[&str]); 8] = [
        (
            "src/config.rs",
            &["arm", "auth", "desk", "text", "ports", "browser", "page"],
        ),
        (
            "src/cloud.rs",
            &["config", "arm", "auth", "desk", "text", "ports", "browser", "page"],
        ),
        (
            "src/auth/",
            &["config", "cloud", "arm", "desk", "text", "browser", "page"],
        ),
        ("src/arm/", &["config", "cloud", "desk", "text", "browser", "page"]),
        ("src/desk/", &["config", "cloud", "auth", "text", "browser", "page"]),
        (
            "src/ports.rs",
            &["config", "cloud", "auth", "arm", "desk", "text", "browser", "page"],
        ),
        ("src/text/", &["browser", "page", "cloud"]),
        ("src/browser/", &["config", "cloud", "auth", "arm", "desk", "page"]),
    ];
    for (name, text) in files("src", &["rs"]) {
        for (place, strangers) in rules.iter().filter(|(place, _)| name.starts_with(place)) {
            // What sign-in tells travels up as it is, so the desk may name these types, and nothing else of `auth`.
            let allowed = ["Account", "AuthError", "ClaimsChallenge"];
            let code = without_allowed_uses(&code(&text), "crate::auth::", &allowed);
            for stranger in *strangers {
                assert!(
                    !code.contains(&format!("crate::{stranger}::")),
                    "{name} ({place}) knows {stranger}"
                );
            }
        }
    }
}

/// `code` without those of its uses of `module` that name nothing but `allowed`.
fn without_allowed_uses(code: &str, module: &str, allowed: &[&str]) -> String {
    let lines = code.lines().filter(|line| {
        let names = line.split_once(module).map(|(_, names)| names);
        !names.is_some_and(|names| {
            let mut names = names
                .split(|c: char| !c.is_alphanumeric())
                .filter(|name| !name.is_empty());
            names.all(|name| allowed.contains(&name))
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_sends_no_request_and_takes_no_decision_about_one() {
    for (name, text) in files("src/page", &["rs"]) {
        for way in [
            "gloo_net",
            "fetch(",
            "XmlHttpRequest",
            "http::Request",
            "arm::user_sessions",
            "arm::host_pools",
        ] {
            assert!(!code(&text).contains(way), "{name} uses {way}");
        }
    }
}

#[test]
fn only_the_operation_behind_the_guard_can_change_a_session() {
    for (name, text) in files("src", &["rs"]) {
        let code = code(&text);
        let acts = code.contains("Method::DELETE") || code.contains("Method::POST") || code.contains(".act(&");
        assert!(
            !acts || name == "src/arm/session_acts.rs" || name == "src/arm/resource_graph.rs",
            "{name} can change something"
        );
        assert!(
            !code.contains("Guarded {") || name == "src/arm/guard.rs",
            "{name} makes its own Guarded"
        );
    }
    // Resource Graph takes its questions by POST: that one address, and only as a read.
    let graph = code(&text_of("src/arm/resource_graph.rs"));
    assert!(!graph.contains(".act(") && !graph.contains("DELETE") && graph.matches("Method::POST").count() == 1);
    assert!(graph.contains("ArmRequest::new(Method::POST, path,") && graph.matches("let path").count() == 1);
    assert!(graph.contains("let path = \"/providers/Microsoft.ResourceGraph/resources\";"));
    // What acts takes the guard's proof by value, so that it serves once.
    let acts = text_of("src/arm/session_acts.rs");
    for act in ["delete", "disconnect", "send_message"] {
        let (_, after) = acts.split_once(&format!("pub async fn {act}(")).unwrap();
        let (given, _) = after.split_once(')').unwrap();
        assert!(
            given.contains("guarded: Guarded") && given.contains("turn: Turn"),
            "{act} takes no proof"
        );
    }
    assert_eq!(
        acts.matches("pub async fn").count(),
        3,
        "another act has to take a Guarded too"
    );
}

#[test]
fn there_is_no_clock_and_no_chance_in_the_core() {
    for (name, text) in files("src", &["rs"]) {
        if name.starts_with("src/browser") || name.starts_with("src/page") {
            continue;
        }
        for source in [
            "now_utc",
            "now_local",
            "SystemTime",
            "Instant::now",
            "rand::",
            "getrandom",
            "new_random",
        ] {
            assert!(!code(&text).contains(source), "{name} uses {source}");
        }
    }
}

#[test]
fn colours_stand_in_one_file_and_nothing_is_inline() {
    for (name, text) in files("style", &["css"]) {
        if name == "style/tokens.css" {
            continue;
        }
        for line in text.lines().map(|line| line.split("/*").next().unwrap_or_default()) {
            let hex = line.split('#').skip(1).any(|rest| {
                rest.len() >= 3
                    && rest.chars().take(3).all(|c| c.is_ascii_hexdigit())
                    && line.contains(':')
                    && line.find(':') < line.find('#')
            });
            let function = ["rgb(", "rgba(", "hsl(", "oklch(", "color("]
                .iter()
                .any(|f| line.contains(f));
            assert!(!hex && !function, "{name}: {line}");
        }
        assert!(
            !text.contains("@import") && !text.contains("http"),
            "{name} loads something"
        );
    }
    for (name, text) in files("src/page", &["rs"]) {
        assert!(
            !code(&text).contains("style=\"") && !code(&text).contains("inner_html"),
            "{name}"
        );
    }
    for page in ["index.html", "static/redirect.html"] {
        let html = text_of(page);
        assert!(
            !html.contains("style=\"") && !html.contains("<style") && !html.contains(" onload="),
            "{page}"
        );
        for script in html.split("<script").skip(1) {
            assert!(
                script.split('>').next().unwrap().contains("src="),
                "{page} has an inline script"
            );
        }
    }
}

#[test]
fn every_visible_sentence_stands_in_text() {
    // A text node of a view is a string literal that stands alone on its line or right behind a tag.
    for (name, text) in files("src/page", &["rs"]) {
        for line in code(&text).lines().map(str::trim) {
            let alone = line.starts_with('"') && line.ends_with('"') && line.len() > 3 && line.contains(' ');
            let behind_tag = line.contains(">\"") && !line.contains("\">\"\"");
            assert!(!alone && !behind_tag, "{name}: {line}");
        }
    }
}

#[test]
fn files_that_share_a_name_agree() {
    let key = avd_logoff::auth::RESPONSE_KEY;
    assert!(text_of("static/redirect.js").contains(&format!("\"{key}\"")));
    assert!(text_of("static/redirect.html").contains("redirect.js"));

    let schema: serde_json::Value = serde_json::from_str(&text_of("static/config.schema.json")).unwrap();
    let mut described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let example: serde_json::Value = serde_json::from_str(&text_of("static/config.example.json")).unwrap();
    let mut shown: Vec<&String> = example.as_object().unwrap().keys().collect();
    described.sort();
    shown.sort();
    assert_eq!(described, shown, "schema and example name the same keys");
    assert!(avd_logoff::config::Config::parse(&text_of("static/config.example.json")).is_ok());
    // The parser knows exactly these keys: each one alone is no unknown key, and another one is.
    for key in shown {
        let errors = avd_logoff::config::Config::parse(&format!("{{\"{key}\": null}}")).unwrap_err();
        let unknown = |error: &avd_logoff::config::ConfigError| {
            matches!(error.expected, avd_logoff::config::Expected::KnownKey(_))
        };
        assert!(!errors.iter().any(unknown), "{key}");
    }
}

#[test]
fn the_small_documents_and_the_program_use_the_same_words() {
    // The mark on a sign-in window's copy of the storage, and the front of its state.
    let mark = "\"avd-logoff.window\"";
    let messages = "\"avd-logoff.response\"";
    for script in ["static/redirect.js", "static/relay.js", "src/browser/windows.rs"] {
        assert!(text_of(script).contains(mark), "{script}");
        assert!(text_of(script).contains(messages), "{script}");
    }
    assert!(text_of("src/auth/request.rs").contains("\"popup\""));
    assert!(text_of("static/redirect.js").contains("startsWith(\"popup.\")"));
    assert!(text_of("static/relay.js").contains("^popup\\.[\\w-]{43}$"));
    // Whatever is copied beside the page is asked for by somebody.
    for (file, user) in [
        ("relay.js", "static/relay.html"),
        ("small.css", "static/relay.html"),
        ("small.css", "static/redirect.html"),
        ("framed.js", "index.html"),
    ] {
        assert!(text_of(user).contains(&format!("\"{file}\"")), "{user}");
        assert!(text_of("index.html").contains(&format!("static/{file}")), "{file}");
    }
}

#[test]
fn the_relay_knows_the_authorities_of_the_built_in_clouds_and_no_others() {
    let clouds = avd_logoff::cloud::Cloud::built_in_names().filter_map(avd_logoff::cloud::Cloud::built_in);
    let hosts: Vec<String> = clouds
        .map(|cloud| format!("\"{}\"", cloud.authority_host.host()))
        .collect();
    let expected = format!("const AUTHORITIES = [{}];", hosts.join(", "));
    assert!(text_of("static/relay.js").contains(&expected), "{expected}");
}

#[test]
fn no_foreign_host_is_named_but_in_the_table_of_clouds() {
    for (name, text) in files("src", &["rs"]) {
        if name == "src/cloud.rs" {
            continue;
        }
        for host in [
            "management.azure.com",
            "microsoftonline",
            "management.usgovcloudapi",
            "chinacloudapi",
        ] {
            assert!(!code(&text).contains(host), "{name} names {host}");
        }
    }
}

/// `css` without the blocks that begin with `head`.
fn without_blocks(css: &str, head: &str) -> String {
    let mut left = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once(head) {
        left.push_str(before);
        let mut depth = 0;
        let end = after.char_indices().find(|(_, c)| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            *c == '}' && depth == 0
        });
        rest = end.map_or("", |(at, _)| &after[at + 1..]);
    }
    left + rest
}

#[test]
fn nothing_moves_for_people_who_want_less_motion() {
    let moves = ["animation", "transition", "@keyframes", "smooth"];
    for (name, text) in files("style", &["css"]).into_iter().chain(files("static", &["css"])) {
        let always = without_blocks(&text, "@media (prefers-reduced-motion: no-preference)");
        assert!(!moves.iter().any(|word| always.contains(word)), "{name}");
    }
    assert_eq!(
        without_blocks("a { b: c } @x { d { smooth: e } } f {}", "@x"),
        "a { b: c }  f {}"
    );
    assert!(
        text_of("style/base.css").contains("smooth"),
        "what is looked for is there"
    );
}
