//! A turn to act: everything that an act and its guard could have to wait for, taken before the guard looks.
//!
//! Between the guard's read and the act nothing may wait, because every wait there widens the window in which the
//! session can become another's. So whoever is about to act waits here first, for a token of the act's bucket, one for
//! the guard's read, and a place.

use std::cell::RefCell;
use std::rc::Rc;

use oauth2::AccessToken;

use super::client::ArmClient;
use super::pass::Pass;
use super::request::BucketKey;

/// A turn. Used up by the act; dropped unused, it gives back what was set aside.
#[must_use = "it holds a place at the gate, and tokens that others wait for"]
pub struct Turn {
    client: ArmClient,
    reserved: Rc<Reserved>,
}

/// What is set aside.
pub(super) struct Reserved {
    /// Until the act leaves with it.
    pass: RefCell<Option<Pass>>,
    /// What the guard's read was answered to.
    token: RefCell<Option<AccessToken>>,
}

impl Turn {
    pub(super) fn new(client: &ArmClient, pass: Pass) -> Self {
        let reserved = Rc::new(Reserved {
            pass: RefCell::new(Some(pass)),
            token: RefCell::new(None),
        });
        Self {
            client: client.within(&reserved),
            reserved,
        }
    }

    /// The client for the guard: its first read goes without queueing, and further ones need no place.
    pub fn client(&self) -> &ArmClient {
        &self.client
    }

    /// The pass of the act, and the token that the guard's read was answered to.
    pub(super) fn into_pass(self) -> (Option<Pass>, Option<AccessToken>) {
        (self.reserved.pass.take(), self.reserved.token.take())
    }
}

impl Reserved {
    /// What was set aside for the guard's read, once.
    pub fn for_read(&self, bucket: &BucketKey) -> Option<Pass> {
        self.pass.borrow_mut().as_mut()?.split(bucket)
    }

    /// The guard's read was answered to this token.
    pub fn answered_to(&self, token: &AccessToken) {
        *self.token.borrow_mut() = Some(token.clone());
    }
}
