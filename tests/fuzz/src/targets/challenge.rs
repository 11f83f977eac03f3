//! Resource Manager's answers to a read. The first byte chooses whether the authority has other tokens. Pieces between
//! zero bytes are answered one after the other: their first byte chooses the status, then comes `WWW-Authenticate` to
//! the end of the line, then the body. In the body `{manager}` stands for Resource Manager's own address.

use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmErrorKind, ArmSettings, subscriptions};
use avd_logoff::origin::Origin;
use avd_logoff::ports::NoAnswer;
use serde_json::json;

use super::{filled, split};
use crate::answers::{assert_untold, good_answer, good_claims, id_token as token_of, json_answer};
use crate::outside::{Answer, RESOURCE_MANAGER, TENANT_ID, World};

/// More answers than this say nothing new.
const MOST_ANSWERS: usize = 8;

/// More tokens than a read can ask for: one for each answer that is a refusal, and the last of them three times.
const MOST_TOKENS: usize = MOST_ANSWERS + 3;

/// More requests than a read can take: the longest way is that of throttling, eight times, for each page that was
/// linked.
const MOST_REQUESTS: usize = 8 * (MOST_ANSWERS + 1) + 2;

/// A token goes to Resource Manager only, a refused one never again, and no error tells it.
pub fn challenge(data: &[u8]) {
    let Some(([choice], data)) = split(data) else { return };
    let world = World::new(TENANT_ID, false);
    let client = world.sign_in("access-token-number-0");
    let refusal = |error: &str| json_answer(400, &json!({ "error": error, "error_description": "AADSTS50079: No." }));
    match choice & 3 {
        0 => {
            let id_token = token_of(&good_claims(None, TENANT_ID));
            for number in 1..=MOST_TOKENS {
                let answer = good_answer(&format!("access-token-number-{number}"), &id_token);
                world.authority_says(json_answer(200, &answer));
            }
        }
        1 => world.authority_says(refusal("interaction_required")),
        2 => world.authority_says(Err(NoAnswer::Offline)),
        _ => world.authority_says(refusal("temporarily_unavailable")),
    }
    let pieces: Vec<&[u8]> = data.split(|byte| *byte == 0).take(MOST_ANSWERS).collect();
    world
        .outside
        .manager
        .replace(pieces.iter().map(|piece| answer(piece)).collect());
    let settings = ArmSettings {
        endpoint: Origin::parse(RESOURCE_MANAGER).expect("it is one"),
        api_version: "2024-04-03".into(),
    };
    let arm = ArmClient::new(settings, Rc::new(client), world.ports());

    let outcome = world.time.run(subscriptions::list(&arm));

    world.redeemed(None);
    let shown = tokens_shown(&world);
    let answers: Vec<Answer> = pieces.iter().map(|piece| answer(piece)).collect();
    assert!(
        !shown.is_empty() && shown.len() <= MOST_REQUESTS,
        "{} requests",
        shown.len()
    );
    for (at, token) in shown.iter().enumerate() {
        let status = answers[at.min(answers.len() - 1)]
            .as_ref()
            .map_or(0, |answer| answer.status().as_u16());
        let again = shown[at + 1..].contains(token);
        assert!(status != 401 || !again, "a refused token is shown again");
    }
    if let Err(error) = outcome {
        let words = format!("{error:?} {}", serde_json::to_string(&error).unwrap_or_default());
        let secrets: Vec<String> = shown
            .iter()
            .cloned()
            .chain(["the-refresh-token-of-a-good-answer-1".into()])
            .collect();
        assert_untold(&secrets, &words, &String::from_utf8_lossy(data));
        let last = answers[(shown.len() - 1).min(answers.len() - 1)].as_ref();
        if let ArmErrorKind::ClaimsChallenge(_) = error.kind {
            let last = last.expect("a challenge without an answer");
            assert!(
                [401, 403].contains(&last.status().as_u16()),
                "a challenge without a refusal"
            );
            let header = last
                .headers()
                .get("www-authenticate")
                .expect("a challenge without its header");
            assert!(
                header
                    .as_bytes()
                    .to_ascii_lowercase()
                    .windows(6)
                    .any(|part| part == b"claims")
            );
        }
    }
}

/// One answer of Resource Manager.
fn answer(piece: &[u8]) -> Answer {
    let (choice, rest) = piece.split_first().unwrap_or((&1, &[]));
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (header, body) = rest.split_at(line);
    let status = [401, 403, 200, 429, 503, 404, 400, 500][usize::from(*choice) % 8];
    let mut response = http::Response::builder().status(status);
    if let Ok(value) = http::HeaderValue::from_bytes(header) {
        response = response
            .header("www-authenticate", value.clone())
            .header("retry-after", value);
    }
    let body = body.strip_prefix(b"\n").unwrap_or_default();
    Ok(response
        .body(filled(body, &[("{manager}", RESOURCE_MANAGER)]))
        .expect("it is whole"))
}

/// The tokens that Resource Manager was shown, in their order.
fn tokens_shown(world: &World) -> Vec<String> {
    let requests = world.outside.requests.borrow();
    let headers = requests
        .iter()
        .filter_map(|request| request.headers().get("authorization"));
    headers
        .map(|value| {
            value
                .to_str()
                .unwrap_or_default()
                .trim_start_matches("Bearer ")
                .to_owned()
        })
        .collect()
}
