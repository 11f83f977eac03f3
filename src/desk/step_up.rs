//! A log off that meets "sign in first": it waits, nothing is lost, and it goes on where it stood.
//!
//! One for each log off. Sessions that cannot go on wait here together, those not begun wait too, and it is known
//! exactly which of them nothing was sent for: that is what may go on after the page itself had to leave.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use futures::channel::oneshot;

use crate::arm::{ArmError, ArmErrorKind};
use crate::auth::{AuthError, ClaimsChallenge};

/// `error.code` for a token of another tenant than the resource's (Resource Manager's error reference).
const WRONG_TENANT: &str = "InvalidAuthenticationTokenTenant";

/// What keeps work from going on until a person has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInNeeded {
    /// Azure wants a token with these claims, and only a person can bring it.
    Claims(ClaimsChallenge),
    /// There is no token at all any more.
    Again(AuthError),
}

impl SignInNeeded {
    /// Of a failed request; `None` if signing in is not what would help.
    pub fn of(error: &ArmError) -> Option<Self> {
        match &error.kind {
            ArmErrorKind::ClaimsChallenge(challenge) => Some(Self::Claims(challenge.clone())),
            ArmErrorKind::Auth(error) if error.is_answered_by_sign_in() => Some(Self::Again(error.clone())),
            // A new token was refused as well, and why cannot be read, because CORS hides a challenge's header. Only
            // where the tenant is the wrong one would no sign-in there help.
            ArmErrorKind::TokenRefused if error.code.as_deref() != Some(WRONG_TENANT) => {
                Some(Self::Claims(ClaimsChallenge::unreadable()))
            }
            _ => None,
        }
    }

    /// The claims that the sign-in has to bring.
    pub fn claims(&self) -> Option<ClaimsChallenge> {
        match self {
            Self::Claims(challenge) => Some(challenge.clone()),
            Self::Again(error) => error.server()?.claims.as_deref().and_then(ClaimsChallenge::of_json),
        }
    }

    /// The error that says so.
    pub(super) fn into_kind(self) -> ArmErrorKind {
        match self {
            Self::Claims(challenge) => ArmErrorKind::ClaimsChallenge(challenge),
            Self::Again(error) => ArmErrorKind::Auth(error),
        }
    }
}

/// What the person has said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Signed in: go on.
    SignedIn,
    /// Not signing in: what was not sent ends here, with what was asked for as its reason.
    Declined,
}

/// Where the sessions of one log off wait for a sign-in. Clones are the same place.
#[derive(Clone, Default)]
pub struct StepUp(Rc<Inner>);

#[derive(Default)]
struct Inner {
    asked: RefCell<Option<SignInNeeded>>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    declined: RefCell<Option<SignInNeeded>>,
    answered: RefCell<Vec<SignInNeeded>>,
    unsent: RefCell<BTreeSet<usize>>,
    on_ask: Option<Box<dyn Fn(SignInNeeded)>>,
}

impl StepUp {
    /// Calls `on_ask` each time when a sign-in is asked for.
    pub fn new(on_ask: impl Fn(SignInNeeded) + 'static) -> Self {
        Self(Rc::new(Inner {
            on_ask: Some(Box::new(on_ask)),
            ..Inner::default()
        }))
    }

    /// What is asked of the person now.
    pub fn asked(&self) -> Option<SignInNeeded> {
        self.0.asked.borrow().clone()
    }

    /// The person has decided; what waits goes on, with a token or to its end.
    pub fn decide(&self, decision: Decision) {
        let Some(needed) = self.0.asked.borrow_mut().take() else {
            return;
        };
        match decision {
            Decision::SignedIn => self.0.answered.borrow_mut().push(needed),
            Decision::Declined => *self.0.declined.borrow_mut() = Some(needed),
        }
        for waiting in self.0.waiting.borrow_mut().drain(..) {
            // Whoever has stopped waiting needs no word.
            let _ = waiting.send(());
        }
    }

    /// Records for which it is certain that nothing was sent, and which have not ended.
    pub fn unsent(&self) -> Vec<usize> {
        self.0.unsent.borrow().iter().copied().collect()
    }

    pub(super) fn intend(&self, records: impl Iterator<Item = usize>) {
        self.0.unsent.borrow_mut().extend(records);
    }

    pub(super) fn not_sent(&self, record: usize) {
        self.0.unsent.borrow_mut().insert(record);
    }

    /// From here on something may have been sent, or nothing will be any more.
    pub(super) fn no_longer_unsent(&self, record: usize) {
        self.0.unsent.borrow_mut().remove(&record);
    }

    /// Waits while a sign-in is asked for.
    pub(super) async fn ready(&self) {
        while self.0.asked.borrow().is_some() {
            let (sender, receiver) = oneshot::channel();
            self.0.waiting.borrow_mut().push(sender);
            // Dropped senders are as good as a decision: the loop looks again.
            let _ = receiver.await;
        }
    }

    /// What the person did not want to sign in for. Once declined, it stays so for this log off.
    pub(super) fn declined(&self) -> Option<SignInNeeded> {
        self.0.declined.borrow().clone()
    }

    /// Whether a person has signed in for exactly this.
    pub(super) fn is_answered(&self, needed: &SignInNeeded) -> bool {
        self.0.answered.borrow().contains(needed)
    }

    /// Asks for a sign-in and waits for the decision. What a person has signed in for is not asked for again: the
    /// token that it has brought is there to be tried.
    pub(super) async fn ask(&self, needed: SignInNeeded) -> Decision {
        if self.0.declined.borrow().is_none() && !self.is_answered(&needed) {
            let first = self.0.asked.borrow().is_none();
            if first {
                *self.0.asked.borrow_mut() = Some(needed.clone());
                if let Some(on_ask) = &self.0.on_ask {
                    on_ask(needed);
                }
            }
            self.ready().await;
        }
        if self.0.declined.borrow().is_some() {
            Decision::Declined
        } else {
            Decision::SignedIn
        }
    }
}
