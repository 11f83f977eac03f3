//! Resource ids: read in every letter case, sent as they came, and nothing else is taken for one.

use avd_logoff::arm::{HostPoolId, SessionHostId, SessionId};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use url::Url;

use super::{holds, in_any_letter_case, soup};

const TYPES: [&str; 6] = [
    "subscriptions",
    "resourceGroups",
    "providers",
    "hostPools",
    "sessionHosts",
    "userSessions",
];

/// What Azure lets names be made of, and signs that mean something in an address, which it does not.
fn segment() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        3 => "[A-Za-z0-9@._ ()-]{1,20}",
        1 => "[A-Za-z0-9äöüÄÖÜßéŁ@. -]{1,12}",
        1 => "[a-z #?%+&=:;,'\"<>{}|^`\\\\\\[\\]~!$*.]{1,8}",
        1 => prop::sample::select(&["%2e%2e", "%2F", "..x", "...", " ", "%00", "%", "~", "\\..", "\u{202e}x", "😀"][..])
            .prop_map(str::to_owned),
    ];
    segment.prop_filter("a dot segment", |text| text != "." && text != "..")
}

fn guid() -> impl Strategy<Value = String> {
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
}

/// The segments of a session's id, and the letter cases of its fixed words.
fn segments() -> impl Strategy<Value = (Vec<String>, u64)> {
    let values = (guid(), segment(), segment(), segment(), segment());
    (values, any::<u64>()).prop_map(|((subscription, group, pool, host, session), chance)| {
        let provider = in_any_letter_case("Microsoft.DesktopVirtualization", chance.rotate_left(17));
        (vec![subscription, group, provider, pool, host, session], chance)
    })
}

fn id_of(values: &[String], chance: u64) -> String {
    let pairs = TYPES.iter().zip(values).enumerate();
    let pairs = pairs.map(|(at, (kind, value))| {
        let kind = in_any_letter_case(kind, chance.rotate_right(7 * u32::try_from(at).unwrap()));
        format!("/{kind}/{value}")
    });
    pairs.collect()
}

#[test]
fn an_id_is_read_kept_and_sent_exactly_as_it_came() {
    holds(4, segments(), |(values, chance)| {
        let raw = id_of(&values, chance);
        let id = SessionId::parse(&raw);
        prop_assert!(id.is_some(), "{}", raw);
        let id = id.unwrap();
        prop_assert_eq!(id.as_str(), &raw);
        let found = [
            id.subscription(),
            id.resource_group(),
            id.host_pool(),
            id.session_host(),
            id.session(),
        ];
        prop_assert_eq!(found, [&*values[0], &*values[1], &*values[3], &*values[4], &*values[5]]);
        let path = id.path();
        prop_assert_eq!(percent_decode_str(&path).decode_utf8().unwrap(), raw.as_str());
        prop_assert!(
            !path.contains(|c: char| !c.is_ascii() || c.is_whitespace() || "#?\\\"<>".contains(c)),
            "{}",
            path
        );
        let escapes = path.match_indices('%').all(|(at, _)| {
            path.get(at + 1..at + 3)
                .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        });
        prop_assert!(escapes, "{}", path);
        // What a browser makes of it: nothing.
        let url = Url::parse(&format!("https://management.example{path}")).unwrap();
        prop_assert_eq!(url.path(), &path);
        prop_assert_eq!(
            (url.query(), url.fragment(), url.host_str()),
            (None, None, Some("management.example"))
        );
        Ok(())
    });
}

