//! Typed and pasted text: clutter comes off, nothing is guessed, nothing is lost without a word.

use avd_logoff::arm::{ApplicationType, SessionId, SessionState, UserSession};
use avd_logoff::desk::typed::{Wanted, understand};
use proptest::prelude::*;
use proptest::sample::select;

use super::{holds, in_any_letter_case, soup};

/// What text is made of that was copied from mails and chats.
const PIECES: &[&str] = &[
    "a",
    "B",
    "user0001",
    "über",
    "@",
    "@x.example",
    "b@y.example",
    "c@z.example",
    "\\",
    "AzureAD\\",
    "CONTOSO\\user",
    "<",
    ">",
    ",",
    ", ",
    ";",
    "\n",
    "\r\n",
    "\t",
    " ",
    ":",
    "\"",
    "\u{201c}",
    "\u{201d}",
    "(",
    ")",
    ".",
    "?",
    "=",
    "'",
    "mailto:",
    "MAILTO:",
    "?subject=Help",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{a0}",
    "Last, First",
    "#EXT#",
];

/// Signs that are clutter at the ends of a name.
const CLUTTER: &[char] = &['"', '\u{201c}', '\u{201d}', '\u{201e}', '(', ')', ':', '.', ',', ';'];

fn upn() -> impl Strategy<Value = String> {
    let local = "[a-zA-Z0-9_üß!#~^+'-]([a-zA-Z0-9._üß!#~^+'-]{0,10}[a-zA-Z0-9_üß!#~^+'-])?";
    let domain = "[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?(\\.[a-z0-9]{2,8}){1,3}";
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

/// Ways in which mail and chat programs dress up one name, with the signs around it that they cannot do without.
const DRESSES: &[fn(&str) -> String] = &[
    |upn| upn.to_owned(),
    |upn| format!("  {upn}\u{a0}"),
    |upn| {
        format!(
            "\u{feff}{}\u{200b}{}",
            &upn[..1.min(upn.len())],
            &upn[1.min(upn.len())..]
        )
    },
    |upn| format!("mailto:{upn}"),
    |upn| format!("MailTo:{upn}?subject=Help"),
    |upn| format!("<{upn}>"),
    |upn| format!("<mailto:{upn}>"),
    |upn| format!("\"{upn}\""),
    |upn| format!("\u{201e}{upn}\u{201c}"),
    |upn| format!("({upn})"),
    |upn| format!("(mailto:{upn})"),
    |upn| format!("\"<{upn}>\""),
    |upn| format!("{upn}."),
    |upn| format!("(\"{upn}\".)."),
    |upn| format!("A User <{upn}>"),
    |upn| format!("\"User, A\" <{upn}>"),
    |upn| format!("User, A <{upn}> (Contoso)"),
    |upn| format!("AzureAD\\{upn}"),
    |upn| format!("\"AzureAD\\{upn}\""),
];

fn dressed() -> impl Strategy<Value = (String, String)> {
    (upn(), select(DRESSES)).prop_map(|(upn, dress)| {
        // The third way cuts behind the first byte, which may lie inside a letter.
        let dress = if upn.is_char_boundary(1) { dress } else { DRESSES[0] };
        (dress(&upn), upn)
    })
}

fn names(text: &str) -> Vec<String> {
    let understood = understand(text);
    understood.wanted.iter().map(|one| one.as_str().to_owned()).collect()
}

#[test]
fn one_name_in_any_clutter_is_understood_as_itself() {
    holds(4, dressed(), |(text, upn)| {
        let understood = understand(&text);
        prop_assert_eq!(&understood.wanted, &[Wanted::Upn(upn.clone())], "{:?}", text);
        prop_assert!(understood.rest.is_empty(), "{:?}", understood.rest);
        prop_assert!(understood.plain == (text.trim() == upn));
        Ok(())
    });
}

#[test]
fn lists_are_understood_whole_and_name_each_user_once() {
    let separators = select(&[",", ", ", ";", "; ", "\n", "\r\n", "\t", " ,\n"][..]);
    let entries = prop::collection::vec((dressed(), separators, any::<Option<u64>>()), 1..8);
    holds(2, entries, |entries| {
        let mut text = String::new();
        let mut expected: Vec<String> = Vec::new();
        for ((dressed, upn), separator, again) in entries {
            text.push_str(&dressed);
            text.push_str(separator);
            if let Some(chance) = again {
                text.push_str(&in_any_letter_case(&upn, chance));
                text.push_str(separator);
            }
            if !expected.iter().any(|known| known.to_lowercase() == upn.to_lowercase()) {
                expected.push(upn);
            }
        }
        let understood: Vec<String> = names(&text).iter().map(|name| name.to_lowercase()).collect();
        let expected: Vec<String> = expected.iter().map(|name| name.to_lowercase()).collect();
        prop_assert_eq!(understood, expected, "{:?}", text);
        Ok(())
    });
}

#[test]
fn what_was_understood_is_understood_the_same_way_again() {
    holds(8, soup(PIECES, 14), |text| {
        for wanted in understand(&text).wanted {
            let again = understand(wanted.as_str());
            prop_assert_eq!(&again.wanted, std::slice::from_ref(&wanted), "{:?}", text);
            prop_assert!(again.rest.is_empty());
        }
        Ok(())
    });
}

#[test]
fn nothing_without_an_at_sign_or_a_backslash_is_a_name() {
    holds(4, prop_oneof![soup(PIECES, 14), any::<String>()], |text| {
        let text = text.replace(['@', '\\'], "");
        prop_assert_eq!(understand(&text).wanted, []);
        Ok(())
    });
}

#[test]
fn a_name_is_never_a_part_of_what_was_typed_but_for_clutter() {
    holds(8, soup(PIECES, 14), |text| {
        let invisible = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        let seen: String = text.chars().filter(|c| !invisible(*c)).collect();
        for name in names(&text) {
            let whole = seen
                .match_indices(&name)
                .any(|(at, _)| begins_a_word(&seen[..at]) && ends_a_word(&seen[at + name.len()..]));
            prop_assert!(whole, "{:?} is only a part of something in {:?}", name, text);
        }
        Ok(())
    });
}

fn begins_a_word(before: &str) -> bool {
    let before = before.trim_end_matches(|c| CLUTTER.contains(&c) && !matches!(c, '.' | ',' | ';' | ':'));
    let cut = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '\\' | ':');
    before.is_empty() || before.ends_with(cut)
}

