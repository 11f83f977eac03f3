//! The page without its screen: the same calls in the same order as `src/page/{state,searching,acting,signing}.rs`.
//!
//! Everything that it does is a task, so that a reload can drop it in the middle as a browser does.

mod acting;
mod giving_time;
mod searching;
mod signing;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmSettings};
use avd_logoff::auth::{Account, PublicClient};
use avd_logoff::desk::carry_out::Control;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::interruption::Interruption;
use avd_logoff::desk::receipt::Receipt;
use avd_logoff::desk::selection::Selection;
use avd_logoff::desk::step_up::SignInNeeded;
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::origin::Origin;
use avd_logoff::ports::Ports;
use futures::future::AbortHandle;
use time::OffsetDateTime;

use crate::scenario::origins;
use crate::tab::Tab;

/// Acts under way.
#[derive(Clone)]
pub struct UnderWay {
    pub control: Control,
    pub records: Vec<usize>,
    /// Its place in [`Story::runs`](crate::story::Story::runs).
    pub run: usize,
}

/// One load of the page.
pub struct Page {
    pub tab: Rc<Tab>,
    pub client: PublicClient,
    arm: ArmClient,
    workspace: Workspace,
    pub account: RefCell<Option<Account>>,
    pub findings: RefCell<Option<Findings>>,
    pub selection: RefCell<Selection>,
    pub receipt: RefCell<Receipt>,
    pub needed: RefCell<Option<SignInNeeded>>,
    /// What can be said to acts under way.
    pub(crate) controls: RefCell<Vec<UnderWay>>,
    interruption: RefCell<Interruption>,
    search: RefCell<Option<AbortHandle>>,
    first_begun: Cell<Option<OffsetDateTime>>,
    work: RefCell<Vec<AbortHandle>>,
    /// Streams that are followed now.
    following: Cell<usize>,
}

impl Page {
    /// `Desk::new`.
    pub fn load(tab: &Rc<Tab>) -> Rc<Self> {
        let ports: Ports = tab.ports.clone();
        let client = tab.client();
        let arm = ArmSettings {
            endpoint: Origin::parse(&origins().arm).expect("the simulated address"),
            api_version: "2024-04-03".into(),
        };
        let arm = ArmClient::new(arm, Rc::new(client.clone()), ports.clone());
        let workspace = Workspace::new(Rc::clone(&ports.storage));
        let interruption = workspace.take_interruption();
        let kept = workspace.receipt(&interruption.unsent, ports.clock.now());
        if let Some(receipt) = &kept {
            workspace.keep_receipt(receipt);
        }
        Rc::new(Self {
            tab: Rc::clone(tab),
            client,
            arm,
            workspace,
            account: RefCell::default(),
            findings: RefCell::default(),
            selection: RefCell::default(),
            receipt: RefCell::new(kept.unwrap_or_default()),
            needed: RefCell::default(),
            controls: RefCell::default(),
            interruption: RefCell::new(interruption),
            search: RefCell::default(),
            first_begun: Cell::new(None),
            work: RefCell::default(),
            following: Cell::new(0),
        })
    }

    /// Everything that this load does ends, unseen.
    pub fn unload(&self) {
        self.abort_search();
        self.work.take().iter().for_each(AbortHandle::abort);
    }
}
