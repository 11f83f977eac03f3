//! Random input: whatever comes in an address or a header, nobody is signed in by it who has not signed in.

use avd_logoff::auth::{AuthError, AuthorizationRequest, ClaimsChallenge};
use avd_logoff::ports::WindowAnswer;
use azure_simulator::Operation;
use azure_simulator::scenario::{OPERATOR, PARTNER_TENANT_ID, TENANT_ID};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use url::form_urlencoded;

use crate::support::Bench;
use crate::support::sign_in::response_in;

/// SplitMix64, the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    /// Up to `most` characters, most of them such as mean something somewhere.
    fn noise(&mut self, most: usize) -> String {
        let signs: Vec<char> = "=\"\\,; &#?%+{}[]:.-_/aZ09\u{0}\u{7f}ü🦀\t\n".chars().collect();
        let length = self.below(most + 1);
        (0..length).map(|_| signs[self.below(signs.len())]).collect()
    }
}

fn json_in(dice: &mut Dice) -> String {
    let texts = [
        r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#,
        r#"{"access_token":{"nbf":{"essential":true,"value":"1603742800"}}}"#,
        r#"{"access_token":null}"#,
        r#"{"access_token":[],"xms_cc":1}"#,
        "{}",
        "[]",
        "null",
        "7",
        r#""text""#,
        "{",
    ];
    dice.one(&texts).to_owned()
}

