//! The id token: who signed in, and the checks that it was meant for this request.
//!
//! Its signature is not verified: it came straight from the token endpoint over TLS, and OpenID Connect Core 3.1.3.7
//! lets that stand for the signature. Every other check stays.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use time::OffsetDateTime;

use super::account::Account;
use super::authority::Authority;
use super::error::IdTokenFault;
use crate::guid::is_guid;

/// How far this computer's clock may be off, in seconds.
const CLOCK_SKEW: i64 = 300;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    nbf: Option<i64>,
    /// Missing in the token of a renewal, which answers no request of its own.
    nonce: Option<String>,
    tid: String,
    oid: String,
    preferred_username: Option<String>,
    name: Option<String>,
    login_hint: Option<String>,
}

/// What the token must have been issued for.
pub(super) struct Expected<'a> {
    /// The application's client id.
    pub client_id: &'a str,
    /// Who may have issued it.
    pub authority: &'a Authority,
    /// The nonce of the request; `None` for a renewal, which has no request of its own.
    pub nonce: Option<&'a str>,
    /// The time now.
    pub now: OffsetDateTime,
}

/// Decodes and checks.
pub(super) fn check(token: &str, expected: &Expected<'_>) -> Result<Account, IdTokenFault> {
    let claims = decode(token).ok_or(IdTokenFault::Malformed)?;
    // The two that tell accounts apart have to be there, and a tenant's id is always a GUID.
    if claims.oid.is_empty() || !is_guid(&claims.tid) {
        return Err(IdTokenFault::Malformed);
    }
    if claims.aud != expected.client_id {
        return Err(IdTokenFault::Audience);
    }
    if !expected.authority.accepts_issuer(&claims.iss, &claims.tid) {
        return Err(IdTokenFault::Issuer);
    }
    if expected.nonce.is_some() && expected.nonce != claims.nonce.as_deref() {
        return Err(IdTokenFault::Nonce);
    }
    let now = expected.now.unix_timestamp();
    if claims.exp <= now.saturating_sub(CLOCK_SKEW)
        || claims.nbf.is_some_and(|nbf| nbf > now.saturating_add(CLOCK_SKEW))
    {
        return Err(IdTokenFault::Lifetime);
    }
    Ok(Account {
        username: claims.preferred_username.unwrap_or_else(|| claims.oid.clone()),
        object_id: claims.oid,
        tenant_id: claims.tid,
        name: claims.name,
        login_hint: claims.login_hint,
        switched_to: None,
    })
}

fn decode(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_header), Some(claims), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::{Value, json};
    use time::macros::datetime;

    use super::{Expected, IdTokenFault, check};
    use crate::auth::{Account, Authority};
    use crate::origin::Origin;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn checked(change: impl FnOnce(&mut Value)) -> Result<Account, IdTokenFault> {
        let now = datetime!(2026-11-20 12:00 UTC);
        let mut claims = json!({
            "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "aud": "client", "nonce": "n", "tid": TENANT,
            "oid": "o", "preferred_username": "operator@contoso.example",
            "exp": now.unix_timestamp() + 3600, "nbf": now.unix_timestamp()
        });
        change(&mut claims);
        let token = format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        let authority = Authority::new(Origin::parse("https://login.microsoftonline.com").unwrap(), TENANT);
        check(
            &token,
            &Expected {
                client_id: "client",
                authority: &authority,
                nonce: Some("n"),
                now,
            },
        )
    }

    #[test]
    fn a_good_token_names_the_account() {
        let account = checked(|_| ()).unwrap();
        assert_eq!(
            (account.username.as_str(), account.tenant_id.as_str()),
            ("operator@contoso.example", TENANT)
        );
    }

    #[test]
    fn each_wrong_claim_has_its_own_fault() {
        assert_eq!(checked(|c| c["aud"] = "other".into()), Err(IdTokenFault::Audience));
        assert_eq!(checked(|c| c["nonce"] = "other".into()), Err(IdTokenFault::Nonce));
        assert_eq!(
            checked(|c| c["iss"] = "https://evil.example/v2.0".into()),
            Err(IdTokenFault::Issuer)
        );
        assert_eq!(
            checked(|c| c["tid"] = "99999999-2222-3333-4444-555555555555".into()),
            Err(IdTokenFault::Issuer)
        );
        assert_eq!(checked(|c| c["exp"] = 1.into()), Err(IdTokenFault::Lifetime));
        assert_eq!(
            checked(|c| c["nbf"] = 99_999_999_999_i64.into()),
            Err(IdTokenFault::Lifetime)
        );
        assert_eq!(checked(|c| c["exp"] = i64::MIN.into()), Err(IdTokenFault::Lifetime));
        assert_eq!(checked(|c| c["nonce"] = Value::Null), Err(IdTokenFault::Nonce));
        assert_eq!(checked(|c| *c = json!({})), Err(IdTokenFault::Malformed));
        assert_eq!(checked(|c| c["oid"] = "".into()), Err(IdTokenFault::Malformed));
        assert_eq!(checked(|c| c["tid"] = "".into()), Err(IdTokenFault::Malformed));
    }

    #[test]
    fn what_is_no_token_is_malformed() {
        let authority = Authority::new(Origin::parse("https://login.microsoftonline.com").unwrap(), TENANT);
        let now = datetime!(2026-11-20 12:00 UTC);
        for token in ["", ".", "..", "a.b.c", "a.b.c.d", "e30.!!.x"] {
            let expected = Expected {
                client_id: "client",
                authority: &authority,
                nonce: None,
                now,
            };
            assert_eq!(check(token, &expected), Err(IdTokenFault::Malformed), "{token}");
        }
    }
}
