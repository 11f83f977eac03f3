//! The points where Azure's behaviour is undocumented, differs by tenant, or is worth turning off in a test.

use serde::Deserialize;

/// How the simulated Azure behaves. The defaults are the likeliest behaviour, with latency off.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Switches {
    /// Rows per page where the request gives no `pageSize`.
    pub page_size: usize,
    /// A `nextLink` leads to the rows after the last one of its page, whatever has ended meanwhile; else so many rows
    /// from the beginning, so that a row may be passed over when one before it ends between two pages.
    pub stable_pages: bool,
    /// Sessions are told with the time at which they began; else `createTime` is null.
    pub create_times: bool,
    /// What `$filter` on the session list of a host pool does.
    pub filter: FilterSupport,
    /// What that list answers to someone without `hostpools/usersessions/read`.
    pub list_by_pool_without_right: WithoutRight,
    /// Status of an accepted DELETE: 200, 202 or 204.
    pub delete_status: u16,
    /// Status of a DELETE of a session that is not there: 404 or 204.
    pub delete_missing_status: u16,
    /// How long a session is listed in state `LogOff` after its DELETE, in milliseconds.
    pub lingers_ms: u64,
    /// Token buckets as in Azure's documentation.
    pub throttle: Throttle,
    /// Seeded delays per operation.
    pub latency: bool,
    /// Azure's mandatory multifactor authentication: DELETE and POST actions need a token with a second factor.
    pub writes_need_mfa: bool,
    /// A Conditional Access policy of the tenant: everything else needs one too.
    pub reads_need_mfa: bool,
    /// Status of the challenge for a missing second factor: 401, as Azure's clients expect it, or 403.
    pub challenge_status: u16,
    /// What counts is the authentication context `p1` in the token, not how somebody signed in. A token has it only if
    /// the `claims` of its own request asked for it, so that a sign-in with a second factor is challenged too, and a
    /// refresh token of that sign-in satisfies the challenge.
    pub challenge_needs_acrs: bool,
    /// AADSTS50196: the login server refuses a browser that comes for the same application again and again without a
    /// person acting. The figures are invented: the seventh time within ten seconds.
    pub loop_detection: bool,
    /// Answers to the redirect URI carry `iss` (RFC 9207). Entra has not been seen to send it.
    pub response_issuer: bool,
    /// Everybody is asked for a second factor at sign-in.
    pub sign_in_needs_mfa: bool,
    /// The permissions list needs `Microsoft.Authorization/permissions/read`; else any role at the scope will do.
    pub permissions_need_right: bool,
    /// Fixed life of access tokens in seconds; else seeded, 3600 to 5399.
    pub access_token_seconds: Option<u32>,
    /// Adds `refresh_in` (half the life) to token answers.
    pub refresh_in: bool,
    /// api-versions of Microsoft.DesktopVirtualization that the cloud knows.
    pub desktop_versions: Vec<String>,
}

/// What `$filter` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FilterSupport {
    /// Rows that match, whatever the case.
    Honoured,
    /// Rows that match in this very case.
    CaseSensitive,
    /// Everybody's rows.
    Ignored,
    /// Rows whose `activeDirectoryUserName` matches, whatever property the filter names.
    OtherProperty,
    /// 400.
    Refused,
}

/// What a list answers to someone without the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WithoutRight {
    /// 403 AuthorizationFailed.
    Forbidden,
    /// 200 with no rows.
    Empty,
}

/// Token buckets (learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Throttle {
    /// Off: no 429 by itself, and no remaining-counts in the headers.
    pub enabled: bool,
    /// Reads: bucket size.
    pub reads: u32,
    /// Reads: refill per second.
    pub reads_per_second: u32,
    /// Deletes: bucket size.
    pub deletes: u32,
    /// Deletes: refill per second.
    pub deletes_per_second: u32,
    /// Writes: bucket size.
    pub writes: u32,
    /// Writes: refill per second.
    pub writes_per_second: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            enabled: true,
            reads: 250,
            reads_per_second: 25,
            deletes: 200,
            deletes_per_second: 10,
            writes: 200,
            writes_per_second: 10,
        }
    }
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            page_size: 100,
            stable_pages: false,
            create_times: true,
            filter: FilterSupport::Honoured,
            list_by_pool_without_right: WithoutRight::Forbidden,
            delete_status: 200,
            delete_missing_status: 404,
            lingers_ms: 3000,
            throttle: Throttle::default(),
            latency: false,
            writes_need_mfa: false,
            reads_need_mfa: false,
            challenge_status: 401,
            challenge_needs_acrs: false,
            loop_detection: true,
            response_issuer: false,
            sign_in_needs_mfa: false,
            permissions_need_right: false,
            access_token_seconds: None,
            refresh_in: false,
            desktop_versions: DESKTOP_VERSIONS.map(str::to_owned).to_vec(),
        }
    }
}

/// Stable versions of Microsoft.DesktopVirtualization and the newest preview (Azure/azure-rest-api-specs, readme.md).
pub const DESKTOP_VERSIONS: [&str; 6] = [
    "2021-07-12",
    "2022-09-09",
    "2023-09-05",
    "2024-04-03",
    "2025-10-10",
    "2026-03-01-preview",
];