#[test]
fn the_ids_above_a_session_are_the_beginning_of_its_own() {
    holds(2, segments(), |(values, chance)| {
        let session = SessionId::parse(&id_of(&values, chance)).unwrap();
        let pool = HostPoolId::parse(&id_of(&values[..4], chance)).unwrap();
        let host = SessionHostId::parse(&id_of(&values[..5], !chance)).unwrap();
        prop_assert_eq!(session.host_pool_key(), pool.key());
        prop_assert_eq!(host.session_host(), session.session_host());
        prop_assert!(session.key().starts_with(&host.key()));
        // Each type takes its own depth and no other.
        prop_assert!(HostPoolId::parse(host.as_str()).is_none() && SessionHostId::parse(pool.as_str()).is_none());
        prop_assert!(SessionId::parse(host.as_str()).is_none() && SessionHostId::parse(session.as_str()).is_none());
        Ok(())
    });
}

#[test]
fn ids_are_equal_exactly_if_they_are_but_for_letter_case() {
    let change = (1usize..6, segment());
    holds(
        4,
        (segments(), any::<u64>(), change),
        |((values, chance), other, (at, segment))| {
            let one = SessionId::parse(&id_of(&values, chance)).unwrap();
            let in_other_case: Vec<String> = values.iter().map(|value| in_any_letter_case(value, other)).collect();
            let same = SessionId::parse(&id_of(&in_other_case, !chance)).unwrap();
            prop_assert!(one == same && one.key() == same.key(), "{:?} and {:?}", one, same);
            let at = if at == 2 { 4 } else { at };
            let mut changed = values.clone();
            changed[at] = segment;
            let two = SessionId::parse(&id_of(&changed, chance)).unwrap();
            let equal = changed[at].to_lowercase() == values[at].to_lowercase();
            prop_assert_eq!(one == two, equal, "{:?} and {:?}", one, two);
            prop_assert_eq!(one.key() == two.key(), equal);
            Ok(())
        },
    );
}

#[test]
fn dot_segments_and_empty_ones_are_in_no_id() {
    let bad = prop::sample::select(&["", ".", "..", "a/b", "../..", "a\u{0}", "a\nb", "\u{85}"][..]);
    holds(1, (segments(), 0usize..6, bad), |((mut values, chance), at, bad)| {
        values[at] = bad.to_owned();
        let raw = id_of(&values, chance);
        prop_assert!(SessionId::parse(&raw).is_none(), "{:?}", raw);
        Ok(())
    });
}

const PIECES: &[&str] = &[
    "/",
    "//",
    "/subscriptions/",
    "/11111111-2222-3333-4444-555555555555",
    "/resourcegroups/rg",
    "/RESOURCEGROUPS/rg",
    "/providers/",
    "Microsoft.DesktopVirtualization",
    "/providers/Microsoft.Compute",
    "/hostpools/p",
    "/hostPools/..",
    "/sessionhosts/h",
    "/usersessions/1",
    "/userSessions/",
    ".",
    "..",
    "%2e",
    "\u{0}",
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/microsoft.desktopvirtualization",
];

#[test]
fn whatever_is_read_has_the_structure_of_an_id() {
    holds(16, prop_oneof![4 => soup(PIECES, 6), 1 => any::<String>()], |raw| {
        let depths = [
            HostPoolId::parse(&raw).map(|_| 4),
            SessionHostId::parse(&raw).map(|_| 5),
            SessionId::parse(&raw).map(|_| 6),
        ];
        prop_assert!(depths.iter().flatten().count() <= 1);
        let parts: Vec<String> = raw.split('/').map(str::to_lowercase).collect();
        let is_id = |depth: usize| {
            parts.len() == 2 * depth + 1
                && parts[0].is_empty()
                && (0..depth).all(|at| parts[2 * at + 1] == TYPES[at].to_lowercase())
                && (0..depth).all(|at| !["", ".", ".."].contains(&&*parts[2 * at + 2]))
                && parts[6] == "microsoft.desktopvirtualization"
                && parts[2] == "11111111-2222-3333-4444-555555555555"
                && !raw.contains(char::is_control)
        };
        let expected = [4, 5, 6].map(|depth| is_id(depth).then_some(depth));
        prop_assert_eq!(depths, expected, "{:?}", raw);
        Ok(())
    });
}
