//! What was typed: from pasted text to the users that are meant, and whether a session is theirs.
//!
//! Clutter from mail and chat is taken off; nothing is ever guessed. Matching is exact and without regard to letter
//! case, never by a part of a name.

use std::collections::{HashMap, HashSet};

use crate::arm::UserSession;
use serde::{Deserialize, Serialize};

use crate::arm::guard::same_name;

/// Longest text that can be a user name: 113 characters for a UPN, 256 in Active Directory.
const LONGEST: usize = 256;

/// One user that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wanted {
    /// By user principal name.
    Upn(String),
    /// By `DOMAIN\user`, compared with `activeDirectoryUserName`.
    DirectoryName(String),
}

impl Wanted {
    /// Whether `session` is this user's.
    pub fn matches(&self, session: &UserSession) -> bool {
        let (mine, theirs) = match self {
            Self::Upn(name) => (name, &session.user),
            Self::DirectoryName(name) => (name, &session.directory_user),
        };
        theirs.as_deref().is_some_and(|theirs| same_name(mine, theirs))
    }

    /// The name as understood.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Upn(name) | Self::DirectoryName(name) => name,
        }
    }
}

/// Whose sessions are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Whose {
    /// These users'.
    Users(Vec<Wanted>),
    /// Everybody's: every session there is.
    Everyone,
}

impl Whose {
    /// Whether it is about nobody: nothing is looked for.
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }

    /// The users, if it is about certain ones.
    pub fn users(&self) -> &[Wanted] {
        match self {
            Self::Users(users) => users,
            Self::Everyone => &[],
        }
    }
}

impl Default for Whose {
    fn default() -> Self {
        Self::Users(Vec::new())
    }
}

impl From<Vec<Wanted>> for Whose {
    fn from(users: Vec<Wanted>) -> Self {
        Self::Users(users)
    }
}

/// The wanted users by name: hundreds of them against tens of thousands of sessions take no time.
#[derive(Debug)]
pub(super) struct Index {
    everyone: bool,
    upns: HashMap<String, usize>,
    directory_names: HashMap<String, usize>,
}

impl Index {
    pub fn of(whose: &Whose) -> Self {
        let mut index = Self {
            everyone: *whose == Whose::Everyone,
            upns: HashMap::new(),
            directory_names: HashMap::new(),
        };
        for (at, wanted) in whose.users().iter().enumerate() {
            let (names, name) = match wanted {
                Wanted::Upn(name) => (&mut index.upns, name),
                Wanted::DirectoryName(name) => (&mut index.directory_names, name),
            };
            names.insert(lookup_key(name), at);
        }
        index
    }

    /// Whether `session` is looked for; `met` hears which of the wanted users it belongs to.
    pub fn matches(&self, session: &UserSession, mut met: impl FnMut(usize)) -> bool {
        let find = |names: &HashMap<String, usize>, name: &Option<String>| {
            let name = name.as_deref().map(lookup_key)?;
            names.get(&name).copied()
        };
        let by_upn = find(&self.upns, &session.user);
        let by_directory_name = find(&self.directory_names, &session.directory_user);
        by_upn.into_iter().chain(by_directory_name).for_each(&mut met);
        self.everyone || by_upn.is_some() || by_directory_name.is_some()
    }
}

/// Two names are the same ([`same_name`]) if their keys are equal.
fn lookup_key(name: &str) -> String {
    name.to_lowercase()
}

/// Why a piece of the text was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUnderstood {
    /// Neither `@` nor `\`: half a name could be anybody's.
    NotAUserName,
    /// Longer than any user name.
    TooLong,
}

/// What was understood of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// The users, each once, in the order of the text.
    pub wanted: Vec<Wanted>,
    /// The rest, each piece with the reason.
    pub rest: Vec<(String, NotUnderstood)>,
    /// Whether the text was exactly one plain name, so that there is nothing to explain.
    pub plain: bool,
}

/// Reads a typed or pasted text.
pub fn understand(text: &str) -> Understood {
    let mut understood = Understood::default();
    let mut seen = HashSet::new();
    for piece in pieces(text) {
        let name = clean(&piece);
        if name.is_empty() {
            continue;
        }
        match user(&name) {
            Ok(wanted) => {
                if seen.insert(wanted.as_str().to_lowercase()) {
                    understood.wanted.push(wanted);
                }
            }
            Err(reason) => understood.rest.push((name, reason)),
        }
    }
    understood.plain =
        matches!((&*understood.wanted, &*understood.rest), ([Wanted::Upn(one)], []) if one == text.trim());
    understood
}

fn user(name: &str) -> Result<Wanted, NotUnderstood> {
    if name.chars().count() > LONGEST {
        return Err(NotUnderstood::TooLong);
    }
    if let Some((domain, user)) = name.split_once('\\') {
        // `AzureAD\user@tenant` is how some tools write a UPN.
        return match is_upn(user) {
            // Whatever else stands before it may be a name of its own, which must not vanish.
            true if is_word(domain) && !domain.contains('@') => Ok(Wanted::Upn(user.to_owned())),
            false if is_word(domain) && is_word(user) => Ok(Wanted::DirectoryName(name.to_owned())),
            _ => Err(NotUnderstood::NotAUserName),
        };
    }
    if is_upn(name) {
        Ok(Wanted::Upn(name.to_owned()))
    } else {
        Err(NotUnderstood::NotAUserName)
    }
}

