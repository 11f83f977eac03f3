//! How one attempt at a request fails, and whether another token may help.

use super::error::{ArmError, ArmErrorKind};
use crate::auth::Freshness;

/// Why an attempt came to nothing.
pub(super) enum Failure {
    /// It was tried.
    Answered(ArmError),
    /// It was not: the gate is closed for too long.
    NotLetThrough(ArmError),
}

impl Failure {
    /// The error of either.
    pub fn into_error(self) -> ArmError {
        match self {
            Self::Answered(error) | Self::NotLetThrough(error) => error,
        }
    }
}

impl From<ArmError> for Failure {
    fn from(error: ArmError) -> Self {
        Self::Answered(error)
    }
}

/// Which token may do where this was the answer to the last one; `None` if the token is not what is wrong.
pub fn better_token(kind: &ArmErrorKind) -> Option<Freshness> {
    match kind {
        ArmErrorKind::TokenRefused => Some(Freshness::Renewed),
        ArmErrorKind::ClaimsChallenge(challenge) => Some(Freshness::Claims(challenge.clone())),
        _ => None,
    }
}