fn header(dice: &mut Dice) -> String {
    let mut header = String::new();
    for _ in 0..dice.below(6) {
        let json = match dice.below(12) {
            0 => format!(r#"{{"a":"{}"}}"#, "a".repeat(3000 + dice.below(3000))),
            _ => json_in(dice),
        };
        let value = match dice.below(5) {
            0 => BASE64_STANDARD.encode(json),
            1 => BASE64_URL_SAFE_NO_PAD.encode(json),
            2 => dice.noise(30),
            3 => json.replace('"', "\\\""),
            _ => "A".repeat(dice.below(9000)),
        };
        let name = dice.one(&[
            "claims", "Claims", "noclaims", "error", "realm", "claims ", "xclaims", "",
        ]);
        let before = dice.one(&["Bearer ", ", ", " ", "", "PoP ", "\t", "Bearer"]);
        let end = dice.one(&["\"", "\"", "\"", "", "\"\""]);
        header += &format!("{before}{name}=\"{value}{end}");
    }
    if dice.below(3) == 0 {
        header += &dice.noise(20);
    }
    header
}

#[test]
fn whatever_a_header_says_a_challenge_is_a_small_json_object_or_there_is_none() {
    let mut dice = Dice(1);
    let (mut none, mut unreadable, mut read) = (0, 0, 0);
    for _ in 0..20_000 {
        let header = header(&mut dice);
        let Some(challenge) = ClaimsChallenge::of_header(&header) else {
            none += 1;
            continue;
        };
        assert!(header.to_lowercase().contains("claims=\""), "{header}");
        let text = serde_json::to_value(&challenge).unwrap();
        let text = text.as_str().unwrap();
        assert!(text.len() <= 4096, "{header}");
        assert!(serde_json::from_str::<Value>(text).unwrap().is_object(), "{header}");
        // What was made of it is the same when it is read again, as after a redirect.
        assert_eq!(ClaimsChallenge::of_json(text), Some(challenge.clone()));
        if challenge == ClaimsChallenge::unreadable() {
            unreadable += 1;
        } else {
            read += 1;
        }
    }
    assert!(
        none > 1000 && unreadable > 1000 && read > 1000,
        "{none} {unreadable} {read}"
    );
}

#[test]
fn a_challenge_has_to_fit_into_an_address() {
    for (length, fits) in [(4096, true), (4097, false)] {
        let json = format!(r#"{{"a":"{}"}}"#, "a".repeat(length - 8));
        assert_eq!(json.len(), length);
        let header = format!(r#"Bearer claims="{}""#, BASE64_STANDARD.encode(&json));
        let challenge = ClaimsChallenge::of_header(&header).unwrap();
        assert_eq!(challenge != ClaimsChallenge::unreadable(), fits, "{length}");
        assert_eq!(ClaimsChallenge::of_json(&json).is_some(), fits);
    }
}

/// A soup of parameters, right and wrong ones.
struct Soup {
    text: String,
    pairs: Vec<(String, String)>,
}

fn soup(dice: &mut Dice, right: &[(String, String)]) -> Soup {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in right {
        // Mostly what belongs there, sometimes not, sometimes twice.
        match dice.below(8) {
            0 => (),
            1 => pairs.extend([pair.clone(), pair.clone()]),
            2 => pairs.push((pair.0.clone(), format!("{}{}", pair.1, dice.noise(3)))),
            3 => pairs.push((pair.0.clone(), String::new())),
            _ => pairs.push(pair.clone()),
        }
    }
    for _ in 0..dice.below(3) {
        let name = dice.one(&[
            "code",
            "state",
            "error",
            "iss",
            "id_token",
            "access_token",
            "State",
            "x",
            "session_state",
        ]);
        let ours = format!("http://localhost:4461/{TENANT_ID}/v2.0");
        let theirs = format!("http://localhost:4461/{PARTNER_TENANT_ID}/v2.0");
        let noise = dice.noise(12);
        let value = dice.one(&[&ours, &theirs, "access_denied", "interaction_required", &noise, ""]);
        pairs.push((name.to_owned(), value.to_owned()));
    }
    for at in (1..pairs.len()).rev() {
        let other = dice.below(at + 1);
        pairs.swap(at, other);
    }
    let mut text = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&pairs)
        .finish();
    if dice.below(10) == 0 {
        text = format!("{}{text}", dice.one(&["#", "?", "##"]));
    }
    Soup { text, pairs }
}

/// Whether the soup is the answer all the same: exactly one right code, one right state, no error, no other issuer.
fn is_good(soup: &Soup, right: &[(String, String)]) -> bool {
    let all = |name: &str| -> Vec<&str> {
        let pairs = soup.pairs.iter().filter(|(of, _)| of == name);
        pairs.map(|(_, value)| value.as_str()).collect()
    };
    let of = |name: &str| right.iter().find(|(of, _)| of == name).unwrap().1.as_str();
    let issuer = format!("http://localhost:4461/{TENANT_ID}/v2.0");
    all("code") == [of("code")]
        && all("state") == [of("state")]
        && all("error").is_empty()
        && (all("iss").is_empty() || all("iss") == [issuer.as_str()])
}

#[test]
fn whatever_comes_back_from_the_authority_only_the_very_answer_signs_in() {
    let bench = Bench::company();
    bench.simulator().world.switches.loop_detection = false;
    let mut dice = Dice(2);
    let (mut signed_in, mut refused) = (0, 0);
    for round in 0..1500 {
        let by_window = round % 2 == 0;
        let client = bench.load();
        let request = AuthorizationRequest::default();
        let popup = by_window.then(|| client.login_popup(&request).unwrap());
        let url = if by_window {
            bench.opened().url.clone()
        } else {
            client.login_redirect(&request).unwrap();
            bench.went_to()
        };
        let location = bench.at_the_login_page(url.as_str(), OPERATOR);
        let response = response_in(&location);
        let right: Vec<(String, String)> = form_urlencoded::parse(response.as_bytes()).into_owned().collect();
        let soup = soup(&mut dice, &right);
        let good = is_good(&soup, &right);
        let before = bench.count(Operation::Token);
        let answer = match popup {
            Some(popup) => {
                bench.opened().answer(WindowAnswer::Response(soup.text.clone()));
                bench.time.run(popup.finish()).map(Some)
            }
            None => {
                bench.come_back(&format!("http://localhost:4460/redirect.html#{}", soup.text));
                bench.time.run(client.handle_redirect())
            }
        };
        assert_eq!(matches!(answer, Ok(Some(_))), good, "{} {answer:?}", soup.text);
        assert_eq!(client.account().is_some(), good, "{}", soup.text);
        if good {
            signed_in += 1;
        } else {
            refused += 1;
            let of_request = [
                AuthError::StateMismatch,
                AuthError::MalformedResponse,
                AuthError::IssuerMismatch,
            ];
            if of_request.contains(&answer.unwrap_err()) {
                assert_eq!(bench.count(Operation::Token), before, "{}", soup.text);
            }
        }
    }
    assert!(signed_in > 100 && refused > 500, "{signed_in} {refused}");
}

#[test]
fn pure_noise_signs_nobody_in_either() {
    let bench = Bench::company();
    let mut dice = Dice(3);
    for _ in 0..3000 {
        let client = bench.load();
        client.login_redirect(&AuthorizationRequest::default()).unwrap();
        let noise = dice.noise(60);
        let mut values = bench.storage.values.borrow_mut();
        values.insert(avd_logoff::auth::RESPONSE_KEY.into(), noise.clone());
        drop(values);
        let answer = bench.time.run(client.handle_redirect());
        assert_eq!(answer, Err(AuthError::MalformedResponse), "{noise}");
        assert_eq!(client.account(), None);
        assert!(!client.forget_redirect(), "the request is used up");
    }
    assert_eq!(bench.count(Operation::Token), 0);
}