fn is_upn(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(user, domain)| is_word(user) && is_word(domain) && !domain.contains('@'))
}

fn is_word(text: &str) -> bool {
    let in_no_name = |c: char| is_clutter(c) || c.is_control() || matches!(c, '\\' | '<' | '>' | ',' | ';');
    !text.is_empty() && !text.contains(in_no_name)
}

/// Cuts the text where lists are cut. A name in angle brackets stands for what is written beside it, because a display
/// name may hold a comma itself: `Last, First <upn>`. What is whole names there stays: `upn, First <upn>` are two.
fn pieces(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let mut pieces = Vec::new();
    for entry in text.split(['\n', '\r', ';', '\t']) {
        let mut rest = entry;
        while let Some((beside, bracketed, behind)) = bracket(rest) {
            pieces.extend(names_in(beside));
            pieces.push(bracketed.to_owned());
            rest = behind;
        }
        if rest.len() < entry.len() {
            pieces.extend(names_in(rest));
            continue;
        }
        for piece in entry.split(',') {
            // Several names with only blanks between them; otherwise the blanks stay, to be told as a fault.
            let words: Vec<&str> = piece.split_whitespace().collect();
            if words.len() > 1 && words.iter().all(|word| is_upn(&clean(word))) {
                pieces.extend(words.into_iter().map(str::to_owned));
            } else {
                pieces.push(piece.to_owned());
            }
        }
    }
    pieces
}

/// The text before the first angle brackets, what is in them, and the text behind.
fn bracket(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (inside, behind) = rest.split_once('>')?;
    Some((before, inside.rsplit('<').next()?, behind))
}

/// The words beside brackets that are whole names.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    words.map(clean).filter(|word| user(word).is_ok())
}

/// Takes the clutter off one name, one layer after the other.
fn clean(piece: &str) -> String {
    let mut name = piece;
    loop {
        let layer = name;
        name = name.trim_matches(is_clutter).trim_end_matches(['.', ',', ';']);
        if name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
            name = name[7..].split('?').next().unwrap_or_default();
        }
        if name.len() == layer.len() {
            return name.to_owned();
        }
    }
}

/// Signs around a name that are never part of one.
fn is_clutter(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '(' | ')' | ':')
}

/// Characters without a width that travel along when text is copied.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::{NotUnderstood, Wanted, understand};

    fn names(text: &str) -> Vec<String> {
        understand(text)
            .wanted
            .iter()
            .map(|wanted| wanted.as_str().to_owned())
            .collect()
    }

    #[test]
    fn clutter_from_mail_and_chat_is_taken_off() {
        for text in [
            "user@contoso.example",
            "  user@contoso.example\u{a0}",
            "\u{200b}user@con\u{200d}toso.example\u{feff}",
            "mailto:user@contoso.example",
            "MAILTO:user@contoso.example?subject=Help",
            "<user@contoso.example>",
            "A User <user@contoso.example>;",
            "\"User, A\" <user@contoso.example>",
            "User, A <user@contoso.example>,",
            "user@contoso.example.",
            "\u{201c}user@contoso.example\u{201d}",
            "AzureAD\\user@contoso.example",
            "(mailto:user@contoso.example)",
            "\"user@contoso.example.\".",
        ] {
            assert_eq!(names(text), ["user@contoso.example"], "{text:?}");
        }
    }

    #[test]
    fn lists_are_read_whole_and_each_user_once() {
        assert_eq!(
            names("a@x.example, b@x.example;c@x.example\nA@X.EXAMPLE\r\n"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
        assert_eq!(names("a@x.example b@x.example"), ["a@x.example", "b@x.example"]);
        assert_eq!(
            names("A <a@x.example>, B <b@x.example>"),
            ["a@x.example", "b@x.example"]
        );
        assert_eq!(
            names("a@x.example, Last, First <b@x.example>, c@x.example"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
    }

    #[test]
    fn unusual_but_real_names_stay_as_they_are() {
        for name in [
            "o'user@contoso.example",
            "guest_partner.example#EXT#@contoso.onmicrosoft.com",
            "a+b@x.example",
            "über@x.example",
        ] {
            assert_eq!(names(name), [name]);
            assert!(understand(name).plain);
        }
        assert_eq!(
            understand("CONTOSO\\user1").wanted,
            [Wanted::DirectoryName("CONTOSO\\user1".into())]
        );
    }

    #[test]
    fn half_names_are_never_searched_for() {
        let rest = |text: &str| {
            understand(text)
                .rest
                .into_iter()
                .map(|(_, why)| why)
                .collect::<Vec<_>>()
        };
        for text in [
            "user",
            "user contoso.example",
            "@contoso.example",
            "user@",
            "a@b@c",
            "a b@c",
            "\\user",
            "CONTOSO\\",
            "sip:user@contoso.example",
            "a@x.example AzureAD\\b@x.example",
        ] {
            assert_eq!(rest(text), [NotUnderstood::NotAUserName], "{text}");
        }
        assert_eq!(
            rest(&format!("{}@x.example", "a".repeat(300))),
            [NotUnderstood::TooLong]
        );
        assert!(understand(" ,;\n ").wanted.is_empty() && understand("").rest.is_empty());
    }
}