fn ends_a_word(after: &str) -> bool {
    let rest = after.trim_start_matches(CLUTTER);
    let passed = &after[..after.len() - rest.len()];
    let cut = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '?');
    rest.is_empty() || rest.starts_with(cut) || passed.contains([',', ';'])
}

#[test]
fn no_name_that_was_typed_plainly_is_left_out_without_a_word() {
    let stuff = select(&["A ", "Last, First ", "", "x;", "\"B\" "][..]);
    let entries = prop::collection::vec((stuff, upn(), 0..3), 1..5);
    let separators = select(&[", ", ",", ";", "\n", " "][..]);
    holds(4, (entries, separators), |(entries, separator)| {
        let written: Vec<String> = entries
            .iter()
            .map(|(stuff, upn, form)| match form {
                0 => format!("{stuff}<{upn}>"),
                1 => format!("AzureAD\\{upn}"),
                _ => upn.clone(),
            })
            .collect();
        let text = written.join(separator);
        let understood = understand(&text);
        for (_, upn, _) in &entries {
            let meant = understood
                .wanted
                .iter()
                .any(|one| one.as_str().eq_ignore_ascii_case(upn));
            let told = understood.rest.iter().any(|(rest, _)| rest.contains(upn.as_str()));
            prop_assert!(meant || told, "{:?} vanishes from {:?}", upn, text);
        }
        Ok(())
    });
}

#[test]
fn a_name_with_a_blank_in_it_is_told_and_not_cut() {
    let before = select(&["a", "Mr", "user0001", "@x.example", "b@"][..]);
    holds(1, (before, upn(), any::<bool>()), |(other, upn, behind)| {
        let text = if behind {
            format!("{upn} {other}")
        } else {
            format!("{other} {upn}")
        };
        let understood = understand(&text);
        prop_assert_eq!(understood.wanted, []);
        prop_assert_eq!(understood.rest.len(), 1, "{:?}", text);
        Ok(())
    });
}

#[test]
fn text_of_every_kind_is_read_without_a_fault() {
    holds(
        4,
        prop_oneof![any::<String>(), soup(PIECES, 400), "\\PC{0,300}@\\PC{0,300}"],
        |text| {
            let understood = understand(&text);
            for name in understood.wanted.iter().map(Wanted::as_str) {
                prop_assert!(name.contains(['@', '\\']) && name.chars().count() <= 256);
                prop_assert!(
                    !name.contains(|c: char| c.is_whitespace() || c.is_control()),
                    "{:?}",
                    name
                );
            }
            Ok(())
        },
    );
}

fn session_of(user: Option<&str>, directory_user: Option<&str>) -> UserSession {
    let id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/p/sessionhosts/h/usersessions/1";
    UserSession {
        id: SessionId::parse(id).unwrap(),
        user: user.map(str::to_owned),
        directory_user: directory_user.map(str::to_owned),
        state: SessionState::Active,
        application: ApplicationType::Desktop,
        created: None,
    }
}

#[test]
fn a_session_is_matched_by_the_whole_name_in_any_letter_case_and_by_no_other() {
    let change = (
        any::<prop::sample::Index>(),
        select(&["", "x", "@", ".", " "][..]),
        any::<bool>(),
    );
    holds(4, (upn(), any::<u64>(), change), |(upn, chance, (at, put, instead))| {
        let wanted = Wanted::Upn(upn.clone());
        prop_assert!(wanted.matches(&session_of(Some(&in_any_letter_case(&upn, chance)), None)));
        prop_assert!(
            !wanted.matches(&session_of(None, Some(&upn))),
            "by the other kind of name"
        );
        prop_assert!(!Wanted::DirectoryName(upn.clone()).matches(&session_of(Some(&upn), None)));
        let mut letters: Vec<String> = upn.chars().map(String::from).collect();
        let at = at.index(letters.len() + 1);
        let to = (at + usize::from(instead || put.is_empty())).min(letters.len());
        letters.splice(at..to, [put.to_owned()]);
        let other = letters.concat();
        let same = other.eq_ignore_ascii_case(&upn);
        prop_assert_eq!(
            wanted.matches(&session_of(Some(&other), None)),
            same,
            "{:?} and {:?}",
            upn,
            other
        );
        Ok(())
    });
}
